#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: restore
short_description: Bring a guest back from a restore point
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Brings back a guest as it was at the instant of one of its restore points, which M(hypervise.kvm.backup) made.
  - That is in its own place, on another host, as a new guest beside it, or only some of its disks.
  - The point, and all that it rests on, is read and checked first. From a damaged one nothing is restored.
  - The new images are made beside what is there. That is replaced only when all of them are whole. A run that is killed
    leaves either the guest as it was, or one that tells that it is half restored, and the next run does it again.
  - Restored are the disks, the definition, the UEFI variables, the state of the TPM, and whether the guest starts with
    the host. What its memory held is not in a restore point; it starts as after a power cut, or as its guest agent left
    its file systems.
  - A guest that was brought back from this very point is left alone, unless O(overwrite=true).
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.state_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
attributes:
  async:
    description: Supports being used with the C(async) keyword.
    support: full
options:
  repository:
    description: Directory of the repository on the host that the task runs on.
    type: path
    required: true
  domain:
    description: The guest in the repository, by its name or UUID.
    type: str
    required: true
  point:
    description:
      - Name of the point, as M(hypervise.kvm.backup_info) tells it.
      - Or an instant such as V(2026-11-22T20:00), in the host's local time, or V(2026-11-22T19:00:00Z). That is the
        newest point which is not later.
      - V(latest) is the newest one.
    type: str
    default: latest
  name:
    description: Name that the guest is to have. If it is not given, that is O(domain).
    type: str
  identity:
    description:
      - V(keep) gives the guest the UUID and the MAC addresses that it had. With another O(name) it is as good as
        renamed; two such guests cannot be on a host.
      - V(new) has libvirt choose others, for a guest beside the one that it comes from. Disks that are not in the point
        it does not get.
      - If it is not given, that is V(keep) for a guest that keeps its name, and V(new) for one that gets another.
    type: str
    choices: [keep, new]
  disks:
    description:
      - Targets, such as V(vdb), of the only disks to restore, into the guest that they are of. It has to be there, and
        all else of it stays as it is.
      - If it is empty, that is the guest as a whole.
    type: list
    elements: str
    default: []
  directory:
    description:
      - Directory for the images of the guest. They are called after its name and the disks' targets there, for example
        C(web2-vda.qcow2).
      - If it is not given, they go where they were. A guest with a new identity needs it, or O(destinations).
    type: path
  destinations:
    description: Where single disks go, namely a path by the disk's target. A path below C(/dev) is a block device, and
      B(its content is replaced).
    type: dict
    default: {}
  networks:
    description: The networks to which the guest is attached, by those that it has in the point. These can be bridges,
      too. Others stay.
    type: dict
    default: {}
  isolated:
    description:
      - Whether the guest is refused if it would reach anything but the networks that O(networks) names, as by a bridge
        or another kind of interface, a device of the host or a shared directory.
      - For a copy that runs beside the guest, in networks that nothing leaves.
    type: bool
    default: false
  overwrite:
    description:
      - Whether a guest that is there, or images in the way, are replaced. B(What they hold is lost.)
      - The guest has to be stopped, and to have no snapshots.
      - With it, every run restores again, but for a guest that O(mode=instant) has started from this very point. That
        one goes on.
    type: bool
    default: false
  verify:
    description:
      - How the point, and what it rests on, is checked first.
      - V(files) reads all files and compares their checksums.
      - V(content) also reads what the guest would read from its disks, and compares it with the point's lists.
      - V(none) only looks whether all is there. It is for O(mode=instant) from points that
        M(hypervise.kvm.backup_verify) has read lately.
    type: str
    choices: [files, content, none]
    default: files
  mode:
    description:
      - V(copy) copies all of the disks before the guest can be started.
      - V(instant) starts the guest at once. What it does not have yet it reads from the repository, and all of that is
        pulled in meanwhile. What it writes goes to its own images from the beginning.
      - V(overlay) lets the guest read from the repository for good, for a look or a test. Its own images hold only what
        it writes.
      - As long as a guest reads from a point, the repository has to stay where it is, and M(hypervise.kvm.backup_prune)
        keeps that point and all that it rests on. Nothing is written to them.
      - With V(instant) and V(overlay) the guest's images are qcow2, whatever they were.
    type: str
    choices: [copy, instant, overlay]
    default: copy
  wait:
    description:
      - Whether O(mode=instant) waits until all is pulled in.
      - If not, QEMU goes on with the disk that it is at. Run the task again, which waits, or goes on with the next
        disk, or notes that all is done.
    type: bool
    default: true
  rate:
    description: Bytes per second, such as V(50MiB), at which O(mode=instant) pulls in each disk at most.
    type: str
  state:
    description:
      - Whether the guest is started then. V(stopped) stops none that runs.
      - If it is not given, that is V(running) with O(mode=instant), which needs it, and V(stopped) otherwise.
    type: str
    choices: [stopped, running]
