#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dr_step
short_description: Carry out a stage of a disaster recovery
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Does on a host what M(hypervise.kvm.dr_plan) has planned for it in one stage, one step after the other. Each is a
    module of this collection with its options. Other hosts do theirs meanwhile.
  - What is done is noted in the host's repository, so that a run that is interrupted does not do it again.
  - Where a step fails, further ones of this guest are left out, and those of others still have their turn. The task
    fails in the end.
extends_documentation_fragment:
  - hypervise.kvm.attributes
attributes:
  action:
    description: It has an action plugin, which runs the modules.
    support: full
  check_mode:
    support: full
    details:
      - Modules are run in check mode, too. What a step needs that one before it makes is not there then.
  diff_mode:
    support: none
  idempotent:
    support: partial
    details:
      - As the modules are that it runs.
options:
  stage:
    description: One of RV(hypervise.kvm.dr_plan#module:stages). Steps of other hosts are passed over.
    type: list
    elements: dict
    required: true
  plan:
    description: Name of the plan.
    type: str
    required: true
  repository:
    description: The repository of this host.
    type: path
    required: true
  defaults:
    description: Options for steps that do not state them, by the name of the module, for example
      V(hypervise.kvm.backup).
    type: dict
    default: {}
seealso:
  - module: hypervise.kvm.dr_plan
"""

EXAMPLES = r"""
- name: Do what is planned first
  hypervise.kvm.dr_step:
    plan: shop
    repository: /srv/replica
    stage: "{{ planned.stages[0] }}"
  register: stage
"""

RETURN = r"""
done:
  description: What became of each step of this host.
  returned: success or failure
  type: list
  elements: dict
  contains:
    guest:
      description: The guest, empty for what is of no guest.
      returned: always
      type: str
      sample: db1
    host:
      description: The host.
      returned: always
      type: str
      sample: hv3
    phase:
      description: What it is good for.
      returned: always
      type: str
      sample: restore
    started:
      description: When it began, in seconds since 1970, by the clock of the controller.
      returned: always
      type: float
      sample: 1795407341.2
    ended:
      description: When it had ended.
      returned: always
      type: float
      sample: 1795407349.8
    changed:
      description: Whether something was changed.
      returned: always
      type: bool
      sample: true
    failed:
      description: Whether it failed.
      returned: always
      type: bool
      sample: false
    msg:
      description: What went wrong.
      returned: always
      type: str
      sample: ""
    result:
      description: What the module has returned.
      returned: always
      type: dict
      sample: {point: 20261123T041512Z}
"""
