# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where each guest is, and what follows from it for each host: changed by one move after another."""

from __future__ import annotations

import collections
import copy
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.placement.estate import Estate, Unit


class State:
    """Where the guests are. What is asked here a million times is counted, not looked up."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.where = list(estate.start)
        self.open = estate.active  # the hosts to which guests can be moved
        self.used: list[list[int]] = [[0, 0, 0] for _host in estate.hosts]
        self.memories: list[list[int]] = [[] for _host in estate.hosts]  # of each guest there
        self.crowd: list[dict[str, int]] = [collections.defaultdict(int) for _apart in estate.aparts]
        self.parts: dict[int, dict[int, int]] = {cluster: {} for cluster in estate.cluster if cluster is not None}
        for guest, host in enumerate(self.where):
            if host is not None:
                self._count(guest, host, 1)
        self._units: list[Unit] | None = None

    @property
    def units(self) -> list[Unit]:
        """The guests that move together: those that are to be and are on one host, and each other one alone."""
        if self._units is None:
            self._units = self._united()
        return self._units

    def copy(self, closed: t.Iterable[int] = ()) -> State:
        """Return the same, of which nobody else knows, with some more hosts to which no guest can be moved."""
        other = copy.copy(self)
        other.where = list(self.where)
        other.open = self.open.difference(closed)
        other.used = [list(used) for used in self.used]
        other.memories = [list(memories) for memories in self.memories]
        other.crowd = [crowd.copy() for crowd in self.crowd]
        other.parts = {cluster: dict(parts) for cluster, parts in self.parts.items()}
        return other

    def _count(self, guest: int, host: int, sign: int) -> None:
        estate = self.estate
        used, size = self.used[host], estate.guests[guest].size
        for resource in (0, 1, 2):
            used[resource] += sign * size[resource]
        if sign > 0:
            self.memories[host].append(size[0])
        else:
            self.memories[host].remove(size[0])
        for apart in estate.apart[guest]:
            self.crowd[apart][estate.aparts[apart].places[host]] += sign
        cluster = estate.cluster[guest]
        if cluster is not None:
            parts = self.parts[cluster]
            parts[host] = parts.get(host, 0) + sign
            if not parts[host]:
                del parts[host]

    def _united(self) -> list[Unit]:
        together: dict[tuple[int, int | None], list[int]] = {}
        for guest, cluster in self.estate.clustered:
            together.setdefault((cluster, self.where[guest]), []).append(guest)
        return [*self.estate.alone, *(self.estate.unit(tuple(guests)) for guests in together.values())]

    def host_of(self, unit: Unit) -> int | None:
        return self.where[unit.guests[0]]

    def on(self, hosts: t.Collection[int]) -> list[Unit]:
        """Return the units that are on some hosts."""
        return [unit for unit in self.units if self.host_of(unit) in hosts]

    def move(self, unit: Unit, target: int) -> None:
        """Have a unit elsewhere."""
        joins = unit.cluster is not None and target in self.parts[unit.cluster]
        for guest in unit.guests:
            source = self.where[guest]
            self.arrive(guest, target)
            self.leave(guest, source, target)
        if joins:
            self._units = None

    def arrive(self, guest: int, target: int) -> None:
        """Have a guest take its room where it goes; it has that where it was, too, until it has left."""
        self._count(guest, target, 1)

    def leave(self, guest: int, source: int | None, target: int) -> None:
        """Have a guest that has arrived leave where it was."""
        if source is not None:
            self._count(guest, source, -1)
        self.where[guest] = target

    def fits(self, unit: Unit, target: int) -> bool:
        """Tell whether a unit can go to a host now. The host it leaves is left by it only once it is there."""
        if target not in unit.possible or target not in self.open:
            return False
        used, capacity, size = self.used[target], self.estate.hosts[target].capacity, unit.size
        if used[0] + size[0] > capacity[0] or used[1] + size[1] > capacity[1]:
            return False
        return self._stays_apart(unit, target) and self._stays_together(unit, target)

    def _stays_apart(self, unit: Unit, target: int) -> bool:
        return not any(self._neighbours(unit, apart, target) for apart in unit.apart)

    def _neighbours(self, unit: Unit, apart: int, target: int) -> int:
        """Return how many that a unit has to be apart from are where it goes."""
        places, source = self.estate.aparts[apart].places, self.host_of(unit)
        there = self.crowd[apart].get(places[target], 0)
        return there - (source is not None and places[source] == places[target])

    def _stays_together(self, unit: Unit, target: int) -> bool:
        """Tell whether there are no more parts of what is to be together than before: a whole part moves, or none."""
        if unit.cluster is None or self.host_of(unit) is not None:
            return True
        parts = self.parts[unit.cluster]
        return not parts or target in parts

    def refusal(self, unit: Unit, target: int) -> str:
        """Return why a unit cannot go to a host now, empty if it can: what C(fits) tells, for a person."""
        estate = self.estate
        host = estate.hosts[target]
        if target not in self.open:
            return "it is drained"
        for guest in unit.guests:
            reason = estate.hindrance(guest, target)
            if reason:
                return reason
        free = [host.capacity[resource] - self.used[target][resource] for resource in (0, 1)]
        if unit.size[0] > free[0]:
            return f"{_size(unit.size[0])} of memory are needed, {_size(max(0, free[0]))} are left"
        if unit.size[1] > free[1]:
            return f"{unit.size[1]} virtual processors are needed, {max(0, free[1])} are left"
        for apart in unit.apart:
            if self._neighbours(unit, apart, target):
                rule = estate.aparts[apart]
                return f"by the rule {rule.name} another guest keeps it away from {rule.places[target]}"
        if not self._stays_together(unit, target):
            return "those that it is to be together with are elsewhere"
        return ""


def _size(value: int) -> str:
    return f"{value / 2**30:.1f}GiB"
