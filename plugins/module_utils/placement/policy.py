# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be done, and what is worth it."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Policy:
    """How a plan is made."""

    weights: tuple[float, float, float] = (1.0, 1.0, 1.0)  # of memory, virtual processors and load
    threshold: float = 2.0  # points of unevenness that are even enough
    min_gain: float = 0.01  # points of score that a move is worth
    max_moves: int | None = None
    n_plus_one: str = "outside_maintenance"
    partial: bool = False
    parallel: int = 1  # moves at a time from or to one host
    group_size: int = 1
