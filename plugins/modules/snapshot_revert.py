#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: snapshot_revert
short_description: Take domains back to a snapshot
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Makes a domain, or many, what it was when a snapshot was made, its disks, its definition, and its memory where that
    is in the snapshot.
  - What the domain is and has now is lost, unless another snapshot has it. So that has to be said, by O(discard).
  - Each domain has its own result in RV(domains). Where one fails, the others still have their turn, and the task fails
    in the end.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
  - hypervise.kvm.fleet
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: none
    details:
      - What a domain wrote since it was reverted is lost when it is again, so each run is a change.
options:
  name:
    description: Name of the snapshot.
    type: str
    required: true
  discard:
    description:
      - Whether what was written to the disks since the domain's last snapshot may be lost, and what the domain is doing
        if it runs. Without that the task is refused.
    type: bool
    default: false
  later:
    description:
      - What becomes of the snapshots that were made after this one and rest on it.
      - With V(refuse), nothing is done if there are any.
      - With V(keep), they stay, and what comes now is another branch beside them.
      - With V(delete), they are removed.
    type: str
    choices: [refuse, keep, delete]
    default: refuse
  power:
    description:
      - What the domain does then. With V(snapshot), what it did when the snapshot was made if its memory is in it; else
        it is off.
      - V(running) starts it where that is so. V(paused) lets it wait.
    type: str
    choices: [snapshot, running, paused]
    default: snapshot
notes:
  - libvirt before 9.9 cannot revert to external snapshots, which is refused.
seealso:
  - module: hypervise.kvm.snapshot
  - module: hypervise.kvm.snapshot_info
"""

EXAMPLES = r"""
- name: Give up an upgrade, and all that the guest wrote since
  hypervise.kvm.snapshot_revert:
    domain: web1
    name: before-upgrade
    discard: true
    power: running

- name: A classroom as it was in the morning
  hypervise.kvm.snapshot_revert:
    domain: student*
    name: prepared
    discard: true
    later: delete
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
    power:
      description: What the domain does then, V(running), V(paused) or V(stopped).
      returned: success
      type: str
      sample: running
    changes:
      description: What was changed, with C(path), C(before), C(after) and C(when).
      returned: success
      type: list
      elements: dict
      sample: [{"path": "present", "before": "running", "after": "snapshot one of domain web1", "when": "live"}]
    steps:
      description: What was done, or would be in check mode, in order.
      returned: success
      type: list
      elements: str
      sample: [revert]
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
      sample: "later: snapshot one of domain web1 cannot be reverted to: two were made later."
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
      sample: Set later=keep to let them stay as another branch, or later=delete.
"""

from ansible_collections.hypervise.kvm.plugins.module_utils.fleet import run_fleet_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.reversion import Reversion


def main() -> None:
    run_fleet_module(Reversion())


if __name__ == "__main__":
    main()
