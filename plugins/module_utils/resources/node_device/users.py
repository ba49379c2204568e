# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who has a device of the host: guests that were given it, and the host itself by what is below it."""

from __future__ import annotations

import glob
import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.guests import guests
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.node_device.listing import devices
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.usage import is_held

#: What the kernel routes over each link that speaks IPv6: link-local addresses and multicast.
_OF_ANY_LINK = ("fe80", "ff")

#: Where a device is, as documents of guests and of devices both write it.
Place = tuple[str, ...]


@dataclass(frozen=True)
class Use:
    """A device that a guest was given."""

    domain: str
    place: Place
    running: bool


def by_guests(connection: Connection) -> list[Use]:
    """Return what all guests were given, running or not."""
    return [
        Use(guest.name, place, document is guest.running)
        for guest in guests(connection)
        for document in guest.documents
        for place in _given(document)
    ]


def _given(document: xml.Element) -> t.Iterator[Place]:
    for source in (
        *xml.find_all(document, "devices/hostdev/source"),
        *xml.find_all(document, "devices/interface/source"),
    ):
        address = xml.find(source, "address")
        if address is not None:
            yield place_of(address)
    for address in xml.find_all(document, "devices/disk/source/address"):  # an NVMe disk is a PCI device
        yield place_of(address)


def place_of(address: xml.Element) -> Place:
    """Return where an C(<address>) is; numbers are hexadecimal in guests' documents, and decimal in devices'."""
    if address.get("uuid"):
        return ("mdev", address.get("uuid"))
    return ("pci", *(str(int(address.get(part) or "0", 0)) for part in ("domain", "bus", "slot", "function")))


def by_host(connection: Connection, name: str) -> list[str]:
    """Return what the host itself has in use of a device, as far as its files tell: disks and network links."""
    if not connection.is_local:
        return []
    found = []
    for below in _below(connection, name):
        link, disk = (xml.get(below, f"capability/{part}") for part in ("interface", "block"))
        if link and _is_up(link):
            found.append(f"network interface {link}")
        if disk and is_held(disk):
            found.append(f"disk {disk}")
    return found


def _below(connection: Connection, name: str) -> list[xml.Element]:
    documents = [document for _handle, document in devices(connection)]
    names, found = {name}, []
    for _level in documents:  # children may be listed before their parents
        more = [each for each in documents if xml.get(each, "parent") in names and xml.get(each, "name") not in names]
        if not more:
            break
        names |= {xml.get(each, "name") or "" for each in more}
        found += more
    return found


def _is_up(link: str) -> bool:
    """Tell whether anything goes over a link.

    It has a route, is part of a bridge or a bond, or has others on top of it: VLANs, guests' macvtap devices.
    """
    routes = [line.split()[0] for line in _lines("/proc/net/route")[1:]]
    routes6 = (line.split() for line in _lines("/proc/net/ipv6_route"))
    routes += [row[-1] for row in routes6 if not row[0].startswith(_OF_ANY_LINK)]
    return link in routes or bool(glob.glob(f"/sys/class/net/{glob.escape(link)}/upper_*"))


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8") as file:
            return file.readlines()
    except OSError:
        return []
