# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copying points of a guest. Each becomes one here when all of it has arrived and was compared with its checksums."""

from __future__ import annotations

import contextlib
import os
import time
import typing as t
from dataclasses import replace

from ansible_collections.hypervise.kvm.plugins.module_utils import units
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError, OperationFailed, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.files import free
from ansible_collections.hypervise.kvm.plugins.module_utils.repository import merge, verify
from ansible_collections.hypervise.kvm.plugins.module_utils.repository import point as points
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.chain import Link
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.copying import choice, rsync
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.copying.wish import Wish
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.errors import Busy, Damaged
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import MANIFEST, Guest, instant
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import FULL, Point
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.repository import Repository
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.telling import teller


def work(there: Guest, repository: Repository, wish: Wish, check_mode: bool) -> dict[str, t.Any]:
    """Copy the points of a guest that are to be, and return what became of it.

    :arg there: the guest in the catalogue of the source.
    """
    here = repository.guest(there.name, there.uuid)
    with wish.source.named(os.path.dirname(os.path.dirname(there.path))):
        if check_mode:
            return _account(here, _planned(there, here, wish))
        with here.locked(f"backup_copy of {there.name}"):
            with contextlib.suppress(Busy):  # somebody reads the points: the next one finishes what a prune has begun
                merge.finish(here)
            return _copied(there, here, wish)


def _planned(there: Guest, here: Guest, wish: Wish) -> list[Point]:
    """Return the points to copy, after everything was asked that could refuse it."""
    todo = choice.missing(there, here, wish.points)
    needed = sum(_stored(point) for point in todo) - _arrived(here)
    room = free(here.path) - wish.keep_free
    if todo and needed > room:
        have, need = units.about(max(0, room)), units.about(needed)
        raise Refused(f"{here.path}: the points of {there.name} take {need}, and {have} are free.", "Make room there.")
    return todo


def _account(here: Guest, todo: t.Sequence[Point]) -> dict[str, t.Any]:
    have, coming = here.names(), [point.name for point in todo]
    newest = max([*have, *coming], default=None)
    return {
        "changed": bool(todo),
        "copied": coming,
        "newest": newest,
        "lag": max(0, int(time.time()) - instant(newest)) if newest else None,
        "steps": [f"copy {name}" for name in coming],
        "diff": {"before": {"points": have}, "after": {"points": sorted([*have, *coming])}},
    }


def _copied(there: Guest, here: Guest, wish: Wish) -> dict[str, t.Any]:
    todo, before = _planned(there, here, wish), here.names()
    failed: dict[str, t.Any] = {}
    told = []
    for point in todo:
        try:
            told.append(_copy(there, here, point, wish))
        except KvmError as error:
            failed = {"failed": True, **error.result()}
            break
    account = _account(here, [])
    account.update(changed=bool(told), copied=[one["name"] for one in told], points=told, **failed)
    account["steps"] = [f"copy {one['name']}" for one in told]
    account["diff"]["before"]["points"] = before
    return account


def _copy(there: Guest, here: Guest, point: Point, wish: Wish) -> dict[str, t.Any]:
    began = time.monotonic()
    noted = {"copy": point.name}
    if here.journal() != noted:  # otherwise what has arrived of it is not sent again
        here.begin(noted)
    try:
        sent = wish.source.pull(
            there, point.name, here.making, _options(here, point, wish), _stored(point), teller(there.name, "copy")
        )
    except rsync.NotWritten:
        here.discard()  # what is full is not ours alone
        raise
    except OperationFailed as error:
        error.hint = "What has arrived stays, and the next run goes on from there."
        raise
    _check(here, point)
    here.note(os.path.basename(here.making), copied={"at": int(time.time()), "from": str(wish.source)})
    here.adopt(point.name)
    seconds = round(time.monotonic() - began, 3)
    stored = {"kind": point.kind, "sent_bytes": sent, "stored_bytes": _stored(point)}
    return {"name": point.name, **stored, "duration": seconds}


def _options(here: Guest, point: Point, wish: Wish) -> list[str]:
    """Return the options of rsync. Of a full image only what differs from the last one is sent."""
    limit = [f"--bwlimit={-(-wish.rate // 1024)}"] if wish.rate else []
    alike = [name for name in here.names() if point.kind == FULL and here.point(name).kind == FULL]
    basis = [f"--copy-dest=../{alike[-1]}", "--ignore-times"] if alike else []
    return ["--inplace", "--sparse", "--no-whole-file", *limit, *basis]


def _check(here: Guest, point: Point) -> None:
    """Fail unless what has arrived is the point, and reads here as it was noted when that was made."""
    link = Link(replace(point, name=os.path.basename(here.making)), False, ())
    tell = teller(here.name, "verify")
    problems = verify.check_files(here, link) or verify.check_content(here, link, parent_is_right=True, tell=tell)
    if problems:
        here.discard()
        wrong = " ".join(problem.message for problem in problems)
        hint = "Verify it where it comes from, and what it rests on here."
        raise Damaged(f"{here.path}: {point.name} did not arrive as it was noted. {wrong}", hint)
    path = os.path.join(here.making, MANIFEST)
    with open(path, encoding="utf-8") as file:
        if points.parse(file.read(), path) != point:
            reason = f"{point.name} was changed meanwhile where it comes from"
            raise OperationFailed(f"{here.path}: {reason}.", "Run the task again.")


def _stored(point: Point) -> int:
    return sum(disk.stored_bytes for disk in point.disks)


def _arrived(here: Guest) -> int:
    """Return how many bytes there are of a point that has not arrived wholly."""
    if not os.path.isdir(here.making):
        return 0
    return sum(entry.stat().st_blocks * 512 for entry in os.scandir(here.making))