notes:
  - It runs on the host where the guest is to be; images are not sent through libvirt.
  - libvirt's checkpoints of the guest are forgotten, as their bitmaps were in the images that are gone. The next backup
    compares contents and stores what differs.
  - Disks that the definition says are encrypted by QEMU are refused, as are network disks without a destination.
seealso:
  - module: hypervise.kvm.backup
  - module: hypervise.kvm.backup_info
  - module: hypervise.kvm.backup_verify
"""

EXAMPLES = r"""
- name: A guest as it was last evening
  hypervise.kvm.restore:
    repository: /srv/backup
    domain: web1
    point: 2026-11-22T20:00
    overwrite: true
    state: running

- name: One disk only
  hypervise.kvm.restore:
    repository: /srv/backup
    domain: web1
    disks: [vdb]
    overwrite: true

- name: A copy beside it, to look into, in a network without a way out
  hypervise.kvm.restore:
    repository: /srv/backup
    domain: web1
    name: web1-look
    directory: /var/lib/libvirt/images
    networks: {default: isolated}
    isolated: true
    state: running

- name: At once, from a point that was verified; it is pulled in while the guest works
  hypervise.kvm.restore:
    repository: /srv/backup
    domain: web1
    mode: instant
    verify: none
    rate: 100MiB

- name: On another host that has the repository mounted, as its own host is lost
  hypervise.kvm.restore:
    repository: /srv/backup
    domain: web1
    state: running
"""

RETURN = r"""
name:
  description: The guest's name.
  returned: success
  type: str
  sample: web1
point:
  description: The restore point.
  returned: success
  type: str
  sample: 20261122T190000Z
consistency:
  description: What its disks agree with, V(agent), V(paused), V(stopped) or V(crash).
  returned: success
  type: str
  sample: agent
disks:
  description: Where each disk is then.
  returned: success
  type: list
  elements: dict
  contains:
    target:
      description: The disk.
      returned: always
      type: str
      sample: vda
    path:
      description: Its image or device.
      returned: always
      type: str
      sample: /var/lib/libvirt/images/web1.qcow2
    virtual_size:
      description: Its size in bytes.
      returned: always
      type: int
      sample: 10737418240
changes:
  description: What was changed, with C(path), C(before), C(after) and C(when).
  returned: success
  type: list
  elements: dict
  sample: [{"path": "domain", "before": null, "after": "as of 20261122T190000Z", "when": "stored"}]
steps:
  description: What was done, or would be in check mode, in order.
  returned: success
  type: list
  elements: str
  sample: [restore, start]
applied_live:
  description: Always empty.
  returned: success
  type: list
  elements: str
  sample: []
pending_restart:
  description: Always empty.
  returned: success
  type: list
  elements: str
  sample: []
error:
  description: What went wrong, for playbooks; RV(ignore:msg) says it for people. Its C(type) is V(Damaged) where the
    point is not what was put there, and C(problems) lists what is wrong.
  returned: failure, unless Ansible itself refused the options
  type: dict
  sample:
    type: Damaged
    hint: Choose an earlier point; backup_verify tells which ones are whole.
    problems: ["20261122T190000Z: vda.qcow2 is not what was written: its checksum differs."]
"""

from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_state_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration.resource import Restoration


def main() -> None:
    run_state_module(Restoration(), libraries=["nbd"])


if __name__ == "__main__":
    main()
