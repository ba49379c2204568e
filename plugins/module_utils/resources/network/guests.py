# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interfaces of running guests that are attached to a network, and moving them to another one.

libvirt moves an interface from bridge to bridge without the guest's noticing more than a pause. It does nothing where
the bridge has the same name as before, also where that is a new one: whoever would put interfaces back on a network
has to have them on another one first.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.guests import guests
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.listed import described

#: Modes of C(forward) in which libvirt makes the bridge, and takes it away when the network stops.
SERVED = (None, "nat", "route", "open")

_INTERFACES = "devices/interface[@type='network']"
_MAC = "mac/@address"


@dataclass(frozen=True, order=True)
class Attached:
    """An interface of a running guest."""

    domain: str
    mac: str
    port: str = ""  # the id of the network's port that it was given

    def __str__(self) -> str:
        return f"{self.domain} ({self.mac})"


def has_own_bridge(network: xml.Element) -> bool:
    """Tell whether a network has a bridge that is there only while it runs: its guests lose their links with it."""
    return xml.get(network, "forward/@mode") in SERVED


def has_bridge(network: xml.Element) -> bool:
    """Tell whether guests are attached to a bridge, and not to a device of the host's."""
    return has_own_bridge(network) or bool(xml.get(network, "bridge/@name"))


def attached(connection: Connection, name: str) -> list[Attached]:
    """Return the interfaces of running guests that come from a network."""
    return sorted(
        Attached(guest.name, *(xml.get(interface, path) or "" for path in (_MAC, "source/@portid")))
        for guest in guests(connection)
        if guest.running is not None
        for interface in xml.find_all(guest.running, _INTERFACES)
        if xml.get(interface, "source/@network") == name
    )


def ports_of(connection: Connection, name: str) -> set[str]:
    """Return the ports of a network that running guests have, those of devices of the host among them."""
    running = [guest.running for guest in guests(connection) if guest.running is not None]
    sources = [source for document in running for source in xml.find_all(document, "devices/interface/source")]
    return {source.get("portid") for source in sources if source.get("network") == name and source.get("portid")}


def devices_in_use(connection: Connection, name: str) -> set[str | None]:
    """Return the devices of the host that guests have from a network. libvirt's own count of them does not last."""
    ports = connection.host.read.networkLookupByName(name).read.listAllPorts(0)
    return {xml.get(port, "plug[@type='direct']/@dev") for _handle, port in described(ports)} - {None}


def _interfaces(connection: Connection) -> t.Iterator[tuple[Handle, xml.Element]]:
    active = connection.host.read.listAllDomains(constant("CONNECT_LIST_DOMAINS_ACTIVE"))
    for guest, document in described(active):
        for interface in xml.find_all(document, _INTERFACES):
            yield guest, interface


def move(
    connection: Connection, origin: str, target: str, only: t.Container[tuple[str, str]] | None = None
) -> list[str]:
    """Attach the interfaces that come from one network to another, and return what libvirt said of those it did not.

    :arg only: guests and MAC addresses; all where it is not stated.
    """
    failures = []
    for guest, interface in _interfaces(connection):
        mac = xml.get(interface, _MAC) or ""
        is_meant = only is None or (guest.read.name(), mac) in only
        if xml.get(interface, "source/@network") != origin or not is_meant:
            continue
        source = xml.find(interface, "source")
        source.set("network", target)
        for passing in ("portid", "bridge"):
            source.attrib.pop(passing, None)
        try:
            guest.change.updateDeviceFlags(xml.text_of(interface), constant("DOMAIN_AFFECT_LIVE"))
        except KvmError as error:
            if guest.read.isActive():
                failures.append(f"{guest.read.name()} ({mac}): {error.message}")
    return failures
