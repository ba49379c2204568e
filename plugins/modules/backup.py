#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: backup
short_description: Make restore points of domains
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Makes a restore point of one domain or of many in a repository, a directory of this host, local or mounted. All
    disks of a domain are as they were at one instant.
  - The first point of a domain has all that is on its disks. The next ones have what it wrote since, which libvirt
    tracks (U(https://libvirt.org/formatcheckpoint.html)). Where that was lost, as QEMU was killed or the disk is a
    restored one, the content is compared, so that a point is never wrong and still only has what differs.
  - A point has the whole machine, that is its definition with its secrets, UEFI variables, the state of its TPM and
    whether it starts with the host.
  - A point is there wholly or not at all. Where a module, a daemon, QEMU or the host was killed in the middle, the next
    backup takes back what was begun, and has all that was written since the newest point.
  - A domain that is off is held in memory for the time of its backup, without running, and is off again afterwards.
  - Points are qcow2 images with JSON beside them, and can be read without this collection.
  - Each domain has its own result in RV(domains). Where one fails, the others still have their turn, and the task fails
    in the end. While a backup goes on, a line tells every few seconds how far it is.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.state_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
  - hypervise.kvm.fleet
attributes:
  async:
    description: Supports being used with the C(async) keyword.
    support: full
  idempotent:
    support: partial
    details:
      - With O(slot=always), each run makes a point.
options:
  repository:
    description:
      - Absolute path of the directory with the restore points. Of what is in it, nobody but root can read anything.
      - QEMU has to reach it, so all directories above it have to be searchable (C(x)) for the user that it runs as.
    type: path
    required: true
  create:
    description:
      - Whether the repository is made if there is none. If that is false, a directory that is empty, as its file
        system is not mounted, is refused.
    type: bool
    default: false
  kind:
    description:
      - V(auto) stores what changed since the newest point, where that can be told.
      - V(full) stores all, in a point that rests on no other one.
    type: str
    choices: [auto, full]
    default: auto
  slot:
    description:
      - The period, of the host's local time, for which one point is enough. If there is one, nothing is changed, so
        the task can be repeated until all domains have had their turn.
    type: str
    choices: [always, hourly, daily, weekly, monthly]
    default: always
  quiesce:
    description:
      - Whether the file systems in the domain are frozen for the instant of the point, so that they are whole in it.
        The guest agent does that. They are frozen for some 20 seconds at most, whatever happens.
      - V(required) makes no point without, V(preferred) makes one that tells that they were not
        (RV(domains[].consistency)), V(never) does not try.
    type: str
    choices: [required, preferred, never]
    default: preferred
  untracked:
    description:
      - What is done with disks of which libvirt cannot tell what the domain writes to. That is all but those that are
        qcow2 of version 3 (C(compat=1.1)).
      - V(delta) reads all of the disk, and stores what differs from the newest point. Meanwhile the repository needs
        room for all of it.
      - V(full) stores all of it each time.
      - V(exclude) leaves it out, which RV(domains[].excluded) tells.
      - V(fail) refuses to back the domain up.
    type: str
    choices: [full, delta, exclude, fail]
    default: delta
  exclude:
    description: Disks that are left out, by their O(hypervise.kvm.domain#module:disks[].target).
    type: list
    elements: str
    default: []
  rate:
    description: How much is read of each disk in a second at most, for example V(50MiB). By default there is no limit.
    type: str
  keep_free:
    description: How much has to stay free in the file system of the repository, for example V(10GiB).
    type: str
    default: 0B
  timeout:
    description: Seconds after which a backup that is not done is given up. If not stated, it takes as long as it takes.
    type: int
notes:
  - Drives for media, and disks that the domain cannot write to, are in the definition alone.
  - libvirt does one job of a domain at a time. While it is backed up, it can neither be migrated nor have a snapshot.
    Before libvirt 11.10, a domain that is shut down meanwhile fails its backup.
seealso:
  - name: Backups
    description: What is in a point, what can go wrong, and what is done about it.
    link: https://github.com/hypervise/kvm/blob/main/docs/docsite/rst/guide_backup.rst
"""

EXAMPLES = r"""
- name: A restore point of each guest, once a day
  hypervise.kvm.backup:
    domain: "*"
    repository: /srv/backup
    slot: daily

- name: The first one, where there is no repository yet
  hypervise.kvm.backup:
    domain: web1
    repository: /srv/backup
    create: true

- name: A database, with its file systems at rest or not at all, without its swap, at no more than 50 MiB/s
  hypervise.kvm.backup:
    domain: db1
    repository: /srv/backup
    quiesce: required
    exclude: vdb
    rate: 50MiB
    keep_free: 20GiB
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
      description: Whether a point was made, or would be in check mode.
      returned: always
      type: bool
      sample: true
    point:
      description: The name of the point, its instant in UTC. With O(slot), it may be one that was there.
      returned: success, unless in check mode
      type: str
      sample: 20261123T000521Z
    kind:
      description:
        - V(full) rests on no other point. V(incremental) has what was written since RV(domains[].parent), V(delta) what
          differs from it. Where disks differ in this, it is the kind of the one that takes the least.
      returned: success
      type: str
      sample: incremental
    reason:
      description: Why disks have more stored than what was written since the newest point.
      returned: success
      type: str
      sample: "vdb: it is not in 20261122T000517Z"
    parent:
      description: The point on which it rests, if it does.
      returned: success
      type: str
      sample: 20261122T000517Z
    consistency:
      description:
        - V(agent) is with file systems at rest, V(stopped) of a domain that was off, V(paused) of one that was paused,
          V(crash) as after a loss of power.
      returned: success, unless in check mode
      type: str
      sample: agent
    freeze:
      description: Seconds for which the file systems were frozen.
      returned: success, unless in check mode
      type: float
      sample: 0.214
    duration:
      description: Seconds that it took.
      returned: success, unless in check mode
      type: float
      sample: 12.7
    excluded:
      description: Disks that are left out, and why.
      returned: success
      type: dict
      sample: {"vdc": "the task excludes it"}
    room:
      description: Bytes that it may take while it is made.
      returned: in check mode, unless there is a point already
      type: int
      sample: 6356992
    disks:
      description: What is stored of each disk, in bytes.
      returned: success
      type: list
      elements: dict
      contains:
        target:
          description: The disk.
          returned: always
          type: str
          sample: vda
        kind:
          description: As RV(domains[].kind).
          returned: always
          type: str
          sample: incremental
        virtual_size:
          description: The size that the domain sees.
          returned: always
          type: int
          sample: 10737418240
        stored_bytes:
          description: What its image takes in the repository.
          returned: unless in check mode
          type: int
          sample: 1507328
        dirty_bytes:
          description: What the domain had written to since the parent, where that was tracked.
          returned: always
          type: int
          sample: 6356992
    changes:
      description: What was changed, with C(path), C(before), C(after) and C(when).
      returned: success
      type: list
      elements: dict
      sample: [{"path": "point", "before": "20261122T000517Z", "after": "a new one (incremental)", "when": "stored"}]
    steps:
      description: What was done, or would be in check mode, in order.
      returned: success
      type: list
      elements: str
      sample: [back up]
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
      description: What went wrong, and what to do next.
      returned: if it was refused or failed
      type: str
      sample: >-
        domain: backup of domain web1 cannot be made: libvirt is busy with another job of the guest: migration_out. Wait
        until it has ended (virsh domjobinfo).
    error:
      description: The same, for a playbook to look at.
      returned: if it was refused or failed
      type: dict
      sample: {"type": "Refused", "option": "domain"}
error:
  description: What went wrong first, for a playbook to look at; RV(ignore:msg) tells all that went wrong to a person.
  returned: failure, unless Ansible itself refused the options
  type: dict
  contains:
    type:
      description: The kind of error, for example V(Refused), V(Busy), V(Damaged), V(Timeout) or V(OperationFailed).
      returned: always
      type: str
      sample: Refused
    hint:
      description: What to do next.
      returned: always
      type: str
      sample: Make room there.
"""

from ansible_collections.hypervise.kvm.plugins.module_utils.fleet import run_fleet_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup.resource import Backups


def main() -> None:
    run_fleet_module(Backups(), libraries=["nbd"])


if __name__ == "__main__":
    main()
