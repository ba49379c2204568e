#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: node_device_info
short_description: Gather the devices of a host
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Returns the devices of a libvirt host, and who has them. PCI devices and mediated devices are described in the very
    shape that M(hypervise.kvm.node_device) accepts, too.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.info_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
options:
  name:
    description:
      - libvirt's names of the devices to return, or patterns as a shell has them, for example V(pci_0000_3b_*).
      - If it is not given, or empty, all devices are returned.
      - A name that no device has is no error; nothing is returned for it.
    type: list
    elements: str
    default: []
  capability:
    description:
      - Return devices only that have one of these capabilities, for example V(pci), V(net), V(storage), V(usb_device),
        V(mdev_types), V(mdev) or V(virt_functions).
    type: list
    elements: str
    default: []
seealso:
  - module: hypervise.kvm.node_device
"""

EXAMPLES = r"""
- name: Gather the PCI devices
  hypervise.kvm.node_device_info:
    capability: [pci]
  register: found

- name: Tell which are kept for guests, and which guests have them
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ item.domains | join(', ') }}"
  loop: "{{ found.node_devices | selectattr('state', 'eq', 'detached') }}"
  loop_control:
    label: "{{ item.name }}"
"""

RETURN = r"""
node_devices:
  description: The devices, in the order of their names.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: libvirt's name of it.
      returned: always
      type: str
      sample: pci_0000_3b_00_0
    parent:
      description: The name of the device that it is below of.
      returned: always
      type: str
      sample: computer
    path:
      description: Where it is in C(/sys), V(null) if it is nowhere.
      returned: always
      type: str
      sample: /sys/devices/pci0000:3a/0000:3b:00.0
    driver:
      description: The driver that it has on the host, V(null) if none.
      returned: always
      type: str
      sample: vfio-pci
    capabilities:
      description: What libvirt knows it to be, and its parts to be.
      returned: always
      type: list
      elements: str
      sample: [pci]
    product:
      description: Its maker's number and name of the product, V(null) if it has none.
      returned: always
      type: dict
      sample:
        id: "0x1eb8"
        name: TU104GL [Tesla T4]
    vendor:
      description: Its maker's number and name, V(null) if it has none.
      returned: always
      type: dict
      sample:
        id: "0x10de"
        name: NVIDIA Corporation
    iommu_group:
      description: The devices that can be given to guests only together, V(null) where the host has no IOMMU.
      returned: always
      type: dict
      contains:
        number:
          description: The group's number.
          returned: always
          type: int
          sample: 27
        devices:
          description: The names of all PCI devices in it.
          returned: always
          type: list
          elements: str
          sample: [pci_0000_3b_00_0]
    mdev_types:
      description: The types of mediated devices that it can have.
      returned: always
      type: list
      elements: dict
      contains:
        id:
          description: The type, as the option O(hypervise.kvm.node_device#module:type) has it.
          returned: always
          type: str
          sample: nvidia-231
        name:
          description: A name for people, V(null) if it has none.
          returned: always
          type: str
          sample: GRID T4-2Q
        device_api:
          description: What guests get.
          returned: always
          type: str
          sample: vfio-pci
        available_instances:
          description: How many more of them there can be.
          returned: always
          type: int
          sample: 8
    facts:
      description:
        - What else there is to tell, in libvirt's words, of a PCI device C(class), of a network card C(interface),
          C(mac) and C(link), of a disk C(block), C(size), C(model), C(serial) and C(bus), of a SCSI or USB device where
          it is plugged in.
      returned: always
      type: dict
      sample:
        class: "0x030200"
    state:
      description:
        - Of a PCI device V(detached) if it is kept for guests, else V(attached). Of a mediated device V(active) or
          V(inactive).
      returned: for PCI devices and mediated devices
      type: str
      sample: detached
    persistent:
      description: Whether there is a definition of it.
      returned: for mediated devices
      type: bool
      sample: true
    autostart:
      description: Whether it is started with the host.
      returned: for mediated devices
      type: bool
      sample: true
    pending_restart:
      description: The options whose stored value becomes true when it is started again.
      returned: for mediated devices
      type: list
      elements: str
      sample: []
    domains:
      description: The guests that were given it, running or not.
      returned: always
      type: list
      elements: str
      sample: [render1]
    spec:
      description: What it is like, in the shape that M(hypervise.kvm.node_device) accepts.
      returned: for PCI devices and mediated devices
      type: dict
      sample:
        name: pci_0000_3b_00_0
        state: detached
"""

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_info_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.node_device import info


def gather(connection: Connection, params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {"node_devices": info.gather(connection, params["name"], params["capability"])}


def main() -> None:
    names: dict[str, t.Any] = {"type": "list", "elements": "str", "default": []}
    run_info_module({"name": names, "capability": names}, gather)


if __name__ == "__main__":
    main()
