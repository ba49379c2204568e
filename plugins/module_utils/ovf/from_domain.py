# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a guest's definition to the machine that an appliance describes."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.ovf import hardware
from ansible_collections.hypervise.kvm.plugins.module_utils.ovf.machine import (
    IDE,
    SATA,
    SCSI,
    VIRTIO,
    Disk,
    Interface,
    Machine,
)

#: What every hypervisor has by itself, or has no word for in a descriptor, and nobody misses.
_USUAL = {"emulator", "disk", "controller", "interface", "input", "graphics", "video", "sound", "audio", "memballoon"}
_USUAL |= {"serial", "console", "channel", "watchdog", "rng", "panic", "iommu"}
#: Models of SCSI controllers that VMware and VirtualBox have, too. The first is what all others become: SATA they call
#: by words of which none is known to both.
_PORTABLE_SCSI = ("lsisas1068", "lsilogic")
_PORTABLE_ADAPTERS = ("e1000", "e1000e", "pcnet", "vmxnet3")


def machine(document: xml.Element, sizes: t.Mapping[str, int], portable: bool) -> Machine:
    """Return a guest as a machine. Its disks' files are numbered in their order.

    :arg document: the guest's definition.
    :arg sizes: bytes of the disks that are exported, by target.
    :arg portable: whether what only KVM has becomes what others have, too.
    """
    unmatched: list[str] = []
    disks: list[Disk] = []
    drives: list[str] = []
    for node in xml.find_all(document, "devices/disk"):
        target, bus = xml.get(node, "target/@dev") or "", xml.get(node, "target/@bus") or SATA
        if target in sizes:
            kept = _bus(bus, portable)
            if kept != bus:
                unmatched.append(f"disk {target} is attached to {bus}, and becomes one of {kept}")
            disks.append(Disk(kept, f"disk{len(disks) + 1}.vmdk", sizes[target]))
        elif xml.get(node, "@device") == "cdrom":
            drives.append(IDE if bus == IDE or portable else SATA)
        else:
            unmatched.append(f"disk {target}")
    firmware = "efi" if xml.get(document, "os/@firmware") == "efi" or _is_flash(document) else "bios"
    if firmware == "efi":
        unmatched.append("what UEFI has noted (NVRAM), such as what it boots from")
    unmatched += sorted({f"device {node.tag}" for node in xml.find(document, "devices") if node.tag not in _USUAL})
    return Machine(
        name=xml.get(document, "name") or "",
        vcpus=int(xml.get(document, "vcpu") or 1),
        memory=int(xml.get(document, "memory") or 0) * 2**10,
        cores=int(xml.get(document, "cpu/topology/@cores") or 0),
        firmware=firmware,
        secure_boot=_is_secure(document),
        description=xml.get(document, "description") or "",
        scsi=_scsi(document, disks, portable),
        disks=_with_channels(disks),
        drives=tuple(drives),
        interfaces=tuple(_interfaces(document, portable, unmatched)),
        sound=_sound(document),
        unmatched=tuple(unmatched),
    )


def _bus(bus: str, portable: bool) -> str:
    if portable:
        return bus if bus in (IDE, SCSI) else SCSI
    return bus if bus in (IDE, SATA, SCSI, VIRTIO) else SATA


def _with_channels(disks: t.Sequence[Disk]) -> tuple[Disk, ...]:
    """Give disks of IDE their channels, two on each."""
    found, number = [], 0
    for disk in disks:
        channel = number // 2 if disk.bus == IDE else 0
        number += disk.bus == IDE
        found.append(Disk(disk.bus, disk.file, disk.capacity, channel))
    return tuple(found)


def _scsi(document: xml.Element, disks: t.Sequence[Disk], portable: bool) -> str:
    if not any(disk.bus == SCSI for disk in disks):
        return ""
    models = [
        xml.get(node, "@model") or hardware.INSTEAD_OF_SCSI
        for node in xml.find_all(document, "devices/controller")
        if xml.get(node, "@type") == "scsi"
    ]
    allowed = _PORTABLE_SCSI if portable else tuple(hardware.SCSI.values())
    return next((model for model in models if model in allowed), _PORTABLE_SCSI[0])


def _is_flash(document: xml.Element) -> bool:
    return xml.get(document, "os/loader/@type") == "pflash"


def _is_secure(document: xml.Element) -> bool:
    features = xml.find_all(document, "os/firmware/feature")
    stated = {xml.get(node, "@name"): xml.get(node, "@enabled") for node in features}
    return stated.get("secure-boot", xml.get(document, "os/loader/@secure")) == "yes"


def _interfaces(document: xml.Element, portable: bool, unmatched: list[str]) -> t.Iterator[Interface]:
    for node in xml.find_all(document, "devices/interface"):
        source = xml.find(node, "source")
        names = [] if source is None else [source.get(key) for key in ("network", "bridge", "dev")]
        network = next(filter(None, names), xml.get(node, "@type") or "")
        model = xml.get(node, "model/@type") or hardware.INSTEAD_OF_ADAPTER
        allowed = _PORTABLE_ADAPTERS if portable else tuple(hardware.ADAPTERS.values())
        kept = model if model in allowed else hardware.INSTEAD_OF_ADAPTER
        if kept != model:
            unmatched.append(f"interface {xml.get(node, 'mac/@address')} is {model}, and becomes {kept}")
        yield Interface(network, kept, xml.get(node, "mac/@address") or "")


def _sound(document: xml.Element) -> str:
    model = xml.get(document, "devices/sound/@model") or ""
    return model if hardware.written(hardware.SOUNDS, model) else ""
