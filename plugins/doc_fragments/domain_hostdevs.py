# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.doc_fragments.domain_shared import with_shared


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/hostdevs.py.
    DOCUMENTATION: str = with_shared(r"""
options:
  hostdevs:
    description:
      - Devices of the host that the guest has to itself (C(<hostdev>)). One is identified by its alias, or by its
        source. One that is no longer listed is given back to the host.
      - Devices are plugged and unplugged live; a mediated device with a display waits for a restart, and so do changes
        of
        one that stays.
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - The kind of device (the attribute C(type)). V(scsi_host) is a target of the kernel's vhost-scsi, V(mdev) a
            mediated device.
        type: str
        required: true
        choices: [pci, usb, scsi, scsi_host, mdev]
      source:
        description:
          - Which device it is (C(<source>)).
        type: dict
        suboptions:
          address:
            description:
              - Where it stands on the host (C(<address>)). PCI devices have a domain, bus, slot and function, USB
                devices a bus and a device, SCSI devices a bus, target and unit, mediated devices a UUID.
            type: dict
            suboptions:
              domain:
                description:
                  - PCI domain, as V(0x0000).
                type: str
              bus:
                description:
                  - Bus.
                type: str
              slot:
                description:
                  - PCI slot.
                type: str
              function:
                description:
                  - PCI function.
                type: str
              device:
                description:
                  - Number of a USB device on its bus, which is another one each time it is plugged in.
                type: str
              target:
                description:
                  - SCSI target.
                type: str
              unit:
                description:
                  - SCSI unit.
                type: str
              uuid:
                description:
                  - UUID of a mediated device.
                type: str
          vendor:
            description:
              - Number of the vendor of a USB device (C(<vendor id=…>)), as V('0x046d').
            type: str
          product:
            description:
              - Number of the product of a USB device (C(<product id=…>)), as V('0xc52b').
            type: str
          startup_policy:
            description:
              - Whether a USB device has to be there when the guest starts (the attribute C(startupPolicy)).
                V(mandatory)
                if it is not stated.
            type: str
            choices: [mandatory, requisite, optional]
          guest_reset:
            description:
              - Whether the guest may reset a USB device (the attribute C(guestReset)).
            type: str
            choices: ["off", uninitialized, "on"]
          adapter:
            description:
              - Name of the host's SCSI adapter, as V(scsi_host0) (C(<adapter name=…>)).
            type: str
          protocol:
            description:
              - How a SCSI device is reached (the attribute C(protocol)). V(vhost) for O(hostdevs[].type=scsi_host).
            type: str
            choices: [adapter, iscsi, vhost]
          name:
            description:
              - The target and unit of V(iscsi), as V(iqn.2026-01.org.example:disks/1) (the attribute C(name)).
            type: str
          SHARED: hosts
          SHARED: auth
          initiator:
            description:
              - The name by which the host is known to an iSCSI server (C(<iqn name=…>)).
            type: str
          wwpn:
            description:
              - The World Wide Port Name of a target of vhost-scsi, as V(naa.5123456789abcde0) (the attribute C(wwpn)).
            type: str
      managed:
        description:
          - Whether libvirt takes a PCI device from the host's driver and gives it back (the attribute C(managed)). If
            it
            is not stated for a new device, the host's operator has to.
        type: bool
      model:
        description:
          - The model, of V(mdev) V(vfio-pci), V(vfio-ccw) or V(vfio-ap) (the attribute C(model)).
        type: str
      driver:
        description:
          - The host's driver for a PCI device (C(<driver>)). libvirt chooses V(vfio).
        type: dict
        suboptions:
          name:
            description:
              - The kind of driver, V(vfio).
            type: str
          model:
            description:
              - The kernel module of the driver, since libvirt 10.0.
            type: str
      display:
        description:
          - Whether a mediated device is shown on the guest's display (the attribute C(display)).
        type: bool
      ramfb:
        description:
          - Whether it is shown before the guest's driver is there, too (the attribute C(ramfb)).
        type: bool
      sgio:
        description:
          - Whether the host's kernel filters the commands to a SCSI device (the attribute C(sgio)).
        type: str
        choices: [filtered, unfiltered]
      rawio:
        description:
          - Whether QEMU may send any command to a SCSI device (the attribute C(rawio)).
        type: bool
      readonly:
        description:
          - Whether the guest cannot write to a SCSI device (C(<readonly>)).
        type: bool
      shareable:
        description:
          - Whether other guests may have a SCSI device at the same time (C(<shareable>)).
        type: bool
      teaming:
        description:
          - The pair of network cards of which this is one (C(<teaming>)), so that the guest can be migrated.
        type: dict
        suboptions:
          type:
            description:
              - This is the V(transient) one.
            type: str
            required: true
            choices: [transient, persistent]
          persistent:
            description:
              - The alias of the interface that stays.
            type: str
      SHARED: rom
      SHARED: boot
      SHARED: device
""")
