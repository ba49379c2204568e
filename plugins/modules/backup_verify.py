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
  boot:
    description:
      - Also start each guest from the newest of its points that are chosen, and wait until it is ready. At least one of
        O(boot.disk), O(boot.agent), O(boot.address), O(boot.port) and O(boot.command) is to be asked for.
      - The guest gets another name, UUID and MAC addresses, and a network of its own in which there is only the host.
        It runs from the point, to which nothing is written, with copies of the UEFI variables and of the TPM's state.
        It gets no devices of the host, no shared directories, no media, and no disks that are not in the point.
      - When it was ready, or the task ends in any other way, it is gone. What a task that was killed has left, the next
        one removes.
      - libvirt is needed for that, on the host that the task runs on.
    type: dict
    suboptions:
      disk:
        description: Its firmware or system has to have read from a disk.
        type: bool
        default: false
      agent:
        description: Its guest agent has to answer.
        type: bool
        default: false
      address:
        description: It has to have an address.
        type: bool
        default: false
      port:
        description: It has to accept a connection from its host at this TCP port.
        type: int
      command:
        description: A program in the guest and its arguments, which its agent runs until it ends with 0.
        type: list
        elements: str
      timeout:
        description: Seconds that it has for all of it.
        type: int
        default: 300
      network:
        description: Network of the host that all of its interfaces are in, instead of one that is made for it. B(It is
          not isolated by this module.)
        type: str
      memory:
        description: Memory that it gets, such as V(1GiB), instead of as much as it has.
        type: str
      vcpus:
        description: Number of its CPUs, instead of as many as it has.
        type: int
      uri:
        description: The host's libvirt.
        type: str
        default: qemu:///system
seealso:
  - module: hypervise.kvm.backup_info
  - module: hypervise.kvm.backup_prune
"""

EXAMPLES = r"""
- name: Read each point at least once a month
  hypervise.kvm.backup_verify:
    repository: /srv/backup
    reverify_after: 2592000

- name: See that all web servers come up from their newest points, with the web server answering
  hypervise.kvm.backup_verify:
    repository: /srv/backup
    domain: ["web*"]
    level: files
    boot:
      agent: true
      port: 443
      memory: 1GiB

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
    booted:
      description: What became of the point from which the guest was started. If it did not become ready, C(problems)
        says why and C(console) has the last lines that it said.
      returned: if it was started
      type: dict
      sample:
        name: 20261122T000517Z
        at: 1795379742
        seconds: {"agent": 14.2, "port": 17.9}
        problems: []
        console: []
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

import typing as t
from dataclasses import replace

from ansible_collections.hypervise.kvm.plugins.module_utils.repository import verification
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.task import run_repository_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.readiness.options import OPTIONS as READY

BOOT: dict[str, t.Any] = {
    **READY,
    "network": {"type": "str"},
    "memory": {"type": "str"},
    "vcpus": {"type": "int"},
    "uri": {"type": "str", "default": "qemu:///system"},
}


def parse(params: t.Mapping[str, t.Any]) -> verification.Wish:
    """Return the wish."""
    wish = verification.parse(params)
    if not params["boot"]:
        return wish
    from ansible_collections.hypervise.kvm.plugins.module_utils.resources.trial import trial  # which needs libvirt

    wished = trial.parse(params["boot"])
    return replace(wish, start=lambda guest, name: trial.attempt(guest, name, wished))


def main() -> None:
    options = {**verification.OPTIONS, "boot": {"type": "dict", "options": BOOT}}
    run_repository_module(options, parse, verification.work, libvirt_for="boot")


if __name__ == "__main__":
    main()
