#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dr_state
short_description: Keep how far a disaster recovery has come
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Reads the records of a plan's guests from a file in the repository of a host, and adds to them.
  - At which site a guest is active and which phases of a run are done is there, at both sites. So a run that was
    interrupted goes on wherever it is started again, and no site has to be up for the other one to know.
  - The role P(hypervise.kvm.disaster_recovery#role) uses it. Without O(records) it only reads, which anyone may do.
extends_documentation_fragment:
  - hypervise.kvm.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
  idempotent:
    support: full
options:
  repository:
    description: Directory of the repository on the host that the task runs on. If it is not there, nothing is known.
    type: path
    required: true
  plan:
    description: Name of the plan.
    type: str
    required: true
  records:
    description:
      - What is to be known of guests, by their names. Entries that are not stated stay as they are.
      - A record with a lower C(serial) than the one that is there adds only what that does not say.
    type: dict
    default: {}
seealso:
  - module: hypervise.kvm.dr_plan
"""

EXAMPLES = r"""
- name: See what is known of the guests of the plan
  hypervise.kvm.dr_state:
    repository: /srv/replica
    plan: shop
  register: known
"""

RETURN = r"""
records:
  description: All that is known, by the guests' names.
  returned: success
  type: dict
  sample:
    db1:
      serial: 3
      run: {id: 20261123T041512Z-3, mode: planned, source: berlin, target: munich, begun: 1795407312.4, ended: true}
      done: {stop: {started: 1795407320.1, ended: 1795407324.8, host: hv1}}
error:
  description: What went wrong, for playbooks; RV(ignore:msg) says it for people.
  returned: failure, unless Ansible itself refused the options
  type: dict
  sample: {type: OperationFailed, hint: "Without it, where guests run tells the rest."}
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.file import keep
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.options import STATE_OPTIONS


def main() -> None:
    module = AnsibleModule(argument_spec=STATE_OPTIONS, supports_check_mode=True)
    repository, plan, records = (module.params[name] for name in ("repository", "plan", "records"))
    try:
        before, after = keep(repository, plan, records, module.check_mode)
    except KvmError as error:
        module.fail_json(**error.result())
    module.exit_json(changed=before != after, records=after)


if __name__ == "__main__":
    main()
