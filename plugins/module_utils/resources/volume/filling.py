# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filling a volume, so that it is never seen half filled.

Where volumes are files that we see as libvirt does, the volume is made beside and gets its name when it is whole.
Elsewhere (a block device, a network storage, a host that is not this one) libvirt makes it under its name; a mark that
it was begun stands before the first byte, so that the next run knows what it finds.
"""

from __future__ import annotations

import os
import stat
import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils import units, xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume import images, marks, pools, shaping
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.content import VOLUME, Checksum, Content
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.images import Image
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.marks import Mark
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.shaping import Shape
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.stage import Stage

#: Where content is kept on its way to a volume that is no file.
TEMPORARY = "/var/tmp"


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

    # -- steps -----------------------------------------------------------------------------------------------------

    def run(self, connection: Connection, permissions: t.Mapping[str, t.Any], last_look: t.Callable[[], None]) -> None:
        """Do it.

        :arg permissions: of the file.
        :arg last_look: raises where the volume came to be needed as it is, while the content was on its way.
        :raises KvmError: and there is no volume then that was not there before.
        """
        try:
            if self.path:
                self._as_file(connection, permissions, last_look)
            else:
                self._in_place(connection, last_look)
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
            if self.content.kind == VOLUME:
                made, mark = self._copied(connection, stage), self._mark({})
            else:
                image, sums = self._fetched(connection, stage)
                made, mark = shaping.shape(stage, image, self.shape, as_file=True), self._mark(sums)
            _give_permissions(made, permissions)
            if not marks.stamp(made, mark):
                marks.write(self.pool, self.name, mark)
            if os.path.lexists(self.path) and not self.replaces:
                raise Refused(f"name: {self.path} was made by somebody else meanwhile.", "Run the task again.")
            if self.replaces:
                last_look()
            stage.publish(made, self.path)
        pools.refresh(connection, self.pool)

    def _in_place(self, connection: Connection, last_look: t.Callable[[], None]) -> None:
        if self.content.kind == VOLUME:
            if self.replaces:
                last_look()
            self._clone_in_place(connection)
            return
        directory = self.content.tmp_dest or TEMPORARY
        with Stage(directory) as stage:
            image, sums = self._fetched(connection, stage)
            made = shaping.shape(stage, image, self.shape, as_file=False)
            if self.replaces:
                last_look()
            self._upload(connection, made, image, self._mark(sums))

    def _mark(self, sums: t.Mapping[str, str]) -> Mark:
        return Mark(self.content.shown, self.content.identity, dict(sums))

    def _fetched(self, connection: Connection, stage: Stage) -> tuple[Image, dict[str, str]]:
        label = f"volume {self.name} of storage pool {self.pool}"
        return shaping.fetch(connection, stage, self.content, self.checksum, label)

    # -- libvirt's part --------------------------------------------------------------------------------------------

    def _copied(self, connection: Connection, stage: Stage) -> str:
        """Have libvirt copy a volume into a file in the making, and return where that is."""
        made = stage.another()
        document = xml.clone(self.document)
        xml.put(document, "name", os.path.basename(made))
        self._copy(connection, document)
        return made

    def _copy(self, connection: Connection, document: xml.Element) -> None:
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

    def _clone_in_place(self, connection: Connection) -> None:
        if self.replaces:
            pools.volume(connection, self.pool, self.name).change.delete(0)
        marks.write(self.pool, self.name, self._begun())
        self._copy(connection, self.document)
        volume = pools.volume(connection, self.pool, self.name)
        marks.write(self.pool, self.name, self._done(self._mark({}), volume))

    def _upload(self, connection: Connection, made: str, image: Image, mark: Mark) -> None:
        if self.replaces:
            self._refuse_larger(connection, image)
        marks.write(self.pool, self.name, self._begun())
        if not self.replaces:
            document = xml.clone(self.document)
            if xml.get(document, "capacity") is None:
                xml.put(document, "capacity", str(image.size))
            pools.make(connection, self.pool, document)
        volume = pools.volume(connection, self.pool, self.name)
        marks.write(self.pool, self.name, self._begun(volume.read.key()))
        path = volume.read.path()
        if connection.is_local and os.path.exists(path) and stat.S_ISBLK(os.stat(path).st_mode):
            images.write_into(made, path)
        else:
            pools.upload(connection, volume, made, os.stat(made).st_size)
        marks.write(self.pool, self.name, self._done(mark, volume))
        pools.refresh(connection, self.pool)

    def _refuse_larger(self, connection: Connection, image: Image) -> None:
        volume = pools.volume(connection, self.pool, self.name)
        room = int(xml.get(xml.parse(volume.read.XMLDesc(0)), "capacity") or 0)
        if image.size > room:
            raise Refused(
                f"content: the image has {units.format_size(image.size)}, and the volume {units.format_size(room)}.",
                "State a larger capacity.",
                option="content",
            )

    def _begun(self, key: str = "") -> Mark:
        return Mark(self.content.shown, self.content.identity, complete=False, key=key)

    @staticmethod
    def _done(mark: Mark, volume: Handle) -> Mark:
        return Mark(mark.origin, mark.identity, mark.checksums, key=volume.read.key())


def _give_permissions(path: str, permissions: t.Mapping[str, t.Any]) -> None:
    os.chown(path, permissions.get("owner", -1), permissions.get("group", -1))
    os.chmod(path, int(permissions.get("mode", "0600"), 8))


def permissions_of(path: str) -> dict[str, t.Any]:
    """Return whose a file is, and its mode, in the shape of the option C(permissions)."""
    found = os.stat(path)
    return {"mode": format(stat.S_IMODE(found.st_mode), "04o"), "owner": found.st_uid, "group": found.st_gid}
