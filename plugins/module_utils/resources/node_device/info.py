# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of the devices of a host."""

from __future__ import annotations

import contextlib
import fnmatch
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import NotFound
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.node_device import pci, users
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.node_device.listing import devices
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.node_device.mediated import MediatedDevice

#: What is told of a device that has it, by the capability that has it: key -> path.
_FACTS = {
    "pci": {"class": "class"},
    "net": {"interface": "interface", "mac": "address", "link": "link/@state"},
    "storage": {"block": "block", "size": "size", "model": "model", "serial": "serial", "bus": "bus"},
    "scsi": {"host": "host", "bus": "bus", "target": "target", "lun": "lun", "type": "type"},
    "scsi_host": {"host": "host", "unique_id": "unique_id"},
    "usb_device": {"bus": "bus", "device": "device"},
    "drm": {"type": "type"},
}


def gather(
    connection: Connection, patterns: t.Sequence[str], capabilities: t.Collection[str]
) -> list[dict[str, t.Any]]:
    """Return the devices whose name matches one of the glob I(patterns) and that have one of some capabilities.

    All where none is given.
    """
    uses = users.by_guests(connection)
    found = []
    for handle, document in devices(connection):
        if patterns and not any(fnmatch.fnmatchcase(handle.read.name(), pattern) for pattern in patterns):
            continue
        kinds = [entry.get("type") for entry in document.iter("capability")]
        if not capabilities or not set(capabilities).isdisjoint(kinds):
            with contextlib.suppress(NotFound):  # it has gone since it was listed
                found.append(_tell(handle, document, kinds, uses))
    return found


def _tell(handle: Handle, document: xml.Element, kinds: list[str], uses: t.Sequence[users.Use]) -> dict[str, t.Any]:
    told: dict[str, t.Any] = {
        "name": handle.read.name(),
        "parent": xml.get(document, "parent"),
        "path": xml.get(document, "path"),
        "driver": pci.driver_of(document),
        "capabilities": kinds,
        "product": _named(document, "product"),
        "vendor": _named(document, "vendor"),
        "iommu_group": _iommu_group(document),
        "mdev_types": [_mdev_type(entry) for entry in document.iterfind(".//capability[@type='mdev_types']/type")],
        "facts": {
            name: xml.get(entry, path)
            for entry in document.iter("capability")
            for name, path in _FACTS.get(entry.get("type"), {}).items()
            if xml.get(entry, path)
        },
    }
    place = pci.address(document)
    if place is not None:
        told["state"] = pci.state_of(document)
        told["spec"] = {"name": told["name"], "state": told["state"]}
    elif "mdev" in kinds:
        place = ("mdev", xml.get(document, "capability/uuid") or "")
        mediated = MediatedDevice()
        described = mediated.describe(handle, mediated.look(handle, secrets=False))
        told |= {name: described[name] for name in ("state", "persistent", "autostart", "pending_restart", "spec")}
    told["domains"] = sorted({use.domain for use in uses if use.place == place})
    return told


def _named(document: xml.Element, tag: str) -> dict[str, t.Any] | None:
    entry = next(document.iter(tag), None)
    if entry is None or entry.get("id") is None:
        return None
    return {"id": entry.get("id"), "name": (entry.text or "").strip() or None}


def _iommu_group(document: xml.Element) -> dict[str, t.Any] | None:
    entry = next(document.iter("iommuGroup"), None)
    if entry is None or xml.get(document, "capability/@type") == "mdev":  # of one that is only defined it is made up
        return None
    parts = ("domain", "bus", "slot", "function")
    return {
        "number": int(entry.get("number")),
        "devices": ["pci_" + "_".join(place.get(part)[2:] for part in parts) for place in entry.iterfind("address")],
    }


def _mdev_type(entry: xml.Element) -> dict[str, t.Any]:
    return {
        "id": entry.get("id"),
        "name": xml.get(entry, "name"),
        "device_api": xml.get(entry, "deviceAPI"),
        "available_instances": int(xml.get(entry, "availableInstances") or 0),
    }
