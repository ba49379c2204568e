# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Retention: the verdicts of Proxmox Backup Server's prune, on what is hard about calendars."""

from __future__ import annotations

import datetime
import time
import zoneinfo
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hypervise.kvm.plugins.module_utils.retention import PERIODS, Point, Policy, judge, policy_of

UTC = datetime.UTC
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


def at(text: str, zone: datetime.tzinfo = UTC) -> int:
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())


def kept(points: list[Point], zone: datetime.tzinfo = UTC, **rules: int) -> dict[str, str]:
    def clock(moment: float) -> time.struct_time:
        return datetime.datetime.fromtimestamp(moment, zone).timetuple()

    now = max(point.time for point in points)
    return {verdict.point.name: verdict.rule for verdict in judge(points, policy_of(rules), now, clock) if verdict.keep}


def named(*moments: str, zone: datetime.tzinfo = UTC, **more: Any) -> list[Point]:
    return [Point(moment, at(moment, zone), **more) for moment in moments]


DAYS = named(*(f"2026-03-{day:02}T{hour:02}:00" for day in (1, 2, 3, 5) for hour in (6, 18)))

VECTORS: list[tuple[str, list[Point], dict[str, int], dict[str, str]]] = [
    ("nothing is said", DAYS[:2], {}, {"2026-03-01T06:00": "no rule", "2026-03-01T18:00": "no rule"}),
    ("zero says nothing", DAYS[:1], {"keep_last": 0}, {"2026-03-01T06:00": "no rule"}),
    ("the newest", DAYS, {"keep_last": 1}, {"2026-03-05T18:00": "keep_last"}),
    (
        "the newest of each day, and a day without any does not count",
        DAYS,
        {"keep_daily": 3},
        {"2026-03-05T18:00": "keep_daily", "2026-03-03T18:00": "keep_daily", "2026-03-02T18:00": "keep_daily"},
    ),
    (
        "a day that is covered by the last ones does not count",
        DAYS,
        {"keep_last": 1, "keep_daily": 1},
        {"2026-03-05T18:00": "keep_last", "2026-03-03T18:00": "keep_daily"},
    ),
    (
        "week 53 of 2026 reaches into January, and week 1 begins on the 4th",
        named("2026-12-27T12:00", "2026-12-31T12:00", "2027-01-03T12:00", "2027-01-04T12:00"),
        {"keep_weekly": 3},
        {"2027-01-04T12:00": "keep_weekly", "2027-01-03T12:00": "keep_weekly", "2026-12-27T12:00": "keep_weekly"},
    ),
    (
        "months and years come after what the days have covered",
        named("2024-06-01T00:00", "2025-12-31T00:00", "2026-01-30T00:00", "2026-01-31T00:00", "2026-02-01T00:00"),
        {"keep_daily": 1, "keep_monthly": 1, "keep_yearly": 2},
        {
            "2026-02-01T00:00": "keep_daily",
            "2026-01-31T00:00": "keep_monthly",
            "2025-12-31T00:00": "keep_yearly",
            "2024-06-01T00:00": "keep_yearly",
        },
    ),
    (
        "two of one second are two",
        [Point("a", 100), Point("b", 100), Point("c", 50)],
        {"keep_last": 2},
        {"a": "keep_last", "b": "keep_last"},
    ),
    (
        "protected ones are kept and not counted",
        [Point("a", 300, protected=True), Point("b", 200), Point("c", 100)],
        {"keep_last": 1},
        {"a": "protected", "b": "keep_last"},
    ),
    (
        "an unfinished one is kept while it is the newest",
        [Point("a", 300, finished=False), Point("b", 200), Point("c", 100, finished=False)],
        {"keep_last": 5},
        {"a": "unfinished", "b": "keep_last"},
    ),
    (
        "too old, but for what is protected",
        [Point("a", 300), Point("b", 200), Point("c", 100, protected=True), Point("d", 200)],
        {"max_age": 99},
        {"a": "no rule", "c": "protected"},
    ),
    ("as old as may be", [Point("a", 300), Point("b", 200)], {"max_age": 100}, {"a": "no rule", "b": "no rule"}),
]


@pytest.mark.parametrize(("points", "rules", "expected"), [row[1:] for row in VECTORS], ids=[row[0] for row in VECTORS])
def test_verdicts(points: list[Point], rules: dict[str, int], expected: dict[str, str]) -> None:
    assert kept(points, UTC, **rules) == expected


def test_days_and_hours_are_local() -> None:
    points = named("2026-06-01T21:30", "2026-06-01T22:30")  # 23:30, and 0:30 of the next day
    assert len(kept(points, UTC, keep_daily=2)) == 1
    assert len(kept(points, BERLIN, keep_daily=2)) == 2


def test_hour_that_comes_twice_is_one() -> None:
    """When summer time ends, 2:30 is there twice; PBS writes both as the same hour."""
    points = named("2026-10-25T00:30", "2026-10-25T01:30")
    assert kept(points, BERLIN, keep_hourly=2) == {"2026-10-25T01:30": "keep_hourly"}
    assert len(kept(points, UTC, keep_hourly=2)) == 2


points_of_anything = st.lists(
    st.builds(Point, st.uuids().map(str), st.integers(0, 2 * 10**9), st.booleans(), st.booleans()),
    max_size=30,
    unique_by=lambda point: point.name,
)
policies = st.dictionaries(st.sampled_from(sorted(PERIODS)), st.integers(1, 5)).map(Policy)


@given(points_of_anything, policies)
def test_what_is_kept_is_kept_again(points: list[Point], policy: Policy) -> None:
    """Pruning twice removes no more, all protected stay, and no rule keeps more than its number."""
    verdicts = judge(points, policy, 2 * 10**9, time.gmtime)
    assert [verdict.point for verdict in verdicts] == sorted(
        points, key=lambda point: (point.time, point.name), reverse=True
    )
    left = [verdict.point for verdict in verdicts if verdict.keep]
    assert {point for point in points if point.protected} <= set(left)
    for rule, count in policy.keep.items():
        assert sum(verdict.rule == rule for verdict in verdicts) <= count
    assert [verdict.point for verdict in judge(left, policy, 2 * 10**9, time.gmtime) if verdict.keep] == left
    if any(point.finished and not point.protected for point in points) and policy.keep:
        assert any(verdict.rule in PERIODS for verdict in verdicts)
