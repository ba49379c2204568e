# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The subnets that a network cannot have: those of other networks, and what the host routes."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.listed import described
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.network.rules import Subnet, subnet
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import read
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.network import IPS


@dataclass(frozen=True)
class Taken:
    """A subnet, and who has it."""

    subnet: Subnet
    owner: str
    is_route: bool = False

    def is_hit_by(self, wanted: Subnet) -> bool:
        """Tell whether a network cannot have I(wanted) beside it.

        A wider route is none of the network's concern: the kernel goes by the narrower one, as for all that is local.
        """
        return wanted.overlaps(self.subnet) and (not self.is_route or wanted.prefixlen <= self.subnet.prefixlen)


def taken(connection: Connection, name: str, own_bridge: str | None) -> list[Taken]:
    """Return the subnets that are not free for a network, also those that the same task will have taken by then."""
    coming = connection.coming.of("network")
    networks = {
        other: documents
        for other, documents in connection.meanwhile("subnets of networks", lambda: _of_networks(connection)).items()
        if other not in coming and not connection.coming.gone("network", other)
    }
    networks.update({other: subnets(promise.document) for other, promise in coming.items()})
    found = [
        Taken(subnet, f"network {other}") for other, owned in networks.items() if other != name for subnet in owned
    ]
    if connection.is_local:
        found += [Taken(subnet, f"the host's route on {link}", True) for subnet, link in routes() if link != own_bridge]
    return found


def subnets(network: xml.Element) -> list[Subnet]:
    """Return the subnets of a network."""
    return [subnet(ip) for ip in read((IPS,), network).get("ips", [])]


def _of_networks(connection: Connection) -> dict[str, list[Subnet]]:
    return {
        network.read.name(): subnets(document)
        for network, document in described(connection.host.read.listAllNetworks(0))
    }


def routes() -> list[tuple[Subnet, str]]:
    """Return the subnets that this host routes, and the device of each."""
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
