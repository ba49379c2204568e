# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks: defined, compared, changed while guests are attached where libvirt can."""

from __future__ import annotations

import ipaddress
import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.defined import DefinedResource, Seen, Wish
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.network_rules import (
    Subnet,
    not_of_mode,
    problems,
    states,
    subnet,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import Comparison, Difference, read
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.network import IPS, NETWORK


@dataclass(frozen=True)
class Update:
    """One element of a running network that goes or comes."""

    network: str
    section: str  # as in libvirt's constants: ip-dhcp-host
    parent: int  # index of the ip element around it, -1 for none
    text: str


class Network(DefinedResource):
    """U(https://libvirt.org/formatnetwork.html)."""

    noun = "network"
    table = NETWORK
    list_method = "listAllNetworks"
    lookup_method = "networkLookupByName"
    define_method = "networkDefineXMLFlags"
    schema = "network"
    inactive_flag = "NETWORK_XML_INACTIVE"

    def observe(self, connection: Connection, wish: Wish) -> Seen:
        """Add the subnets that are taken: of the other networks, and of the host where it can be asked."""
        seen = super().observe(connection, wish)
        if wish.spec.get("ips"):
            taken = [
                (subnet(ip), handle.label)
                for handle in connection.host.read.listAllNetworks(0)
                if handle.read.name() != wish.name
                for ip in read((IPS,), xml.parse(handle.read.XMLDesc(0))).get("ips", [])
            ]
            if connection.is_local:
                own = xml.get(seen.live, "bridge/@name") if seen.active else None
                taken += [
                    (subnet, f"the host's route on {device}") for subnet, device in host_routes() if device != own
                ]
            seen.facts["taken"] = taken
        return seen

    def complete(self, document: xml.Element, wish: Wish, seen: Seen, stored: Comparison) -> None:
        """Name the family of IPv6 addresses, and drop what libvirt filled in and would now refuse."""
        for element in (*xml.find_all(document, "ip"), *xml.find_all(document, "route")):
            if ":" in (xml.get(element, "@address") or ""):
                xml.put(element, "@family", "ipv6")
        if xml.find(document, "forward/interface") is not None:
            xml.drop(document, "forward/@dev")  # which repeats the first of them
        for option, path in not_of_mode(xml.get(document, "forward/@mode")).items():
            if not states(wish.spec, option):
                xml.drop(document, path)

    def check(self, wish: Wish, seen: Seen, document: xml.Element) -> None:
        """Refuse what libvirt would, and a subnet that overlaps another network or a route of the host."""
        wrong = list(problems(read(self.table.fields, document)))
        if wrong:
            raise InvalidSpec(wrong)
        for index, ip in enumerate(wish.spec.get("ips", [])):
            wanted = subnet(ip)
            for taken, owner in seen.facts["taken"]:
                if wanted.version == taken.version and wanted.overlaps(taken):
                    raise Refused(
                        f"ips[{index}].address: the subnet {wanted} overlaps {taken} of {owner}.",
                        "Choose another subnet.",
                        option=f"ips[{index}].address",
                    )

    def plan_live(self, plan: Plan, wish: Wish, differences: list[Difference], document: xml.Element) -> None:
        """Plan one C(virNetworkUpdate) per item that goes, then per item that comes, so that none stands twice."""
        gone: dict[str, Update] = {}
        come: dict[str, Update] = {}
        for difference in differences:
            position, item = next((at, item) for at, item in enumerate(difference.items) if item.node.live)
            label = "]".join(difference.path.split("]")[: position + 1]) + "]"
            # Only an address holds other items that libvirt updates one by one.
            parent = difference.items[0].index if position else -1
            if item.before is not None:
                gone[label] = Update(wish.name, difference.live, parent, xml.text_of(item.before))
            if item.after is not None:
                come[label] = Update(wish.name, difference.live, parent, xml.text_of(item.after))
        for command, updates in (("DELETE", gone), ("ADD_LAST", come)):
            for label, update in updates.items():
                plan.step(f"update {label}", self._updater(command, update))

    def _updater(self, command: str, update: Update) -> t.Callable[[Connection], None]:
        def run(connection: Connection) -> None:
            self.get(connection, update.network).change.update(
                constant(f"NETWORK_UPDATE_COMMAND_{command}"),
                constant(f"NETWORK_SECTION_{update.section.upper().replace('-', '_')}"),
                update.parent,
                update.text,
                constant("NETWORK_UPDATE_AFFECT_LIVE"),
            )

        return run

    def describe(self, handle: Handle, seen: Seen) -> dict[str, t.Any]:
        """Add the bridge and the addresses that were leased."""
        told = super().describe(handle, seen)
        told["bridge"] = xml.get(self.definition(seen), "bridge/@name")
        told["leases"] = [
            {name: lease.get(name) for name in ("mac", "ipaddr", "prefix", "hostname", "expirytime", "clientid")}
            for lease in (handle.read.DHCPLeases() if seen.active else [])
        ]
        return told


def host_routes() -> list[tuple[Subnet, str]]:
    """Return the subnets that this host routes, and the device of each, as libvirt checks it when a network starts."""
    routes: list[tuple[Subnet, str]] = []
    try:
        with open("/proc/net/route", encoding="ascii") as table:
            rows = [line.split() for line in table.readlines()[1:]]
    except OSError:
        return routes
    for row in rows:
        destination, mask = (ipaddress.IPv4Address(int.from_bytes(bytes.fromhex(row[at]), "little")) for at in (1, 7))
        if int(mask):
            routes.append((ipaddress.ip_network(f"{destination}/{mask}"), row[0]))
    return routes
