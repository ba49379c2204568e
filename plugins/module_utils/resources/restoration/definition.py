# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The definition of a guest that is brought back, and where its disks go. Pure."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import Point
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration import journal
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration import mark
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration.state import COPY, NEW, Place, Wish

#: Where the storage pools are that the guest's disks name, as far as they are directories.
Pools = t.Mapping[str, str]

#: What is this guest's and nobody else's, beside its UUID.
_OWN = ("sysinfo/system/entry[@name='uuid']", "sysinfo/baseBoard/entry[@name='serial']")


def places(document: xml.Element, point: Point, wish: Wish, pools: Pools) -> tuple[Place, ...]:
    """Return where the disks of a point go that are wished for."""
    elements = {xml.get(element, "target/@dev"): element for element in xml.find_all(document, "devices/disk")}
    chosen = [disk for disk in point.disks if not wish.disks or disk.target in wish.disks]
    found = []
    for disk in chosen:
        element = elements.get(disk.target)
        if element is None:
            path, form = wish.destinations.get(disk.target, ""), "qcow2"
        else:
            form = _format(element) if wish.mode == COPY else "qcow2"  # no other one rests on anything
            path = _destination(element, disk.target, form, wish, pools)
        moved = bool(wish.directory) or disk.target in wish.destinations
        found.append(Place(disk, path, form, moved, is_encrypted(element)))
    return tuple(found)


def _format(disk: xml.Element) -> str:
    return xml.get(disk, "driver/@type") or "raw"


def is_encrypted(disk: xml.Element) -> bool:
    """Tell whether QEMU encrypts what is in a disk's image."""
    places = ("encryption", "source/encryption")
    return disk is not None and any(xml.find(disk, place) is not None for place in places)


def _destination(element: xml.Element, target: str, form: str, wish: Wish, pools: Pools) -> str:
    if target in wish.destinations:
        return wish.destinations[target]
    if wish.directory:
        return os.path.join(wish.directory, f"{wish.name}-{target}.{'img' if form == 'raw' else form}")
    if wish.identity == NEW:
        return ""  # where it was is another one's
    pool, volume = xml.get(element, "source/@pool"), xml.get(element, "source/@volume")
    if pool and volume and pool in pools:
        return os.path.join(pools[pool], volume)
    return xml.get(element, "source/@file") or xml.get(element, "source/@dev") or ""


def rebuilt(document: xml.Element, wish: Wish, found: t.Sequence[Place], name: str, uuid: str = "") -> tuple[str, ...]:
    """Make of the definition in a point that of the guest that is to be. Return the disks that it does not get.

    :arg uuid: of the guest whose place it takes.
    """
    journal.strip(document)
    mark.strip(document)
    renamed = xml.get(document, "name") != name
    xml.put(document, "name", name)
    if wish.identity == NEW:
        _forget_identity(document)
    if uuid:
        xml.put(document, "uuid", uuid)
    if renamed or wish.identity == NEW:
        xml.drop(document, "os/nvram/source")
        if xml.find(document, "os/nvram") is not None:
            xml.clear(document, "os/nvram")
    for interface in xml.find_all(document, "devices/interface"):
        _connect(interface, wish.networks)
    by_target = {place.disk.target: place for place in found}
    left_out = []
    for disk in xml.find_all(document, "devices/disk"):
        place = by_target.get(xml.get(disk, "target/@dev") or "")
        if place is not None:
            _put_source(disk, place)
        elif wish.identity == NEW and _is_own(disk):
            left_out.append(str(xml.get(disk, "target/@dev")))
            disk.getparent().remove(disk)
    return tuple(left_out)


def _forget_identity(document: xml.Element) -> None:
    for path in ("uuid", *_OWN):
        xml.drop(document, path)
    if xml.find(document, "genid") is not None:
        xml.clear(document, "genid")
        xml.find(document, "genid", create=True)  # libvirt makes a new one
    for interface in xml.find_all(document, "devices/interface"):
        xml.drop(interface, "mac")
        xml.drop(interface, "target")


def _connect(interface: xml.Element, networks: t.Mapping[str, str]) -> None:
    """Attach an interface to the network that takes the place of its own one, or of its bridge."""
    source = xml.find(interface, "source")
    name = "" if source is None else str(source.get("network") or source.get("bridge"))
    if name in networks:
        interface.set("type", "network")
        source.attrib.clear()
        source.set("network", networks[name])


#: Devices that are the host's, or lead to what is not the guest's own.
_SHARED = ("hostdev", "filesystem", "redirdev", "smartcard", "shmem", "lease")


def outside(document: xml.Element, networks: t.Mapping[str, str]) -> t.Iterator[str]:
    """Return by what a guest would reach beyond the networks that were chosen for it, in words."""
    for interface in xml.find_all(document, "devices/interface"):
        kind, name = interface.get("type"), xml.get(interface, "source/@network")
        if kind != "network" or name not in networks.values():
            places = [xml.get(interface, f"source/@{attribute}") for attribute in ("network", "bridge", "dev")]
            yield " ".join(["interface of type", str(kind), *filter(None, places)])
    for tag in _SHARED:
        for _device in xml.find_all(document, f"devices/{tag}"):
            yield tag


def _is_own(disk: xml.Element) -> bool:
    """Tell whether a disk can be only one guest's."""
    shared = any(xml.find(disk, name) is not None for name in ("readonly", "shareable"))
    return not shared and xml.find(disk, "source") is not None and disk.get("device", "disk") in ("disk", "lun")


def _put_source(disk: xml.Element, place: Place) -> None:
    """Have a disk where its image goes. What it rested on is in the image by now."""
    for name in ("backingStore", "mirror"):
        xml.drop(disk, name)
    if place.format != _format(disk):
        xml.put(disk, "driver/@type", place.format)
    if place.moved:
        disk.set("type", "block" if place.is_device else "file")
        source = xml.find(disk, "source", create=True)
        source.attrib.clear()
        source.set("dev" if place.is_device else "file", place.path)
