# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filling a volume under its own name: a block device, or what is on another host.

A mark stands before each step that a killed run could leave half done. That libvirt is about to make the volume, that
it is being filled, that it is whole: one replaces the other, and each is of the very volume that is there.
"""

from __future__ import annotations

import os
import stat
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import units, xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume import (
    images,
    marks,
    pools,
    seeing,
    shaping,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.content import VOLUME
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.images import Image
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.marks import Bearer
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.stage import Stage
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.storage_pool import DIRECTORIES, TRANSFERS_VOLUMES

if t.TYPE_CHECKING:
    from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.filling import Filling

#: Where content is kept on its way.
TEMPORARY = "/var/tmp"


class InPlace:
    """One filling, at work."""

    def __init__(self, filling: Filling, connection: Connection, last_look: t.Callable[[], None]) -> None:
        self.filling, self.connection, self._last_look = filling, connection, last_look
        self._kind = xml.get(self._document(pools.get(connection, filling.pool)), "@type")

    def run(self) -> None:
        """Do it.

        :raises KvmError: and the marks tell what there is then.
        """
        filling = self.filling
        if filling.content.kind != VOLUME:
            with Stage(filling.content.tmp_dest or TEMPORARY) as stage:
                image, sums = filling.fetched(self.connection, stage)
                made = shaping.shape(stage, image, filling.shape, as_file=False)
                self._write(made, Image("raw", image.size), sums)
            return
        source = pools.volume(self.connection, filling.content.pool, filling.content.volume)
        document, path = self._document(source), source.read.path()
        encrypted = any(xml.find(which, "target/encryption") is not None for which in (document, filling.document))
        if self._is_device() and os.access(path, os.R_OK) and not encrypted:
            form = xml.get(document, "target/format/@type") or "raw"
            self._write(path, Image(form, int(xml.get(document, "capacity") or 0)), {})
        else:
            self._clone()

    # -- the two ways ----------------------------------------------------------------------------------------------

    def _write(self, made: str, image: Image, sums: t.Mapping[str, str]) -> None:
        """Write an image into the volume, which is made if it is not there."""
        if self.filling.replaces:
            self._last_look()
            self._refuse_larger(image)
            bearer = self._begun()
            self._empty()
        else:
            document = xml.clone(self.filling.document)
            if xml.get(document, "capacity") is None:
                xml.put(document, "capacity", str(image.size))
            self._make(lambda: pools.make(self.connection, self.filling.pool, document))
            bearer = self._begun()
        if self._is_device():
            images.write_into(made, image, self._volume().read.path())
        else:
            pools.upload(self.connection, self.filling.pool, self._volume(), made, os.stat(made).st_size)
        self._note(bearer, marks.WHOLE, sums)
        pools.refresh(self.connection, self.filling.pool)

    def _clone(self) -> None:
        """Have libvirt copy another volume; it makes the new one and fills it in one call."""
        if self.filling.replaces:
            self._last_look()
            self._begun()
            self._volume().change.delete(0)
        self._make(lambda: self.filling.copy(self.connection, self.filling.document))
        self._note(self._bearer(), marks.WHOLE)

    # -- steps -----------------------------------------------------------------------------------------------------

    def _make(self, make: t.Callable[[], t.Any]) -> None:
        """Have libvirt make the volume. As long as it has no mark of its own, it may be anybody's."""
        name = (self.filling.pool, self.filling.name)
        if pools.has(self.connection, *name):
            raise self.filling.taken()
        marks.forget(*name)
        marks.write(Bearer(*name), self.filling.mark(marks.MAKING))
        try:
            make()
        except KvmError:
            if not pools.has(self.connection, *name):
                marks.forget(*name)
            raise

    def _begun(self) -> Bearer:
        """Note that the volume, which is there, is not whole from now on."""
        bearer = self._bearer()
        self._note(bearer, marks.FILLING)
        return bearer

    def _note(self, bearer: Bearer, state: str, sums: t.Mapping[str, str] | None = None) -> None:
        marks.write(bearer, self.filling.mark(state, sums))
        marks.forget(bearer.pool, bearer.name, but=bearer)

    def _empty(self) -> None:
        """Make a file anew, as empty as one that was not there. What was noted of it on its own host goes with it."""
        volume = self._volume()
        document = self._document(volume)
        if self._kind not in DIRECTORIES or self._is_device():
            return
        xml.drop(document, "backingStore")
        size, taken = (int(xml.get(document, name) or 0) for name in ("capacity", "allocation"))
        # It may take more, in whole blocks, and libvirt would make it as long as that
        xml.put(document, "allocation", str(min(size, taken)))
        volume.change.delete(0)
        pools.make(self.connection, self.filling.pool, document)

    def _refuse_larger(self, image: Image) -> None:
        room = int(xml.get(self._document(self._volume()), "capacity") or 0)
        if image.size > room:
            raise Refused(
                f"content: the image has {units.format_size(image.size)}, and the volume {units.format_size(room)}.",
                "State a larger capacity.",
                option="content",
            )

    # -- what there is ---------------------------------------------------------------------------------------------

    def _is_device(self) -> bool:
        """Tell whether the volume is, or will be, a block device that we see."""
        if not self.connection.is_local:
            return False
        if not self.filling.replaces:
            return self._kind in TRANSFERS_VOLUMES and self._kind not in DIRECTORIES
        path = self._volume().read.path()
        return os.path.exists(path) and stat.S_ISBLK(os.stat(path).st_mode)

    def _volume(self) -> Handle:
        return pools.volume(self.connection, self.filling.pool, self.filling.name)

    def _bearer(self) -> Bearer:
        volume = self._volume()
        return seeing.bearer(self.filling.pool, volume, *seeing.look_at(self.connection, volume))

    @staticmethod
    def _document(of: Handle) -> xml.Element:
        return xml.parse(of.read.XMLDesc(0))
