# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest that is off, in memory for the time of its backup: only QEMU reads and writes bitmaps.

It does not run. If this process is killed, libvirt ends it together with the connection.
"""

from __future__ import annotations

import contextlib
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed

#: What a guest has to have for its disks to be there. Its networks, media, firmware and the host's devices may be
#: missing or somebody else's meanwhile; and its memory, of which it needs next to none, may be promised to others.
_NEEDED = ("name", "uuid", "iothreads", "iothreadids", "seclabel")
_DEVICES = ("emulator", "controller", "disk")


@contextlib.contextmanager
def held(domain: Handle) -> t.Iterator[None]:
    """Have a guest in memory; one that was off is off again, however it ends."""
    if domain.read.isActive():
        yield
        return
    stored = xml.parse(domain.read.XMLDesc(constant("DOMAIN_XML_INACTIVE") | constant("DOMAIN_XML_SECURE")))
    flags = constant("DOMAIN_START_PAUSED") | constant("DOMAIN_START_AUTODESTROY")
    domain.connection.host.change.createXML(xml.text_of(disks_only(stored)), flags)
    try:
        yield
    finally:
        with contextlib.suppress(OperationFailed):  # the daemon was restarted, or QEMU has been killed
            domain.change.destroyFlags(constant("DOMAIN_DESTROY_GRACEFUL"))  # it writes its bitmaps


def disks_only(stored: xml.Element) -> xml.Element:
    """Return the definition of the same guest with its disks, and nothing that could keep it from starting."""
    document = xml.build("domain")
    document.set("type", stored.get("type"))
    for name in _NEEDED:
        for element in xml.find_all(stored, name):
            document.append(xml.clone(element))
    xml.put(document, "memory/@unit", "MiB")
    xml.put(document, "memory", "128")
    for name in ("arch", "machine"):
        xml.put(document, f"os/type/@{name}", str(xml.get(stored, f"os/type/@{name}")))
    xml.put(document, "os/type", str(xml.get(stored, "os/type")))
    devices = xml.find(document, "devices", create=True)
    for name in _DEVICES:
        for element in xml.find_all(stored, f"devices/{name}"):
            if name != "disk" or element.get("device", "disk") in ("disk", "lun"):
                devices.append(xml.clone(element))
    return document
