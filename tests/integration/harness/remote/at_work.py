# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written while guests run, in their own time: its content says nothing of what a module did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree


def written(connection: Any) -> set[str]:
    """Return the files that running guests let be written, and directories whose files they do."""
    running = [domain for domain in connection.listAllDomains() if domain.isActive()]
    return {*(path for domain in running for path in _of(domain)), *(_leases(connection) if running else ())}


def _of(domain: Any) -> Iterator[str]:
    """Return its UEFI variables, the state of its TPM, and libvirt's note of it: what is in that is in its XML, too."""
    found = ElementTree.fromstring(domain.XMLDesc())
    for nvram in found.iterfind("os/nvram"):
        source = nvram.find("source")
        yield (nvram.text or "").strip() if source is None else source.get("file", "")
    for tpm in found.iterfind("devices/tpm/backend"):
        source = tpm.find("source")
        yield f"/var/lib/libvirt/swtpm/{domain.UUIDString()}" if source is None else source.get("path", "")
    yield f"/run/libvirt/qemu/{domain.name()}.xml"


def _leases(connection: Any) -> Iterator[str]:
    """Return where dnsmasq notes which addresses it gave to guests."""
    for network in connection.listAllNetworks():
        bridge = ElementTree.fromstring(network.XMLDesc()).find("bridge")
        if network.isActive() and bridge is not None:
            yield f"/var/lib/libvirt/dnsmasq/{bridge.get('name')}.status"
