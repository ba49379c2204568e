# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The snapshots of a guest as libvirt keeps them: a tree, and where in it the guest is now."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace
from functools import cached_property

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle

INTERNAL, EXTERNAL = "internal", "external"


@dataclass(frozen=True)
class Snapshot:
    """One snapshot, by its document (U(https://libvirt.org/formatsnapshot.html))."""

    name: str
    document: xml.Element
    current: bool = False
    parent: str = ""

    @property
    def description(self) -> str:
        """What somebody said of it."""
        return xml.get(self.document, "description") or ""

    @property
    def created(self) -> int:
        """When it was made, in seconds since 1970."""
        return int(xml.get(self.document, "creationTime") or 0)

    @property
    def state(self) -> str:
        """What the guest did then, in libvirt's word: running, paused, shutoff, or disk-snapshot where nobody asked."""
        return xml.get(self.document, "state") or ""

    @property
    def type(self) -> str:
        """Whether what was there is kept within its images, or by leaving these alone and going on in others."""
        return EXTERNAL if self.overlays or xml.get(self.document, "memory/@snapshot") == EXTERNAL else INTERNAL

    @property
    def memory(self) -> bool:
        """Whether it has the guest's memory."""
        return xml.get(self.document, "memory/@snapshot") in (INTERNAL, EXTERNAL)

    @property
    def memory_file(self) -> str:
        """Where the memory is, where that is a file of its own."""
        return xml.get(self.document, "memory/@file") or ""

    @cached_property
    def disks(self) -> tuple[str, ...]:
        """The targets of the disks that are in it."""
        return tuple(disk.get("name") for disk in self._disks())

    @cached_property
    def overlays(self) -> dict[str, str]:
        """Where the guest went on to write, by the disk's target."""
        return {disk.get("name"): _place(disk) for disk in self._disks() if disk.get("snapshot") == EXTERNAL}

    @cached_property
    def images(self) -> dict[str, str]:
        """What the guest had as its disks until then, by target."""
        disks = xml.find_all(self.document, "domain/devices/disk")
        return {
            xml.get(disk, "target/@dev") or "": _place(disk) for disk in disks if xml.find(disk, "source") is not None
        }

    def _disks(self) -> list[xml.Element]:
        disks = xml.find_all(self.document, "disks/disk")
        return [disk for disk in disks if disk.get("snapshot") in (INTERNAL, EXTERNAL)]


@dataclass(frozen=True)
class Tree:
    """All snapshots of a guest, by name, in the order in which they were made."""

    snapshots: t.Mapping[str, Snapshot] = field(default_factory=dict)

    def __iter__(self) -> t.Iterator[Snapshot]:
        return iter(self.snapshots.values())

    def get(self, name: str) -> Snapshot | None:
        """Return a snapshot by its name."""
        return self.snapshots.get(name)

    @property
    def current(self) -> Snapshot | None:
        """The snapshot on which the guest's present rests."""
        return next((snapshot for snapshot in self if snapshot.current), None)

    def children(self, name: str) -> list[Snapshot]:
        """Return the snapshots that were made right after one."""
        return [snapshot for snapshot in self if snapshot.parent == name]

    def descendants(self, name: str) -> list[Snapshot]:
        """Return all snapshots that were made after one, each before the one that it rests on."""
        return [lower for child in self.children(name) for lower in (*self.descendants(child.name), child)]

    def line(self) -> list[Snapshot]:
        """Return the snapshots on which the guest's present rests, the current one first."""
        found, snapshot = [], self.current
        while snapshot is not None:
            found.append(snapshot)
            snapshot = self.get(snapshot.parent)
        return found

    def on(self, name: str) -> Tree:
        """Return what there is when the guest was reverted to one."""
        return Tree({snapshot.name: replace(snapshot, current=snapshot.name == name) for snapshot in self})

    def without(self, name: str) -> Tree:
        """Return what there is when one was removed: its children are its parent's then."""
        gone = self.snapshots[name]
        return Tree(
            {
                snapshot.name: replace(
                    snapshot,
                    parent=gone.parent if snapshot.parent == name else snapshot.parent,
                    current=snapshot.current or (gone.current and snapshot.name == gone.parent),
                )
                for snapshot in self
                if snapshot.name != name
            }
        )


def tree_of(domain: Handle) -> Tree:
    """Return the snapshots of a domain."""
    found = []
    for handle in domain.read.listAllSnapshots(0):
        document = xml.parse(handle.read.getXMLDesc(0))
        name, parent = xml.get(document, "name") or "", xml.get(document, "parent/name") or ""
        found.append(Snapshot(name, document, bool(handle.read.isCurrent(0)), parent))
    return Tree({snapshot.name: snapshot for snapshot in sorted(found, key=lambda one: (one.created, one.name))})


def _place(disk: xml.Element) -> str:
    """Return where an image is: its path, or what a pool or a server calls it."""
    source = xml.find(disk, "source")
    if source is None:
        return ""
    pool = source.get("pool")
    return (
        f"{pool}/{source.get('volume')}"
        if pool
        else source.get("file") or source.get("dev") or source.get("name") or ""
    )
