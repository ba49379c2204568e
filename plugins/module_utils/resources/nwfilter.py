# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network filters: defined, compared, never taken from those that need them.

libvirt itself makes the rules of a changed filter anew for all running guests that it holds for, at once.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import LIVE, STORED, Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.guests import guests
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.listed import described
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.stored import Seen, StoredResource, Wish
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import Comparison
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Spec
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nwfilter import FORGOTTEN, MATCHES, NWFILTER

References = dict[str, list[str]]


@dataclass(frozen=True)
class Binding:
    """An interface of a running guest, and its filter."""

    filter: str
    port: str
    domain: str


class NWFilter(StoredResource):
    """U(https://libvirt.org/formatnwfilter.html)."""

    noun = "nwfilter"
    table = NWFILTER
    list_method = "listAllNWFilters"
    lookup_method = "nwfilterLookupByName"
    define_method = "nwfilterDefineXMLFlags"
    schema = "nwfilter"
    takes_xml = True

    def observe(self, connection: Connection, wish: Wish) -> Seen:
        """Add which filters there are and refer to which others, and which guests have one."""
        seen = super().observe(connection, wish)
        seen.facts["references"] = references(connection)
        seen.facts["bindings"] = bindings(connection) if seen.exists else []
        if wish.state == "absent" and seen.exists:
            seen.facts["guests"] = _guests(connection, wish.name)
        return seen

    def plan(self, wish: Wish, seen: Seen) -> Plan:
        problems = [*contradictions(wish.spec), *forgotten(wish.rest)]
        if problems:
            raise InvalidSpec(problems)
        plan = super().plan(wish, seen)
        if wish.rest is None:
            plan.documents.clear()  # the options know all that libvirt takes; its schema knows less
        return plan

    def complete(self, document: xml.Element, wish: Wish, seen: Seen, stored: Comparison) -> None:
        """Write a priority of 0, too: libvirt would take another one for the chain."""
        if "priority" in wish.spec:
            xml.put(document, "@priority", str(wish.spec["priority"]))

    def check(self, wish: Wish, seen: Seen, document: xml.Element) -> None:
        """Refuse what libvirt would: a filter that refers, maybe through others, to itself."""
        wanted = {**seen.facts["references"], wish.name: _referred(document)}
        loop = _way(wanted, wish.name, wish.name)
        if loop:
            raise Refused(
                f"rules: {self.noun} {wish.name} would refer to itself: {' > '.join([wish.name, *loop])}.",
                "Take one of these references out.",
                option="rules",
            )

    def plan_changes(self, plan: Plan, wish: Wish, seen: Seen, stored: Comparison, document: xml.Element) -> None:
        affected = [binding for binding in seen.facts["bindings"] if self._reaches(seen, binding.filter, wish.name)]
        for difference in stored.differences:
            self.note(plan, difference, LIVE if affected else STORED)

    def plan_definition(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        super().plan_definition(plan, wish, seen)
        missing = [
            item["filterref"]["filter"]
            for item in wish.spec.get("rules", ())
            if "filterref" in item and item["filterref"]["filter"] not in {*seen.facts["references"], wish.name}
        ]
        if missing:
            plan.warnings.append(
                f"{plan.label} refers to what is not there yet: {', '.join(dict.fromkeys(missing))}; "
                "until it is, no guest starts that has this filter."
            )

    def plan_removal(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        """Refuse to take a filter from guests, which would not start, and from filters that refer to it."""
        by_filters = [f"nwfilter {name}" for name, others in seen.facts["references"].items() if wish.name in others]
        users = [*seen.facts["guests"], *by_filters]
        if users:
            raise Refused(
                f"{plan.label} is in use by {', '.join(users)}; it is not removed.",
                "Take it out of them first.",
                users=users,
            )
        super().plan_removal(plan, wish, seen)

    @staticmethod
    def _reaches(seen: Seen, start: str, end: str) -> bool:
        return start == end or bool(_way(seen.facts["references"], start, end))

    def gather(self, connection: Connection, patterns: t.Sequence[str]) -> list[dict[str, t.Any]]:
        """Add the interfaces for which each filter holds."""
        bound = bindings(connection)
        return [
            {
                **told,
                "bindings": [
                    {"interface": binding.port, "domain": binding.domain}
                    for binding in bound
                    if binding.filter == told["name"]
                ],
            }
            for told in super().gather(connection, patterns)
        ]


def references(connection: Connection) -> References:
    """Return to which others each filter refers, as it will be when this one has its turn."""
    found = {
        handle.read.name(): _referred(document)
        for handle, document in described(connection.host.read.listAllNWFilters(0))
    }
    kept = {name: others for name, others in found.items() if not connection.coming.gone("nwfilter", name)}
    coming = {name: _referred(promise.document) for name, promise in connection.coming.of("nwfilter").items()}
    return {**kept, **coming}


def bindings(connection: Connection) -> list[Binding]:
    """Return which interface of a running guest has which filter."""
    found = [
        Binding(handle.read.filterName(), handle.read.portDev(), xml.get(document, "owner/name") or "")
        for handle, document in described(connection.host.read.listAllNWFilterBindings(0))
    ]
    return sorted(found, key=lambda binding: (binding.domain, binding.port))


def _guests(connection: Connection, name: str) -> list[str]:
    """Return the guests that have a filter, each once: those that run by the interfaces that have it."""
    found = []
    for guest in guests(connection):
        interfaces = [] if guest.running is None else xml.find_all(guest.running, "devices/interface")
        having = [xml.get(entry, "target/@dev") for entry in interfaces if name in _referred(entry)]
        if having:
            found += [f"{guest.label} (interface {device}, running)" for device in having]
        elif guest.stored is not None and name in _referred(guest.stored):
            found.append(guest.label)
    return found


def _referred(document: xml.Element) -> list[str]:
    return [entry.get("filter") for entry in document.iter("filterref")]


def _way(references: References, start: str, end: str) -> list[str]:
    """Return the filters on a way of references from one to another, without the first; none where there is no way."""
    seen: set[str] = set()
    ways: list[list[str]] = [[name] for name in references.get(start, ())]
    while ways:
        way = ways.pop()
        if way[-1] == end:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [[*way, name] for name in references.get(way[-1], ())]
    return []


def contradictions(spec: Spec) -> t.Iterator[tuple[str, str]]:
    """Return what libvirt would take and forget, or read as something else."""
    for index, rule in enumerate(spec.get("rules", ())):
        for name in rule:
            matched = rule[name]
            if name.replace("_", "-") not in MATCHES:
                continue
            where = f"rules[{index}].{name}"
            if matched.get("match") is False and not set(matched) - {"match", "comment"}:
                yield f"{where}.match", "there is nothing that shall not match"
            if ("ipset" in matched) != ("ipsetflags" in matched):
                yield f"{where}.ipset", "ipset and ipsetflags belong together"


def forgotten(rest: xml.Element) -> t.Iterator[tuple[str, str]]:
    """Return what libvirt would take and forget of what no option is for: the rule would fit more than it says."""
    for element in rest.iter() if rest is not None else ():
        for name in FORGOTTEN.get(element.tag, ()):
            if element.get(name) is not None:
                yield "xml", f"libvirt forgets {name} in <{element.tag}>, so the rule would hold for more"
