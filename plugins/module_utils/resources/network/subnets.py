# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The subnets that a network cannot have: those of other networks, and what the host routes."""

from __future__ import annotations

import ipaddress

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.network.rules import Subnet, subnet
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import read
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.network import IPS

#: A subnet, and who has it.
Taken = tuple[Subnet, str]


def taken(connection: Connection, name: str, own_bridge: str | None) -> list[Taken]:
    """Return the subnets that are not free for a network, also those that the same task will have taken by then."""
    coming = connection.coming.of("network")
    networks = {
        other: documents
        for other, documents in connection.meanwhile("subnets of networks", lambda: _of_networks(connection)).items()
        if other not in coming and not connection.coming.gone("network", other)
    }
    networks.update({other: _subnets(promise.document) for other, promise in coming.items()})
    found = [(subnet, f"network {other}") for other, subnets in networks.items() if other != name for subnet in subnets]
    if connection.is_local:
        found += [(subnet, f"the host's route on {device}") for subnet, device in routes() if device != own_bridge]
    return found


def _of_networks(connection: Connection) -> dict[str, list[Subnet]]:
    return {
        network.read.name(): _subnets(xml.parse(network.read.XMLDesc(0)))
        for network in connection.host.read.listAllNetworks(0)
    }


def _subnets(network: xml.Element) -> list[Subnet]:
    return [subnet(ip) for ip in read((IPS,), network).get("ips", [])]


def routes() -> list[tuple[Subnet, str]]:
    """Return the subnets that this host routes, and the device of each, as libvirt checks it when a network starts."""
    found: list[tuple[Subnet, str]] = []
    try:
        with open("/proc/net/route", encoding="ascii") as table:
            rows = [line.split() for line in table.readlines()[1:]]
    except OSError:
        return found
    for row in rows:
        destination, mask = (ipaddress.IPv4Address(int.from_bytes(bytes.fromhex(row[at]), "little")) for at in (1, 7))
        if int(mask):
            found.append((ipaddress.ip_network(f"{destination}/{mask}"), row[0]))
    return found
