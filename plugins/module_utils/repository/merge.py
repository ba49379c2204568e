# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Having a point no more: what others rest on goes into the one that rests on it.

Point P, its child C:
1. P's manifest.json becomes pruned.json: P is no point any more.
2. For each disk, what C's image has is written into P's; 3. P's image then takes the place of C's.
4. C's content is compared with its list; the new checksums are written, then the new manifest.
5. P is removed.
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
from ansible_collections.hypervise.kvm.plugins.module_utils.repository import chain, images, sums, verify
from ansible_collections.hypervise.kvm.plugins.module_utils.repository import point as points
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.errors import Damaged
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import MANIFEST, PRUNED, Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import FULL, Disk, Point


def remove(guest: Guest, name: str) -> None:
    """Have a point no more. What calls this holds the lock.

    :raises Refused: where several points rest on it, or there is no room for merging; nothing has changed then.
    :raises Damaged: where it, or the one that it would be merged with, is not what was put there; nor then.
    """
    resting = chain.children(guest.points(), name)
    if len(resting) > 1:
        raise Refused(f"{guest.path}: {', '.join(point.name for point in resting)} rest on {name}.")
    with guest.alone(), _in_words(guest):
        for child in resting:
            _rehearse(guest, name, child)
        os.rename(guest.file(name, MANIFEST), guest.file(name, PRUNED))
        sync_directory(os.path.join(guest.path, name))
        _finish(guest, name)


def finish(guest: Guest) -> list[str]:
    """Finish what a prune that was killed has begun, and return the points. What calls this holds the lock.

    :raises Damaged: where what is to be merged is damaged.
    """
    names = guest.names(PRUNED)
    with guest.alone(), _in_words(guest):
        for name in names:
            _finish(guest, name)
        _sweep(guest)
    return names


def _rehearse(guest: Guest, name: str, child: Point) -> None:
    """Refuse what could not be finished: merging makes new checksums, which are to be of what was written once."""
    merged = [disk.file for disk in child.disks if disk.kind != FULL]
    if not merged:
        return
    problems = [str(found) for link in chain.links(guest, child.name)[:2] for found in verify.check_files(guest, link)]
    if problems:
        raise Damaged(f"{guest.path}: {name} is not pruned, as there is damage: {' '.join(problems)}")
    larger = sum(images.stored_bytes(guest.file(child.name, file)) for file in merged)
    free = shutil.disk_usage(guest.path).free
    if free < larger:
        raise Refused(
            f"{guest.path}: {name} is not pruned, as merging it with {child.name} takes up to {larger} bytes more for "
            f"a while, and {free} are free.",
            "Make room, or prune the newest points, which need no merging.",
        )


def _finish(guest: Guest, name: str) -> None:
    gone = guest.point(name, PRUNED)
    for child in chain.children(guest.points(), name):
        disks = tuple(disk if disk.kind == FULL else _merged(guest, gone, child, disk) for disk in child.disks)
        _rewrite(guest, gone, child, disks)
    os.rename(os.path.join(guest.path, name), _removed(guest))
    sync_directory(guest.path)
    _sweep(guest)


def _merged(guest: Guest, gone: Point, child: Point, disk: Disk) -> Disk:
    """Have the image of a disk that is both, and return what it is then."""
    lower, upper = guest.file(gone.name, disk.file), guest.file(child.name, disk.file)
    if os.path.exists(lower):
        backing = images.inspect(upper).backing
        if backing != f"../{gone.name}/{disk.file}":
            raise Damaged(f"{upper} rests on {backing or 'nothing'}, and should on that of {gone.name}.")
        images.commit(upper)
        sync(lower)
        os.rename(lower, upper)
        sync_directory(os.path.dirname(upper))
        sync_directory(os.path.dirname(lower))
    below = next(other for other in gone.disks if other.file == disk.file)
    return replace(disk, kind=below.kind, stored_bytes=images.stored_bytes(upper), dirty_bytes=None)


def _rewrite(guest: Guest, gone: Point, child: Point, disks: tuple[Disk, ...]) -> None:
    """Publish a point as it is after merging: the checksums first, for the manifest says that this is over."""
    new = replace(
        child,
        disks=disks,
        kind=points.kind_of([disk.kind for disk in disks]),
        parent=None if all(disk.kind == FULL for disk in disks) else gone.parent,
    )
    link = chain.links(guest, child.name)[0]
    problems = verify.check_content(guest, link)
    if problems:
        raise Damaged(f"{guest.path}: merging {gone.name} with {child.name}: {' '.join(map(str, problems))}")
    directory, text = os.path.join(guest.path, child.name), new.text().encode()
    merged = [now.file for now, before in zip(disks, child.disks) if before.kind != FULL]
    changed = {file: sums.of_file(os.path.join(directory, file)) for file in merged}
    sums.change(directory, {**changed, MANIFEST: hashlib.sha256(text).hexdigest()})
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
