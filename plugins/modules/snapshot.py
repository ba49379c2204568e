#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: snapshot
short_description: Manage snapshots of domains
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Makes, describes and removes snapshots of one domain or of many (U(https://libvirt.org/formatsnapshot.html)). To go
    back to one, use M(hypervise.kvm.snapshot_revert); to keep only some of them, M(hypervise.kvm.snapshot_prune).
  - All disks of a domain are taken in one instant, or none is.
  - A snapshot is no backup. It is lost with the images in which it is.
  - Each domain has its own result in RV(domains). Where one fails, the others still have their turn, and the task fails
    in the end.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.state_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
  - hypervise.kvm.fleet
options:
  name:
    description: Name of the snapshot, the same for all domains.
    type: str
    required: true
  state:
    description:
      - V(present) makes sure that there is such a snapshot. Only the description of one that is there can be changed.
      - V(absent) removes it. What the domain has now stays as it is. Of an external snapshot, the images are merged.
        An internal one in the images of which libvirt does not know is removed, too.
    type: str
    choices: [present, absent]
    default: present
  description:
    description: A description for people (C(<description>)). An empty one removes it.
    type: str
  type:
    description:
      - V(internal) keeps the snapshot within the images of the disks, all of which must be qcow2, together with the
        memory of a domain that runs.
      - V(external) leaves the images as they are from now on. The domain goes on in new ones, each on top of the old.
      - If it is not stated, a new snapshot is as the one that the domain's present rests on. The first is internal
        where the domain can have one, and external otherwise. The two types cannot rest on each other.
      - libvirt before 9.9 can remove external snapshots, but not revert to them.
      - A domain with UEFI firmware can have internal ones only where the file of its variables is qcow2 and with
        libvirt 10.10 or newer.
    type: str
    choices: [internal, external]
  memory:
    description:
      - Whether the memory of a domain that runs is in the snapshot, so that it goes on from there after reverting. The
        domain goes on running while the memory is written.
      - If it is not stated, it is in an internal snapshot and not in an external one. An internal snapshot of a domain
        that runs cannot be without.
    type: bool
  memory_file:
    description:
      - Absolute path of the file for the memory, for O(type=external) and O(memory=true) (the attribute C(file) of
        C(<memory>)).
      - If it is not stated, it is called C(DOMAIN.SNAPSHOT.memory), beside the image of the first disk.
    type: path
  disks:
    description:
      - The disks that are in the snapshot. If it is not stated, all are that the domain writes to, but for those whose
        definition says otherwise (O(hypervise.kvm.domain#module:disks[].snapshot)).
      - An internal snapshot is always of all.
    type: list
    elements: dict
    suboptions:
      target:
        description: The disk, by what it is called as the domain's O(hypervise.kvm.domain#module:disks[].target).
        type: str
        required: true
      file:
        description:
          - Absolute path of the new image in which the domain goes on, for O(type=external). No such file may be there.
          - If it is not stated, it is called C(DOMAIN-TARGET.SNAPSHOT.qcow2), beside the image of the disk.
          - After reverting, libvirt may have replaced it by another.
        type: path
  quiesce:
    description:
      - Whether the file systems in the guest are frozen for the instant of the snapshot, so that they are whole in it.
        The guest agent does that. Where it cannot, there is no snapshot.
      - Only for external snapshots without memory.
    type: bool
    default: false
  children:
    description: Whether O(state=absent) also removes all snapshots that were made after this one and rest on it.
    type: bool
    default: false
notes:
  - UEFI variables and the state of an emulated TPM are in the memory, and UEFI variables in internal snapshots, too.
    With any other snapshot, copies of their files are kept beside them, and M(hypervise.kvm.snapshot_revert) puts them
    back.
seealso:
  - module: hypervise.kvm.snapshot_info
  - module: hypervise.kvm.snapshot_revert
  - module: hypervise.kvm.snapshot_prune
  - name: Snapshots
    description: What is in a snapshot, what is not, and what which libvirt can do.
    link: https://github.com/hypervise/kvm/blob/main/docs/docsite/rst/guide_snapshots.rst
"""

EXAMPLES = r"""
- name: A snapshot of a guest, with its memory if it runs
  hypervise.kvm.snapshot:
    domain: web1
    name: before-upgrade
    description: Before the upgrade to version 2

- name: The disks of all guests whose names begin so, with their file systems at rest
  hypervise.kvm.snapshot:
    domain: web*
    name: "nightly-{{ ansible_facts['date_time']['date'] }}"
    type: external
    quiesce: true

- name: Remove it, with all that were made after it; what the guest has now stays
  hypervise.kvm.snapshot:
    domain: web1
    name: before-upgrade
    children: true
    state: absent
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
    snapshot:
      description:
        - What the snapshot is like, with the options O(type), O(memory), O(memory_file) and O(disks), and C(current),
          whether the domain's present rests on it.
      returned: success, unless it is absent
      type: dict
      sample:
        current: true
        type: external
        memory: false
        disks:
          - target: vda
            file: /var/lib/libvirt/images/web1-vda.before-upgrade.qcow2
    changes:
      description: What was changed, with C(path), C(before), C(after) and C(when).
      returned: success
      type: list
      elements: dict
      sample: [{"path": "state", "before": "absent", "after": "present", "when": "stored"}]
    steps:
      description: What was done, or would be in check mode, in order.
      returned: success
      type: list
      elements: str
      sample: [create]
    applied_live:
      description: Always empty.
      returned: success
      type: list
      elements: str
      sample: []
    pending_restart:
      description: Always empty, too.
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
      sample: >-
        quiesce: snapshot nightly of domain web1 cannot be made: its guest agent is not connected. Start the guest with
        qemu-guest-agent in it, or set quiesce=false.
    error:
      description: The same, for a playbook to look at.
      returned: if it was refused or failed
      type: dict
      sample: {"type": "Refused", "option": "quiesce"}
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
      sample: Set type=external.
"""

from ansible_collections.hypervise.kvm.plugins.module_utils.fleet import run_fleet_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.resource import Snapshots


def main() -> None:
    run_fleet_module(Snapshots())


if __name__ == "__main__":
    main()
