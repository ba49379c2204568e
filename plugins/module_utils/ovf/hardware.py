# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an appliance and libvirt call the same hardware.

Numbers of CIM's resource types, and subtypes as VMware and VirtualBox write them; they compare without regard to case.
"""

from __future__ import annotations

PROCESSOR, MEMORY, IDE_CONTROLLER, SCSI_CONTROLLER, ETHERNET = 3, 4, 5, 6, 10
FLOPPY, CDROM, DVD, DISK, STORAGE_CONTROLLER = 14, 15, 16, 17, 20
SERIAL, PARALLEL, USB_CONTROLLER, GRAPHICS, SOUND = 21, 22, 23, 24, 35

#: What hardware is called where nothing is there for it.
NAMES = {
    FLOPPY: "floppy drive",
    SERIAL: "serial port",
    PARALLEL: "parallel port",
    GRAPHICS: "graphics adapter",
    SOUND: "sound card",
}

#: SCSI controllers. QEMU has no BusLogic.
SCSI = {
    "lsilogic": "lsilogic",
    "lsilogicsas": "lsisas1068",
    "virtualscsi": "vmpvscsi",
    "virtioscsi": "virtio-scsi",
}
INSTEAD_OF_SCSI = "lsilogic"
#: Other controllers of disks, by what libvirt calls the bus.
STORAGE = {"ahci": "sata", "vmware.sata.ahci": "sata", "virtio-blk": "virtio"}

#: Network adapters.
ADAPTERS = {
    "e1000": "e1000",
    "e1000e": "e1000e",
    "pcnet32": "pcnet",
    "vmxnet3": "vmxnet3",
    "vmxnet2": "e1000",
    "vmxnet": "e1000",
    "virtio": "virtio",
    "flexible": "e1000",
}
INSTEAD_OF_ADAPTER = "e1000"

SOUNDS = {
    "hdaudio": "ich9",
    "vmware.soundcard.hdaudio": "ich9",
    "ensoniq1371": "es1370",
    "ac97": "ac97",
    "sb16": "sb16",
}


def written(table: dict[str, str], name: str) -> str:
    """Return how an appliance calls what libvirt calls I(name): the first of the words, '' where it has none."""
    return next((word for word, ours in table.items() if ours == name), "")
