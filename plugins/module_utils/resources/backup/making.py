# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making a point: begun in one instant, published in another, and otherwise taken back."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError, OperationFailed, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.repository import blocks, merge
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.errors import Busy
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import Guest, instant
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import FULL, STOPPED, Disk, Point
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.repository import Repository
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup import (
    checkpoints,
    content,
    job,
    machine,
    memory,
    quiesce,
    recover,
    sight,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup.checks import check
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup.layout import Layout, lay_out
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup.state import Sight
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup.wish import Wish


@dataclass(frozen=True)
class Making:
    """All that a point is made with."""

    wish: Wish
    domain: Handle
    repository: Repository
    place: Guest
    seen: Sight
    layout: Layout


def make(connection: Connection, wish: Wish, planned: Sight, plan: Plan) -> None:
    """Make a point of a guest, and add it to the facts of the plan.

    :raises KvmError: where it was not made; nothing is left of it then.
    """
    began = time.monotonic()
    domain = connection.host.read.lookupByName(wish.domain)
    repository = Repository.open(wish.repository)
    place = repository.guest(wish.domain, planned.uuid)
    with place.locked(wish.label), memory.held(domain):
        with contextlib.suppress(Busy):  # somebody reads the points: the next one finishes what a prune has begun
            merge.finish(place)
        recover.take_back(domain, repository, place)
        seen = sight.look(connection, wish)
        if _name(seen.newest) != _name(planned.newest):
            raise Refused(f"{wish.label}: {_name(seen.newest)} was made or removed meanwhile.", "Run the task again.")
        layout = lay_out(wish, seen)
        check(wish, seen, layout)
        try:
            new, rest = _make(Making(wish, domain, repository, place, seen, layout), planned.power)
        except (KvmError, OSError) as error:
            raise _taken_back(domain, repository, place, wish, error) from error
        recover.take_back(domain, repository, place)  # the checkpoint of the parent is needed no more
    if rest.problem:
        plan.warnings.append(f"{wish.label}: its file systems were not at rest: {rest.problem}")
    plan.facts.update(told(new, time.monotonic() - began))


def told(point: Point, duration: float | None = None) -> dict[str, object]:
    """Return what a result tells of a point."""
    return {
        "point": point.name,
        "kind": point.kind,
        "reason": point.reason,
        "parent": point.parent,
        "consistency": point.consistency,
        "freeze": point.freeze,
        "duration": None if duration is None else round(duration, 3),
        "excluded": dict(point.excluded),
        "disks": [_disk(disk) for disk in point.disks],
    }


def _disk(disk: Disk) -> dict[str, object]:
    return {name: getattr(disk, name) for name in ("target", "kind", "virtual_size", "stored_bytes", "dirty_bytes")}


def _make(work: Making, power: str) -> tuple[Point, quiesce.Rest]:
    seen, layout, place = work.seen, work.layout, work.place
    name = place.new_name()
    tracked = {disk.target: disk.tracks and disk.target not in layout.excluded for disk in seen.disks}
    checkpoint = checkpoints.name_of(work.repository, name) if any(tracked.values()) else None
    directory = place.begin({"point": name, "checkpoint": checkpoint})
    document = job.document_of(layout, [disk.target for disk in seen.disks], directory)
    noted = checkpoints.document(checkpoint, tracked) if checkpoint else None
    with quiesce.at_rest(work.domain, work.wish, seen) as rest:
        job.begin(work.domain, document, noted)
        job.limit(work.domain, work.wish.rate)
        kept = machine.keep(work.domain, directory)
    job.follow(work.domain, work.wish)
    disks = content.settle(place, layout)
    for disk in disks:
        _sum(place, disk, layout.parent)
    new = Point(
        name,
        instant(name),
        seen.name,
        seen.uuid,
        layout.kind,
        tuple(disks),
        STOPPED if power == "stopped" else rest.consistency,
        parent=layout.parent.name if layout.parent else None,
        reason=layout.reason,
        checkpoint=checkpoint,
        running=power != "stopped",
        autostart=seen.autostart,
        excluded=layout.excluded,
        nvram=kept.nvram,
        tpm=kept.tpm,
        host={"name": socket.gethostname(), **_versions(work.domain)},
        freeze=rest.seconds,
    )
    place.publish(new)
    return new, rest


def _sum(place: Guest, disk: Disk, parent: Point | None) -> None:
    listed = blocks.list_of(disk.file)
    known = place.file(parent.name, listed) if parent and disk.kind != FULL else None
    blocks.write(os.path.join(place.making, disk.file), known, os.path.join(place.making, listed))


def _versions(domain: Handle) -> dict[str, str]:
    host = domain.connection.host.read
    numbers = {"libvirt": host.getLibVersion(), "qemu": host.getVersion()}
    return {name: f"{n // 1000000}.{n // 1000 % 1000}.{n % 1000}" for name, n in numbers.items()}


def _taken_back(
    domain: Handle, repository: Repository, place: Guest, wish: Wish, error: KvmError | OSError
) -> KvmError:
    failed = error if isinstance(error, KvmError) else OperationFailed(f"{wish.label} failed: {error}.")
    try:
        recover.take_back(domain, repository, place)
    except (KvmError, OSError) as another:
        failed.hint = f"{failed.hint} What was begun is still there ({another}); the next run takes it back.".strip()
    return failed


def _name(point: Point | None) -> str | None:
    return point.name if point else None
