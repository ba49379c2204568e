#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dr_report
short_description: Report on a disaster recovery
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Makes a report of what was done, with what was measured for each guest against its targets, as data, as text, and
    as a page with a timeline and the runs before.
  - It runs on the controller.
extends_documentation_fragment:
  - hypervise.kvm.attributes
attributes:
  action:
    description: It has an action plugin, in which all of it is done.
    support: full
  check_mode:
    support: full
    details:
      - No files are written.
  diff_mode:
    support: none
  idempotent:
    support: N/A
    details:
      - It tells what was done, which it never calls a change.
  platform:
    details:
      - It runs on the controller.
options:
  planned:
    description: What M(hypervise.kvm.dr_plan) has returned.
    type: dict
    required: true
  steps:
    description: RV(hypervise.kvm.dr_step#module:done) of all hosts and stages.
    type: list
    elements: dict
    default: []
  directory:
    description:
      - Directory on the controller for reports. In one of the plan's name there, each run has a C(.json), a C(.txt)
        and a C(.html), and C(index.html) is the newest. If it is not stated, no files are written.
    type: path
  now:
    description: The time in seconds since 1970. If it is not stated, it is now.
    type: float
seealso:
  - module: hypervise.kvm.dr_plan
"""

EXAMPLES = r"""
- name: Tell how it went
  hypervise.kvm.dr_report:
    planned: "{{ planned }}"
    steps: "{{ ansible_play_hosts | map('extract', hostvars, 'done') | flatten }}"
    directory: reports
  run_once: true
  register: report

- name: Fail where not all is well
  ansible.builtin.assert:
    that: report.ok
    fail_msg: "{{ report.text | join(' ') }}"
"""

RETURN = r"""
ok:
  description: Whether every step was done, no guest was left out, each target was met, and none runs twice.
  returned: success
  type: bool
  sample: true
report:
  description: The report, as it is in the C(.json).
  returned: success
  type: dict
  sample:
    plan: shop
    mode: failover
    ok: true
    seconds: 84.2
    problems: []
    guests: [{name: db1, lag: 0.0, rpo_met: true, away: 31.4, rto_met: true, phases: {stop: 2.1, restore: 8.6, ready:
      6.3}}]
text:
  description: The report for people to read.
  returned: success
  type: list
  elements: str
  sample: ["shop, failover, 2026-11-23 04:16:36 UTC, 84 s: ALL IS WELL"]
files:
  description: The files that were written.
  returned: success
  type: list
  elements: str
  sample: [reports/shop/20261123T041636Z-failover.json]
"""
