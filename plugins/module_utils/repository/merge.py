# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Having points no more: what others rest on goes into those that rest on it.

Points P1 … Pn, each resting on the one before, and C, which rests on Pn and is kept:
1. Each P's manifest.json becomes pruned.json: it is no point any more.
2. For each disk, what C's image and those of P2 … Pn have is written into P1's; 3. that takes the place of C's.
4. C's content is compared with its list; the new checksums are written, then the new manifest.
5. P1 … Pn are removed.
Where several kept points rest on Pn, those before the last take what they need of it into their own images, instead of
2 and 3. That happens when copies of points came that were made elsewhere meanwhile.
At each instant C reads what it always did, and whoever writes next goes on where this was left.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import typing as t
from dataclasses import replace

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.files import replacing, sync, sync_directory
from ansible_collections.hypervise.kvm.plugins.module_utils.repository import chain, images, sums, tenants, verify
from ansible_collections.hypervise.kvm.plugins.module_utils.repository import point as points
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.errors import Busy, Damaged
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import MANIFEST, PRUNED, Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import FULL, Disk, Point


def rehearse(guest: Guest, going: t.Collection[str]) -> None:
    """Refuse to remove points where that could not be finished. Nothing is changed.

    :raises Refused: where there is no room for merging.
    :raises Damaged: where what would be merged is not what was put there: it would get checksums as if it were.
    """
    for child, below, is_last in _merges(guest, going):
        if any(disk.kind != FULL for disk in child.disks):
            _refuse_damaged(guest, child, {point.name for point in below})
            _refuse_without_room(guest, child, below, is_last)


def remove(guest: Guest, names: t.Iterable[str]) -> None:
    """Have points no more, which was rehearsed. What calls this holds the lock.

    :raises KvmError: where that fails; it is finished by who writes next.
    """
    with _in_words(guest):
        for name in names:
            os.rename(guest.file(name, MANIFEST), guest.file(name, PRUNED))
            sync_directory(os.path.join(guest.path, name))
    finish(guest)


def finish(guest: Guest) -> list[str]:
    """Finish the removal of points, whoever has begun it, and return them. What calls this holds the lock.

    :raises Damaged: where what is to be merged is not what was put there.
    :raises Busy: where somebody reads images, or runs from them.
    """
    gone = guest.names(PRUNED)
    in_use = tenants.held(guest) if gone else {}
    for name in in_use.keys() & gone:  # it came just when that was begun
        raise Busy(f"{guest.path}: {in_use[name]} runs from {name}.", "Wait until it does not any more.")
    if gone or os.path.isdir(_removed(guest)):
        with guest.alone(), _in_words(guest):
            _sweep(guest)
            for child, below, is_last in _merges(guest, gone):
                _merge(guest, child, below, is_last)
            for name in gone:
                os.rename(os.path.join(guest.path, name), _removed(guest))
                sync_directory(guest.path)
                _sweep(guest)
    return gone


def _merges(guest: Guest, going: t.Collection[str]) -> list[tuple[Point, list[Point], bool]]:
    """Return the points that are kept and rest on others that go, those others, and whether it is the last such one."""
    kept = [point for point in guest.points() if point.name not in going and point.parent in going]
    found = [(child, _going_below(guest, child, going)) for child in kept]
    return [
        (child, below, not any(point in others for _later, others in found[index + 1 :] for point in below))
        for index, (child, below) in enumerate(found)
    ]


def _going_below(guest: Guest, child: Point, going: t.Container[str]) -> list[Point]:
    """Return the points that a kept one is merged with, the one that it rests on first."""
    below = []
    for link in chain.links(guest, child.name)[1:]:
        if link.point.name not in going:
            break
        below.append(link.point)
    return below


def _refuse_damaged(guest: Guest, child: Point, below: t.Container[str]) -> None:
    for link in chain.links(guest, child.name):
        if link.point.name != child.name and link.point.name not in below:
            break
        problems = verify.check_files(guest, link)
        if problems:
            wrong = " ".join(map(str, problems))
            raise Damaged(f"{guest.path}: nothing is removed on which {child.name} rests, as there is damage. {wrong}")


