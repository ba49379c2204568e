# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of a storage pool by its name, when its turn comes."""

from __future__ import annotations

import contextlib
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import units, xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import NotFound, OperationFailed, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.waiting import wait_until

Made = t.TypeVar("Made")

PIECE = 2**18

#: Seconds for which others may go on making volumes in a pool; libvirt does not read it anew meanwhile.
PATIENCE = 600
#: Seconds for which QEMU may be too busy to time itself.
PATIENCE_WITH_QEMU = 60


def get(connection: Connection, name: str) -> Handle:
    """Return a pool."""
    return t.cast(Handle, connection.host.read.storagePoolLookupByName(name))


def volume(connection: Connection, pool: str, name: str) -> Handle:
    """Return a volume."""
    return t.cast(Handle, get(connection, pool).read.storageVolLookupByName(name))


def make(
    connection: Connection, pool: str, document: xml.Element, flags: int = 0, source: Handle | None = None
) -> Handle:
    """Have libvirt make a volume, as a copy of I(source) if there is one, and return it.

    QEMU times itself to choose for how long a passphrase is worked on. On a busy host it cannot at times; nothing is
    made then.
    """
    place, text = get(connection, pool).change, xml.text_of(document)

    def made() -> Handle:
        return t.cast(Handle, place.createXMLFrom(text, source.raw, flags) if source else place.createXML(text, flags))

    return _once_it_can(made, "Unable to get accurate CPU usage", PATIENCE_WITH_QEMU)


def has(connection: Connection, pool: str, volume: str) -> bool:
    """Tell whether a pool has a volume."""
    try:
        get(connection, pool).read.storageVolLookupByName(volume)
    except NotFound:
        return False
    return True


def refresh(connection: Connection, name: str) -> None:
    """Have libvirt read a pool anew, once it can."""
    pool = get(connection, name)
    _once_it_can(lambda: pool.change.refresh(0), "asynchronous jobs", PATIENCE)


def _once_it_can(act: t.Callable[[], Made], excuse: str, patience: float) -> Made:
    """Return what I(act) does, which libvirt is asked for again as long as it refuses it for now, with I(excuse)."""
    done: list[Made] = []
    refused: list[OperationFailed] = []

    def succeeds() -> bool:
        try:
            done.append(act())
        except OperationFailed as error:
            if excuse not in str(error):
                raise
            refused.append(error)
        return bool(done)

    if not wait_until(succeeds, patience):
        raise refused[-1]
    return done[0]


def upload(connection: Connection, pool: str, target: Handle, path: str, size: int) -> None:
    """Write a file into a volume, piece by piece.

    For what cannot be written to in another way: libvirtd 11.3 hangs for good in one of three uploads that fill the
    disk, and in some whose client is killed.
    """
    _refuse_without_room(connection, pool, target, size)
    stream = Handle(connection, connection.host.change.newStream(0), target.label)
    target.change.upload(stream.raw, 0, size, 0)
    with open(path, "rb") as file:
        try:
            for piece in iter(lambda: file.read(PIECE), b""):
                _send(stream, piece)
        except BaseException:
            _abort(stream)
            raise
    stream.change.finish()


def _refuse_without_room(connection: Connection, pool: str, target: Handle, size: int) -> None:
    refresh(connection, pool)
    available, taken = get(connection, pool).read.info()[3], target.read.info()[2]
    if size - taken > available:
        raise Refused(
            f"content: {units.about(size)} are to come, and storage pool {pool} has {units.about(available)} left.",
            "Make room first, and run the task again.",
            option="content",
        )


def _send(stream: Handle, piece: bytes) -> None:
    while piece:
        piece = piece[stream.change.send(piece) :]


def _abort(stream: Handle) -> None:
    with contextlib.suppress(OperationFailed):  # what it fails of is told already
        stream.change.abort()


def download(connection: Connection, source: Handle, write: t.Callable[[bytes], t.Any]) -> None:
    """Read a volume, piece by piece."""
    stream = Handle(connection, connection.host.change.newStream(0), source.label)
    source.change.download(stream.raw, 0, 0, 0)
    try:
        while True:
            piece = stream.change.recv(PIECE)
            if not piece:
                break
            write(piece)
    except BaseException:
        _abort(stream)
        raise
    stream.change.finish()
