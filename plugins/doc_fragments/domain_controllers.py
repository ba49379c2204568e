# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.doc_fragments.domain_shared import with_shared


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/controllers.py.
    DOCUMENTATION: str = with_shared(r"""
options:
  controllers:
    description:
      - Controllers (C(<controller>)) whose model, number or place matters. libvirt adds those that the devices need, so
        controllers that are not listed always stay. A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - What it controls. It identifies the controller together with O(controllers[].index).
        type: str
        required: true
        choices: [ide, fdc, scsi, sata, usb, ccid, virtio-serial, pci, isa, nvme]
      index:
        description:
          - Number among those of its type, from V(0). If it is not stated, the controller is the next of its type and
            model, or a new one with the next number.
        type: int
      startport:
        description:
          - The first port of a USB controller that is the companion of another (C(<master startport=…>)). It has the
            number of that one, and is told apart by its model.
        type: int
      model:
        description:
          - The model, as V(virtio-scsi), V(qemu-xhci) or V(pcie-root-port) (the attribute C(model)). If it is not
            stated, libvirt chooses.
        type: str
      model_name:
        description:
          - The device of QEMU that a PCI controller is (C(<model name=…>)), as V(ioh3420). If it is not stated, libvirt
            chooses.
        type: str
      target:
        description:
          - What a PCI controller tells the guest of itself (C(<target>)). What is not stated, libvirt fills in.
        type: dict
        suboptions:
          chassis:
            description:
              - The number of a root port or downstream port.
            type: int
          chassis_nr:
            description:
              - The number of a PCI bridge (the attribute C(chassisNr)).
            type: int
          port:
            description:
              - The port's number.
            type: int
          bus_nr:
            description:
              - The number of the bus of an expander bus (the attribute C(busNr)).
            type: int
          index:
            description:
              - The number of a host bridge of machine V(pseries).
            type: int
          hotplug:
            description:
              - Whether devices can be plugged into the port while the guest runs. If it is not stated, they can.
            type: bool
          mem_reserve:
            description:
              - Memory addresses that are kept free for devices behind it (the attribute C(memReserve)), in bytes or
                with
                a unit.
            type: str
          node:
            description:
              - The NUMA node of the guest that an expander bus belongs to (C(<node>)).
            type: int
      pcihole64:
        description:
          - The size of the 64-bit hole of the root bus (C(<pcihole64>)), in bytes or with a unit.
        type: str
      ports:
        description:
          - The number of ports of a V(virtio-serial) or USB controller (the attribute C(ports)).
        type: int
      vectors:
        description:
          - The number of interrupt vectors of a V(virtio-serial) controller (the attribute C(vectors)).
        type: int
      driver:
        description:
          - How QEMU drives it (C(<driver>)).
        type: dict
        suboptions:
          cmd_per_lun:
            description:
              - How many commands can wait at each device of V(virtio-scsi).
            type: int
          max_sectors:
            description:
              - The largest request of V(virtio-scsi), in sectors.
            type: int
          SHARED: queues
          SHARED: virtio
      serial:
        description:
          - The serial number of an V(nvme) controller (C(<serial>)).
        type: str
      SHARED: device
""")
