# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filling a volume, so that it is never taken for whole before it is.

Where volumes are files that we see as libvirt does, the volume is made beside and gets its name when it is whole.
Elsewhere it is made under its name, with a mark of how far that is.
"""

from __future__ import annotations

import os
import stat
import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume import marks, pools, shaping
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.content import VOLUME, Checksum, Content
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.images import Image
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.in_place import InPlace
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.marks import Bearer, Mark
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.shaping import Shape
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.stage import Stage


@dataclass(frozen=True)
class Filling:
    """One volume, and what is to be in it."""

    pool: str
    name: str
    content: Content
    checksum: Checksum | None  # what the content has to have, looked up
    document: xml.Element  # of the new volume; without a capacity where none is stated
    shape: Shape
    path: str  # of the file that it becomes, empty where it is none that we see
    replaces: bool  # there is one, which is to go
    warn: t.Callable[[str], None]  # takes what the user should know though nothing failed

    # -- steps -----------------------------------------------------------------------------------------------------

    def run(self, connection: Connection, permissions: t.Mapping[str, t.Any], last_look: t.Callable[[], None]) -> None:
        """Do it.

        :arg permissions: of the file.
        :arg last_look: raises where the volume came to be needed as it is, while the content was on its way.
        :raises KvmError: and no half volume is taken for whole then.
        """
        try:
            if self.path:
                self._as_file(connection, permissions, last_look)
            else:
                InPlace(self, connection, last_look).run()
        except OSError as error:
            raise OperationFailed(
                f"volume {self.name} of storage pool {self.pool} could not be filled: {error.strerror or error}.",
                "Nothing of it was kept; run the task again when there is room."
                if isinstance(error.strerror, str) and "space" in error.strerror
                else "",
            ) from error

    def _as_file(
        self, connection: Connection, permissions: t.Mapping[str, t.Any], last_look: t.Callable[[], None]
    ) -> None:
        with Stage(os.path.dirname(self.path)) as stage:
            made, sums = self._made(connection, stage)
            _give_permissions(made, permissions)
            if self.replaces:
                last_look()
            marks.write(Bearer(self.pool, self.name, path=made), self.mark(marks.WHOLE, sums))
            try:
                stage.publish(made, self.path, self.replaces)
            except FileExistsError as error:
                raise self.taken() from error
        marks.forget(self.pool, self.name, but=Bearer(self.pool, self.name, path=self.path))
        pools.refresh(connection, self.pool)

    def _made(self, connection: Connection, stage: Stage) -> tuple[str, dict[str, str]]:
        """Make a file of the content, and return where that is, with the checksums of what came."""
        if self.content.kind != VOLUME:
            image, sums = self.fetched(connection, stage)
            return shaping.shape(stage, image, self.shape, as_file=True), sums
        made = stage.another()
        document = xml.clone(self.document)
        xml.put(document, "name", os.path.basename(made))
        self.copy(connection, document)
        return made, {}

    # -- what both ways do -----------------------------------------------------------------------------------------

    def mark(self, state: str, sums: t.Mapping[str, str] | None = None) -> Mark:
        """Return the mark of the volume."""
        return Mark(self.content.shown, self.content.identity, dict(sums or {}), state)

    def fetched(self, connection: Connection, stage: Stage) -> tuple[Image, dict[str, str]]:
        """Bring the content to this host, and return what it is, with its checksums."""
        return shaping.fetch(connection, stage, self.content, self.checksum, self.shape.capacity, self.label, self.warn)

    def copy(self, connection: Connection, document: xml.Element) -> None:
        """Have libvirt make a volume of a document, as a copy of the one that is the content."""
        source = pools.volume(connection, self.content.pool, self.content.volume)
        size = int(xml.get(xml.parse(source.read.XMLDesc(0)), "capacity") or 0)
        wished = self.shape.size(size)
        xml.put(document, "capacity", str(wished))
        copy = pools.make(connection, self.pool, document, self._flags, source)
        if wished > int(xml.get(xml.parse(copy.read.XMLDesc(0)), "capacity") or 0):
            copy.change.resize(wished, 0)

    @property
    def _flags(self) -> int:
        """How libvirt is to copy a volume."""
        stated = {"REFLINK": self.content.reflink, "PREALLOC_METADATA": self.shape.preallocated}
        return sum(constant(f"STORAGE_VOL_CREATE_{name}") for name, wanted in stated.items() if wanted)

    @property
    def label(self) -> str:
        """The volume, for messages."""
        return f"volume {self.name} of storage pool {self.pool}"

    def taken(self) -> Refused:
        """Return what is to be said where there is such a volume by now."""
        return Refused(f"name: {self.label} was made by somebody else meanwhile.", "Run the task again.")


def _give_permissions(path: str, permissions: t.Mapping[str, t.Any]) -> None:
    os.chown(path, permissions.get("owner", -1), permissions.get("group", -1))
    os.chmod(path, int(permissions.get("mode", "0600"), 8))


def permissions_of(path: str) -> dict[str, t.Any]:
    """Return whose a file is, and its mode, in the shape of the option C(permissions)."""
    found = os.stat(path)
    return {"mode": format(stat.S_IMODE(found.st_mode), "04o"), "owner": found.st_uid, "group": found.st_gid}
