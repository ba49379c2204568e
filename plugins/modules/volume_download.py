#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: volume_download
short_description: Copy a libvirt volume into a file of the host
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Copies a volume into a file of the host where the module runs, converted if asked. The file is made under another
    name beside, and gets its own when it is whole.
  - A file that is there and holds the very same is left as it is.
  - To bring it to the controller, use M(ansible.builtin.fetch) on the file then.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.state_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
attributes:
  check_mode:
    details:
      - Of a volume that cannot be read as a file or device of the host, check mode does not know whether the file is
        the very same. It reports a change then, as the real run does.
options:
  pool:
    description: Name of the storage pool, which must be active.
    type: str
    required: true
  name:
    description: Name of the volume.
    type: str
    required: true
  dest:
    description: Absolute path of the file. Its directory must be there.
    type: path
    required: true
  format:
    description:
      - Convert it to this format. The file is whole in itself then.
      - If it is not stated, the file has what the volume has, byte for byte; of a volume with a backing store that is
        only what differs from that.
    type: str
    choices: [raw, qcow2, qcow, qed, vdi, vmdk, vpc, vhdx, parallels]
  mode:
    description: Mode of the file as an octal string, for example V('0640'). Quote it in YAML.
    type: str
    default: "0600"
  overwrite:
    description:
      - Whether a file that is there and is another one is replaced. Otherwise that is refused.
      - It stays refused while a domain or a snapshot, running or not, or another volume uses that file.
    type: bool
    default: false
  allow_running:
    description:
      - Whether a volume is copied while a running guest writes to it. B(The copy is what a power failure would leave at
        best, and may be of no use.)
    type: bool
    default: false
seealso:
  - module: hypervise.kvm.volume
  - module: ansible.builtin.fetch
"""

EXAMPLES = r"""
- name: Have the disk of a guest that is off as a file to give away
  hypervise.kvm.volume_download:
    pool: default
    name: web1.qcow2
    dest: /srv/export/web1.vmdk
    format: vmdk
  register: exported

- name: Bring it to the controller
  ansible.builtin.fetch:
    src: "{{ exported.dest }}"
    dest: exports/
    flat: true
"""

RETURN = r"""
name:
  description: The volume's name.
  returned: success
  type: str
  sample: web1.qcow2
dest:
  description: The file.
  returned: success
  type: str
  sample: /srv/export/web1.vmdk
checksum:
  description: The SHA-256 checksum of the file, as the option O(hypervise.kvm.volume#module:content.checksum) takes it.
  returned: success, unless the file is yet to be made in check mode
  type: str
  sample: sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
changes:
  description: What was changed, or would be in check mode.
  returned: success
  type: list
  elements: dict
  sample:
    - path: dest
      before:
      after: volume web1.qcow2 of storage pool default
      when: stored
steps:
  description: What was done, or would be in check mode, in order.
  returned: success
  type: list
  elements: str
  sample: [download]
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
    hint: Stop these guests, or set allow_running=true to have what a power failure would leave.
    users: ["domain web1 (disk vda, running)"]
msg:
  description: What went wrong, and what to do next.
  returned: failure
  type: str
  sample: >-
    volume web1.qcow2 of storage pool default cannot be copied while domain web1 (disk vda, running) writes to it. Stop
    these guests, or set allow_running=true to have what a power failure would leave.
"""

from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_state_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.download import Download


def main() -> None:
    run_state_module(Download())


if __name__ == "__main__":
    main()
