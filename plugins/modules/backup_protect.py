#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: backup_protect
short_description: Protect restore points from being removed
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Notes in the repository that restore points are protected, or are not any more. Those that are,
    M(hypervise.kvm.backup_prune) neither removes nor counts.
  - Each repository has notes of its own. A copy of a protected point is not protected.
  - It does not need libvirt, nor the domains.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.state_module
  - hypervise.kvm.repository
options:
  point:
    description:
      - Names of the points, or patterns as a shell has them, for example V(20261122T*).
      - A name that a domain has no point of is an error, a pattern is not.
    type: list
    elements: str
    required: true
  protected:
    description: Whether they are protected.
    type: bool
    default: true
seealso:
  - module: hypervise.kvm.backup_info
  - module: hypervise.kvm.backup_prune
"""

EXAMPLES = r"""
- name: Keep what the database was before the upgrade, whatever the rules say
  hypervise.kvm.backup_protect:
    repository: /srv/backup
    domain: [db1]
    point: [20261122T000517Z]

- name: From now on, the rules decide
  hypervise.kvm.backup_protect:
    repository: /srv/backup
    domain: [db1]
    point: ["*"]
    protected: false
"""

RETURN = r"""
domains:
  description: What became of the points of each domain.
  returned: success or failure, unless there is no such repository
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
    protected:
      description: All points that are protected then, or would be in check mode, the oldest first.
      returned: success
      type: list
      elements: str
      sample: [20261122T000517Z]
    steps:
      description: What was done, or would be in check mode, in order.
      returned: success
      type: list
      elements: str
      sample: [protect 20261122T000517Z]
    failed:
      description: That it was refused or failed.
      returned: if it was
      type: bool
      sample: true
    msg:
      description: Why, and what to do next.
      returned: if it was refused or failed
      type: str
      sample: "point: web1 has no point 20261122T000517Z; there are none."
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
      description: The kind of error, for example V(Refused) or V(OperationFailed).
      returned: always
      type: str
      sample: Refused
    hint:
      description: What to do next.
      returned: always
      type: str
      sample: Check the name.
"""

from ansible_collections.hypervise.kvm.plugins.module_utils.repository import protection
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.task import run_repository_module


def main() -> None:
    run_repository_module(protection.OPTIONS, protection.parse, protection.work)


if __name__ == "__main__":
    main()
