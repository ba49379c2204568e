# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guest's definition as it is at the target: other names for what is called otherwise there."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration import journal
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.wish import Wish

_ENDS = (("networks", "source/@network"), ("bridges", "source/@bridge"))


def parameters(domain: Handle, wish: Wish) -> dict[str, str]:
    """Return what libvirt is told of the guest at the target: its name, what runs there, and what is stored there."""
    told = {}
    if wish.dest_name != wish.name:
        told["destination_name"] = wish.dest_name
    whole = constant("DOMAIN_XML_SECURE") | constant("DOMAIN_XML_MIGRATABLE")
    if domain.read.isActive():
        told["destination_xml"] = mapped(domain.read.XMLDesc(whole), wish)
    if domain.read.isPersistent():
        key = "persistent_xml" if domain.read.isActive() else "destination_xml"
        told[key] = mapped(domain.read.XMLDesc(whole | constant("DOMAIN_XML_INACTIVE")), wish)
    return told


def networks(document: xml.Element, wish: Wish) -> list[str]:
    """Return the networks that the guest needs at the target."""
    return [
        wish.options["networks"].get(name, name)
        for name in (xml.get(interface, "source/@network") for interface in xml.find_all(document, "devices/interface"))
        if name
    ]


def mapped(text: str, wish: Wish) -> str:
    """Return a document with what is called otherwise at the target, and without what means nothing there."""
    document = xml.parse(text)
    journal.strip(document)
    for interface in xml.find_all(document, "devices/interface"):
        for option, path in _ENDS:
            name = xml.get(interface, path)
            if name in wish.options[option]:
                xml.put(interface, path, wish.options[option][name])
    for disk in xml.find_all(document, "devices/disk"):
        stated = wish.disks.get(xml.get(disk, "target/@dev") or "", {})
        if stated.get("path"):
            _put_path(disk, stated["path"])
        elif stated.get("volume"):
            _put_volume(disk, stated["pool"], stated["volume"])
    return xml.text_of(document)


def _put_path(disk: xml.Element, path: str) -> None:
    kind, attribute = ("block", "dev") if path.startswith("/dev/") else ("file", "file")
    _replace_source(disk, kind, {attribute: path})


def _put_volume(disk: xml.Element, pool: str, volume: str) -> None:
    _replace_source(disk, "volume", {"pool": pool, "volume": volume})


def _replace_source(disk: xml.Element, kind: str, attributes: dict[str, str]) -> None:
    disk.set("type", kind)
    source = xml.find(disk, "source", create=True)
    for name in ("file", "dev", "pool", "volume"):
        source.attrib.pop(name, None)
    source.attrib.update(attributes)
