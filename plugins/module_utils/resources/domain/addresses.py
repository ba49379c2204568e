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

#: What one of them tells, as libvirt-python hands it out: by interface.
Answer = dict[str, t.Any]


def ask(domain: Handle, source: str) -> Answer:
    """Return what a source knows of a running guest.

    :raises OperationFailed: where it cannot answer.
    """
    return domain.read.interfaceAddresses(constant(f"DOMAIN_INTERFACE_ADDRESSES_SRC_{source.upper()}"), 0) or {}


def ask_host(domain: Handle, source: str) -> Answer:
    """Return what a source on the host knows. One that cannot answer knows nothing."""
    try:
        return ask(domain, source)
    except OperationFailed:
        return {}


def merged(answers: t.Iterable[tuple[str, Answer]]) -> list[dict[str, t.Any]]:
    """Return the addresses of a guest, each once, from the first source that knows it.

    Loopback addresses are left out.
    """
    found: dict[tuple[str | None, str], dict[str, t.Any]] = {}
    for source, answer in answers:
        for interface, known in answer.items():
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
