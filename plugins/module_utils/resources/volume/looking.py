# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at a volume, its pool, and what it is to be made of."""

from __future__ import annotations

import os

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import NotFound, OperationFailed, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import usage
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume import lvm, marks, origin, seeing, stage
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.content import (
    CONTROLLER,
    FILE,
    VOLUME,
    Checksum,
    Content,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.decision import is_due
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.state import Seen, Wish, differences

#: Bytes to whose multiples partitions may be aligned.
CYLINDER = 255 * 63 * 512


def look(connection: Connection, wish: Wish) -> Seen:
    """Return all that planning a wish needs to know.

    :raises Refused: where the pool is not active, as nobody knows its volumes then, and where what the volume is to be
        made of is not there.
    """
    pool = connection.lookup("storagePoolLookupByName", wish.pool)
    promise = connection.coming.get("storage_pool", wish.pool)
    if promise is not None and promise.active and (pool is None or not pool.read.isActive()):
        seen = Seen(pool=promise.document, coming=True)
    elif pool is None:
        return Seen()
    else:
        _refuse_inactive(pool, wish.pool, "pool")
        seen = Seen(pool=xml.parse(pool.read.XMLDesc(0)), local=connection.is_local)
        _look_for(connection, pool, wish, seen)
        _measure(connection, seen)
        if "capacity" in wish.spec and seen.exists:
            seen.step = _step(connection, wish, seen)
    if wish.state == "present":
        _look_below(connection, wish, seen)
        if wish.content is not None:
            _look_at_content(connection, wish, wish.content, seen)
    if _matters_who_uses_it(wish, seen):
        path = usage.real(connection, seen.path)
        seen.uses = usage.of_volume(usage.of_host(connection), path, wish.pool, wish.name)
        if connection.is_local and usage.is_held(path):
            seen.uses.append(usage.Use("the host", "mounted, or a part of what is", path=path))
    return seen


def _refuse_inactive(pool: Handle, name: str, option: str) -> None:
    if not pool.read.isActive():
        raise Refused(
            f"{option}: the storage pool {name} is not active, so its volumes are not known.",
            "Start it first: hypervise.kvm.storage_pool with state=active.",
            option=option,
        )


def _measure(connection: Connection, seen: Seen) -> None:
    """Note the size of the pool; of files, as it is now, and not when libvirt last looked."""
    seen.total, seen.available = (int(xml.get(seen.pool, name) or 0) for name in ("capacity", "available"))
    if seen.kind == "logical" and connection.is_local:
        group = xml.get(seen.pool, "source/name") or xml.get(seen.pool, "name") or ""
        seen.available = lvm.free(group, seen.available)
    if seen.same_files:
        found = os.statvfs(xml.get(seen.pool, "target/path") or "")
        seen.total, seen.available = found.f_blocks * found.f_frsize, found.f_bavail * found.f_frsize


def _step(connection: Connection, wish: Wish, seen: Seen) -> int:
    """Return to how many bytes the pool rounds up."""
    if seen.kind == "logical":
        group = xml.get(seen.pool, "source/name") or wish.pool
        return lvm.extent(group) if connection.is_local else lvm.USUAL_EXTENT
    return CYLINDER if seen.kind == "disk" else 1


def _look_for(connection: Connection, pool: Handle, wish: Wish, seen: Seen) -> None:
    """Note the volume, and where libvirt's list of the pool's volumes is not what the file system has."""
    if _read_volume(connection, pool, wish, seen):
        return
    seen.same_files = connection.meanwhile(
        ("sees files", wish.pool), lambda: seeing.sees_files(connection, pool, seen.pool)
    )
    path = os.path.join(xml.get(seen.pool, "target/path") or "", wish.name)
    if not seen.same_files or not (os.path.isfile(path) or os.path.isdir(path)):
        return
    seen.unseen, seen.path = True, path
    if wish.state == "present" and not connection.check_mode:
        # The one change made while looking, as all else depends on what is found. It is one of libvirt's memory
        # alone; check mode leaves even that as it is and says so.
        stage.sweep(os.path.dirname(path))  # if a run was killed before libvirt saw its volume, nor is it to see these
        pool.change.refresh(0)
        seen.refreshed = _read_volume(connection, pool, wish, seen)
        if not seen.refreshed:
            raise Refused(f"name: {path} exists, and libvirt does not take it for a volume.", option="name")


def _read_volume(connection: Connection, pool: Handle, wish: Wish, seen: Seen) -> bool:
    """Note a volume that libvirt lists, and tell whether there is one."""
    try:
        volume = pool.read.storageVolLookupByName(wish.name)
    except NotFound:
        return False
    try:
        seen.document, same = seeing.look_at(connection, volume)
    except NotFound:
        seen.gone = True
        return False
    seen.path, seen.same_files = volume.read.path(), same and seen.in_files
    seen.bearer = seeing.bearer(wish.pool, volume, seen.document, same)
    return True


def _look_below(connection: Connection, wish: Wish, seen: Seen) -> None:
    """Note where the backing store is."""
    if wish.backing:
        document = volume_document(connection, *wish.backing, "backing_store.volume")
        seen.backing_path = xml.get(document, "target/path") or ""
        if not seen.backing_path:  # it is yet to come
            directory = xml.get(_pool_document(connection, wish.backing[0]), "target/path") or "/"
            seen.backing_path = os.path.join(directory, wish.backing[1])
        return
    path = wish.spec.get("backing_store", {}).get("path")
    if path and not seen.exists and seen.same_files and not os.path.lexists(path):
        seen.backing_is_missing = not any(
            xml.get(promise.document, "target/path") == path for promise in connection.coming.of("volume").values()
        )


def _pool_document(connection: Connection, name: str) -> xml.Element:
    """Return the document of a pool that has a volume or will have it."""
    promise = connection.coming.get("storage_pool", name)
    return (
        promise.document if promise else xml.parse(connection.host.read.storagePoolLookupByName(name).read.XMLDesc(0))
    )


def volume_document(connection: Connection, pool_name: str, name: str, option: str) -> xml.Element:
    """Return the document of a volume that has to be there, and whole.

    :raises Refused: where it is not.
    """
    promise = connection.coming.get("volume", f"{pool_name}/{name}")
    pool = connection.lookup("storagePoolLookupByName", pool_name)
    if pool is not None and (promise is None or pool.read.isActive()):
        _refuse_inactive(pool, pool_name, option)
        try:
            return _whole(connection, pool_name, pool.read.storageVolLookupByName(name), promise is not None, option)
        except NotFound:
            pass
    if promise is not None:
        return promise.document
    raise Refused(
        f"{option}: there is no volume {name} in storage pool {pool_name}.",
        "Make it first, or check the names.",
        option=option,
    )


def _whole(connection: Connection, pool_name: str, volume: Handle, will_be: bool, option: str) -> xml.Element:
    document, same = seeing.look_at(connection, volume)
    mark = marks.read(seeing.bearer(pool_name, volume, document, same))
    if mark and not mark.whole and not will_be:
        raise Refused(
            f"{option}: the filling of {volume.label} from {mark.origin} was begun and did not come to its end.",
            "Run the task again that fills it.",
            option=option,
        )
    return document


def _look_at_content(connection: Connection, wish: Wish, content: Content, seen: Seen) -> None:
    """Note what the volume was filled from, and what the content is that is stated."""
    if seen.bearer:
        seen.mark = marks.read(seen.bearer)
    seen.checksum = _checksum(content)
    if not is_due(wish, seen):
        return
    if content.kind == VOLUME:
        seen.source = volume_document(connection, content.pool, content.volume, "content.volume")
        seen.source_kind = xml.get(_pool_document(connection, content.pool), "@type") or ""
        path = usage.real(connection, xml.get(seen.source, "target/path") or "")
        uses = usage.of_volume(usage.by_domains(connection), path, content.pool, content.volume)
        seen.writers = [use for use in uses if use.writes]
    elif content.path and content.checksum and content.kind == FILE:
        _refuse_other(content, content.checksum)


def _checksum(content: Content) -> Checksum | None:
    """Return what the content has to add up to. That of a file for which nobody states it is what it is now."""
    if content.kind != FILE:
        return origin.known(content) if content.kind != CONTROLLER else content.checksum
    try:
        if not os.path.isfile(content.place):
            raise Refused(
                f"content.src: there is no file {content.place} on the host.",
                "Check the path; a file of the controller is stated without remote_src.",
                option="content.src",
            )
        return content.checksum or Checksum("sha256", origin.sum_of(content.place, "sha256", content.member))
    except OSError as error:
        raise OperationFailed(f"content.src: {content.place} cannot be read: {error.strerror}.") from error


def _refuse_other(content: Content, expected: Checksum) -> None:
    found = origin.sum_of(content.path, expected.algorithm, content.member)
    if found != expected.digits:
        raise Refused(
            f"content.checksum: the {expected.algorithm} checksum of {content.shown} is {found}, "
            f"not {expected.digits}.",
            "Check the checksum, and who changed the file.",
            option="content.checksum",
        )


def _matters_who_uses_it(wish: Wish, seen: Seen) -> bool:
    if wish.state == "absent":
        return seen.exists
    return (seen.exists and is_due(wish, seen)) or any(
        difference.path == "capacity" for difference in differences(wish, seen)
    )
