# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One move at a time, always the one that lowers the score most, as ganeti's hbal does it.

What is next depends on nothing but where the guests are. So a plan that was interrupted goes on as it would have.
"""

from __future__ import annotations

import heapq
import math
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.placement import broken, score
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.estate import Unit
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.policy import Policy
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.spare import Spare
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.state import State


class Choice(t.NamedTuple):
    """A move of a unit, better the greater it is: it mends more, or evens more."""

    mends: int
    evens: float
    unit: Unit
    source: int
    target: int


def balance(state: State, policy: Policy) -> t.Iterator[tuple[Unit, int, int, int, float]]:
    """Move units while it is worth it. Yields each with where it was and is, what it mended, and the points gained."""
    scale = score.Scale(state.estate, policy.weights)
    moves = 0
    while True:
        variance = scale.variance(state)
        even = score.points(variance) <= policy.threshold
        best = _best(state, scale, None if policy.n_plus_one == "never" else Spare(state), even)
        if best is None:
            return
        gain = broken.POINTS * best.mends + score.points(variance) - score.points(variance - best.evens)
        moves += len(best.unit.guests)
        if gain < policy.min_gain or (policy.max_moves is not None and moves > policy.max_moves):
            return
        state.move(best.unit, best.target)
        yield best.unit, best.source, best.target, best.mends, gain


def _best(state: State, scale: score.Scale, spare: Spare | None, even: bool) -> Choice | None:
    """Return the best of all moves. A unit is only looked at while it could be better than the best so far."""
    prices = scale.prices(state)
    hosts = sorted(state.open)
    front = score.front([prices[host] for host in hosts])
    best: Choice | None = None
    worth = 0, math.inf if even else 0.0
    for most, hope, unit, source in _by_hope(state, prices, score.lowest(front), even):
        if (most, hope) < worth:
            break
        relief = score.relief(unit.size, prices[source])
        if not most and relief - min(score.cost(unit.size, price) for price in front) <= worth[1]:
            continue  # not better even on the host that it would like best
        for target in hosts:
            if target == source:
                continue
            mends = broken.mended(state, unit, source, target) if most else 0
            evens = relief - score.cost(unit.size, prices[target])
            if (mends, evens) <= worth:
                continue
            if state.fits(unit, target) and (spare is None or spare.bears(unit, target)):
                best = Choice(mends, evens, unit, source, target)
                worth = mends, evens
    return best


def _by_hope(
    state: State, prices: t.Sequence[score.Price], lowest: score.Price, even: bool
) -> t.Iterator[tuple[int, float, Unit, int]]:
    """Yield units, and where each is, in the order of what they could mend and even at most.

    Of a host it is known at once what none of its units exceeds, so that most are never looked at one by one.
    """
    mendable = broken.all_mendable(state)
    heap: list[tuple[int, float, str, int, Unit | None]] = []  # the best first; a host has no name, and no unit

    def add(unit: Unit, source: int, mends: int) -> None:
        hope = score.relief(unit.size, prices[source]) - score.cost(unit.size, lowest)
        if mends or hope > 0:
            heapq.heappush(heap, (-mends, -hope, unit.name, source, unit))

    others: dict[int, list[Unit]] = {host: [] for host in state.open}
    for unit in state.units:
        source = state.host_of(unit)
        if source not in others or unit.bound or unit.stays:
            continue
        if unit in mendable:
            add(unit, source, mendable[unit])
        elif not even:
            others[source].append(unit)
    for source, units in others.items():
        hope = score.hope([unit.size for unit in units], prices[source], lowest)
        if hope > 0:
            heapq.heappush(heap, (0, -hope, "", source, None))
    while heap:
        less, fewer, _name, source, first = heapq.heappop(heap)
        if first:
            yield -less, -fewer, first, source
        else:
            for unit in others[source]:
                add(unit, source, 0)
