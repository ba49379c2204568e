#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cloud_init
short_description: Manage seeds for cloud-init (NoCloud)
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Makes a volume with what cloud-init reads in a guest when it boots, as an ISO 9660 image named C(cidata). Give it to
    the guest as a CD-ROM.
  - The image is the same to the last byte for the same options, so a task that changes nothing makes nothing.
  - A volume that this module did not make is never overwritten, and one that a guest uses that runs is left as it is.
  - Documents are shown nowhere, neither in a log nor in a diff, as there may be passwords in them. The file of a new
    seed can be read by root alone.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.state_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
options:
  pool:
    description: The storage pool.
    type: str
    required: true
  name:
    description: The name of the volume.
    type: str
    required: true
  state:
    description: Whether there is to be such a seed.
    type: str
    choices: [present, absent]
    default: present
  user_data:
    description:
      - What to do in the guest. A dictionary is written as cloud-config; a text is taken as it is, and has to begin as
        cloud-init wants it, for example with V(#cloud-config) or V(#!).
    type: raw
  vendor_data:
    description: Defaults for O(user_data), in the same forms.
    type: raw
  network_config:
    description:
      - The network of the guest, in cloud-init's version 2 or 1, as a dictionary (with C(version)) or as a text.
      - If it is not given, cloud-init asks DHCP servers on the first interface.
    type: raw
  meta_data:
    description:
      - What the guest is, as C(local-hostname). A dictionary gets the O(instance_id); a text states one itself.
    type: raw
  instance_id:
    description:
      - Which machine it is. cloud-init does most of what it does once for each, so another one has it done again.
      - If it is not given, it is O(name) without its suffix.
    type: str
requirements:
  - python3-pycdlib on the managed host
seealso:
  - module: hypervise.kvm.domain
  - module: hypervise.kvm.volume
"""

EXAMPLES = r"""
- name: Have a seed
  hypervise.kvm.cloud_init:
    pool: default
    name: web1-seed.iso
    meta_data:
      local-hostname: web1
    user_data:
      users:
        - name: admin
          sudo: ALL=(ALL) NOPASSWD:ALL
          ssh_authorized_keys: ["{{ lookup('ansible.builtin.file', '~/.ssh/id_ed25519.pub') }}"]
      runcmd:
        - [systemctl, enable, --now, qemu-guest-agent]
    network_config:
      version: 2
      ethernets:
        all:
          match: {name: "en*"}
          addresses: [192.0.2.10/24]
          gateway4: 192.0.2.1

- name: Have a guest that reads it
  hypervise.kvm.domain:
    name: web1
    memory: 2GiB
    disks:
      - {target: vda, source: {pool: default, volume: web1.qcow2}}
      - {target: sda, device: cdrom, bus: sata, source: {pool: default, volume: web1-seed.iso}}
    state: running

- name: Have no seed any more
  hypervise.kvm.cloud_init:
    pool: default
    name: web1-seed.iso
    state: absent
"""

RETURN = r"""
name:
  description: The volume's name.
  returned: success
  type: str
  sample: web1-seed.iso
path:
  description: Where it is or will be, as far as that is known.
  returned: success, where it is a file
  type: str
  sample: /var/lib/libvirt/images/web1-seed.iso
diff:
  description: What differs. Of the documents the checksum of the whole.
  returned: success
  type: dict
  sample:
    before: {}
    after: {state: present, content: "cloud-init seed (sha256:5fd924625f6ab16a19cc9807c7c506ae1813490e4ba675f843d5a1)"}
changes:
  description: Each change, with the option's path, the values before and after, and when it becomes true.
  returned: success
  type: list
  elements: dict
  sample:
    - {path: state, before: absent, after: present, when: stored}
steps:
  description: What was done, or would be in check mode.
  returned: success
  type: list
  elements: str
  sample: [fill]
applied_live:
  description: Always empty.
  returned: success
  type: list
  elements: str
  sample: []
pending_restart:
  description: Always empty.
  returned: success
  type: list
  elements: str
  sample: []
error:
  description: What went wrong, for playbooks; RV(msg) says it for people.
  returned: failure
  type: dict
  sample:
    type: Refused
    hint: Choose another name, or remove it with hypervise.kvm.volume.
    option: name
msg:
  description: What went wrong, and what to do next.
  returned: failure
  type: str
  sample: >-
    volume web1.qcow2 of storage pool default is no seed that hypervise.kvm.cloud_init made, so it is left as it is.
    Choose another name, or remove it with hypervise.kvm.volume.
"""

from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_state_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.seed.documents import DOCUMENTS
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.seed.resource import Seed


def main() -> None:
    run_state_module(Seed(), ["pycdlib"], withheld=list(DOCUMENTS))


if __name__ == "__main__":
    main()
