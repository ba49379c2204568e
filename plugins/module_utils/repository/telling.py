# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Telling whoever watches how far long work in a repository is."""

from __future__ import annotations

import time
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.jobs import report
from ansible_collections.hypervise.kvm.plugins.module_utils.jobs.stats import Progress

Tell = t.Callable[[int, int], None]  # bytes that are done, of how many

#: Seconds between two reports.
_REPORT = 2.0


def silent(_done: int, _total: int) -> None:
    """Tell nobody."""


def teller(label: str, operation: str) -> Tell:
    """Return what tells how far some work on an object is, every now and then."""
    began = told = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= _REPORT:
            rate = int(done / max(now - began, 1))
            report.tell(label, Progress(operation, now - began, total, done, max(0, total - done), rate, 0))
            told = now

    return tell
