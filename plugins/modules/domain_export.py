#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: domain_export
short_description: Export a guest for another hypervisor
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Writes a guest that is off as an appliance in one file (OVA), that is a description of the machine (OVF 1.1), its
    disks as stream-optimized VMDK, and SHA-256 checksums, as VMware, VirtualBox and M(hypervise.kvm.domain_import) read
    it.
  - The file is there wholly or not at all. A guest that is as it was when the file was written is not exported again.
  - What the description has no words for is listed in RV(unmatched).
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
  name:
    description: Name of the domain.
    type: str
    required: true
  dest:
    description: Absolute path of the file on the host, which ends in C(.ova). Its directory has to have room for the
      compressed disks twice.
    type: path
    required: true
  hardware:
    description:
      - V(portable) describes disks of virtio and SATA as disks of an LSI Logic SAS controller, and network adapters of
        virtio as Intel E1000. That is what VMware and VirtualBox call by the same names. Linux has drivers for both. A
        Windows that never had such a controller has to be told to load its driver at its start, before it is exported.
      - V(keep) describes them as they are, for M(hypervise.kvm.domain_import). VirtualBox knows network adapters of
        virtio and SATA by these words, VMware neither.
    type: str
    choices: [portable, keep]
    default: portable
  exclude:
    description: Disks that are left out, by their O(hypervise.kvm.domain#module:disks[].target).
    type: list
    elements: str
    default: []
  overwrite:
    description: Whether a file that is there and not of this guest as it is now is replaced.
    type: bool
    default: false
notes:
  - Whether a disk was written to since is told by its files' times. What is on a block device has none, so that is told
    only by its device; use O(overwrite=true) and another O(dest), or remove the file.
seealso:
  - module: hypervise.kvm.domain_import
  - module: hypervise.kvm.backup
"""

EXAMPLES = r"""
- name: Shut the guest down
  hypervise.kvm.domain:
    name: web1
    state: stopped

- name: Export it
  hypervise.kvm.domain_export:
    name: web1
    dest: /srv/export/web1.ova
  register: exported

- name: What the other hypervisor will not know
  ansible.builtin.debug:
    var: exported.unmatched
"""

RETURN = r"""
name:
  description: The domain's name.
  returned: success
  type: str
  sample: web1
dest:
  description: The file.
  returned: success
  type: str
  sample: /srv/export/web1.ova
unmatched:
  description: What the description has no words for, or has as something else.
  returned: success
  type: list
  elements: str
  sample: ["disk vda is attached to virtio, and becomes one of scsi", "device tpm"]
changes:
  description: What was changed, with C(path), C(before), C(after) and C(when).
  returned: success
  type: list
  elements: dict
  sample: [{"path": "dest", "before": null, "after": "domain web1", "when": "stored"}]
steps:
  description: What was done, or would be in check mode, in order.
  returned: success
  type: list
  elements: str
  sample: [export]
applied_live:
  description: Always empty.
  returned: success
  type: list
  elements: str
  sample: []
pending_restart:
  description: Always empty, too.
  returned: success
  type: list
  elements: str
  sample: []
error:
  description: What went wrong, for playbooks; RV(ignore:msg) says it for people.
  returned: failure, unless Ansible itself refused the options
  type: dict
  sample: {"type": "Refused", "option": "dest", "hint": "Set overwrite=true to replace it, or choose another path."}
"""

from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_state_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.exporting import Export


def main() -> None:
    run_state_module(Export())


if __name__ == "__main__":
    main()
