# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of plugins/module_utils/schema/domain/shared.py, which many devices have.

Ansible shares no documentation below the top level. So a fragment writes C(SHARED: device) in a line of its own, among
the suboptions where they belong, and has C(with_shared) put the text there.
"""

from __future__ import annotations

import re
import textwrap

_TEXTS = {
    "device": """
alias:
  description:
    - A name of your own for the device (C(<alias name=…>)), which starts with V(ua-). libvirt names the others anew
      at each start. A change waits for a restart.
  type: str
acpi_index:
  description:
    - The number by which the guest's firmware names it (C(<acpi index=…>)), from which the guest makes a name that
      stays, as V(eno1). Devices on the PCI bus have it. A change waits for a restart.
  type: int
address:
  description:
    - Where the device stands in the guest (C(<address>)). libvirt chooses a place if none is stated. Which of the
      options belong together depends on the type; an address is stated as a whole. A change waits for a restart.
  type: dict
  suboptions:
    type:
      description:
        - The kind of place (the attribute C(type)).
      type: str
      required: true
      choices:
        - pci
        - drive
        - usb
        - virtio-serial
        - ccid
        - isa
        - dimm
        - spapr-vio
        - ccw
        - virtio-mmio
        - virtio-s390
        - mdev
        - unassigned
    domain:
      description:
        - PCI domain, as V(0x0000).
      type: str
    bus:
      description:
        - Bus, that is the number of its controller; of PCI, drives and USB.
      type: str
    slot:
      description:
        - Slot of a PCI bus or a memory device, as V(0x05).
      type: str
    function:
      description:
        - Function of a PCI slot, from V(0x0) to V(0x7).
      type: str
    controller:
      description:
        - Number of the controller of a drive or a virtio-serial port.
      type: str
    target:
      description:
        - SCSI target of a drive.
      type: str
    unit:
      description:
        - Unit of a drive, which is its number on the bus or target.
      type: str
    port:
      description:
        - Port of a USB bus or hub, as V(1.2), or of a virtio-serial controller.
      type: str
    multifunction:
      description:
        - Whether other functions of the same PCI slot are used, too (of function 0).
      type: bool
    reg:
      description:
        - Register of a device on the bus C(spapr-vio).
      type: str
    iobase:
      description:
        - I/O port of a device on the ISA bus.
      type: str
    irq:
      description:
        - Interrupt of a device on the ISA bus.
      type: str
    base:
      description:
        - Address of a memory device in the guest's memory.
      type: str
    cssid:
      description:
        - Channel subsystem of a device on the bus C(ccw).
      type: str
    ssid:
      description:
        - Subchannel set of a device on the bus C(ccw).
      type: str
    devno:
      description:
        - Number of a device on the bus C(ccw).
      type: str
    uuid:
      description:
        - UUID of a mediated device on the host.
      type: str
""",
    "boot": """
boot_order:
  description:
    - The place in the boot order, from V(1) (C(<boot order=…>)). If it is not stated, it is left as it is. Not
      together with O(os.boot_devices). A change waits for a restart.
  type: int
boot_loadparm:
  description:
    - >-
      What the boot loader of an s390x guest is told (C(<boot loadparm=…>)); needs a boot order. A change waits for a
      restart.
  type: str
""",
    "rom": """
rom:
  description:
    - The firmware that the PCI device brings along (C(<rom>)). A change waits for a restart.
  type: dict
  suboptions:
    enabled:
      description:
        - Whether it is loaded. If it is not stated, it is.
      type: bool
    bar:
      description:
        - Whether the guest sees it in the device's memory. If it is not stated, QEMU decides.
      type: bool
    file:
      description:
        - Path of a file on the managed host that is used in its place.
      type: str
""",
    "virtio": """
iommu:
  description:
    - Whether the device uses the guest's IOMMU (the attribute C(iommu)). If it is not stated, QEMU decides.
  type: bool
ats:
  description:
    - Whether it supports address translation services (the attribute C(ats)). If it is not stated, QEMU decides.
  type: bool
packed:
  description:
    - Whether it offers packed virtqueues (the attribute C(packed)). If it is not stated, QEMU decides.
  type: bool
page_per_vq:
  description:
    - Whether each queue's notification has a page of its own (the attribute C(page_per_vq)). If it is not stated,
      QEMU decides.
  type: bool
""",
}


def with_shared(text: str) -> str:
    """Return a fragment with the shared options in place of the lines that name them."""
    return re.sub(
        r"^( *)SHARED: (\w+)$",
        lambda line: textwrap.indent(_TEXTS[line[2]].strip("\n"), line[1]),
        text,
        flags=re.MULTILINE,
    )
