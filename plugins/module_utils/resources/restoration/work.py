# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bringing back: images first, beside what is there, which goes only when all is whole."""

from __future__ import annotations

import contextlib
import os
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.repository import tenants
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration import firmware, images, mark
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration.mark import BEGUN, DONE, RESTING, Mark
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration.state import COPY, Place, Seen, Wish
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume import pools
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.stage import Stage


def restore(wish: Wish, seen: Seen, connection: Connection) -> None:
    """Do it.

    :raises KvmError: where something failed. Before the definition is stored all is as it was; after it the guest's
        mark tells that it is half done, and the next run does it again.
    """
    origin = Mark(seen.repository, seen.guest.uuid, seen.point.name, BEGUN)
    noted, paths = "", [place.path for place in seen.places]
    with contextlib.ExitStack() as held:
        held.enter_context(seen.guest.still())
        if wish.mode != COPY:
            noted = tenants.note(seen.guest, seen.point.name, wish.name, paths)
        try:
            made = {place.path: _staged(wish, seen, place, held) for place in seen.places if not place.is_device}
            domain = _defined(wish, seen, connection)
            mark.write(domain, origin)
            for place in seen.places:
                if place.is_device:
                    _convert(seen, place, place.path)
                else:
                    stage = made[place.path]
                    stage.publish(stage.path, place.path)
            if not wish.disks:
                document = xml.parse(domain.read.XMLDesc(constant("DOMAIN_XML_INACTIVE")))
                firmware.bring(seen.guest, seen.point, document)
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            raise OperationFailed(f"{wish.label} could not be restored: {error.strerror or error}{where}.") from error
    _let_pools_see(connection, domain)
    for checkpoint in domain.read.listAllCheckpoints(0):  # whose bitmaps were in the images that are gone
        checkpoint.change.delete(constant("DOMAIN_CHECKPOINT_DELETE_METADATA_ONLY"))
    mark.write(domain, Mark(**{**vars(origin), "state": DONE if wish.mode == COPY else RESTING}))
    tenants.release(seen.guest, paths, but=noted)  # the guest may have rested on a point before


def _let_pools_see(connection: Connection, domain: Handle) -> None:
    """Have pools know the images that are new in them: no guest starts with a volume that libvirt did not see."""
    document = xml.parse(domain.read.XMLDesc(constant("DOMAIN_XML_INACTIVE")))
    names = {xml.get(disk, "source/@pool") for disk in xml.find_all(document, "devices/disk")}
    for name in sorted(filter(None, names)):
        pool = connection.lookup("storagePoolLookupByName", name)
        if pool is not None and pool.read.isActive():
            pools.refresh(connection, name)


def _staged(wish: Wish, seen: Seen, place: Place, held: contextlib.ExitStack) -> Stage:
    """Make the image of a disk beside where it goes."""
    stage = held.enter_context(Stage(os.path.dirname(place.path)))
    os.close(os.open(stage.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    if wish.mode == COPY:
        _convert(seen, place, stage.path)
    else:
        images.overlay(seen.guest.file(seen.point.name, place.disk.file), stage.path)
    return stage


def _convert(seen: Seen, place: Place, path: str) -> None:
    source = seen.guest.file(seen.point.name, place.disk.file)
    options = place.disk.source.get("options", {}) if place.format == place.disk.source.get("format") else {}
    images.convert(source, path, place.format, options, place.disk.virtual_size, in_place=place.is_device)


def _defined(wish: Wish, seen: Seen, connection: Connection) -> Handle:
    """Have the guest as it is to be; where single disks are restored it stays as it is."""
    if wish.disks and seen.there is not None:
        return t.cast(Handle, connection.host.read.lookupByName(seen.there.name))
    domain = t.cast(Handle, connection.host.change.defineXMLFlags(xml.text_of(seen.document), 0))
    if bool(domain.read.autostart()) != seen.point.autostart:
        domain.change.setAutostart(int(seen.point.autostart))
    return domain
