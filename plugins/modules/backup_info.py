#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: backup_info
short_description: Gather restore points in a repository
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Returns the restore points in a repository, what they are of and what they rest on.
  - It does not need libvirt, nor the domains. It can run on any host that has the repository.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.info_module
  - hypervise.kvm.repository
options:
  point:
    description:
      - Names of the points to return, or patterns as a shell has them, for example V(202611*).
      - If it is not given, or empty, all are returned. A name that no point has is no error.
    type: list
    elements: str
    default: []
seealso:
  - module: hypervise.kvm.backup_verify
  - module: hypervise.kvm.backup_prune
"""

EXAMPLES = r"""
- name: Gather the restore points of a guest
  hypervise.kvm.backup_info:
    repository: /srv/backup
    domain: [web1]
  register: found

- name: Fail where the newest is older than a day
  ansible.builtin.assert:
    that: (found.points | map(attribute='created') | max) > (now().timestamp() - 86400)
"""

RETURN = r"""
repository:
  description: The repository, its C(path), C(id), and how many bytes are C(free) there.
  returned: success
  type: dict
  sample: {"path": "/srv/backup", "id": "0a1ba5f3-7a2e-4d4b-9a55-1e8b0d1b1c77", "free": 812345344}
points:
  description:
    - The points, in the order of their domains' names and of the times at which they were made. What their manifests
      tell is described in L(the format of a repository, https://github.com/hypervise/kvm/blob/main/docs/docsite/rst/repository_format.rst).
  returned: success
  type: list
  elements: dict
  contains:
    domain:
      description: The domain's name when the point was made.
      returned: always
      type: str
      sample: web1
    uuid:
      description: The domain's UUID.
      returned: always
      type: str
      sample: 4dea22b3-1d52-d8f3-2516-782e98ab3fa0
    name:
      description: The point's name, which is the time at which it was made, in UTC.
      returned: always
      type: str
      sample: 20261122T000517Z
    path:
      description: Its directory.
      returned: always
      type: str
      sample: /srv/backup/guests/web1.4dea22b3-1d52-d8f3-2516-782e98ab3fa0/20261122T000517Z
    state:
      description:
        - V(complete), V(merging) where a prune that removes what it rests on has not ended, or V(damaged) where its
          manifest cannot be read. Other damage is for M(hypervise.kvm.backup_verify) to find.
      returned: always
      type: str
      sample: complete
    problem:
      description: What is wrong with the manifest.
      returned: if the state is V(damaged)
      type: str
      sample: "manifest.json is no manifest of a restore point: KeyError('format')."
    created:
      description: When it was made, in seconds since 1970. This and all others are returned unless it is damaged.
      returned: unless it is damaged
      type: int
      sample: 1795305917
    kind:
      description: V(full), V(incremental) or V(delta).
      returned: unless it is damaged
      type: str
      sample: incremental
    reason:
      description: Why it is of this kind, where another one was wanted.
      returned: unless it is damaged
      type: str
      sample: ""
    parent:
      description: The point on which it rests, V(null) for none.
      returned: unless it is damaged
      type: str
      sample: 20261121T000503Z
    consistency:
      description: What its disks agree with, V(agent), V(stopped), V(paused) or V(crash).
      returned: unless it is damaged
      type: str
      sample: agent
    disks:
      description: The disks, with their C(target), C(kind), C(virtual_size), C(stored_bytes) and C(dirty_bytes).
      returned: unless it is damaged
      type: list
      elements: dict
      sample:
        - target: vda
          file: vda.qcow2
          kind: incremental
          virtual_size: 10737418240
          stored_bytes: 1441792
          dirty_bytes: 6356992
          source: {}
    excluded:
      description: Disks that are not in it, and why.
      returned: unless it is damaged
      type: dict
      sample: {}
    stored_bytes:
      description: Bytes that its images take, without those on which they rest.
      returned: unless it is damaged
      type: int
      sample: 1441792
    virtual_size:
      description: Bytes of its disks as the guest saw them.
      returned: unless it is damaged
      type: int
      sample: 10737418240
    protected:
      description: Whether it is never pruned.
      returned: unless it is damaged
      type: bool
      sample: false
    verified:
      description:
        - What M(hypervise.kvm.backup_verify) last found, C(at) which time in seconds since 1970, at which C(level), and
          with which C(problems). V(null) if it was never verified.
      returned: unless it is damaged
      type: dict
      sample: {"at": 1795379742, "level": "content", "problems": []}
    booted:
      description:
        - When M(hypervise.kvm.backup_verify) last started the guest from it, C(at), in how many C(seconds) it was
          ready, and with which C(problems). V(null) if it never was.
      returned: unless it is damaged
      type: dict
      sample: {"at": 1795379742, "seconds": {"agent": 14.2}, "problems": [], "console": []}
    copied:
      description:
        - When M(hypervise.kvm.backup_copy) brought it, C(at), and C(from) where. V(null) if it was made here.
      returned: unless it is damaged
      type: dict
      sample: {"at": 1795308041, "from": "hv1.example.com:/srv/backup"}
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.info import gather
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.task import OPTIONS


def main() -> None:
    options = {**OPTIONS, "point": {"type": "list", "elements": "str", "default": []}}
    module = AnsibleModule(argument_spec=options, supports_check_mode=True)
    try:
        found = gather(module.params["repository"], module.params["domain"], module.params["point"])
    except KvmError as error:
        module.fail_json(**error.result())
    module.exit_json(changed=False, **found)


if __name__ == "__main__":
    main()
