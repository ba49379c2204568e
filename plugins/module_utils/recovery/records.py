# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is kept of each guest beside the points, at both sites: how far a run has come, and what the guest needs.

A record is a dictionary. Its C(serial) grows with every run: of the records that two sites have, the one with the
higher serial is right, and of one run each site has a part.

C(run) is the last one that was begun (id, mode, source, target, begun, and what it found diverged), C(done) the phases
of it that are done, C(facts) what the guest needs of a host.
"""

from __future__ import annotations

import functools
import typing as t

Record = t.Mapping[str, t.Any]


def merged(old: Record, new: Record) -> dict[str, t.Any]:
    """Return what two records amount to."""
    if old.get("serial", 0) > new.get("serial", 0):
        old, new = new, old
    run, before = new.get("run"), old.get("run")
    goes_on = not run or not before or run["id"] == before["id"]
    done = {**(old.get("done", {}) if goes_on else {}), **new.get("done", {})}
    ended = goes_on and any(each.get("ended") for each in (run or {}, before or {}))
    result = {**old, **new, "done": done}
    if ended:
        result["run"] = {**result["run"], "ended": True}
    return result


def of(guest: str, told: t.Iterable[t.Mapping[str, Record]]) -> dict[str, t.Any]:
    """Return the record of a guest, of what several hosts tell."""
    found = [records[guest] for records in told if guest in records]
    return functools.reduce(merged, sorted(found, key=_serial), {})


def _serial(record: Record) -> int:
    return int(record.get("serial", 0))
