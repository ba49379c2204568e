# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The addresses of a running guest, from whoever knows them."""

from __future__ import annotations

import ipaddress
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed

#: Who can be asked: libvirt's DHCP server, the guest's agent, the host's ARP table.
SOURCES = ("lease", "agent", "arp")


def addresses(domain: Handle, sources: t.Iterable[str]) -> list[dict[str, t.Any]]:
    """Return the addresses of a running guest, each once, from the first of I(sources) that knows it.

    A source that cannot answer (no agent, say) knows none. Loopback addresses are left out.
    """
    found: dict[tuple[str | None, str], dict[str, t.Any]] = {}
    for source in sources:
        for interface, known in _ask(domain, source).items():
            for address in known.get("addrs") or ():
                if ipaddress.ip_address(address["addr"]).is_loopback:
                    continue  # an agent tells all that the guest has
                key = (known.get("hwaddr"), address["addr"])
                found.setdefault(
                    key,
                    {
                        "address": address["addr"],
                        "prefix": address["prefix"],
                        "family": ("ipv4", "ipv6")[address["type"]],
                        "mac": known.get("hwaddr"),
                        "interface": interface,
                        "source": source,
                    },
                )
    return list(found.values())


def _ask(domain: Handle, source: str) -> dict[str, t.Any]:
    try:
        answer = domain.read.interfaceAddresses(constant(f"DOMAIN_INTERFACE_ADDRESSES_SRC_{source.upper()}"), 0)
    except OperationFailed:
        return {}
    return answer or {}
