#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: backup_copy
short_description: Copy restore points from one repository to another
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Brings restore points of one domain, or of many, from another repository, on this host or on one that is reached by
    ssh. It runs on the host of the repository that they are copied to.
  - What a point rests on, and is not in the target, is copied before it. A point becomes one of the target when all of
    it has arrived, was compared with its checksums, and what the domain would read from it was, too.
  - If the module is killed, a host loses its power, the network is cut, or the file system is full, the points that the
    target has stay as they are. The next run goes on with what has arrived.
  - Neither the points in the target nor those in the source are ever removed; that is M(hypervise.kvm.backup_prune)'s
    work, in each of the two by rules of its own.
  - It does not need libvirt, nor the domains. It needs C(rsync) on both hosts.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.state_module
  - hypervise.kvm.repository
options:
  repository:
    description: The directory of the repository that the points are copied to, on the host.
  domain:
    description:
      - Names or UUIDs of the domains whose points are copied, or patterns as a shell has them, for example V(web*).
      - If it is not given, or empty, that is all of which there are points in the source.
  source:
    description:
      - The repository that the points are copied from. It is a path on the same host, or V([USER@]HOST:PATH) for one
        that is reached by ssh. All of it belongs to root, so that has to be the user there.
    type: str
    required: true
  create:
    description:
      - Make the repository if O(repository) is an empty directory, or none.
      - Without it, a directory whose file system is not mounted is never taken for a new repository.
    type: bool
    default: false
  points:
    description:
      - V(new) copies the points that are newer than the newest one of the domain in the target. What was pruned there
        does not come back.
      - V(all) copies those that the target has not, and V(latest) the newest one, unless it is there.
    type: str
    choices: [new, all, latest]
    default: new
  rate:
    description: How much is sent in a second at most, for example V(50MiB). By default there is no limit.
    type: str
  keep_free:
    description: How much has to stay free in the file system of the repository, for example V(10GiB).
    type: str
    default: 0B
  key_file:
    description: The private key for ssh, on the host. By default, ssh chooses.
    type: path
  ssh_opts:
    description:
      - Further options for ssh, for example V(-o StrictHostKeyChecking=accept-new).
      - Nobody is ever asked for a password, and the key of the other host has to be known.
    type: str
    default: ""
notes:
  - As long as images are sent, nothing is merged in the source. A M(hypervise.kvm.backup_prune) there says so and can
    be repeated.
seealso:
  - module: hypervise.kvm.backup
  - module: hypervise.kvm.backup_prune
  - module: hypervise.kvm.restore
  - name: Backups
    description: What is in a point, what can go wrong, and what is done about it.
    link: https://github.com/hypervise/kvm/blob/main/docs/docsite/rst/guide_backup.rst
"""

EXAMPLES = r"""
- name: Have all new points of another host here, too
  hypervise.kvm.backup_copy:
    repository: /srv/replica
    create: true
    source: hv1.example.com:/srv/backup

- name: The newest point of the databases, at no more than 20 MiB/s
  hypervise.kvm.backup_copy:
    repository: /srv/replica
    source: root@hv1.example.com:/srv/backup
    key_file: /root/.ssh/backup
    domain: [db*]
    points: latest
    rate: 20MiB
  register: copied

- name: Fail where what is here is older than an hour
  ansible.builtin.assert:
    that: copied.domains | map(attribute='lag') | max < 3600
"""

RETURN = r"""
domains:
  description: What became of the points of each domain.
  returned: success or failure, unless one of the repositories cannot be read or an option is wrong
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
      returned: if it has points in the source
      type: str
      sample: 4dea22b3-1d52-d8f3-2516-782e98ab3fa0
    changed:
      description: Whether a point was copied, or would be in check mode.
      returned: always
      type: bool
      sample: true
    copied:
      description: The points that were copied, or would be in check mode, the oldest first.
      returned: unless it was refused
      type: list
      elements: str
      sample: [20261122T000517Z]
    points:
      description:
        - What copying each took. C(sent_bytes) is what was sent of its files, C(stored_bytes) what its images take,
          C(duration) is in seconds.
      returned: unless it was refused, or in check mode
      type: list
      elements: dict
      sample:
        - name: 20261122T000517Z
          kind: incremental
          sent_bytes: 1507328
          stored_bytes: 1441792
          duration: 0.812
    newest:
      description: The newest point in the target, or that would be in check mode. V(null) if there is none.
      returned: unless it was refused
      type: str
      sample: 20261122T000517Z
    lag:
      description:
        - How many seconds ago that was made. If the source were lost now, that much of the domain's work would be, too.
          V(null) if there is none.
      returned: unless it was refused
      type: int
      sample: 45
    steps:
      description: What was done, or would be in check mode, in order.
      returned: unless it was refused
      type: list
      elements: str
      sample: [copy 20261122T000517Z]
    failed:
      description: That it was refused or failed.
      returned: if it was
      type: bool
      sample: true
    msg:
      description: Why, and what to do next.
      returned: if it was refused or failed
      type: str
      sample: "rsync: ssh: connect to host hv1.example.com port 22: Connection refused."
    error:
      description: The same, for a playbook to look at.
      returned: if it was refused or failed
      type: dict
      sample: {"type": "OperationFailed"}
error:
  description: What went wrong first, for a playbook to look at; RV(ignore:msg) tells all that went wrong to a person.
  returned: failure, unless Ansible itself refused the options
  type: dict
  contains:
    type:
      description: The kind of error, for example V(Damaged), V(Busy), V(Refused), V(InvalidSpec) or V(OperationFailed).
      returned: always
      type: str
      sample: OperationFailed
    hint:
      description: What to do next.
      returned: always
      type: str
      sample: What has arrived stays, and the next run goes on from there.
"""

from ansible_collections.hypervise.kvm.plugins.module_utils.repository.copying.task import run


def main() -> None:
    run()


if __name__ == "__main__":
    main()
