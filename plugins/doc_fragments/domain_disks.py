# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.doc_fragments.domain_shared import with_shared


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/disks.py, disk_source.py and iotune.py.
    DOCUMENTATION: str = with_shared(r"""
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
            Where its content is: a file, a block device, a directory, a volume, an image on a server, an NVMe disk, or
            what another process serves. If it is not stated, it is left as it is; a new drive is empty. An empty
            dictionary ejects the medium. A source that changes is stated as a whole.
          - The medium of a drive for CDs or floppies is changed live. The source of a disk waits for a restart.
        type: dict
        suboptions:
          SHARED: image
      backing_store:
        description:
          - The image below this one, of which it has only what was changed since (C(<backingStore>)). libvirt finds out
            by itself unless it is stated. A change waits for a restart.
        type: dict
        suboptions:
          format:
            description:
              - Its format, as V(qcow2).
            type: str
          metadata_cache:
            description:
              - The size of the cache for the metadata of V(qcow2) (C(<metadata_cache>)), in bytes or with a unit.
            type: str
          source:
            description:
              - Where it is.
            type: dict
            suboptions:
              SHARED: image
          backing_store:
            description:
              - The image below that one.
            type: dict
            suboptions:
              format:
                description:
                  - Its format, as V(qcow2).
                type: str
              metadata_cache:
                description:
                  - The size of the cache for the metadata of V(qcow2) (C(<metadata_cache>)), in bytes or with a unit.
                type: str
              source:
                description:
                  - Where it is.
                type: dict
                suboptions:
                  SHARED: image
              SHARED: backing
          SHARED: backing
      SHARED: backing
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
          rerror_policy:
            description:
              - The same for errors of reading only. If it is not stated, it is as for all.
            type: str
            choices: [stop, report, ignore]
          name:
            description:
              - The backend. QEMU has V(qemu), which libvirt fills in.
            type: str
          discard_no_unref:
            description:
              - Whether discarded clusters of V(qcow2) stay where they are, so that the image does not get fragmented.
            type: bool
          copy_on_read:
            description:
              - Whether what is read from the image below is copied into this one.
            type: bool
          event_idx:
            description:
              - Whether the guest and QEMU spare each other notifications. If it is not stated, QEMU decides.
            type: bool
          queue_size:
            description:
              - The length of each queue of a disk on the bus V(virtio). If it is not stated, QEMU decides.
            type: int
          metadata_cache:
            description:
              - The cache for the metadata of V(qcow2) (C(<metadata_cache>)).
            type: dict
            suboptions:
              max_size:
                description:
                  - Its size, in bytes or with a unit as V(16MiB).
                type: str
          SHARED: queues
          SHARED: virtio
      model:
        description:
          - The variant of a disk on the bus V(virtio) (the attribute C(model)). If it is not stated for a new disk,
            V(virtio). A change waits for a restart.
        type: str
        choices: [virtio, virtio-transitional, virtio-non-transitional]
      SHARED: auth
      SHARED: encryption
      iotune:
        description:
          - How much the disk may be used (C(<iotune>)). V(0) is no limit. A limit of the total takes the place of those
            of reading and of writing, and these take its place. Changes are live.
        type: dict
        suboptions:
          total_bytes_sec:
            description:
              - Bytes per second, also with a unit as V(10MiB), that may be read and written.
            type: str
          total_bytes_sec_max:
            description:
              - The same for a burst.
            type: str
          total_bytes_sec_max_length:
            description:
              - The seconds for which a burst may last.
            type: int
          read_bytes_sec:
            description:
              - Bytes per second, also with a unit as V(10MiB), that may be read.
            type: str
          read_bytes_sec_max:
            description:
              - The same for a burst.
            type: str
          read_bytes_sec_max_length:
            description:
              - The seconds for which a burst may last.
            type: int
          write_bytes_sec:
            description:
              - Bytes per second, also with a unit as V(10MiB), that may be written.
            type: str
          write_bytes_sec_max:
            description:
              - The same for a burst.
            type: str
          write_bytes_sec_max_length:
            description:
              - The seconds for which a burst may last.
            type: int
          total_iops_sec:
            description:
              - Requests per second to read and to write.
            type: int
          total_iops_sec_max:
            description:
              - The same for a burst.
            type: int
          total_iops_sec_max_length:
            description:
              - The seconds for which a burst may last.
            type: int
          read_iops_sec:
            description:
              - Requests per second to read.
            type: int
          read_iops_sec_max:
            description:
              - The same for a burst.
            type: int
          read_iops_sec_max_length:
            description:
              - The seconds for which a burst may last.
            type: int
          write_iops_sec:
            description:
              - Requests per second to write.
            type: int
          write_iops_sec_max:
            description:
              - The same for a burst.
            type: int
          write_iops_sec_max_length:
            description:
              - The seconds for which a burst may last.
            type: int
          size_iops_sec:
            description:
              - Requests larger than these bytes count as several.
            type: int
          group_name:
            description:
              - Disks of this group share its limits.
            type: str
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
      transient:
        description:
          - Whether what the guest writes is forgotten when it is switched off (C(<transient>)). A change waits for a
            restart.
        type: bool
      transient_share_backing:
        description:
          - Whether several guests may have a transient disk at the same time (C(<transient shareBacking=…>)).
        type: bool
      snapshot:
        description:
          - What becomes of the disk in a snapshot of the guest (the attribute C(snapshot)). If it is not stated, it is
            as the snapshot says; read-only disks have none.
        type: str
        choices: ["no", internal, external, manual]
      rawio:
        description:
          - Whether QEMU may send any SCSI command to a C(lun) (the attribute C(rawio)).
        type: bool
      sgio:
        description:
          - Whether the host's kernel filters the SCSI commands to a C(lun) (the attribute C(sgio)).
        type: str
        choices: [filtered, unfiltered]
      tray:
        description:
          - Whether the drive for CDs or floppies is open (C(<target tray=…>)). A change waits for a restart.
        type: str
        choices: [open, closed]
      removable:
        description:
          - Whether the guest sees a disk on the bus V(usb) or V(scsi) as a removable one (C(<target removable=…>)). A
            change waits for a restart.
        type: bool
      rotation_rate:
        description:
          - The speed that the guest sees in rotations per minute (C(<target rotation_rate=…>)); V(1) is a solid state
            disk. A change waits for a restart.
        type: int
      geometry:
        description:
          - The geometry that the guest sees (C(<geometry>)), for very old ones. A change waits for a restart.
        type: dict
        suboptions:
          cyls:
            description:
              - Cylinders.
            type: int
            required: true
          heads:
            description:
              - Heads.
            type: int
            required: true
          secs:
            description:
              - Sectors per track.
            type: int
            required: true
          trans:
            description:
              - How the firmware translates it.
            type: str
            choices: [auto, none, lba]
      blockio:
        description:
          - The sizes of blocks that the guest sees (C(<blockio>)), in bytes or with a unit. A change waits for a
            restart.
        type: dict
        suboptions:
          logical_block_size:
            description:
              - The smallest unit that can be addressed.
            type: str
          physical_block_size:
            description:
              - The smallest unit that can be written at once.
            type: str
          discard_granularity:
            description:
              - The smallest unit that can be discarded.
            type: str
      serial:
        description:
          - The serial number that the guest sees (C(<serial>)). An empty one removes it. A change waits for a
            restart.
        type: str
      wwn:
        description:
          - The World Wide Name that the guest sees, 16 hexadecimal digits (C(<wwn>)). A change waits for a restart.
        type: str
      vendor:
        description:
          - The vendor that the guest sees (C(<vendor>)), up to 8 characters. A change waits for a restart.
        type: str
      product:
        description:
          - The product that the guest sees (C(<product>)), up to 16 characters. A change waits for a restart.
        type: str
      SHARED: boot
      SHARED: device
""")
