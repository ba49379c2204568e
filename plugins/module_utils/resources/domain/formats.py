# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The format of a disk's image, where the spec does not state it: as the storage pool knows it."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import NotFound
from ansible_collections.hypervise.kvm.plugins.module_utils.promises import Promise
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import Comparison
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Spec

#: What identifies the volume behind a disk: its path, or its pool and name.
Source = t.Union[str, tuple[str, str]]

Formats = dict[Source, str]

#: What libvirt calls an image by what is in it, and what it is to QEMU.
_TO_QEMU = {"iso": "raw"}


def find(connection: Connection, spec: Spec) -> Formats:
    """Return the formats of the volumes behind the disks of a spec that does not state them.

    Only what a pool says counts. An image is never probed: what is in a raw one is the guest's to write.
    """
    found = {}
    for disk in spec.get("disks", ()):
        if disk.get("source") and "type" not in disk.get("driver", {}):
            source = _source(disk["source"])
            known = _format_of(connection, source) if source else None
            if source and known:
                found[source] = _TO_QEMU.get(known, known)
    return found


def write(document: xml.Element, spec: Spec, stored: Comparison, formats: Formats) -> None:
    """State the format of each disk whose source is new, unless the spec does."""
    changed = {difference.path for difference in stored.differences}
    stated = {disk["target"] for disk in spec.get("disks", ()) if "type" in disk.get("driver", {})}
    for disk in xml.find_all(document, "devices/disk"):
        target = xml.get(disk, "target/@dev")
        is_new = not changed.isdisjoint((f"disks[{target}]", f"disks[{target}].source"))
        if target not in stated and (is_new or xml.get(disk, "driver/@type") is None):
            known = formats.get(_source_of(disk))
            if known:
                xml.put(disk, "driver/@type", known)


def _source(source: Spec) -> Source | None:
    if "pool" in source:
        return source["pool"], source["volume"]
    return source.get("file") or source.get("dev")


def _source_of(disk: xml.Element) -> t.Any:
    pool = xml.get(disk, "source/@pool")
    if pool:
        return pool, xml.get(disk, "source/@volume")
    return xml.get(disk, "source/@file") or xml.get(disk, "source/@dev")


def _coming(connection: Connection, source: Source) -> Promise | None:
    if isinstance(source, tuple):
        return connection.coming.get("volume", "/".join(source))
    volumes = connection.coming.of("volume").values()
    return next((volume for volume in volumes if xml.get(volume.document, "target/path") == source), None)


def _format_of(connection: Connection, source: Source) -> str | None:
    coming = _coming(connection, source)
    if coming:
        return xml.get(coming.document, "target/format/@type")
    try:
        if isinstance(source, tuple):
            pool = connection.host.read.storagePoolLookupByName(source[0])
            if not pool.read.isActive():
                return None  # nobody knows its volumes then
            volume = pool.read.storageVolLookupByName(source[1])
        else:
            volume = connection.host.read.storageVolLookupByPath(source)
    except NotFound:
        return None
    return xml.get(xml.parse(volume.read.XMLDesc(0)), "target/format/@type")