def _refuse_without_room(guest: Guest, child: Point, below: t.Sequence[Point], is_last: bool) -> None:
    needed = 0
    for disk in child.disks:
        stack = _stack(disk, below)
        read = [child, *stack][:-1] if is_last and stack else stack
        needed += sum(images.stored_bytes(guest.file(point.name, disk.file)) for point in read)
    free = shutil.disk_usage(guest.path).free
    if free < needed:
        raise Refused(
            f"{guest.path}: merging into {child.name} what it rests on takes up to {needed} bytes more for a while, "
            f"and {free} are free.",
            "Make room, or keep fewer of the newest points: what nothing rests on needs no merging.",
        )


def _stack(disk: Disk, below: t.Sequence[Point]) -> list[Point]:
    """Return the points below that a disk is merged with: down to one that has it whole."""
    stack: list[Point] = []
    kind = disk.kind
    for point in below:
        if kind == FULL:
            break
        stack.append(point)
        kind = point.disk(disk.file).kind
    return stack


def _merge(guest: Guest, child: Point, below: t.Sequence[Point], is_last: bool) -> None:
    disks = tuple(_merged(guest, child, disk, _stack(disk, below), is_last) for disk in child.disks)
    problems = verify.check_content(guest, chain.links(guest, child.name)[0])
    if problems:
        raise Damaged(f"{guest.path}: {child.name} cannot be merged. {' '.join(map(str, problems))}")
    rests = any(disk.kind != FULL for disk in disks)
    new = replace(
        child,
        disks=disks,
        kind=points.kind_of([disk.kind for disk in disks]),
        parent=below[-1].parent if rests else None,
    )
    _publish(guest, new, [disk.file for disk in child.disks if disk.kind != FULL])


def _merged(guest: Guest, child: Point, disk: Disk, stack: t.Sequence[Point], is_last: bool) -> Disk:
    """Have one image of a disk where there were several, and return what it is then."""
    if not stack:
        return disk
    upper, lowest = guest.file(child.name, disk.file), stack[-1]
    if not is_last:
        images.take_from(upper, images.inspect(guest.file(lowest.name, disk.file)).backing)
        sync(upper)
    elif os.path.exists(guest.file(lowest.name, disk.file)):
        _committed(guest, child, disk, stack)
    kind = lowest.disk(disk.file).kind
    return replace(disk, kind=kind, stored_bytes=images.stored_bytes(upper), dirty_bytes=None)


def _committed(guest: Guest, child: Point, disk: Disk, stack: t.Sequence[Point]) -> None:
    """Have the lowest image take in those above it, and take the place of the highest."""
    upper, lower = guest.file(child.name, disk.file), guest.file(stack[-1].name, disk.file)
    for point, below in zip([child, *stack], stack):
        image = guest.file(point.name, disk.file)
        if images.inspect(image).backing != f"../{below.name}/{disk.file}":
            raise Damaged(f"{image} does not rest on that of {below.name}.", image=image)
    images.commit(upper, lower)
    sync(lower)
    os.rename(lower, upper)
    sync_directory(os.path.dirname(upper))
    sync_directory(os.path.dirname(lower))


def _publish(guest: Guest, new: Point, changed: t.Iterable[str]) -> None:
    """Let a point be known as it is after merging: the checksums first, for the manifest says that this is over."""
    directory, text = os.path.join(guest.path, new.name), new.text().encode()
    files = {file: sums.of_file(os.path.join(directory, file)) for file in changed}
    sums.change(directory, {**files, MANIFEST: hashlib.sha256(text).hexdigest()})
    with replacing(os.path.join(directory, MANIFEST)) as file:
        file.write(text)


@contextlib.contextmanager
def _in_words(guest: Guest) -> t.Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OperationFailed(
            f"{guest.path}: points cannot be merged: {error.strerror or error}.", "Mend that, and prune again."
        ) from error


def _removed(guest: Guest) -> str:
    """The directory of what is no point any more, and that nothing rests on."""
    return os.path.join(guest.path, ".removed")


def _sweep(guest: Guest) -> None:
    if os.path.isdir(_removed(guest)):
        shutil.rmtree(_removed(guest))
