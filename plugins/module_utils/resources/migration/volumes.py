# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The volumes at the target that disks are copied into: made beforehand, and removed if nothing comes of it."""

from __future__ import annotations

import contextlib
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import NotFound, OperationFailed, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import usage
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.storage import Disk, Place
from ansible_collections.hypervise.kvm.plugins.module_utils.waiting import wait_until

#: Bytes that an image without anything in it may take.
_EMPTY = 2**20

#: What pools are called that are there only while a volume is made in a directory of which no pool is known.
_FOR_A_MOMENT = "hypervise-migration"

#: Seconds in which whoever has one does what it is for.
_OTHERS = 20


def pool_of(target: Connection, place: Place) -> Handle | None:
    """Return the pool of a place, C(None) where there is none."""
    if place.pool:
        return target.lookup("storagePoolLookupByName", place.pool)
    found = target.lookup("storagePoolLookupByTargetPath", place.directory)
    return None if found is None or found.read.name().startswith(_FOR_A_MOMENT) else found


def there(target: Connection, place: Place) -> bool:
    """Tell whether there is a volume, as far as the target's pools know."""
    pool = pool_of(target, place)
    return pool is not None and bool(pool.read.isActive()) and find(pool, place) is not None


def check_room(target: Connection, disk: Disk, place: Place, overwrite: bool) -> None:
    """Look at the target itself whether there is nothing where a disk is to be copied to.

    :raises Refused: where there is something, and it would be lost.
    """
    with opened(target, place) as pool:
        _in_the_way(target, pool, disk, place, overwrite)


def make(target: Connection, disk: Disk, place: Place, capacity: int, overwrite: bool) -> None:
    """Make the volume that a disk is copied into, as large as it; libvirt makes none over one that is there.

    :raises Refused: where there is something by now, and it would be lost.
    """
    with opened(target, place) as pool:
        old = _in_the_way(target, pool, disk, place, overwrite)
        if old is not None:
            old.change.delete(0)
        pool.change.createXML(xml.text_of(_document(disk, place, capacity)), 0)


def occupied(disk: Disk, target: Connection) -> Refused:
    """Return why a disk is not copied to where it should go."""
    return Refused(
        f"disk {disk.target}: {target.uri} has {disk.place} already, and it would be overwritten.",
        "Remove it, or let the task do so by 'overwrite: true', if nobody needs it; or state another place in 'disks'.",
        option="disks",
    )


def remove(target: Connection, place: Place, made: bool) -> None:
    """Remove a volume that was made for a migration, if it is there and no guest has it.

    :arg made: whether it is known to be ours. If we were killed right then, it is, as long as it is empty.
    """
    with opened(target, place) as pool:
        volume = find(pool, place)
        if volume is None or _uses(target, pool, volume):
            return
        if made or volume.read.info()[2] <= _EMPTY:
            volume.change.delete(0)


def _in_the_way(target: Connection, pool: Handle, disk: Disk, place: Place, overwrite: bool) -> Handle | None:
    """Return the volume that has to go, C(None) where there is nothing."""
    volume = find(pool, place)
    if volume is None:
        return None
    if not overwrite:
        raise occupied(disk, target)
    uses = _uses(target, pool, volume)
    if uses:
        raise Refused(
            f"disk {disk.target}: {place} at {target.uri} is used there by {usage.tell(uses)}.",
            "State another place in 'disks'.",
            option="disks",
            users=usage.names(uses),
        )
    return volume


def _uses(target: Connection, pool: Handle, volume: Handle) -> list[usage.Use]:
    return usage.of_volume(usage.by_domains(target), volume.read.path(), pool.read.name(), volume.read.name())


def find(pool: Handle, place: Place) -> Handle | None:
    """Return the volume of a place, C(None) where there is none."""
    try:
        return t.cast(Handle, pool.read.storageVolLookupByName(place.name))
    except NotFound:
        return None


@contextlib.contextmanager
def opened(target: Connection, place: Place) -> t.Iterator[Handle]:
    """Have the pool of a place as it is now; where none is known, one for a moment."""
    known = pool_of(target, place)
    if known is None and place.pool:
        raise NotFound(f"{target.uri} has no storage pool {place.pool}.", "Make it, or state another in 'disks'.")
    pool = known or _for_a_moment(target, place)
    try:
        pool.change.refresh(0)
        yield pool
    finally:
        if known is None:
            pool.change.destroy()


def _for_a_moment(target: Connection, place: Place) -> Handle:
    """Make a pool of a directory, of which libvirt has no two: whoever else moves a guest there is waited for.

    One that a killed task has left is taken over.
    """
    made: list[Handle] = []
    text = xml.text_of(_passing_pool(place.directory))

    def make() -> bool:
        try:
            made.append(target.host.change.storagePoolCreateXML(text, 0))
        except OperationFailed as error:
            if error.details["libvirt"]["name"] != "OPERATION_FAILED":  # as it is called where there is one
                raise
        return bool(made)

    wait_until(make, _OTHERS)
    return made[0] if made else target.host.read.storagePoolLookupByTargetPath(place.directory)


def _passing_pool(directory: str) -> xml.Element:
    document = xml.build("pool")
    document.set("type", "dir")
    xml.put(document, "name", _FOR_A_MOMENT + directory.replace("/", "-"))
    xml.put(document, "target/path", directory)
    return document


def _document(disk: Disk, place: Place, capacity: int) -> xml.Element:
    document = xml.build("volume")
    xml.put(document, "name", place.name)
    xml.put(document, "capacity", str(capacity))
    xml.put(document, "allocation", "0")
    xml.put(document, "target/format/@type", disk.format)
    if disk.format == "qcow2":
        xml.put(document, "target/compat", "1.1")  # without which it could keep no bitmaps of checkpoints
    path, form = disk.backing
    if disk.copy == "incremental" and path:
        xml.put(document, "backingStore/path", path)
        xml.put(document, "backingStore/format/@type", form)
    return document
