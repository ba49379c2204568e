# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which moves can run side by side: each fits although none of the others of its step has left its host yet."""

from __future__ import annotations

import collections
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InternalError
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.estate import Estate
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.model import Move
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.state import State


def steps(estate: Estate, moves: t.Sequence[Move], parallel: int) -> list[list[Move]]:
    """Return moves in steps.

    A move overtakes one that stands before it in the plan only where the two share neither host nor rule. So what the
    other finds is as planned, and the plan's order, in which each move fits, is kept where it matters.
    """
    state = State(estate)
    waiting = list(moves)
    found = []
    while waiting:
        step, waiting = _step(state, waiting, parallel)
        if not step:
            raise InternalError("The moves of a plan do not fit in its own order.", "Please report it.")
        for move in step:
            state.leave(move.guest, move.source, move.target)
        found.append(step)
    return found


def _step(state: State, moves: t.Sequence[Move], parallel: int) -> tuple[list[Move], list[Move]]:
    """Return the moves that can begin now, which then have arrived without having left, and those that have to wait."""
    estate = state.estate
    step: list[Move] = []
    passed: list[Move] = []
    busy: dict[int | None, int] = collections.defaultdict(int)
    for move in moves:
        begins = (
            busy[move.source] < parallel
            and busy[move.target] < parallel
            and not any(_touch(estate, move, other) for other in passed)
            and all(move.guest != other.guest for other in step)
            and state.fits(estate.unit((move.guest,)), move.target)
        )
        if not begins:
            passed.append(move)
            continue
        state.arrive(move.guest, move.target)
        step.append(move)
        busy[move.target] += 1
        busy[move.source] += move.source is not None
    return step, passed


def _touch(estate: Estate, one: Move, other: Move) -> bool:
    hosts = {one.source, one.target} & {other.source, other.target} - {None}
    return bool(hosts) or bool(set(estate.apart[one.guest]).intersection(estate.apart[other.guest]))
