#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: guest_exec
short_description: Run a program inside guests through the QEMU guest agent
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Runs one program in any number of guests of a host at the same time, and returns what each printed.
  - The guests need no network and no Python. To run modules in a guest, see P(hypervise.kvm.guest_agent#connection).
  - What a program prints is limited by libvirt to about 3 MiB.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
  - hypervise.kvm.fleet
attributes:
  check_mode:
    support: partial
    details:
      - Nothing is run, and a change is foretold, as nobody knows what a program would do.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - The program is run each time.
options:
  argv:
    description:
      - The program and its arguments, as they are. No shell sees them.
      - Exactly one of O(argv) and O(shell) is required.
    type: list
    elements: str
  shell:
    description: A command for C(/bin/sh) in the guest.
    type: str
  stdin:
    description: The program's input.
    type: str
    default: ""
  timeout:
    description: After how many seconds the program is killed, with what it started. V(0) is never.
    type: float
    default: 300
  agent_timeout:
    description: For how many seconds an agent may be silent.
    type: float
    default: 10
seealso:
  - plugin: hypervise.kvm.guest_agent
    plugin_type: connection
"""

EXAMPLES = r"""
- name: See how long the web servers have been up
  hypervise.kvm.guest_exec:
    domain: ["web*"]
    argv: [cat, /proc/uptime]
  register: up

- name: Set a password where nothing else gets in
  hypervise.kvm.guest_exec:
    domain: [web1]
    argv: [chpasswd]
    stdin: "root:{{ password }}"
  no_log: true
"""

RETURN = r"""
domains:
  description: What became of the program in each guest.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The domain's name.
      returned: always
      type: str
      sample: web1
    changed:
      description: Whether the program was started.
      returned: always
      type: bool
      sample: true
    rc:
      description: Its exit code. One that a signal ended has 128 and the signal's number.
      returned: when it has ended
      type: int
      sample: 0
    stdout:
      description: What it printed. What is no UTF-8 is replaced.
      returned: when it has ended
      type: str
      sample: 4711.05 9300.12
    stderr:
      description: What it printed as errors.
      returned: when it has ended
      type: str
      sample: ""
    failed:
      description: Whether it has an exit code other than 0, or none.
      returned: when it is true
      type: bool
      sample: true
    msg:
      description: What is wrong.
      returned: when RV(domains[].failed) is true
      type: str
      sample: "domain web1: its guest agent did not answer to guest-exec: QEMU guest agent is not connected."
"""

import functools
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError, OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.fleet import DOMAIN, chosen, report
from ansible_collections.hypervise.kvm.plugins.module_utils.guest_agent.client import Agent
from ansible_collections.hypervise.kvm.plugins.module_utils.guest_agent.execution import run as run_in_guest
from ansible_collections.hypervise.kvm.plugins.module_utils.module import make_module, run
from ansible_collections.hypervise.kvm.plugins.module_utils.waiting import answers_within

OPTIONS: dict[str, t.Any] = {
    **DOMAIN,
    "argv": {"type": "list", "elements": "str"},
    "shell": {"type": "str"},
    "stdin": {"type": "str", "default": ""},
    "timeout": {"type": "float", "default": 300},
    "agent_timeout": {"type": "float", "default": 10},
}

#: In how many guests at once; and the seconds for all, as each has a limit of its own.
AT_ONCE = 32
_NO_LIMIT = 10 * 365 * 24 * 3600

Told = dict[str, t.Any]


def execute(connection: Connection, params: t.Mapping[str, t.Any], name: str) -> Told:
    """Run the program in one guest."""
    if connection.check_mode:
        return {"name": name, "changed": True}
    argv = params["argv"] or ["/bin/sh", "-c", params["shell"]]
    try:
        agent = Agent(connection.host.read.lookupByName(name), params["agent_timeout"])
        ended = run_in_guest(agent, argv, params["stdin"].encode(), params["timeout"])
    except KvmError as error:
        return {"name": name, "changed": False, "failed": True, **error.result()}
    stdout, stderr = (text.decode(errors="replace").rstrip("\r\n") for text in (ended.stdout, ended.stderr))
    told: Told = {"name": name, "changed": True, "rc": ended.rc, "stdout": stdout, "stderr": stderr}
    if ended.rc:
        why = OperationFailed(f"domain {name}: {argv[0]} ended with the exit code {ended.rc}.", stderr)
        told.update(failed=True, **why.result())
    return told


def main() -> None:
    module = make_module(OPTIONS, mutually_exclusive=[("argv", "shell")], required_one_of=[("argv", "shell")])

    def work(connection: Connection) -> Told:
        names = chosen(connection, module.params["domain"])
        questions = {name: functools.partial(execute, connection, module.params, name) for name in names}
        told = answers_within(questions, _NO_LIMIT, AT_ONCE)
        result = report([told[name] for name in names])
        if "error" in result:
            module.fail_json(**result)
        return result

    run(module, work)


if __name__ == "__main__":
    main()
