#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: domain_import
short_description: Bring a machine from another hypervisor
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Makes a domain and its volumes of an appliance (OVA or OVF, as VMware, VirtualBox, oVirt and
    M(hypervise.kvm.domain_export) write them), or of disks of VMware (VMDK), Hyper-V (VHD, VHDX), VirtualBox (VDI),
    Parallels (HDD) or any other that C(qemu-img) reads.
  - The hardware that an appliance describes becomes options of M(hypervise.kvm.domain). What there is nothing for, or
    something else instead of, is listed in RV(unmatched).
  - An appliance is read where it is, and nothing of it is unpacked. Every file is compared with the appliance's list of
    checksums, and one that leads elsewhere, is damaged or larger than it says is refused.
  - All is planned before anything is touched. A run that was killed is finished by the next one.
  - A domain that is there already is left as it is, but for O(state). To import again, remove it and its volumes first.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.state_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
attributes:
  async:
    description: Supports being used with the C(async) keyword.
    support: full
options:
  src:
    description:
      - An appliance on the host, that is a file C(.ova), or a file C(.ovf) with the others beside it.
      - Or disks of one machine, in their order. Of a disk in two files, as on an ESXi host, the one with the
        description; of one of Parallels the directory.
    type: list
    elements: path
    required: true
  name:
    description: Name of the domain. If it is not given, that is the machine's name, or that of the first disk's file.
    type: str
  pool:
    description: The storage pool for the volumes, which are called NAME-TARGET.FORMAT, for example C(web1-vda.qcow2).
    type: str
    default: default
  format:
    description: Format of the volumes.
    type: str
    choices: [qcow2, raw]
    default: qcow2
  networks:
    description:
      - What the networks of the appliance are on this host, by the names that they have there, which are in the message
        of a task that does not state one.
      - >-
        A value is the name of a network of libvirt, or options of O(hypervise.kvm.domain#module:interfaces), for
        example V({type: bridge, source: {bridge: br0}}).
    type: dict
    default: {}
  devices:
    description:
      - V(keep) gives the guest the kind of disk controllers and network adapters that it had, for which it has drivers.
      - V(virtio) gives it those of KVM, which are faster. B(A guest without their drivers does not start.) Windows has
        none unless somebody installed them.
      - Disks without a description are attached to SATA with V(keep).
    type: str
    choices: [keep, virtio]
    default: keep
  macs:
    description: Whether network adapters have the MAC addresses that the appliance tells, or new ones. Two machines
      with the same ones must not run in one network.
    type: str
    choices: [keep, new]
    default: new
  override:
    description:
      - Options of M(hypervise.kvm.domain) that take the place of what the appliance says.
      - Disks without a description need at least O(hypervise.kvm.domain#module:memory) and
        O(hypervise.kvm.domain#module:vcpus).
    type: dict
    default: {}
  allow_overcommit:
    description: Whether a disk may be larger than the whole pool.
    type: bool
    default: false
  state:
    description: Whether the domain is only defined, or also runs. V(stopped) stops one that runs.
    type: str
    choices: [present, running, stopped]
    default: present
notes:
  - The guest itself is not changed. Before it leaves its old hypervisor, install the drivers of virtio if it is to have
    them, remove the tools of the old one, and shut it down.
  - An appliance's signature is not verified.
seealso:
  - module: hypervise.kvm.domain_export
  - module: hypervise.kvm.domain
  - module: hypervise.kvm.volume
"""

EXAMPLES = r"""
- name: Bring an appliance to the host
  ansible.builtin.copy:
    src: shop.ova
    dest: /var/tmp/shop.ova
    mode: "0600"

- name: Have it as a guest that runs
  hypervise.kvm.domain_import:
    src: /var/tmp/shop.ova
    networks:
      VM Network: lan
    state: running
  register: shop

- name: What of its hardware is another one now
  ansible.builtin.debug:
    var: shop.unmatched

- name: A guest of a disk of Hyper-V
  hypervise.kvm.domain_import:
    src: /var/tmp/dc1.vhdx
    name: dc1
    override:
      memory: 8GiB
      vcpus: 4
      os:
        firmware: efi
      interfaces:
        - source:
            network: lan
          model: e1000e
"""

RETURN = r"""
name:
  description: The domain's name.
  returned: success
  type: str
  sample: shop
guest_os:
  description: The operating system, in the words of the appliance.
  returned: success
  type: str
  sample: Debian GNU/Linux 12 (64-bit)
unmatched:
  description: What of the appliance has no counterpart, or became something else.
  returned: success
  type: list
  elements: str
  sample: ["serial port (Serial port 1)"]
domains:
  description: The domain, in the options of M(hypervise.kvm.domain), also of one that was there already.
  returned: success
  type: list
  elements: dict
  sample: [{"name": "shop", "memory": 4294967296, "vcpus": 2}]
volumes:
  description: Its volumes, in the options of M(hypervise.kvm.volume).
  returned: success
  type: list
  elements: dict
  sample: [{"pool": "default", "name": "shop-sda.qcow2", "format": "qcow2", "capacity": 21474836480}]
objects:
  description: What became of each volume and the domain, as M(hypervise.kvm.manifest) tells it.
  returned: success or failure, unless the appliance or the connection failed
  type: list
  elements: dict
  sample: [{"kind": "domain", "name": "shop", "item": "domains[0]", "status": "changed", "changed": true}]
totals:
  description: How many of them are as they should be, were changed, and so on.
  returned: success or failure, unless the appliance or the connection failed
  type: dict
  sample: {"ok": 0, "changed": 2, "refused": 0, "failed": 0, "left": 0}
pending_restart:
  description: Always empty for a new domain.
  returned: success or failure, unless the appliance or the connection failed
  type: dict
  sample: {}
error:
  description: What went wrong, for playbooks; RV(ignore:msg) says it for people.
  returned: failure of the appliance or the connection
  type: dict
  sample: {"type": "Refused", "option": "networks", "hint": "State a network of libvirt for each."}
"""

from ansible_collections.hypervise.kvm.plugins.module_utils.module import make_module, run
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.importing import OPTIONS, converge


def main() -> None:
    module = make_module(OPTIONS)
    run(module, lambda connection: converge(module, connection))


if __name__ == "__main__":
    main()
