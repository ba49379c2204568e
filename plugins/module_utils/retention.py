# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which points in time to keep, of snapshots or backups: the words and the verdict of Proxmox Backup Server's prune.

The rules apply in the order of M(PERIODS). Each keeps the newest point of every period, looks only at points that no
rule before it has judged, and does not count periods in which one is kept already, nor periods without points. Points
of one second, of which PBS has no two, count each.
"""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass, field

Clock = t.Callable[[float], time.struct_time]

#: Option -> the period that a point is in, as strftime writes it; every point is a period of its own for the first.
PERIODS = {
    "keep_last": "",
    "keep_hourly": "%Y/%m/%d/%H",
    "keep_daily": "%Y/%m/%d",
    "keep_weekly": "%G/%V",
    "keep_monthly": "%Y/%m",
    "keep_yearly": "%Y",
}

PROTECTED, UNFINISHED, BY_DEFAULT, TOO_OLD, SUPERSEDED = "protected", "unfinished", "no rule", "too old", "superseded"

OPTIONS: dict[str, t.Any] = {**{name: {"type": "int"} for name in PERIODS}, "max_age": {"type": "int"}}


@dataclass(frozen=True)
class Point:
    """One snapshot or backup."""

    name: str
    time: int  # seconds since 1970
    protected: bool = False  # never removed, and never counted
    finished: bool = True


@dataclass(frozen=True)
class Policy:
    """How many points to keep by which rule, and the age in seconds beyond which none is kept."""

    keep: t.Mapping[str, int] = field(default_factory=dict)
    max_age: int | None = None


@dataclass(frozen=True)
class Verdict:
    """What becomes of a point, and the rule that says so: one of M(PERIODS) or of the words above."""

    point: Point
    keep: bool
    rule: str


def policy_of(params: t.Mapping[str, t.Any]) -> Policy:
    """Return the policy that some options state. Zero is as good as nothing stated."""
    return Policy({name: params[name] for name in PERIODS if params.get(name)}, params.get("max_age"))


def judge(points: t.Iterable[Point], policy: Policy, now: float, clock: Clock = time.localtime) -> list[Verdict]:
    """Return what becomes of each point, the newest first. A policy without a rule keeps all that is not too old.

    :arg clock: the local time of a moment; another one for tests.
    """
    ordered = sorted(points, key=lambda point: (point.time, point.name), reverse=True)
    marks = _unfinished(ordered)
    for rule, format_ in PERIODS.items():
        if rule in policy.keep:
            _mark(marks, ordered, rule, policy.keep[rule], _period(format_, clock))
    verdicts = []
    for point in ordered:
        keep, rule = marks.get(point.name, (False, SUPERSEDED) if policy.keep else (True, BY_DEFAULT))
        if policy.max_age is not None and now - point.time > policy.max_age:
            keep, rule = False, TOO_OLD
        if point.protected:
            keep, rule = True, PROTECTED
        verdicts.append(Verdict(point, keep, rule))
    return verdicts


def _period(format_: str, clock: Clock) -> t.Callable[[Point], str]:
    return lambda point: time.strftime(format_, clock(point.time)) if format_ else point.name


def _unfinished(ordered: t.Sequence[Point]) -> dict[str, tuple[bool, str]]:
    """One that is unfinished may still be written if it is the newest of all."""
    return {
        point.name: (index == 0, UNFINISHED if index == 0 else SUPERSEDED)
        for index, point in enumerate(ordered)
        if not point.finished
    }


def _mark(
    marks: dict[str, tuple[bool, str]],
    ordered: t.Sequence[Point],
    rule: str,
    count: int,
    period: t.Callable[[Point], str],
) -> None:
    covered = {period(point) for point in ordered if marks.get(point.name, (False, ""))[0] and point.finished}
    chosen: set[str] = set()
    for point in ordered:
        if point.name in marks or point.protected or period(point) in covered:
            continue
        if period(point) in chosen:
            marks[point.name] = (False, SUPERSEDED)
        elif len(chosen) >= count:
            break
        else:
            chosen.add(period(point))
            marks[point.name] = (True, rule)
