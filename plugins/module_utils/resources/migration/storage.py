# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The disks of a guest that moves: which of them both hosts have, which are copied, and where to."""

from __future__ import annotations

import os
import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.wish import Wish

#: File systems that several hosts have at the same time.
_SHARED = frozenset(
    "afs beegfs ceph cifs fuse.ceph fuse.glusterfs fuse.juicefs gfs2 gpfs lustre nfs nfs4 ocfs2 smb3".split()
)


@dataclass(frozen=True)
class Place:
    """Where a volume is: in a pool, or in a directory of which no pool is known."""

    name: str
    pool: str = ""
    directory: str = ""

    def __str__(self) -> str:
        return f"{self.name} of storage pool {self.pool}" if self.pool else f"{self.directory}/{self.name}"


@dataclass(frozen=True)
class Disk:
    """A disk with a medium in it."""

    target: str
    element: xml.Element
    copy: str  # none, full or incremental
    place: Place | None  # of its image at the target, C(None) where nothing could be made there

    @property
    def format(self) -> str:
        """The format of its image."""
        return xml.get(self.element, "driver/@type") or "raw"

    @property
    def cache(self) -> str:
        """How the host caches it."""
        return xml.get(self.element, "driver/@cache") or "default"

    @property
    def path(self) -> str:
        """Its file or device at the source."""
        return xml.get(self.element, "source/@file") or xml.get(self.element, "source/@dev") or ""

    @property
    def is_network(self) -> bool:
        """Whether both hosts reach it by a name."""
        return self.element.get("type") == "network"

    @property
    def writable(self) -> bool:
        """Whether the guest can write to it."""
        return xml.find(self.element, "readonly") is None

    @property
    def backing(self) -> tuple[str, str]:
        """Path and format of the image below it, C('') where there is none or it is not known, as while it is off."""
        below = xml.find(self.element, "backingStore")
        path = None if below is None else xml.get(below, "source/@file") or xml.get(below, "source/@dev")
        return (path, str(xml.get(below, "format/@type") or "raw")) if path else ("", "")


def disks(document: xml.Element, wish: Wish, source: Connection) -> list[Disk]:
    """Return the disks that have something in them."""
    return [
        _disk(element, wish, source)
        for element in xml.find_all(document, "devices/disk")
        if xml.find(element, "source") is not None
    ]


def copied(found: t.Iterable[Disk]) -> list[Disk]:
    """Return those that are copied."""
    return [disk for disk in found if disk.copy != "none"]


def _disk(element: xml.Element, wish: Wish, source: Connection) -> Disk:
    target = str(xml.get(element, "target/@dev"))
    stated = wish.disks.get(target, {})
    disk = Disk(target, element, "none", _place(element, stated))
    copy = stated.get("copy")
    if copy is None:
        local = not disk.is_network and disk.writable and not is_shared(source, disk.path)
        copy = wish.options["copy_storage"] if local else "none"
    return Disk(target, element, copy, disk.place)


def _place(element: xml.Element, stated: t.Mapping[str, t.Any]) -> Place | None:
    if stated.get("volume") or (element.get("type") == "volume" and not stated.get("path")):
        pool = stated.get("pool") or xml.get(element, "source/@pool")
        return Place(str(stated.get("volume") or xml.get(element, "source/@volume")), pool=str(pool))
    path = stated.get("path") or xml.get(element, "source/@file")
    if not path or path.startswith("/dev/"):
        return None
    return Place(os.path.basename(path), directory=os.path.dirname(path))


def is_shared(connection: Connection, path: str) -> bool:
    """Tell whether a file is on a file system that other hosts have, too, as far as can be seen from here."""
    if not connection.is_local or not path:
        return False
    path, best = os.path.realpath(path), ("", "")
    with open("/proc/self/mountinfo", encoding="utf-8") as mounts:
        for line in mounts:
            before, _dash, after = line.partition(" - ")
            at = before.split()[4]
            if f"{path}/".startswith(at.rstrip("/") + "/"):
                best = max(best, (at, after.split()[0]), key=lambda mount: len(mount[0]))
    return best[1] in _SHARED
