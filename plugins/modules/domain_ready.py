#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: domain_ready
short_description: Wait until a guest is ready
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Waits until a guest has come as far as is asked for, and tells how long each level took.
  - Levels are waited for one after the other, as far as they are asked for. A guest that stops meanwhile, or does not
    come so far in time, fails the task, with the last lines of its console.
  - In check mode nothing is waited for.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.info_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
attributes:
  check_mode:
    support: full
    details:
      - Nothing is waited for, as the guest may be started by a task that only would do it.
options:
  name:
    description: The guest.
    type: str
    required: true
  disk:
    description: Its firmware or system has read from a disk.
    type: bool
    default: false
  agent:
    description: Its guest agent answers.
    type: bool
    default: false
  address:
    description: It has an address that is not link-local, of which libvirt's DHCP server, its agent or ARP know.
    type: bool
    default: false
  port:
    description: It accepts a connection from its host at this TCP port, at any of its addresses.
    type: int
  command:
    description:
      - A program in the guest and its arguments, which the guest's agent runs until it ends with 0. There is no shell
        but one that is named.
    type: list
    elements: str
  timeout:
    description: Seconds that the guest has for all of it.
    type: int
    default: 300
notes:
  - While it waits it listens to the guest's console. Who wants to see that meanwhile uses C(virsh console --force).
seealso:
  - module: hypervise.kvm.domain
  - module: hypervise.kvm.restore
"""

EXAMPLES = r"""
- name: Wait until the web server answers
  hypervise.kvm.domain_ready:
    name: web1
    agent: true
    port: 443

- name: Wait until all of its services run
  hypervise.kvm.domain_ready:
    name: web1
    command: [systemctl, is-system-running, --wait]
    timeout: 600
"""

RETURN = r"""
name:
  description: The guest.
  returned: success
  type: str
  sample: web1
ready:
  description: Whether it is ready; in check mode that is not known.
  returned: success
  type: bool
  sample: true
seconds:
  description: How long each level took from the beginning of the task.
  returned: success
  type: dict
  sample: {"agent": 14.2, "port": 17.9}
addresses:
  description: Its addresses that are not link-local.
  returned: success
  type: list
  elements: str
  sample: [192.0.2.17]
error:
  description:
    - What went wrong, for playbooks; RV(ignore:msg) says it for people. Its C(type) is V(Timeout), C(level) is what was
      waited for, C(seconds) are of the levels that were reached, and C(console) are the last lines that the guest said.
  returned: failure, unless Ansible itself refused the options
  type: dict
  sample:
    type: Timeout
    level: agent
    seconds: {"disk": 0.4}
    console: ["Kernel panic - not syncing: VFS: Unable to mount root fs"]
"""

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError
from ansible_collections.hypervise.kvm.plugins.module_utils.module import make_module, run
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.readiness import wait
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.readiness.options import OPTIONS


def main() -> None:
    module = make_module({"name": {"type": "str", "required": True}, **OPTIONS})

    def work(connection: Connection) -> dict[str, t.Any]:
        told = {"changed": False, "name": module.params["name"]}
        if module.check_mode:
            return {**told, "ready": False, "seconds": {}, "addresses": []}
        return {**told, **wait.wait(connection.host.read.lookupByName(module.params["name"]), wish)}

    try:
        wish = wait.parse(module.params)
    except KvmError as error:
        module.fail_json(**error.result())
    run(module, work)


if __name__ == "__main__":
    main()
