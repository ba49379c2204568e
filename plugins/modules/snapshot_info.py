#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: snapshot_info
short_description: Gather snapshots of domains
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Returns the snapshots of the domains of a libvirt host, each in the very shape that M(hypervise.kvm.snapshot)
    accepts, and how they rest on each other.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.info_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
options:
  domain:
    description:
      - Names of the domains, or patterns as a shell has them, for example V(web*).
      - If it is not given, or empty, the snapshots of all domains are returned.
    type: list
    elements: str
    default: []
  name:
    description:
      - Names of the snapshots to return, or patterns as a shell has them, for example V(nightly-*).
      - If it is not given, or empty, all are returned. A name that no snapshot has is no error.
    type: list
    elements: str
    default: []
seealso:
  - module: hypervise.kvm.snapshot
"""

EXAMPLES = r"""
- name: Gather the snapshots of a guest
  hypervise.kvm.snapshot_info:
    domain: web1
  register: found

- name: Tell on which one it is now
  ansible.builtin.debug:
    msg: "{{ found.snapshots | selectattr('current') | map(attribute='name') }}"
"""

RETURN = r"""
snapshots:
  description: The snapshots, in the order of their domains' names and of the times at which they were made.
  returned: success
  type: list
  elements: dict
  contains:
    domain:
      description: Name of the domain.
      returned: always
      type: str
      sample: web1
    name:
      description: Name of the snapshot.
      returned: always
      type: str
      sample: before-upgrade
    state:
      description: Always V(present).
      returned: always
      type: str
      sample: present
    current:
      description: Whether the domain's present rests on it.
      returned: always
      type: bool
      sample: true
    parent:
      description: The snapshot on which it rests itself, empty for the first.
      returned: always
      type: str
      sample: installed
    children:
      description: The snapshots that rest on it, by name.
      returned: always
      type: list
      elements: str
      sample: []
    creation_time:
      description: When it was made, in seconds since 1970.
      returned: always
      type: int
      sample: 1795379742
    domain_state:
      description: What the domain did then, V(running), V(paused), V(shutoff), or V(disk-snapshot) for its disks alone.
      returned: always
      type: str
      sample: running
    allocation:
      description:
        - Bytes that the files occupy which are there because of it, the images that were begun with it and its memory.
          What an internal snapshot takes within the images is not told.
      returned: always
      type: int
      sample: 851968
    spec:
      description: What it is like, in the shape that M(hypervise.kvm.snapshot) accepts.
      returned: always
      type: dict
      sample:
        domain: [web1]
        name: before-upgrade
        description: ""
        type: external
        memory: false
        disks:
          - target: vda
            file: /var/lib/libvirt/images/web1-vda.before-upgrade.qcow2
"""

from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_info_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.info import gather

OPTIONS = {
    "domain": {"type": "list", "elements": "str", "default": []},
    "name": {"type": "list", "elements": "str", "default": []},
}


def main() -> None:
    run_info_module(
        OPTIONS, lambda connection, params: {"snapshots": gather(connection, params["domain"], params["name"])}
    )


if __name__ == "__main__":
    main()
