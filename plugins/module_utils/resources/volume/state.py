# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task asks of a volume, and what there is of it."""

from __future__ import annotations

import os
import typing as t
from dataclasses import dataclass, field

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import usage
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.content import Checksum, Content
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.marks import Bearer, Mark
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import Difference, read, reconcile
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Spec
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.storage_pool import DIRECTORIES
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.volume import MADE_ONCE, VOLUME


@dataclass(frozen=True)
class Wish:
    """What a task asks for."""

    name: str
    pool: str
    state: str
    spec: Spec
    allocation: int | None = None
    prealloc_metadata: bool = False
    allow_shrink: bool = False
    allow_overcommit: bool = False
    wipe: str = ""
    content: Content | None = None
    backing: tuple[str, str] | None = None  # pool and volume, where the backing store is stated as such

    @property
    def label(self) -> str:
        """The volume, for messages."""
        return f"volume {self.name} of storage pool {self.pool}"


@dataclass
class Seen:
    """What is there."""

    pool: xml.Element = None  # the pool's document, C(None) where there is no such pool
    document: xml.Element = None  # the volume's, C(None) where there is none or libvirt has not seen it yet
    path: str = ""
    bearer: Bearer | None = None  # which one it is, where libvirt has it
    coming: bool = False  # the same task will make or start the pool; nobody knows its volumes yet
    unseen: bool = False  # the file was there, and libvirt's list of the pool's volumes did not have it
    refreshed: bool = False  # the list was read anew and has it now
    gone: bool = False  # the list has it, and the file is not there
    local: bool = True  # libvirt is that of the host where we run
    same_files: bool = False  # the volume, or what will be it, is the same file for us as for libvirt
    total: int = 0  # bytes in the pool
    step: int = 1  # bytes to which the size of a volume is rounded up in it
    available: int = 0
    backing_path: str = ""  # of the volume that is to be the backing store
    backing_is_missing: bool = False
    uses: list[usage.Use] = field(default_factory=list)
    mark: Mark | None = None  # what the volume was filled from
    checksum: Checksum | None = None  # what its content has to have
    source: xml.Element = None  # the volume to copy
    source_kind: str = ""  # the type of its pool
    writers: list[usage.Use] = field(default_factory=list)  # who writes to that now

    @property
    def exists(self) -> bool:
        """Whether there is such a volume."""
        return self.document is not None or self.unseen

    @property
    def in_files(self) -> bool:
        """Whether the volumes of the pool are files in a directory."""
        return self.kind in DIRECTORIES

    @property
    def kind(self) -> str:
        """The type of the pool."""
        return xml.get(self.pool, "@type") or ""

    @property
    def as_file(self) -> bool:
        """Whether a content is made a file, which then gets the volume's name. Else it is written into the volume."""
        return self.same_files and (self.document is None or xml.get(self.document, "@type") == "file")

    def place(self, name: str) -> str:
        """Return where the volume is or will be, as far as anybody knows."""
        target = xml.get(self.pool, "target/path")
        return self.path or (os.path.join(target, name) if target and self.in_files else "")


def spec_of(wish: Wish, seen: Seen) -> Spec:
    """Return what is wished, with the path of the volume that is to be the backing store."""
    if not seen.backing_path:
        return wish.spec
    return {**wish.spec, "backing_store": {**wish.spec.get("backing_store", {}), "path": seen.backing_path}}


def differences(wish: Wish, seen: Seen) -> list[Difference]:
    """Return what is not as wished and can be told."""
    if seen.document is None:
        return []
    found = reconcile(VOLUME.fields, xml.clone(seen.document), spec_of(wish, seen)).differences
    return [
        difference
        for difference in found
        if not difference.row.startswith(MADE_ONCE)
        and not (difference.path == "capacity" and 0 <= difference.before - difference.after < seen.step)
    ]


def capacity_of(document: xml.Element) -> int:
    """Return the size that a guest sees, 0 where it is not known yet."""
    return t.cast(int, read(VOLUME.fields, document).get("capacity", 0))
