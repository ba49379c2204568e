# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where devices are plugged: a running guest has no more slots and controllers than it was started with."""

from __future__ import annotations

import math
import typing as t
from dataclasses import replace

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import Difference
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.shared import PLUG
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import RESTART

#: Slots for devices that can be plugged, of a new guest; as many as virt-install gives.
ROOT_PORTS = 14

#: Devices that need a controller which cannot be plugged itself: tag and bus -> type of the controller.
_CONTROLLERS = {
    ("channel", None): "virtio-serial",
    ("input", "usb"): "usb",
    ("disk", "usb"): "usb",
    ("redirdev", "usb"): "usb",
    ("hostdev", "usb"): "usb",
}

#: Devices that always stand in a PCI slot.
_IN_SLOTS = ("interface", "rng", "shmem", "vsock", "filesystem")

#: What stands in a place of its own, by the type of the address: the attributes that tell it from others, and
#: the attribute and type of the controller that it is on.
_PLACES = {
    "pci": (("domain", "bus", "slot"), ("bus", "pci")),
    "drive": (("controller", "bus", "target", "unit"), ("controller", "scsi")),
    "usb": (("bus", "port"), ("bus", "usb")),
    "virtio-serial": (("controller", "port"), ("controller", "virtio-serial")),
}

#: Network cards for slots of old.
_OLD_CARDS = ("rtl8139", "e1000", "pcnet", "ne2k_pci")


def add_spare(document: xml.Element) -> None:
    """Give a new guest on PCI Express room for devices that are plugged later: libvirt adds what it needs at first."""
    machine = str(xml.get(document, "os/type/@machine"))
    has_ports = any(controller.get("type") == "pci" for controller in xml.find_all(document, "devices/controller"))
    if has_ports or not machine.startswith(("q35", "pc-q35", "virt")):
        return
    devices = xml.find(document, "devices", create=True)
    for index in range(1 + ROOT_PORTS):
        controller = xml.build("controller")
        model = "pcie-root-port" if index else "pcie-root"
        controller.attrib.update({"type": "pci", "index": str(index), "model": model})
        devices.append(controller)


def within_reach(running: xml.Element, differences: t.Sequence[Difference]) -> list[Difference]:
    """Return the differences, those that plug a device for which the guest has no place as waiting for a restart."""
    slots = _free_slots(running)
    free: dict[str, float] = {"slot": math.inf if slots is None else slots, "module": _free_modules(running)}
    for found in differences:
        if _unplugs(found):
            for kind in _takes(found.items[-1].before):
                free[kind] += 1
    settled = []
    for difference in differences:
        found = difference
        if found.live == PLUG and found.after is not None:
            device = found.items[-1].after
            if not _has_controller(running, device) or (slots is not None and _is_conventional(device)):
                found = replace(found, live=RESTART)
            else:
                for kind in _takes(device):
                    free[kind] -= 1
                    if free[kind] < 0:
                        found = replace(found, live=RESTART)
        settled.append(found)
    return settled


def _takes(device: xml.Element) -> list[str]:
    """Return what a device takes of which a guest has a number."""
    return ["slot"] * _takes_slot(device) + ["module"] * (device.tag == "memory")


def _is_conventional(device: xml.Element) -> bool:
    """Whether it is for a slot of old, which a PCI Express guest has none of that is free."""
    if device.tag == "watchdog":
        return bool(device.get("model") == "i6300esb")
    if device.tag == "shmem":
        return True
    return device.tag == "interface" and xml.get(device, "model/@type") in _OLD_CARDS


def _unplugs(difference: Difference) -> bool:
    return difference.live == PLUG and difference.after is None


def _bus(device: xml.Element) -> str | None:
    if device.tag == "hostdev":
        return device.get("type")
    return device.get("bus") or xml.get(device, "target/@bus") or ("usb" if device.tag == "input" else None)


def _has_controller(running: xml.Element, device: xml.Element) -> bool:
    if xml.get(device, "target/@type") == "guestfwd":
        return True  # a channel of QEMU's own network
    needed = _CONTROLLERS.get((device.tag, _bus(device)))
    return needed is None or any(
        controller.get("type") == needed for controller in xml.find_all(running, "devices/controller")
    )


def _takes_slot(device: xml.Element) -> bool:
    bus = _bus(device) or ("virtio" if str(xml.get(device, "target/@dev")).startswith("vd") else None)
    if device.tag == "hostdev":
        return device.get("type") not in ("usb", "scsi")
    if device.tag == "memory":
        return str(device.get("model")).startswith("virtio")
    return device.tag in _IN_SLOTS or (device.tag in ("disk", "input") and bus == "virtio")


def settle(device: xml.Element, running: xml.Element) -> None:
    """Leave a device that is to be plugged the place that it has in the stored guest, if that is free in this one."""
    address = xml.find(device, "address")
    if address is not None and not _is_free(address, running):
        device.remove(address)


def _is_free(address: xml.Element, running: xml.Element) -> bool:
    kind = address.get("type")
    if kind not in _PLACES:
        return False
    parts, (number, controller_type) = _PLACES[kind]
    return any(
        controller.get("type") == controller_type and _number(controller, "index") == _number(address, number)
        for controller in xml.find_all(running, "devices/controller")
        if controller.get("model") != "pcie-root"  # nothing can be plugged there
    ) and not any(
        other.get("type") == kind and all(_number(other, part) == _number(address, part) for part in parts)
        for other in xml.find_all(running, "devices/*/address")
    )


def _number(element: xml.Element, name: str) -> object:
    text = element.get(name) or "0"
    return text if "." in text else int(text, 0)  # a port of a USB hub has several numbers


def _free_slots(running: xml.Element) -> int | None:
    """Return the number of root ports that nothing is plugged into, C(None) for a guest that has none to count."""
    ports = {
        int(str(controller.get("index")))
        for controller in xml.find_all(running, "devices/controller")
        if controller.get("type") == "pci" and controller.get("model") == "pcie-root-port"
    }
    addresses = [entry for entry in xml.find_all(running, "devices/*/address") if entry.get("type") == "pci"]
    taken = {int(str(address.get("bus")), 0) for address in addresses}
    return len(ports - taken) if ports else None


def _free_modules(running: xml.Element) -> int:
    """Return the number of memory modules for which the guest has room."""
    return int(xml.get(running, "maxMemory/@slots") or 0) - len(xml.find_all(running, "devices/memory"))
