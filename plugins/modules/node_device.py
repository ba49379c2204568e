#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: node_device
short_description: Keep PCI devices for guests, manage mediated devices
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Takes PCI devices from the host and keeps them for guests, or gives them back, and defines, starts, stops and
    removes mediated devices (U(https://libvirt.org/drvnodedev.html)).
  - A guest gets such a device by the option O(hypervise.kvm.domain#module:hostdevs). With C(managed) there, libvirt
    takes a PCI device when the guest starts and gives it back when it stops; this module is for keeping it all the
    time.
  - A device that the host itself has in use is not taken from it, as a mounted disk, or a network link that has a
    route, is part of a bridge or a bond, or carries VLANs or guests' macvtap devices. One that a running guest has is
    not taken from the guest.
  - The tests of this collection detach no PCI device and start no mediated device, as the machines on which they run
    have no IOMMU and no such devices. They define mediated devices, and look at what is planned and refused otherwise.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.state_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
options:
  name:
    description:
      - The PCI device, by libvirt's name, V(pci_0000_3b_00_0), or its address as C(lspci -D) writes it,
        V(0000:3b:00.0).
      - Either this or O(uuid) is to be stated.
    type: str
  uuid:
    description:
      - The mediated device, by its UUID.
    type: str
  state:
    description:
      - V(present) makes sure that a PCI device is there, and that a mediated device is defined.
      - V(detached) takes a PCI device from its driver on the host and keeps it for guests.
      - V(attached) gives it back.
      - V(active) makes sure that a mediated device is defined and started, V(inactive) that it is defined and stopped.
      - V(absent) stops a mediated device and removes its definition.
    type: str
    choices: [present, active, inactive, absent, attached, detached]
    default: present
  driver:
    description:
      - The driver by which a PCI device is kept for guests, if it is a vendor's own instead of C(vfio-pci), for
        O(state=detached). Which there are depends on the version of libvirt.
    type: str
  parent:
    description:
      - The device of which a mediated device is a part, by libvirt's name (C(<parent>)). A new one needs it. It cannot
        be changed.
    type: str
  type:
    description:
      - The type of a mediated device, one of those of its parent (C(<type id=…>)). A new one needs it. It cannot be
        changed.
    type: str
  attributes:
    description:
      - Attributes that a mediated device is given when it starts, in this order (C(<attr>)). The stated list is the
        whole list.
      - To change them, the definition is removed and made anew. On a running device the change waits for a restart.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The attribute.
        type: str
        required: true
      value:
        description:
          - Its value.
        type: str
        required: true
  autostart:
    description:
      - Whether a mediated device is started with the host, or when its parent is there.
    type: bool
seealso:
  - module: hypervise.kvm.node_device_info
  - module: hypervise.kvm.domain
  - name: Node device XML format
    description: What libvirt says about the elements named above.
    link: https://libvirt.org/formatnode.html
"""

EXAMPLES = r"""
- name: Keep a graphics card for guests
  hypervise.kvm.node_device:
    name: 0000:3b:00.0
    state: detached

- name: Give it back to the host
  hypervise.kvm.node_device:
    name: pci_0000_3b_00_0
    state: attached

- name: A part of a graphics card, now and after each start of the host
  hypervise.kvm.node_device:
    uuid: 6f0a3f3e-5cf1-4ab8-9b39-0a2f4b1c7d55
    parent: pci_0000_00_02_0
    type: i915-GVTg_V5_4
    state: active
    autostart: true

- name: Remove it
  hypervise.kvm.node_device:
    uuid: 6f0a3f3e-5cf1-4ab8-9b39-0a2f4b1c7d55
    state: absent
"""

RETURN = r"""
name:
  description: libvirt's name of the PCI device, or the UUID of the mediated device.
  returned: success
  type: str
  sample: pci_0000_3b_00_0
changes:
  description: What was changed, or would be in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: The option.
      returned: always
      type: str
      sample: state
    before:
      description: The value before, V(null) if there was none.
      returned: always
      type: raw
      sample: attached
    after:
      description: The value after, V(null) if there is none.
      returned: always
      type: raw
      sample: detached
    when:
      description:
        - V(stored), or V(restart) for what waits until a mediated device is started again.
      returned: always
      type: str
      sample: stored
steps:
  description: The calls that were made, or would be made, in this order.
  returned: success
  type: list
  elements: str
  sample: [detach]
applied_live:
  description: Always empty; nothing of a running mediated device can be changed.
  returned: success
  type: list
  elements: str
  sample: []
pending_restart:
  description: The options of a mediated device whose stored value becomes true when it is started again.
  returned: success
  type: list
  elements: str
  sample: []
error:
  description: What went wrong, for a playbook to look at; RV(ignore:msg) says the same to a person.
  returned: failure, unless Ansible itself refused the options
  type: dict
  contains:
    type:
      description: The kind of error, for example V(InvalidSpec), V(Refused), V(ConnectionFailed) or V(OperationFailed).
      returned: always
      type: str
      sample: Refused
    hint:
      description: What to do next.
      returned: always
      type: str
      sample: Unplug it from them, or stop them.
"""

from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_state_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.node_device.resource import NodeDevice


def main() -> None:
    run_state_module(NodeDevice())


if __name__ == "__main__":
    main()
