# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts in, moves out: what is asked for, planned. Nothing here looks at a clock, at chance or at a host."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.placement import balance as balancing
from ansible_collections.hypervise.kvm.plugins.module_utils.placement import groups, reasons, score, settle
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.estate import Estate, Unit
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.model import Move
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.policy import Policy
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.state import State


@dataclasses.dataclass
class Planned:
    """What came of planning: the moves in their order, who has no host and why, and how things are then."""

    before: State
    after: State
    moves: list[Move]
    refused: list[reasons.Refusal] = dataclasses.field(default_factory=list)
    groups: list[list[int]] = dataclasses.field(default_factory=list)


def balance(estate: Estate, policy: Policy) -> Planned:
    """Make hosts even, and mend what rules and limits are broken."""
    before, after = State(estate), State(estate)
    moves = []
    for unit, source, target, mends, gain in balancing.balance(after, policy):
        moves += [Move(guest, source, target, reasons.of_balance(mends, gain), gain) for guest in unit.guests]
    return Planned(before, after, moves)


def evacuate(estate: Estate, policy: Policy) -> Planned:
    """Empty the hosts that are drained."""
    state = State(estate)
    drained = frozenset(range(len(estate.hosts))) - estate.active
    return _settled(
        estate, policy, [unit for unit in state.on(drained) if not unit.stays], policy.n_plus_one == "always"
    )


def place(estate: Estate, policy: Policy) -> Planned:
    """Find a host for each guest that has none."""
    state = State(estate)
    return _settled(
        estate, policy, [unit for unit in state.units if state.host_of(unit) is None], policy.n_plus_one != "never"
    )


def go_home(estate: Estate, policy: Policy, homes: t.Mapping[str, str]) -> Planned:
    """Bring guests back to where they were."""
    before, after = State(estate), State(estate)
    away = []
    for unit in before.units:
        home = next(
            (homes[name] for name in (estate.guests[guest].name for guest in unit.guests) if name in homes), None
        )
        if home is not None and before.host_of(unit) not in (None, estate.number[home]) and not unit.stays:
            away.append((unit, estate.number[home]))
    moved, homeless = settle.go_home(after, away)
    moves = [
        Move(guest, before.where[guest], home, reasons.of_return(estate, home))
        for unit, home in moved
        for guest in unit.guests
    ]
    refused = [reasons.refusal(after, unit, [home]) for unit, home in away if unit in homeless]
    return _whole(Planned(before, after, moves, refused), policy)


def group(estate: Estate, policy: Policy, hosts: t.Collection[str] = ()) -> Planned:
    """Find groups of hosts, of some or all, that can be down together, one group after the other."""
    state = State(estate)
    asked = state.open.intersection(estate.number[name] for name in hosts) if hosts else state.open
    return Planned(state, state, [], groups=groups.groups(state, asked, policy))


def _settled(estate: Estate, policy: Policy, units: t.Sequence[Unit], keep_spare: bool) -> Planned:
    before, after = State(estate), State(estate)
    moved, homeless = settle.settle(after, units, score.Scale(estate, policy.weights), keep_spare)
    hosts = sorted(after.open)
    refused = [reasons.refusal(after, unit, hosts, keep_spare) for unit in homeless]
    return _whole(Planned(before, after, _moves(before, moved), refused), policy)


def _moves(before: State, moved: t.Sequence[tuple[Unit, int]]) -> list[Move]:
    return [
        Move(guest, before.where[guest], target, reasons.of_settling(before, guest, target))
        for unit, target in moved
        for guest in unit.guests
    ]


def _whole(planned: Planned, policy: Policy) -> Planned:
    """Return a plan that moves all, or nothing unless a part is enough."""
    if planned.refused and not policy.partial:
        return dataclasses.replace(planned, after=planned.before, moves=[])
    return planned
