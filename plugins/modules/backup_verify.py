#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: backup_verify
short_description: Verify restore points in a repository
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Reads restore points, and all that they rest on, and tells whether they are what was put there. The task fails where
    one is not.
  - What was found is noted with the point. M(hypervise.kvm.backup_info) returns it.
  - It does not need libvirt, nor the domains. It can run on any host that has the repository.
  - New points may be made meanwhile, but none removed.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.repository
attributes:
  check_mode:
    support: full
    details:
      - Tells which points are due. They are not read, so damage is not foretold.
  diff_mode:
    support: full
  idempotent:
    support: partial
    details:
      - Only with O(reverify_after). Otherwise points are verified each time.
options:
  point:
    description:
      - Names of the points to verify, or patterns as a shell has them, for example V(202611*).
      - If it is not given, or empty, that is all of them.
    type: list
    elements: str
    default: []
  level:
    description:
      - How thoroughly.
      - V(files) compares all files, of the point and of those that it rests on, with their checksums, and the images
        with the manifest, so that nothing is missing, exchanged, or rests on anything else.
      - V(content) then also reads what a guest would read, through all images, and compares each block of it with what
        was noted when the point was made.
    type: str
    choices: [files, content]
    default: content
  reverify_after:
    description:
      - Seconds after which a point is verified again that was right, at this O(level) or a more thorough one.
      - If it is not given, all are verified.
    type: int
seealso:
  - module: hypervise.kvm.backup_info
  - module: hypervise.kvm.backup_prune
"""

EXAMPLES = r"""
- name: Read each point at least once a month
  hypervise.kvm.backup_verify:
    repository: /srv/backup
    reverify_after: 2592000

- name: Look at the newest points of a guest before they are restored
  hypervise.kvm.backup_verify:
    repository: /srv/backup
    domain: [web1]
    point: ["20261122T*"]
"""

RETURN = r"""
domains:
  description: What became of the points of each domain.
  returned: success or failure, unless there is no such repository or an option is wrong
  type: list
  elements: dict
  contains:
    name:
      description: The domain's name when the first of its points was made.
      returned: always
      type: str
      sample: web1
    uuid:
      description: The domain's UUID.
      returned: success
      type: str
      sample: 4dea22b3-1d52-d8f3-2516-782e98ab3fa0
    changed:
      description: Whether something was changed, or would be in check mode.
      returned: always
      type: bool
      sample: true
    points:
      description: What was found of each point that was verified, with what it rests on, the oldest first.
      returned: if points were verified
      type: list
      elements: dict
      sample:
        - name: 20261122T000517Z
          at: 1795379742
          level: content
          problems: []
    skipped:
      description: The points that were not due.
      returned: success
      type: list
      elements: str
      sample: [20261121T000503Z]
    steps:
      description: What was done, or would be in check mode, in order.
      returned: success
      type: list
      elements: str
      sample: [verify 20261122T000517Z]
    failed:
      description: That it was refused or failed.
      returned: if it was
      type: bool
      sample: true
    msg:
      description: Why, and what to do next.
      returned: if it was refused or failed
      type: str
      sample: "Points of web1 are damaged. 20261122T000517Z: vda.qcow2 is not what was written: its checksum differs."
    error:
      description: The same, for a playbook to look at.
      returned: if it was refused or failed
      type: dict
      sample: {"type": "Damaged"}
error:
  description: What went wrong first, for a playbook to look at; RV(ignore:msg) tells all that went wrong to a person.
  returned: failure, unless Ansible itself refused the options
  type: dict
  contains:
    type:
      description: The kind of error, for example V(Damaged), V(Busy), V(Refused), V(InvalidSpec) or V(OperationFailed).
      returned: always
      type: str
      sample: Damaged
    hint:
      description: What to do next.
      returned: always
      type: str
      sample: Wait until that has ended.
"""

from ansible_collections.hypervise.kvm.plugins.module_utils.repository import verification
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.task import run_repository_module


def main() -> None:
    run_repository_module(verification.OPTIONS, verification.parse, verification.work)


if __name__ == "__main__":
    main()
