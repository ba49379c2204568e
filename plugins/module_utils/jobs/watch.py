# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Watching what runs long: how far it is, and what is done when something is reached before it ends.

libvirt's long calls return when all is over. So they are made in a thread, while this one asks how far they are.
"""

from __future__ import annotations

import threading
import time
import typing as t
from dataclasses import dataclass, replace

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError
from ansible_collections.hypervise.kvm.plugins.module_utils.jobs import report, stats

#: Seconds between two looks, at first and later on, and between two reports.
_LOOK, _LOOK_AT_MOST, _REPORT = 0.05, 0.5, 2.0


@dataclass
class Trigger:
    """Something that is done once, when a job has come to a point."""

    reached: t.Callable[[stats.Progress], bool]
    act: t.Callable[[Handle], None]
    name: str
    done: bool = False


def call(domain: Handle, work: t.Callable[[], t.Any], triggers: t.Sequence[Trigger] = ()) -> None:
    """Make a call that starts a job and returns at its end.

    :raises KvmError: of the call.
    """
    failed: list[KvmError] = []

    def run() -> None:
        try:
            work()
        except KvmError as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)  # it is the daemon's job: it goes on if this process must end
    thread.start()
    _watch(domain, lambda seconds: not _ends(thread, seconds), triggers)
    if failed:
        raise failed[0]


def follow(domain: Handle, operation: str, triggers: t.Sequence[Trigger] = ()) -> None:
    """Wait for the end of a job that somebody else has started."""

    def goes_on(seconds: float) -> bool:
        time.sleep(seconds)
        now = stats.progress(domain)
        return now is not None and now.operation == operation

    _watch(domain, goes_on, triggers)


def _ends(thread: threading.Thread, seconds: float) -> bool:
    thread.join(seconds)
    return not thread.is_alive()


def _watch(domain: Handle, goes_on: t.Callable[[float], bool], triggers: t.Sequence[Trigger]) -> None:
    pause, told, moved = _LOOK, 0.0, 0
    while goes_on(pause):
        pause = min(_LOOK_AT_MOST, 1.5 * pause)
        now = stats.progress(domain)
        if now is None:
            continue
        passed = time.monotonic() - told
        if passed >= _REPORT:
            rate = int(max(0, now.processed - moved) / passed)  # of disks, libvirt tells none
            report.tell(domain.label, replace(now, rate=now.rate or rate))
            told, moved = time.monotonic(), now.processed
        for trigger in triggers:
            if not trigger.done and trigger.reached(now):
                trigger.done = True
                trigger.act(domain)
