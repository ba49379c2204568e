# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules and limits that are broken as things are: told to a person, counted, and mended by a move.

A plan breaks none (C(State.fits)). What is broken was so before, and a move that mends it goes before all evenness.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.placement.estate import Unit
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.state import State

#: What each counts in the score: more than hosts that are as uneven as hosts can be.
POINTS = 100.0

_LIMITS = ((0, "memory"), (1, "virtual processors"))


def broken(state: State) -> list[str]:
    """Return a sentence for each."""
    return [*_crowded(state), *_parted(state), *_misplaced(state), *_overfull(state)]


def _crowded(state: State) -> list[str]:
    found = []
    for apart, crowd in zip(state.estate.aparts, state.crowd):
        for place, number in sorted(crowd.items()):
            found += [f"{number} guests that {apart.name} keeps apart are on {place}"] * (number - 1)
    return found


def _parted(state: State) -> list[str]:
    found = []
    for cluster, parts in sorted(state.parts.items()):
        names = ", ".join(state.estate.hosts[host].name for host in sorted(parts))
        found += [f"Guests that {state.estate.rules[cluster].name} keeps together are on {names}"] * (len(parts) - 1)
    return found


def _misplaced(state: State) -> list[str]:
    estate = state.estate
    return [
        f"{estate.guests[guest].name} is on {estate.hosts[host].name}, where its rules do not want it"
        for guest, host in enumerate(state.where)
        if host is not None and host not in estate.told_to[guest]
    ]


def _overfull(state: State) -> list[str]:
    return [
        f"{host.name} has promised more {word} than its limit"
        for host, used in zip(state.estate.hosts, state.used)
        for resource, word in _LIMITS
        if used[resource] > host.capacity[resource]
    ]


def mended(state: State, unit: Unit, source: int, target: int) -> int:
    """Return how many a move mends."""
    joins = unit.cluster is not None and target in state.parts[unit.cluster]
    leaves = sum(1 for places in _crowds(state, unit, source) if places[source] != places[target])
    return _by_leaving(state, unit, source) + leaves + joins


def mendable(state: State, unit: Unit, source: int) -> int:
    """Return how many any move of a unit could mend at most."""
    parted = unit.cluster is not None and len(state.parts[unit.cluster]) > 1
    return _by_leaving(state, unit, source) + len(_crowds(state, unit, source)) + parted


def all_mendable(state: State) -> dict[Unit, int]:
    """Return the same of each unit of which it is not nothing, without a look at most of the others."""
    crowded = {apart for apart, crowd in enumerate(state.crowd) if max(crowd.values(), default=0) > 1}
    parted = {cluster for cluster, parts in state.parts.items() if len(parts) > 1}
    full = {host for host, used in enumerate(state.used) if _exceeds(used, state.estate.hosts[host].capacity)}
    found = {}
    for unit in state.units:
        source = state.host_of(unit)
        if source is None or (
            source not in full
            and source in unit.told_to
            and unit.cluster not in parted
            and crowded.isdisjoint(unit.apart)
        ):
            continue
        most = mendable(state, unit, source)
        if most:
            found[unit] = most
    return found


def _exceeds(used: t.Sequence[int], capacity: t.Sequence[int]) -> bool:
    return any(used[resource] > capacity[resource] for resource, _word in _LIMITS)


def _crowds(state: State, unit: Unit, source: int) -> list[tuple[str, ...]]:
    aparts = state.estate.aparts
    return [aparts[apart].places for apart in unit.apart if state.crowd[apart][aparts[apart].places[source]] > 1]


def _by_leaving(state: State, unit: Unit, source: int) -> int:
    estate = state.estate
    used, capacity, size = state.used[source], estate.hosts[source].capacity, unit.size
    found = (used[0] > capacity[0] >= used[0] - size[0]) + (used[1] > capacity[1] >= used[1] - size[1])
    if source not in unit.told_to:
        found += sum(1 for guest in unit.guests if source not in estate.told_to[guest])
    return found
