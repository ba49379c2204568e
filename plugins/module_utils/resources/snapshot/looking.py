# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at a guest: its power, its disks, its snapshots, and what its host can do with them."""

from __future__ import annotations

import os
import stat
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import NotFound
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.agent import AGENT
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.power import power_of
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot import beside, places, remains
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.state import Disk, Guest, Wish
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.tree import Tree, tree_of

#: libvirt takes UEFI variables into internal snapshots from here on; no capability tells.
NVRAM_SINCE = 10_010_000


def look(connection: Connection, name: str) -> Guest:
    """Return what there is of a guest."""
    domain = connection.lookup("lookupByName", name)
    if domain is None:
        return Guest(name)
    power, reason = power_of(domain)
    flags = 0 if domain.read.isActive() else constant("DOMAIN_XML_INACTIVE")
    document = xml.parse(domain.read.XMLDesc(flags))
    tree = tree_of(domain)
    channel = xml.get(document, f"devices/channel/target[@name='{AGENT}']/@state")
    guest = Guest(
        name,
        power,
        document,
        tree,
        tuple(disks_of(connection, document)),
        reverts_external=xml.find(connection.capabilities(), "guest/features/externalSnapshot") is not None,
        snapshots_nvram=connection.host.read.getLibVersion() >= NVRAM_SINCE,
        checkpoints=tuple(sorted(found.read.getName() for found in domain.read.listAllCheckpoints(0))),
        agent=channel == "connected",
    )
    if domain.read.isActive():
        remains.find(domain, guest, reason)
    if connection.is_local:
        guest.files = frozenset(filter(os.path.lexists, _paths(guest, tree)))
        if not guest.awake:
            guest.exposed = tuple(path for path in _overlays(tree) if _is_exposed(path))
    return guest


def look_at(connection: Connection, wish: Wish) -> Guest:
    """Return what there is of the guest of a wish, and of the files that the wished snapshot would have."""
    guest = look(connection, wish.domain)
    if connection.is_local and guest.exists:
        candidates = frozenset(filter(os.path.lexists, places.candidates(wish, guest)))
        if not guest.tree.get(wish.name):
            remains.find_files(guest, wish, candidates)
        guest.files |= candidates
    return guest


def _paths(guest: Guest, tree: Tree) -> t.Iterator[str]:
    """Return the files beside the images that snapshots may have, and those in the way of new ones."""
    yield from guest.beside
    for snapshot in tree:
        yield from snapshot.overlays.values()
        if snapshot.memory_file:
            yield snapshot.memory_file
        yield from (beside.copy_of(path, snapshot.name) for path in guest.beside)


def _overlays(tree: Tree) -> t.Iterator[str]:
    for snapshot in tree:
        yield from snapshot.overlays.values()


def _is_exposed(path: str) -> bool:
    try:
        return bool(os.stat(path).st_mode & stat.S_IRWXO)
    except OSError:
        return False


def disks_of(connection: Connection, document: xml.Element) -> t.Iterator[Disk]:
    """Return the disks that a guest writes to."""
    for disk in xml.find_all(document, "devices/disk"):
        target = xml.get(disk, "target/@dev") or ""
        writable = disk.get("device", "disk") in ("disk", "lun") and xml.find(disk, "readonly") is None
        if writable and xml.find(disk, "source") is not None:
            path = xml.get(disk, "source/@file") or _volume(connection, disk)
            left_out = disk.get("snapshot") in ("no", "manual")
            named = (xml.get(disk, "source/@pool") or "", xml.get(disk, "source/@volume") or "")
            yield Disk(target, path, xml.get(disk, "driver/@type") or "raw", left_out, *named)


def _volume(connection: Connection, disk: xml.Element) -> str:
    """Return the path of an image that is stated as a volume, if that is a file."""
    pool, name = xml.get(disk, "source/@pool"), xml.get(disk, "source/@volume")
    found: Handle | None = connection.lookup("storagePoolLookupByName", pool) if pool else None
    if found is None or not found.read.isActive():
        return ""
    try:
        volume = found.read.storageVolLookupByName(name)
    except NotFound:
        return ""
    return str(volume.read.path()) if volume.read.info()[0] == constant("STORAGE_VOL_FILE") else ""
