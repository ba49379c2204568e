#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: storage_pool_info
short_description: Gather libvirt storage pools
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Returns the storage pools of a libvirt host, each in the very shape that M(hypervise.kvm.storage_pool) accepts.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.info_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
options:
  name:
    description:
      - Names of the pools to return, or patterns as a shell has them, for example V(fast-*).
      - If it is not given, or empty, all pools are returned.
      - A name that no pool has is no error; nothing is returned for it.
    type: list
    elements: str
    default: []
  volumes:
    description:
      - Whether to return the names of each pool's volumes too. M(hypervise.kvm.volume_info) returns more of them.
    type: bool
    default: false
seealso:
  - module: hypervise.kvm.storage_pool
  - module: hypervise.kvm.volume_info
"""

EXAMPLES = r"""
- name: Gather all storage pools
  hypervise.kvm.storage_pool_info:
  register: found

- name: Tell how full the active pools are
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ (100 * item.allocation / item.capacity) | round | int }} %"
  loop: "{{ found.storage_pools | selectattr('state', 'eq', 'active') }}"
  loop_control:
    label: "{{ item.name }}"

- name: Define the same pools on another host
  hypervise.kvm.storage_pool: "{{ item.spec }}"
  loop: "{{ found.storage_pools }}"
  loop_control:
    label: "{{ item.name }}"
  delegate_to: hv2
"""

RETURN = r"""
storage_pools:
  description: The storage pools, in the order of their names.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The pool's name.
      returned: always
      type: str
      sample: default
    uuid:
      description: Its UUID.
      returned: always
      type: str
      sample: f1d9886d-ffe5-4560-b354-1942fc054e95
    state:
      description: Whether it is started, V(active) or V(inactive).
      returned: always
      type: str
      sample: active
    persistent:
      description: Whether libvirt has a stored definition of it. One that is not persistent is gone once it stops.
      returned: always
      type: bool
      sample: true
    autostart:
      description: Whether it is started with the host.
      returned: always
      type: bool
      sample: true
    pending_restart:
      description: The options whose stored value becomes true only when the pool is stopped and started.
      returned: always
      type: list
      elements: str
      sample: [target.path]
    capacity:
      description: Size in bytes, as libvirt last saw it. V(null) while the pool is inactive.
      returned: always
      type: int
      sample: 270553174016
    allocation:
      description: Bytes in use, by volumes and by anything else on the same file system. V(null) while the pool is
        inactive.
      returned: always
      type: int
      sample: 26849222656
    available:
      description: Bytes left. V(null) while the pool is inactive.
      returned: always
      type: int
      sample: 243703951360
    volumes:
      description: The names of its volumes, in their order. Empty while the pool is inactive, as they are not known
        then.
      returned: O(volumes=true)
      type: list
      elements: str
      sample: [db1.qcow2, web1.qcow2]
    spec:
      description:
        - What the pool is like, in the shape that M(hypervise.kvm.storage_pool) accepts. Only what the stored
          definition states is in it, and what libvirt has filled in there.
        - A pool that is not persistent is described as it runs.
      returned: always
      type: dict
      sample:
        name: default
        uuid: f1d9886d-ffe5-4560-b354-1942fc054e95
        type: dir
        target:
          path: /var/lib/libvirt/images
          permissions:
            mode: "0711"
            owner: 0
            group: 0
        autostart: true
"""

from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_info_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.storage_pool.resource import StoragePool

OPTIONS = {
    "name": {"type": "list", "elements": "str", "default": []},
    "volumes": {"type": "bool", "default": False},
}


def main() -> None:
    run_info_module(
        OPTIONS,
        lambda connection, params: {
            "storage_pools": StoragePool(list_volumes=params["volumes"]).gather(connection, params["name"])
        },
    )


if __name__ == "__main__":
    main()
