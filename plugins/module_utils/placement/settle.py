# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host for each of some guests: those of hosts that are emptied, those that come home, those that are new.

Guests that few hosts can take go first, then the largest; each to the host that it makes least uneven. Where that
would leave a later one without a host, the next best is taken: of each guest's hosts the best after which the others
still find theirs, be it in the same way or packed as tightly as they go.
"""

from __future__ import annotations

import heapq
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.placement import broken, score
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.estate import Unit
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.spare import Spare
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.state import State

#: Where each unit goes, in this order, and those that go nowhere.
Settled = tuple[list[tuple[Unit, int]], list[Unit]]

#: Yields the hosts that can take a unit now, the best first.
Ranking = t.Callable[[State, Unit], t.Iterator[int]]


def settle(state: State, units: t.Sequence[Unit], scale: score.Scale, keep_spare: bool) -> Settled:
    """Move each unit to a host, and return which went where."""

    def evenly(state: State, unit: Unit) -> t.Iterator[int]:
        prices = scale.prices(state)
        return _fitting(state, unit, keep_spare, lambda host: score.cost(unit.size, prices[host]))

    def tightly(state: State, unit: Unit) -> t.Iterator[int]:
        return _fitting(state, unit, keep_spare, lambda host: _room(state, host))

    bound = [unit for unit in units if unit.bound]
    waiting = [unit for unit in units if not unit.bound]
    waiting.sort(key=lambda unit: (len(unit.possible & state.open), -unit.size[0], unit.name, unit.guests))
    moves, homeless = _in_turn(state.copy(), waiting, evenly)
    if homeless and _completes(state, waiting, tightly):
        return _looking_ahead(state, waiting, evenly, tightly), bound
    for unit, target in moves:
        state.move(unit, target)
    return moves, bound + homeless


def go_home(state: State, homes: t.Sequence[tuple[Unit, int]]) -> Settled:
    """Move units to the hosts given, each as soon as it fits there, and return which did."""
    moves: list[tuple[Unit, int]] = []
    waiting = list(homes)
    while True:
        unit, home = next((entry for entry in waiting if not entry[0].bound and state.fits(*entry)), (None, None))
        if unit is None or home is None:
            return moves, [unit for unit, _home in waiting]
        waiting.remove((unit, home))
        state.move(unit, home)
        moves.append((unit, home))


def _fitting(state: State, unit: Unit, keep_spare: bool, rank: t.Callable[[int], float]) -> t.Iterator[int]:
    """Yield the hosts that a unit fits on, the best first; mostly no other one is asked for, or looked at."""
    source = state.host_of(unit)
    mender = None if source is None or not broken.mendable(state, unit, source) else source
    ranked = [
        (0 if mender is None else -broken.mended(state, unit, mender, host), rank(host), host)
        for host in state.open
        if host != source
    ]
    heapq.heapify(ranked)
    spare = Spare(state) if keep_spare else None
    while ranked:
        _mends, _rank, host = heapq.heappop(ranked)
        if state.fits(unit, host) and (spare is None or spare.bears(unit, host)):
            yield host


def _room(state: State, host: int) -> int:
    return state.estate.hosts[host].capacity[0] - state.used[host][0]


def _in_turn(state: State, units: t.Sequence[Unit], ranking: Ranking) -> Settled:
    moves, homeless = [], []
    for unit in units:
        target = next(ranking(state, unit), None)
        if target is None:
            homeless.append(unit)
        else:
            state.move(unit, target)
            moves.append((unit, target))
    return moves, homeless


def _completes(state: State, units: t.Sequence[Unit], ranking: Ranking) -> bool:
    _moves, homeless = _in_turn(state.copy(), units, ranking)
    return not homeless


def _looking_ahead(state: State, units: t.Sequence[Unit], evenly: Ranking, tightly: Ranking) -> list[tuple[Unit, int]]:
    """Take of each unit's hosts the best one that leaves the others a host."""
    moves = []
    for index, unit in enumerate(units):
        for target in evenly(state, unit):
            trial = state.copy()
            trial.move(unit, target)
            rest = units[index + 1 :]
            if _completes(trial, rest, evenly) or _completes(trial, rest, tightly):
                break
        state.move(unit, target)
        moves.append((unit, target))
    return moves
