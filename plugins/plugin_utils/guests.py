# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inventory makes of domains: their names, addresses and groups. Pure."""

from __future__ import annotations

import ipaddress
import typing as t
from urllib.parse import urlsplit
from xml.etree import ElementTree

Domain = dict[str, t.Any]

#: What groups are made of, and how their names begin.
PREFIXES = {"state": "state", "host": "host", "labels": "label", "networks": "network", "os": "os"}

_LIBOSINFO = "{http://libosinfo.org/xmlns/libvirt/domain/1.0}os"


def host_of(uri: str, told: str) -> str:
    """Return the name of a hypervisor: as the URI has it, or as it calls itself where that is this machine."""
    return urlsplit(uri).hostname or told


def address_of(domain: Domain, families: t.Sequence[str], ranges: t.Sequence[str]) -> str | None:
    """Return the address under which a guest is reached: of the first range, and then family, of which it has one.

    They are in the order of their sources already. One that counts within a link alone is none to reach a guest by.
    """
    networks = [ipaddress.ip_network(text, strict=False) for text in ranges]

    def rank(address: dict[str, t.Any]) -> tuple[int, int] | None:
        parsed = ipaddress.ip_address(address["address"])
        if parsed.is_link_local or address["family"] not in families:
            return None
        within = [index for index, network in enumerate(networks) if parsed in network]
        if networks and not within:
            return None
        return (within[0] if within else 0, families.index(address["family"]))

    ranked = [(place, address["address"]) for address in domain["addresses"] if (place := rank(address)) is not None]
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else None


def groups_of(domain: Domain, kinds: t.Iterable[str]) -> list[str]:
    """Return the names of a domain's groups, before they are made fit for Ansible."""
    spec = domain.get("spec", {})
    labels = (spec.get("metadata") or {}).get("labels") or {}
    interfaces = spec.get("interfaces") or []
    values = {
        "state": [domain["state"]],
        "host": [domain["host"]],
        "labels": [f"{name}_{text}" if text else name for name, text in labels.items()],
        "networks": [
            (interface.get("source") or {}).get("network") or (interface.get("source") or {}).get("bridge")
            for interface in interfaces
        ],
        "os": [system_of(domain)],
    }
    return list(dict.fromkeys(f"{PREFIXES[kind]}_{value}" for kind in kinds for value in values[kind] if value))


def system_of(domain: Domain) -> str | None:
    """Return what runs in a guest: as its agent tells, or else as its definition does in libosinfo's words."""
    told = domain["guest"].get("id")
    rest = domain.get("spec", {}).get("xml")
    if told or not rest:
        return t.cast("str | None", told)
    noted = ElementTree.fromstring(rest).find(f".//{_LIBOSINFO}")
    words = urlsplit(noted.get("id", "")).path.strip("/").split("/") if noted is not None else []
    return words[0] or None if words else None


def told_apart(named: t.Iterable[tuple[str, Domain]]) -> tuple[dict[str, Domain], list[str]]:
    """Return one domain for each name, and a sentence for each that cannot have its name.

    A guest that is defined on several hosts is where it runs, or where it was first found. Different guests of one name
    are never taken for each other.
    """
    chosen: dict[str, Domain] = {}
    problems = []
    for name, domain in sorted(named, key=lambda pair: pair[1]["state"] != "running"):
        other = chosen.setdefault(name, domain)
        if other["uuid"] != domain["uuid"]:
            problems.append(
                f"The domains {domain['name']} ({domain['uuid']}) on {domain['host']} and {other['name']} "
                f"({other['uuid']}) on {other['host']} would both be {name}: the first is left out. "
                "Set the option inventory_hostname, for example to: libvirt.name ~ '.' ~ libvirt.host"
            )
    return chosen, problems
