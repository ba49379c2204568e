# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/disks.py.
    DOCUMENTATION = r"""
options:
  disks:
    description:
      - The disks and drives (C(<disk>)). An image that is no longer listed is unplugged, and stays where it is.
      - Disks on the buses V(virtio), V(scsi) and V(usb) are plugged and unplugged live; drives for CDs and floppies
        and disks on other buses wait for a restart.
    type: list
    elements: dict
    suboptions:
      target:
        description:
          - Name of the disk (C(<target dev=…>)), as V(vda), which identifies it in the list. The guest may call it
            something else.
        type: str
        required: true
      device:
        description:
          - What the guest sees (the attribute C(device)). V(disk) if it is not stated for a new disk. V(lun) passes
            the SCSI commands of a block device through. A change waits for a restart.
        type: str
        choices: [disk, cdrom, floppy, lun]
      bus:
        description:
          - >-
            What it is attached to (C(<target bus=…>)). If it is not stated for a new disk, libvirt takes it from
            O(disks[].target): V(virtio) for V(vda), V(scsi) for V(sda). A change waits for a restart.
        type: str
        choices: [virtio, scsi, sata, ide, usb, fdc, sd]
      source:
        description:
          - >-
            Where its content is: a file, a block device or a volume. If it is not stated, it is left as it is; a
            new drive is empty. An empty dictionary ejects the medium.
          - The medium of a drive for CDs or floppies is changed live. The source of a disk waits for a restart.
        type: dict
        suboptions:
          file:
            description:
              - Path of an image on the managed host (C(<source file=…>)).
            type: str
          dev:
            description:
              - Path of a block device on the managed host (C(<source dev=…>)).
            type: str
          pool:
            description:
              - Name of a storage pool (C(<source pool=…>)), with O(disks[].source.volume). It has to be active when
                the guest is started.
            type: str
          volume:
            description:
              - Name of a volume in the pool (C(<source volume=…>)).
            type: str
      driver:
        description:
          - How QEMU accesses it (C(<driver>)). A change waits for a restart.
        type: dict
        suboptions:
          type:
            description:
              - The format of the image, V(raw) or V(qcow2). If it is not stated and the source is new, it is the
                format that the storage pool knows the volume by; of an image that no pool knows libvirt assumes
                V(raw). It is never guessed from the content, which is the guest's to write.
            type: str
          cache:
            description:
              - How the host's page cache is used. If it is not stated, QEMU decides, as with V(default).
            type: str
            choices: [default, none, writethrough, writeback, directsync, unsafe]
          io:
            description:
              - How requests are passed on. V(native) needs O(disks[].driver.cache=none) or V(directsync). If it is
                not stated, QEMU decides.
            type: str
            choices: [threads, native, io_uring]
          discard:
            description:
              - Whether what the guest discards is given back to the host's storage (V(unmap)). If it is not stated,
                QEMU decides.
            type: str
            choices: [ignore, unmap]
          detect_zeroes:
            description:
              - Whether zeroes that the guest writes are recognized and, with V(unmap), discarded. If it is not
                stated, they are not.
            type: str
            choices: ["off", "on", unmap]
          error_policy:
            description:
              - >-
                What happens when the host reports an error: V(stop) pauses the guest, V(report) tells it, V(ignore)
                does nothing, V(enospace) pauses it if there is no space left and tells it otherwise. If it is not
                stated, the hypervisor decides.
            type: str
            choices: [stop, report, ignore, enospace]
          queues:
            description:
              - The number of queues of a disk on the bus V(virtio). If it is not stated, QEMU decides.
            type: int
      readonly:
        description:
          - Whether the guest cannot write to it (C(<readonly>)). CDs always are. If it is not stated, it is left as
            it is; a new disk can be written to. A change waits for a restart.
        type: bool
      shareable:
        description:
          - Whether other guests may have it at the same time (C(<shareable>)). Only for file systems that can do
            this. If it is not stated, it is left as it is; a new disk is not shared. A change waits for a restart.
        type: bool
      serial:
        description:
          - The serial number that the guest sees (C(<serial>)). An empty one removes it. A change waits for a
            restart.
        type: str
      boot_order:
        description:
          - The place in the boot order, from V(1) (C(<boot order=…>)). If it is not stated, it is left as it is. Not
            together with O(os.boot_devices). A change waits for a restart.
        type: int
"""
