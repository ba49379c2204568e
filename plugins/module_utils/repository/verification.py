# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verifying points, those that are due."""

from __future__ import annotations

import fnmatch
import time
import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.errors import Damaged
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.telling import teller
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.verify import Check

#: From what finds the least to what finds all.
LEVELS = ("files", "content")

OPTIONS: dict[str, t.Any] = {
    "point": {"type": "list", "elements": "str", "default": []},
    "level": {"type": "str", "choices": list(LEVELS), "default": "content"},
    "reverify_after": {"type": "int"},
}


#: Starts a guest from a point, and returns what was found.
Start = t.Callable[[Guest, str], dict[str, t.Any]]


@dataclass(frozen=True)
class Wish:
    """Which points of a guest, how thoroughly, and how many seconds a look lasts."""

    points: tuple[str, ...]
    level: str
    lasts: int | None
    start: Start | None = None


def parse(params: t.Mapping[str, t.Any]) -> Wish:
    """Return the wish, without anything that starts points.

    :raises InvalidSpec: with what is wrong.
    """
    lasts = params["reverify_after"]
    if lasts is not None and lasts < 0:
        raise InvalidSpec([("reverify_after", "cannot be negative")])
    return Wish(tuple(params["point"]), params["level"], lasts)


def is_verified(status: t.Mapping[str, t.Any]) -> bool:
    """Tell whether a point was verified, and nothing was wrong with it."""
    return status.get("verified", {}).get("problems") == []


def work(guest: Guest, wish: Wish, check_mode: bool) -> dict[str, t.Any]:
    """Verify the points of a guest that are due, and return what became of it."""
    names = [name for name in sorted(guest.names() + guest.broken()) if not wish.points or _matches(name, wish.points)]
    due = [name for name in names if _is_due(guest.status(name), wish, time.time())]
    started = [name for name in names[-1:] if wish.start and _is_due_to_start(guest.status(name), wish, time.time())]
    account: dict[str, t.Any] = {
        "changed": bool(due or started),
        "skipped": [name for name in names if name not in due],
        "steps": [*(f"verify {name}" for name in due), *(f"start {name}" for name in started)],
        "diff": {"before": {"due": due, "start": started}, "after": {"due": [], "start": []}},
    }
    if due and not check_mode:
        found = _verified(guest, due, wish.level)
        account["points"] = [{"name": name, **told} for name, told in found.items()]
        problems = [problem for told in found.values() for problem in told["problems"]]
        if problems:
            wrong = " ".join(dict.fromkeys(problems))
            account.update(failed=True, **Damaged(f"Points of {guest.name} are damaged. {wrong}", _HINT).result())
    if started and wish.start and not check_mode and not account.get("failed"):
        account.update(_started(guest, started[0], wish.start))
    return account


def _started(guest: Guest, name: str, start: Start) -> dict[str, t.Any]:
    """Start a guest from a point, and return what is to be told of it."""
    found = {"at": int(time.time()), **start(guest, name)}
    guest.note(name, booted=found)
    if not found["problems"]:
        return {"booted": {"name": name, **found}}
    said = f"{guest.name} did not become ready when it was started from {name}. {' '.join(found['problems'])}"
    hint = "The last lines of its console are in 'booted'."
    return {"booted": {"name": name, **found}, "failed": True, **OperationFailed(said, hint).result()}


def _is_due_to_start(status: t.Mapping[str, t.Any], wish: Wish, now: float) -> bool:
    last = status.get("booted", {})
    return last.get("problems") != [] or wish.lasts is None or now - last["at"] > wish.lasts


_HINT = "They are not restored. Make a full backup, and find out what is wrong with the storage."


def _verified(guest: Guest, names: t.Sequence[str], level: str) -> dict[str, dict[str, t.Any]]:
    found = {}
    with guest.still():
        check = Check(guest, teller(guest.name, "verify"))
        for name in names:
            problems = [str(problem) for problem in check.point(name, level == "content")]
            found[name] = {"at": int(time.time()), "level": level, "problems": problems}
            guest.note(name, verified=found[name])
    return found


def _is_due(status: t.Mapping[str, t.Any], wish: Wish, now: float) -> bool:
    last = status.get("verified", {})
    is_enough = is_verified(status) and LEVELS.index(last["level"]) >= LEVELS.index(wish.level)
    return not is_enough or wish.lasts is None or now - last["at"] > wish.lasts


def _matches(name: str, patterns: t.Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
