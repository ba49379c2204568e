#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: snapshot_prune
short_description: Keep only some of the snapshots of domains
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Removes the snapshots of one domain, or of many, that a policy does not keep. What the domain has now stays.
  - The rules have the names and the meaning of Proxmox Backup Server's. They apply in the order V(keep_last),
    V(keep_hourly) to V(keep_yearly). Each keeps the newest snapshot of that many periods, of those that no rule before
    it has judged; periods without snapshots, and those of which one is kept already, do not count. The host's local
    time decides, and weeks are those of ISO 8601.
  - Without any rule, all are kept that are not older than O(max_age).
  - Each domain has its own result in RV(domains). Where one of its snapshots cannot be removed, none of them is. The
    other domains still have their turn, and the task fails in the end.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.state_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
  - hypervise.kvm.fleet
  - hypervise.kvm.retention
options:
  name:
    description:
      - Names of the snapshots to prune, or patterns as a shell has them, for example V(nightly-*). Others are neither
        removed nor counted.
      - If it is not given, or empty, that is all of them.
    type: list
    elements: str
    default: []
  protected:
    description: Names of snapshots, or patterns, that are never removed, nor counted.
    type: list
    elements: str
    default: []
seealso:
  - module: hypervise.kvm.snapshot
  - module: hypervise.kvm.snapshot_info
"""

EXAMPLES = r"""
- name: Keep a week of nightly snapshots, and one of each of the four weeks before
  hypervise.kvm.snapshot_prune:
    domain: "*"
    name: nightly-*
    keep_daily: 7
    keep_weekly: 4

- name: No snapshot is older than three days, but for those made on purpose
  hypervise.kvm.snapshot_prune:
    domain: web1
    protected: [before-*]
    max_age: 259200
"""

RETURN = r"""
domains:
  description: What became of each domain, in the order in which they are named.
  returned: success or failure, unless the connection failed or an option is wrong
  type: list
  elements: dict
  contains:
    name:
      description: The domain's name.
      returned: always
      type: str
      sample: web1
    changed:
      description: Whether something was changed, or would be in check mode.
      returned: always
      type: bool
      sample: true
    kept:
      description: The snapshots that are kept, each with the rule that keeps it, V(protected), or V(no rule).
      returned: success
      type: dict
      sample: {"nightly-2026-11-22": "keep_daily"}
    changes:
      description: What was changed, with C(path), C(before), C(after) and C(when).
      returned: success
      type: list
      elements: dict
      sample: [{"path": "snapshots", "before": ["b", "a"], "after": ["b"], "when": "stored"}]
    steps:
      description: What was done, or would be in check mode, in order.
      returned: success
      type: list
      elements: str
      sample: [delete a]
    applied_live:
      description: What of it happened to a guest that was in memory.
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
    failed:
      description: That it was refused or failed.
      returned: if it was
      type: bool
      sample: true
    msg:
      description: Why, and what to do next.
      returned: if it was refused or failed
      type: str
      sample: "snapshot a of domain web1 cannot be removed: several snapshots rest on it."
    error:
      description: The same, for a playbook to look at.
      returned: if it was refused or failed
      type: dict
      sample: {"type": "Refused"}
error:
  description: What went wrong first, for a playbook to look at; RV(ignore:msg) tells all that went wrong to a person.
  returned: failure, unless Ansible itself refused the options
  type: dict
  contains:
    type:
      description: The kind of error, for example V(InvalidSpec), V(Refused), V(ConnectionFailed) or V(OperationFailed).
      returned: always
      type: str
      sample: Refused
    hint:
      description: What to do next.
      returned: always
      type: str
      sample: Set state=stopped first.
"""

from ansible_collections.hypervise.kvm.plugins.module_utils.fleet import run_fleet_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.pruning import Pruning


def main() -> None:
    run_fleet_module(Pruning())


if __name__ == "__main__":
    main()
