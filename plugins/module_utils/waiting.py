# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for something to become true: one loop, with a limit, for every wait of the collection."""

from __future__ import annotations

import time
import typing as t


def wait_until(met: t.Callable[[], bool], timeout: float, longest_pause: float = 0.5) -> bool:
    """Ask I(met) until it says yes, at first often, and return whether it did within I(timeout) seconds."""
    deadline = time.monotonic() + timeout
    pause = 0.02
    while not met():
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, longest_pause)
    return True
