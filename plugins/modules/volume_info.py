#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: volume_info
short_description: Gather the volumes of libvirt storage pools
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Returns the volumes of the active storage pools of a libvirt host, each in the very shape that
    M(hypervise.kvm.volume) accepts.
  - The volumes of a pool that is not active are not known to anybody.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.info_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
options:
  pool:
    description:
      - Names of the storage pools whose volumes to return, or patterns as a shell has them, for example V(fast-*).
      - If it is not given, or empty, the volumes of all active pools are returned.
    type: list
    elements: str
    default: []
  name:
    description:
      - Names of the volumes to return, or patterns as a shell has them, for example V(*.qcow2).
      - If it is not given, or empty, all volumes are returned.
      - A name that no volume has is no error; nothing is returned for it.
    type: list
    elements: str
    default: []
  used_by:
    description:
      - Whether to tell who uses each volume. For that all domains and all volumes of the host are read.
    type: bool
    default: false
seealso:
  - module: hypervise.kvm.volume
  - module: hypervise.kvm.storage_pool_info
"""

EXAMPLES = r"""
- name: Gather the volumes of one pool, and who uses them
  hypervise.kvm.volume_info:
    pool: default
    used_by: true
  register: found

- name: Tell which volumes nobody uses
  ansible.builtin.debug:
    msg: "{{ found.volumes | rejectattr('used_by') | map(attribute='path') }}"
"""

RETURN = r"""
volumes:
  description: The volumes, in the order of their pools' names and their own.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The volume's name.
      returned: always
      type: str
      sample: web1.qcow2
    pool:
      description: Name of its storage pool.
      returned: always
      type: str
      sample: default
    state:
      description: Always V(present).
      returned: always
      type: str
      sample: present
    path:
      description: Where it is on the host, or its name in a network storage.
      returned: always
      type: str
      sample: /var/lib/libvirt/images/web1.qcow2
    key:
      description: What identifies the volume for libvirt.
      returned: always
      type: str
      sample: /var/lib/libvirt/images/web1.qcow2
    type:
      description: What it is on the host, V(file), V(block), V(dir), V(network) or V(netdir).
      returned: always
      type: str
      sample: file
    allocation:
      description: Bytes that it occupies.
      returned: always
      type: int
      sample: 1482752000
    pending_restart:
      description: Always empty, as nothing about a volume waits for a restart.
      returned: always
      type: list
      elements: str
      sample: []
    used_by:
      description: Who uses the volume, in words.
      returned: O(used_by=true)
      type: list
      elements: str
      sample: ["domain web1 (disk vda, running)"]
    spec:
      description: What the volume is like, in the shape that M(hypervise.kvm.volume) accepts. Sizes are in bytes.
      returned: always
      type: dict
      sample:
        pool: default
        name: web1.qcow2
        capacity: 21474836480
        format: qcow2
        permissions:
          mode: "0600"
          owner: 0
          group: 0
        compat: "1.1"
        cluster_size: 65536
"""

from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_info_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.info import gather

OPTIONS = {
    "pool": {"type": "list", "elements": "str", "default": []},
    "name": {"type": "list", "elements": "str", "default": []},
    "used_by": {"type": "bool", "default": False},
}


def main() -> None:
    run_info_module(
        OPTIONS,
        lambda connection, params: {
            "volumes": gather(connection, params["pool"], params["name"], params["used_by"]),
        },
    )


if __name__ == "__main__":
    main()
