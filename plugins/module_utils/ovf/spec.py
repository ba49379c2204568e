# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the machine of an appliance to what M(hypervise.kvm.domain) and M(hypervise.kvm.volume) take."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.ovf.machine import IDE, SATA, SCSI, VIRTIO, Machine, named

Spec = dict[str, t.Any]

#: What disks are called, by bus.
_PREFIX = {IDE: "hd", SATA: "sd", SCSI: "sd", VIRTIO: "vd"}


def domain(machine: Machine, networks: t.Mapping[str, t.Any], devices: str, macs: str) -> Spec:
    """Return the machine as a domain, without what its disks are in.

    :arg networks: what the networks of the appliance are here.
    :arg devices: C(keep) or C(virtio).
    :arg macs: C(keep) or C(new).
    :raises Refused: where a network is not known.
    """
    disks, targets = [], Targets()
    has_ide = devices != VIRTIO and any(disk.bus == IDE for disk in machine.disks)
    for number, disk in enumerate(machine.disks, start=1):
        bus = VIRTIO if devices == VIRTIO else disk.bus
        entry: Spec = {"target": targets.next(bus), "bus": bus, "driver": {"discard": "unmap"}}
        disks.append({**entry, "boot_order": 1} if number == 1 else entry)
    for drive in machine.drives:
        bus = IDE if drive == IDE and has_ide else SATA  # the machine q35 has no IDE
        disks.append({"target": targets.next(bus), "bus": bus, "device": "cdrom"})
    spec: Spec = {
        "name": machine.name,
        "os": _os(machine, has_ide),
        "disks": disks,
        "interfaces": _interfaces(machine, networks, devices, macs),
        "graphics": [{"type": "vnc"}],
        "videos": [{"model": "vga"}],
    }
    if machine.memory:  # as that of a disk without a description is not known
        spec.update(memory=machine.memory, vcpus=machine.vcpus)
    if machine.description:
        spec["description"] = machine.description
    if machine.cores and machine.vcpus % machine.cores == 0:
        sockets = machine.vcpus // machine.cores
        spec["cpu"] = {"topology": {"sockets": sockets, "cores": machine.cores, "threads": 1}}
    if machine.scsi and devices != VIRTIO and any(disk.bus == SCSI for disk in machine.disks):
        spec["controllers"] = [{"type": "scsi", "index": 0, "model": machine.scsi}]
    if machine.sound:
        spec["sounds"] = [{"model": machine.sound}]
    return spec


class Targets:
    """Names for disks. Buses with the same prefix share the letters."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def next(self, bus: str) -> str:
        """Return the next name."""
        prefix = _PREFIX[bus]
        number = self._used.get(prefix, 0)
        self._used[prefix] = number + 1
        letters = ""
        number += 1
        while number:
            number, letter = divmod(number - 1, 26)
            letters = chr(ord("a") + letter) + letters
        return prefix + letters


def _os(machine: Machine, has_ide: bool) -> Spec:
    found: Spec = {"firmware": "efi"} if machine.firmware == "efi" else {}
    if machine.secure_boot:
        found["firmware_features"] = [{"name": "secure-boot", "enabled": True}]
    if has_ide:
        found["machine"] = "pc"
    return found


def _interfaces(machine: Machine, networks: t.Mapping[str, t.Any], devices: str, macs: str) -> list[Spec]:
    unknown = {interface.network for interface in machine.interfaces} - networks.keys()
    if unknown:
        raise Refused(
            f"networks: nobody says what {named(unknown)} of the appliance is on this host.",
            "State a network of libvirt for each, for example {'VM Network': lan}.",
            option="networks",
        )
    found = []
    for interface in machine.interfaces:
        here = networks[interface.network]
        place = here if isinstance(here, dict) else {"source": {"network": here}}
        model = VIRTIO if devices == VIRTIO else interface.model
        mac = {"mac": interface.mac} if interface.mac and macs == "keep" else {}
        found.append({"model": model, **mac, **place})
    return found
