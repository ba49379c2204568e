#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: backup_prune
short_description: Keep only some of the restore points in a repository
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Removes the restore points of one domain, or of many, that a policy does not keep. What those that are kept rest on
    is merged into them. What can be restored from them stays the same, byte by byte.
  - The rules have the names and the meaning of Proxmox Backup Server's. They apply in the order V(keep_last),
    V(keep_hourly) to V(keep_yearly). Each keeps the newest point of that many periods, of those that no rule before it
    has judged; periods without points, and those of which one is kept already, do not count. The host's local time
    decides, and weeks are those of ISO 8601.
  - Without any rule, all are kept that are not older than O(max_age).
  - All that is merged is compared with its checksums before. Where something is damaged, or there is no room for
    merging, nothing of that domain is removed. The other domains still have their turn, and the task fails in the end.
  - If it is killed, at whatever instant, the points that are kept can be restored as before. The next run, or the next
    backup, finishes what was begun.
  - It does not need libvirt, nor the domains.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.state_module
  - hypervise.kvm.repository
  - hypervise.kvm.retention
options:
  protected:
    description:
      - Names of points, or patterns as a shell has them, that are never removed, nor counted. Points that are protected
        in the repository (M(hypervise.kvm.backup_protect)) need not be named.
    type: list
    elements: str
    default: []
  lose_verified:
    description: Whether all points may be removed that M(hypervise.kvm.backup_verify) has found to be right.
    type: bool
    default: false
seealso:
  - module: hypervise.kvm.backup_info
  - module: hypervise.kvm.backup_protect
  - module: hypervise.kvm.backup_verify
"""

EXAMPLES = r"""
- name: Keep a week of points, and one of each of the four weeks and twelve months before
  hypervise.kvm.backup_prune:
    repository: /srv/backup
    keep_daily: 7
    keep_weekly: 4
    keep_monthly: 12

- name: Keep the last three points of the test machines
  hypervise.kvm.backup_prune:
    repository: /srv/backup
    domain: [test*]
    keep_last: 3
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
    kept:
      description: The points that are kept, each with the rule that keeps it, V(protected), or V(no rule).
      returned: success
      type: dict
      sample: {"20261122T000517Z": "keep_daily"}
    removed:
      description: The points that are not kept, the oldest first.
      returned: success
      type: list
      elements: str
      sample: [20261115T000511Z]
    steps:
      description: What was done, or would be in check mode, in order.
      returned: success
      type: list
      elements: str
      sample: [remove 20261115T000511Z]
    failed:
      description: That it was refused or failed.
      returned: if it was
      type: bool
      sample: true
    msg:
      description: Why, and what to do next.
      returned: if it was refused or failed
      type: str
      sample: "The points of web1: somebody restores or verifies some, so none can be merged."
    error:
      description: The same, for a playbook to look at.
      returned: if it was refused or failed
      type: dict
      sample: {"type": "Busy"}
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

from ansible_collections.hypervise.kvm.plugins.module_utils.repository import pruning
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.task import run_repository_module


def main() -> None:
    run_repository_module(pruning.OPTIONS, pruning.parse, pruning.work)


if __name__ == "__main__":
    main()
