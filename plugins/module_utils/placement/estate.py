# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What does not change while it is planned: hosts, guests, and what the rules make of them, by number."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.compatible import hindrance
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.model import (
    NOTHING,
    Amount,
    Guest,
    Host,
    Rule,
    add,
)


@dataclasses.dataclass(frozen=True)
class Apart:
    """A rule of anti-affinity: of its guests no two in one place."""

    name: str
    places: tuple[str, ...]  # of each host: itself, or the value of its label


class Unit:
    """Guests that move together: one, or those that rules keep together and that are on one host."""

    def __init__(self, estate: Estate, guests: tuple[int, ...]) -> None:
        self.guests = guests
        self.size: Amount = NOTHING
        self.apart: tuple[int, ...] = ()
        self.possible = estate.possible[guests[0]]
        self.told_to = estate.told_to[guests[0]]
        for guest in guests:
            self.size = add(self.size, estate.guests[guest].size)
            self.apart += estate.apart[guest]
            self.possible &= estate.possible[guest]
            self.told_to &= estate.told_to[guest]
        self.cluster = estate.cluster[guests[0]]
        staying = [estate.guests[guest].name for guest in guests if estate.guests[guest].stays]
        self.stays = len(staying) == len(guests)
        self.bound = next((estate.bound[guest] for guest in guests if estate.bound[guest]), "")
        if staying and not self.stays and not self.bound:
            self.bound = f"{', '.join(staying)} stays there, and they are to be together"
        self.name = estate.guests[guests[0]].name


class Estate:
    """All hosts and guests."""

    def __init__(self, hosts: t.Sequence[Host], guests: t.Sequence[Guest], rules: t.Sequence[Rule] = ()) -> None:
        self.hosts = tuple(hosts)
        self.guests = tuple(guests)
        self.rules = tuple(rules)
        self.number = {host.name: index for index, host in enumerate(self.hosts)}
        everywhere = frozenset(range(len(self.hosts)))
        self.active = frozenset(index for index in everywhere if not self.hosts[index].drained)
        self.largest = max((guest.size[0] for guest in self.guests), default=0)  # in memory
        self.start = tuple(None if guest.host is None else self.number[guest.host] for guest in self.guests)

        self.bound = [guest.bound for guest in self.guests]
        self.told_to = [everywhere] * len(self.guests)  # the hosts that rules leave to a guest
        for rule in rules:
            for guest in rule.guests:
                if rule.type == "pinned":
                    self.bound[guest] = self.bound[guest] or f"it is pinned to its host by the rule {rule.name}"
                if rule.type == "hosts":
                    self.told_to[guest] &= rule.hosts

        self.cluster = _clusters(self.guests, rules)
        self.aparts = [
            Apart(rule.name, tuple(_place(host, rule.across) for host in self.hosts))
            for rule in rules
            if rule.type == "anti_affinity"
        ]
        self.apart: list[tuple[int, ...]] = [() for _guest in self.guests]
        for index, rule in enumerate(rule for rule in rules if rule.type == "anti_affinity"):
            for guest in sorted(rule.guests):
                self.apart[guest] += (index,)
        _refuse_contradictions(self)

        self._hindrances: dict[t.Any, tuple[str, ...]] = {}
        self._homes: dict[t.Any, frozenset[int]] = {}
        names = _by_name(self.hosts)
        self.possible = [self._possible(index, names) for index in range(len(self.guests))]
        self._units: dict[tuple[int, ...], Unit] = {}
        self.alone = [self.unit((guest,)) for guest, cluster in enumerate(self.cluster) if cluster is None]
        self.clustered = [(guest, cluster) for guest, cluster in enumerate(self.cluster) if cluster is not None]

    def unit(self, guests: tuple[int, ...]) -> Unit:
        """Return what some guests are together."""
        if guests not in self._units:
            self._units[guests] = Unit(self, guests)
        return self._units[guests]

    def hindrance(self, guest: int, host: int) -> str:
        """Return why a guest can never run on a host, whatever else is there."""
        there = self.hosts[host].domains.get(self.guests[guest].name)
        if there and there != self.guests[guest].uuid and self.start[guest] != host:
            return "another domain of that name is there"
        if host not in self.told_to[guest]:
            names = [rule.name for rule in self.rules if rule.type == "hosts" and guest in rule.guests]
            return f"the rule {' and '.join(names)} does not allow it"
        return self._by_needs(guest)[host]

    def _by_needs(self, guest: int) -> tuple[str, ...]:
        needs = self.guests[guest].needs
        if needs not in self._hindrances:  # of thousands of guests there are few kinds
            self._hindrances[needs] = tuple(hindrance(needs, host.offers) for host in self.hosts)
        return self._hindrances[needs]

    def _possible(self, guest: int, names: t.Mapping[str, t.Sequence[int]]) -> frozenset[int]:
        """Return the hosts on which a guest could be; those that are drained, too."""
        key = (self.guests[guest].needs, self.told_to[guest])
        if key not in self._homes:
            reasons = self._by_needs(guest)
            self._homes[key] = frozenset(host for host in self.told_to[guest] if not reasons[host])
        found = self._homes[key]
        namesakes = [host for host in names.get(self.guests[guest].name, ()) if self.hindrance(guest, host)]
        return found.difference(namesakes) if namesakes else found


def _place(host: Host, across: str) -> str:
    """Return where a host is, as a rule sees it. One that does not say is a place of its own."""
    return f"{across} {host.labels[across]}" if across and across in host.labels else host.name


def _by_name(hosts: t.Sequence[Host]) -> dict[str, list[int]]:
    owners: dict[str, list[int]] = {}
    for index, host in enumerate(hosts):
        for name in host.domains:
            owners.setdefault(name, []).append(index)
    return owners


def _clusters(guests: t.Sequence[Guest], rules: t.Sequence[Rule]) -> list[int | None]:
    """Return for each guest the number of those that it is to be together with: rules that share a guest are one."""
    cluster: list[int | None] = [None] * len(guests)
    for number, rule in enumerate(rules):
        if rule.type != "affinity":
            continue
        joined = {cluster[guest] for guest in rule.guests} - {None}
        for guest, old in enumerate(cluster):
            if guest in rule.guests or old in joined:
                cluster[guest] = number
    return cluster


def _refuse_contradictions(estate: Estate) -> None:
    seen: dict[tuple[int, int], int] = {}
    for guest, cluster in enumerate(estate.cluster):
        for apart in estate.apart[guest] if cluster is not None else ():
            other = seen.setdefault((t.cast(int, cluster), apart), guest)
            if other != guest:
                one, two = estate.guests[other].name, estate.guests[guest].name
                message = (
                    f"{estate.aparts[apart].name} keeps {one} and {two} apart, and another rule keeps them together"
                )
                raise InvalidSpec([("rules", message)])
