# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What libvirt keeps of a snapshot beside its images: stored again with something said otherwise."""

from __future__ import annotations

import time
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import usage


def describe(domain: Handle, name: str, description: str) -> None:
    """Give a snapshot another description."""

    def write(document: xml.Element) -> bool:
        xml.drop(document, "description")
        if description:
            xml.put(document, "description", description)
        return True

    _redefine(domain, name, write)


def adopt(domain: Handle, name: str) -> None:
    """Tell libvirt of an internal snapshot."""
    document = xml.build("domainsnapshot")
    xml.put(document, "name", name)
    xml.put(document, "state", "shutoff")
    xml.put(document, "creationTime", str(int(time.time())))
    document.append(xml.parse(domain.read.XMLDesc(constant("DOMAIN_XML_SECURE"))))
    domain.change.snapshotCreateXML(xml.text_of(document), constant("DOMAIN_SNAPSHOT_CREATE_REDEFINE"))


def name_files(connection: Connection, domain: Handle, name: str) -> None:
    """Name the images of a snapshot by their paths.

    libvirt merges and reverts by comparing paths, and knows those of a pool's volumes only in a guest that runs, and
    no more when its daemon was restarted.
    """

    def write(document: xml.Element) -> bool:
        by_pool = [disk for disk in document.iter("disk") if xml.get(disk, "source/@pool")]
        for disk in by_pool:
            source = xml.find(disk, "source")
            source.set("file", usage.path_of(connection, source.get("pool"), source.get("volume")))
            disk.set("type", "file")
            del source.attrib["pool"], source.attrib["volume"]
        return bool(by_pool)

    _redefine(domain, name, write)


def name_volumes(connection: Connection, domain: Handle, before: xml.Element, name: str = "") -> None:
    """Name images as the volumes that they were, where they are named by their paths since.

    :arg before: the document of a snapshot from before that.
    :arg name: of the snapshot in which they are to be named; without, it is the domain's definition.
    """
    sources = [xml.find(disk, "source") for disk in xml.find_all(before, "domain/devices/disk")]
    volumes = {
        usage.path_of(connection, source.get("pool"), source.get("volume")): source
        for source in sources
        if source is not None and source.get("pool")
    }

    def write(document: xml.Element) -> bool:
        found = [disk for disk in document.iter("disk") if xml.get(disk, "source/@file") in volumes]
        for disk in found:
            source = xml.find(disk, "source")
            volume = volumes[source.attrib.pop("file")]
            disk.set("type", "volume")
            source.set("pool", volume.get("pool"))
            source.set("volume", volume.get("volume"))
        return bool(found)

    if name:
        _redefine(domain, name, write)
        return
    definition = xml.parse(domain.read.XMLDesc(constant("DOMAIN_XML_INACTIVE") | constant("DOMAIN_XML_SECURE")))
    if write(definition):
        connection.host.change.defineXMLFlags(xml.text_of(definition), 0)


def _redefine(domain: Handle, name: str, write: t.Callable[[xml.Element], bool]) -> None:
    handle = domain.read.snapshotLookupByName(name, 0)
    document = xml.parse(handle.read.getXMLDesc(constant("DOMAIN_SNAPSHOT_XML_SECURE")))
    if not write(document):
        return
    flags = constant("DOMAIN_SNAPSHOT_CREATE_REDEFINE")
    if handle.read.isCurrent(0):
        flags |= constant("DOMAIN_SNAPSHOT_CREATE_CURRENT")
    domain.change.snapshotCreateXML(xml.text_of(document), flags)
