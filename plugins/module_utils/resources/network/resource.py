# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks: defined, compared, changed while guests are attached where libvirt can, restarted under them otherwise."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.defined import DefinedResource
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.listed import described
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.network import live, restart
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.network.guests import (
    Attached,
    attached,
    devices_in_use,
    has_bridge,
    has_own_bridge,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.network.rules import (
    not_of_mode,
    problems,
    states,
    subnet,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.network.subnets import subnets, taken
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.stored import Seen, Wish
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import Comparison, Difference, read
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.network import NETWORK

#: What people say about a network, which is the same whether it runs or not.
_SAID = ("title", "description", "metadata")


@dataclass(frozen=True)
class Guests:
    """The running guests of a network, as far as a plan needs to know them."""

    attached: list[Attached] = field(default_factory=list)
    cut_off: list[Attached] = field(default_factory=list)  # of these, those whose link is gone
    aside: list[Attached] = field(default_factory=list)  # those that wait for the end of a restart
    under_way: bool = False  # whether a restart was begun and not ended
    ports: list[xml.Element] = field(default_factory=list)  # the network's own records of them

    @property
    def names(self) -> str:
        """The guests, for people."""
        return ", ".join(map(str, sorted({*self.attached, *self.aside})))


class Network(DefinedResource):
    """U(https://libvirt.org/formatnetwork.html)."""

    noun = "network"
    table = NETWORK
    list_method = "listAllNetworks"
    lookup_method = "networkLookupByName"
    define_method = "networkDefineXMLFlags"
    schema = "network"
    inactive_flag = "NETWORK_XML_INACTIVE"
    takes_xml = True
    own_options: t.ClassVar[dict[str, t.Any]] = {
        "restart": {"type": "str", "choices": ["never", "if_needed"], "default": "never"},
        "cut_off_guests": {"type": "bool", "default": False},
    }

    # -- looking -----------------------------------------------------------------------------------------------------

    def look(self, handle: Handle, secrets: bool) -> Seen:
        seen = super().look(handle, secrets)
        for document in filter(lambda document: document is not None, (seen.stored, seen.live)):
            if xml.find(document, "forward/interface") is not None:
                xml.drop(document, "forward/@dev")  # which repeats the first of them
        if seen.active and seen.stored is not None:
            for tag in _SAID:
                xml.drop(seen.live, tag)
                seen.live.extend(xml.clone(entry) for entry in xml.find_all(seen.stored, tag))
        return seen

    def observe(self, connection: Connection, wish: Wish) -> Seen:
        """Add the subnets that are taken, and the guests where their links are at stake."""
        seen = super().observe(connection, wish)
        if wish.spec.get("ips"):
            own = xml.get(seen.live, "bridge/@name") if seen.active else None
            seen.facts["taken"] = taken(connection, wish.name, own)
        if seen.active and "interfaces" in wish.spec.get("forward", {}):
            seen.facts["used"] = devices_in_use(connection, wish.name)
        seen.facts["guests"] = self._guests(connection, wish, seen)
        return seen

    @staticmethod
    def _guests(connection: Connection, wish: Wish, seen: Seen) -> Guests:
        stops = seen.active and (wish.state in ("inactive", "absent") or wish.options["restart"] == "if_needed")
        starts = not seen.active and wish.state == "active"
        under_way = restart.under_way(connection, wish.name)
        if not (stops or starts or under_way):
            return Guests()
        found = attached(connection, wish.name)
        ports = connection.host.read.networkLookupByName(wish.name).read.listAllPorts(0) if seen.active else []
        known = {port.read.UUIDString(): document for port, document in described(ports)}
        return Guests(
            found,
            [guest for guest in found if guest.port not in known],
            attached(connection, restart.waiting_place(wish.name)) if under_way else [],
            under_way,
            list(known.values()),
        )

    # -- the definition ----------------------------------------------------------------------------------------------

    def settle(self, stated: xml.Element) -> None:
        """Take out what libvirt counts, and have what it writes twice in one place."""
        for entry in (stated, *xml.find_all(stated, "forward/interface"), *xml.find_all(stated, "forward/address")):
            entry.attrib.pop("connections", None)
        for entry in stated.iter("bandwidth"):
            entry.attrib.pop("classID", None)
        forward = xml.find(stated, "forward")
        if forward is not None:
            device = forward.attrib.pop("dev", None)
            if device and xml.find(forward, "interface") is None:
                xml.put(forward, "interface/@dev", device)

    def skeleton(self, wish: Wish, seen: Seen) -> xml.Element:
        """A new network is as the option C(xml) has it, also in how it says so: libvirt keeps that."""
        return super().skeleton(wish, seen) if wish.xml is None else xml.clone(wish.xml)

    def complete(self, document: xml.Element, wish: Wish, seen: Seen, stored: Comparison) -> None:
        """Name the family of IPv6 addresses, and drop what libvirt filled in and would now refuse."""
        for element in (*xml.find_all(document, "ip"), *xml.find_all(document, "route")):
            if ":" in (xml.get(element, "@address") or ""):
                xml.put(element, "@family", "ipv6")
        for option, path in not_of_mode(xml.get(document, "forward/@mode")).items():
            if not states(wish.spec, option):
                xml.drop(document, path)

    def check(self, wish: Wish, seen: Seen, document: xml.Element) -> None:
        """Refuse what libvirt would, and a new subnet that is another network's, or takes what the host reaches."""
        wrong = list(problems(read(self.table.fields, document)))
        if wrong:
            raise InvalidSpec(wrong)
        has = [] if seen.stored is None else subnets(seen.stored)
        for index, ip in enumerate(wish.spec.get("ips", [])):
            wanted = subnet(ip)
            for other in seen.facts["taken"]:
                if wanted not in has and other.is_hit_by(wanted):
                    raise Refused(
                        f"ips[{index}].address: the subnet {wanted} overlaps {other.subnet} of {other.owner}.",
                        "Choose another subnet.",
                        option=f"ips[{index}].address",
                    )

    # -- the running network -----------------------------------------------------------------------------------------

    def within_reach(self, seen: Seen, differences: list[Difference]) -> list[Difference]:
        """Return the differences; devices that guests use cannot go, and what is said needs no running network."""
        used = seen.facts.get("used", set())
        return [
            replace(difference, live="")
            if difference.row == "forward.interfaces" and used & (set(difference.before) - set(difference.after))
            else difference
            for difference in differences
            if not difference.path.startswith(("xml:metadata", *_SAID))
        ]

    def plan_live(self, plan: Plan, wish: Wish, differences: list[Difference], document: xml.Element) -> None:
        live.plan(plan, wish.name, differences)

    # -- power -------------------------------------------------------------------------------------------------------

    def plan(self, wish: Wish, seen: Seen) -> Plan:
        plan = super().plan(wish, seen)
        plan.facts.setdefault("restarted", False)
        plan.facts.setdefault("reattached", [])
        return plan

    def plan_power(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        guests: Guests = seen.facts["guests"]
        if wish.state == "inactive":
            self._refuse_to_cut_off(plan, wish, seen)
            super().plan_power(plan, wish, seen)
            if guests.under_way:
                plan.change("restart", "unfinished", None)
                restart.plan_removal(plan, wish.name)
            return
        then = plan.documents[-1][1] if plan.documents else seen.stored
        if seen.active and wish.options["restart"] == "if_needed" and plan.pending_restart:
            self._plan_restart(plan, seen, then)
        elif guests.under_way:
            self._plan_end_of_restart(plan, wish, seen)
        elif seen.active and guests.cut_off and has_own_bridge(seen.live):
            plan.change("attached", [], restart.told(guests.cut_off))
            self._plan_attaching(plan, seen.name, guests.cut_off, seen.live)
        elif not seen.active and guests.attached and has_bridge(then):
            plan.change("state", self.power(seen), "active")
            self._plan_attaching(plan, seen.name, guests.attached, then, start=True)
        else:
            super().plan_power(plan, wish, seen)

    def _plan_restart(self, plan: Plan, seen: Seen, then: xml.Element) -> None:
        """Plan the restart that the user allowed, as something waits for it."""
        guests: Guests = seen.facts["guests"]
        if guests.attached and has_bridge(seen.live) and not has_bridge(then):
            raise Refused(
                f"{plan.label}: it cannot be restarted under running guests, which cannot get from a bridge to a "
                f"device of the host: {guests.names}.",
                "Stop these guests, or leave out 'restart: if_needed', so that the change waits.",
                option="restart",
                guests=restart.told(guests.attached),
            )
        same_bridge = xml.get(seen.live, "bridge/@name") == xml.get(then, "bridge/@name")
        keep_links = not has_bridge(seen.live) or (not has_own_bridge(seen.live) and same_bridge)
        steps = Plan(plan.label)
        if keep_links:
            restart.plan_set_aside(steps, seen.name, seen.live, (), guests.ports)
        else:
            restart.plan_set_aside(steps, seen.name, seen.live)
        restart.plan_stop(steps, seen.name)
        restart.plan_start(steps, seen.name)
        if keep_links:
            restart.plan_reclaim(steps, seen.name)
        restart.plan_bring_back(steps, seen.name)
        plan.restart = steps.steps
        plan.let_restart(plan.pending_restart)
        plan.facts["restarted"] = True
        plan.facts["reattached"] = restart.told([*guests.aside, *([] if keep_links else guests.attached)])

    def _plan_end_of_restart(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        """Plan what is left of a restart that was not ended."""
        guests: Guests = seen.facts["guests"]
        plan.change("restart", "unfinished", "done")
        if not seen.active:
            plan.change("state", self.power(seen), "active")
            restart.plan_start(plan, seen.name)
        if not has_own_bridge(seen.stored):
            restart.plan_reclaim(plan, seen.name)
        restart.plan_bring_back(plan, seen.name)
        plan.facts["reattached"] = restart.told(guests.aside)

    @staticmethod
    def _plan_attaching(
        plan: Plan, name: str, guests: t.Sequence[Attached], definition: xml.Element, start: bool = False
    ) -> None:
        """Plan attaching guests whose link was cut when the network stopped."""
        restart.plan_set_aside(plan, name, definition, {(guest.domain, guest.mac) for guest in guests})
        if start:
            restart.plan_start(plan, name)
        restart.plan_bring_back(plan, name)
        plan.facts["reattached"] = restart.told(guests)

    def plan_removal(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        self._refuse_to_cut_off(plan, wish, seen)
        super().plan_removal(plan, wish, seen)
        if seen.facts["guests"].under_way:
            restart.plan_removal(plan, wish.name)

    @staticmethod
    def _refuse_to_cut_off(plan: Plan, wish: Wish, seen: Seen) -> None:
        guests: Guests = seen.facts["guests"]
        if (guests.aside or (seen.active and guests.attached)) and not wish.options["cut_off_guests"]:
            raise Refused(
                f"{plan.label}: running guests are attached to it: {guests.names}.",
                "Stop them or attach them to another network first; or set cut_off_guests: true.",
                option="state",
                guests=restart.told([*guests.attached, *guests.aside]),
            )

    # -- gathering ---------------------------------------------------------------------------------------------------

    def describe(self, handle: Handle, seen: Seen) -> dict[str, t.Any]:
        """Add the bridge and the addresses that were leased."""
        told = super().describe(handle, seen)
        told["bridge"] = xml.get(self.definition(seen), "bridge/@name")
        told["leases"] = [
            {name: lease.get(name) for name in ("mac", "ipaddr", "prefix", "hostname", "expirytime", "clientid")}
            for lease in (handle.read.DHCPLeases() if seen.active else [])
        ]
        return told
