#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: migrate
short_description: Have a guest run on another host
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Declares where a guest should be, and moves it there while it works, or while it is off. A guest that is there
    already is left alone.
  - The task runs on the host where the guest is. What libvirt forgets follows the guest, too, namely its autostart and
    its checkpoints. Then it is undefined at the source.
  - Everything that would make it fail is looked for first, and refused with the reason.
  - If it fails or is cancelled, exactly one copy of the guest runs, at the source, and what was made for it at the
    target is removed. Where a module, a daemon or a host was killed in the middle, the next run of the same task
    finishes what had begun, waits for it, or takes it back.
  - If the target goes without a word, the task fails when nothing has moved for a minute, and the guest runs on at the
    source.
  - While it goes on, a line tells every few seconds how far it is.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.state_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
attributes:
  async:
    description: Supports being used with the C(async) keyword.
    support: full
  check_mode:
    details:
      - Whether something is in the way in a directory of the target that belongs to no storage pool, or a kernel or
        a firmware is missing there, is only found out by the real run, before anything moves.
options:
  name:
    description: Name of the guest.
    type: str
    required: true
  dest_uri:
    description:
      - libvirt's URI of the host where the guest should be, seen from the host where it is, for example
        V(qemu+tls://hv2/system) or V(qemu+ssh://hv2/system).
      - With O(peer2peer=true), libvirt's daemon opens it, too, as root.
    type: str
    required: true
  dest_name:
    description: Its name there, if it should be called otherwise.
    type: str
  copy_storage:
    description:
      - What is done with disks that only this host has. Network disks, and files on file systems such as NFS or CephFS,
        both hosts have; they are not copied unless O(disks) says so.
      - V(none) copies nothing; such disks are then refused.
      - V(full) copies the whole content into an image of the same format.
      - V(incremental) copies what differs from the backing image, which has to be at the target at the same path.
      - The image is made at the target. What is there already is not overwritten, see O(overwrite). Block devices have
        to be there, and B(their content is replaced).
      - The images at the source stay. Whoever needs them no more removes them with M(hypervise.kvm.volume).
    type: str
    choices: [none, full, incremental]
    default: none
  disks:
    description: Single disks for which something else holds. Others are left to O(copy_storage).
    type: list
    elements: dict
    default: []
    suboptions:
      target:
        description: The disk's name in the guest's definition, for example V(vda).
        type: str
        required: true
      copy:
        description: As O(copy_storage), for this disk. V(none) also says that the target has it, however it may look.
        type: str
        choices: [none, full, incremental]
      path:
        description: Its file or device at the target, if that is another than here.
        type: str
      pool:
        description: Its storage pool at the target, together with O(disks[].volume).
        type: str
      volume:
        description: Its volume at the target.
        type: str
  overwrite:
    description:
      - Whether an image that is at the target already, where one is to be copied to, is removed first, as the one that
        a guest has left behind that comes back. One that a guest uses there is refused in any case.
    type: bool
    default: false
  networks:
    description: What networks are called at the target, by their names here. Others are called the same.
    type: dict
    default: {}
  bridges:
    description: The same for bridges.
    type: dict
    default: {}
  undefine_source:
    description:
      - Whether the definition at the source is removed, with the UEFI variables and the TPM state that were copied.
      - If V(false), it stays there, without autostart.
    type: bool
    default: true
  tls:
    description:
      - Whether memory and disks go through TLS.
      - If it is not stated, they do. Where there are no certificates for it, that is refused. The role
        P(hypervise.kvm.host#role) makes them.
      - V(false) sends them in plain, which is for networks that nobody else has.
    type: bool
  tls_destination:
    description: The name that the target's certificate is made for, if it is not the host's name.
    type: str
  tunnelled:
    description:
      - Whether memory goes through libvirt's own connection, which O(dest_uri) encrypts. It is slower, needs no open
        ports and does not copy disks.
    type: bool
    default: false
  peer2peer:
    description:
      - Whether the source's daemon speaks to the target's. If the module is killed, it goes on then.
      - With V(false), the module speaks to both. That is for where the daemon cannot reach the target by O(dest_uri).
    type: bool
    default: true
  live:
    description: Whether the guest works while its memory is moved. Otherwise it stands still until it is there.
    type: bool
    default: true
  migrate_uri:
    description:
      - Where memory is sent to, for example V(tcp://192.0.2.7) in a network of its own. Without, it is the target's
        host name.
    type: str
  listen_address:
    description: The address at which the target waits for it.
    type: str
  disks_port:
    description: The target's port for disks. Without, libvirt takes one from the range C(49152) to C(49215).
    type: int
  bandwidth:
    description: The most that is sent per second, for example V(100MiB). In whole MiB.
    type: str
  parallel_connections:
    description: Over how many connections memory is sent.
    type: int
  compression:
    description: How memory is compressed. V(zlib) and V(zstd) need O(parallel_connections).
    type: list
    elements: str
    choices: [xbzrle, mt, zlib, zstd]
    default: []
  auto_converge:
    description: Whether the guest's processors are slowed down where it writes faster than its memory is moved.
    type: bool
    default: false
  auto_converge_initial:
    description: By what percentage at first.
    type: int
  auto_converge_increment:
    description: And by what more each time.
    type: int
  postcopy:
    description:
      - Whether the guest may go on at the target before all of its memory is there, see O(postcopy_after). That ends a
        migration for certain; until it has ended, the guest is lost if either host is. If the network is lost, the
        guest waits, and the next run tries to resume it. libvirt 11.3 was seen to fail at that, so use it only where
        the network lasts.
    type: bool
    default: false
  postcopy_after:
    description: After how many iterations over its memory it does, with O(postcopy=true).
    type: int
    default: 2
  postcopy_bandwidth:
    description: As O(bandwidth), for that phase.
    type: str
  max_downtime:
    description: For how many seconds the guest may stand still at the end. It is QEMU's estimate.
    type: float
  timeout:
    description: Seconds after which O(on_timeout) is done, V(0) for never.
    type: int
    default: 0
  on_timeout:
    description:
      - V(abort) cancels, V(suspend) lets the guest stand still until it is there, V(postcopy) does what O(postcopy) is
        for, and needs it.
    type: str
    choices: [abort, suspend, postcopy]
    default: abort
  synchronous_writes:
    description: Whether the guest's writes to copied disks wait for the target, so that copying always ends.
    type: bool
    default: false
  abort_on_error:
    description: Whether an I/O error of the guest meanwhile cancels.
    type: bool
    default: false
  unsafe:
    description:
      - Whether libvirt moves the guest although it cannot tell that its disks are safe with two hosts, as with a cache
        of the host or a local file that O(disks) says both have. B(Wrong, that costs data.)
    type: bool
    default: false
seealso:
  - module: hypervise.kvm.domain
  - module: hypervise.kvm.domain_info
  - name: Live migration
    description: A guide.
    link: https://github.com/hypervise/kvm/blob/main/docs/docsite/rst/guide_migration.rst
"""

EXAMPLES = r"""
- name: Have a guest whose disks are network disks run on hv2
  hypervise.kvm.migrate:
    name: web1
    dest_uri: qemu+tls://hv2/system

- name: The same for a guest whose disks only this host has
  hypervise.kvm.migrate:
    name: web1
    dest_uri: qemu+ssh://hv2/system
    copy_storage: full

- name: Move a busy database within ten minutes, or not at all
  hypervise.kvm.migrate:
    name: db1
    dest_uri: qemu+tls://hv2/system
    auto_converge: true
    parallel_connections: 4
    max_downtime: 0.2
    timeout: 600
    on_timeout: abort

- name: Move a guest to a host where things are called otherwise
  hypervise.kvm.migrate:
    name: web1
    dest_uri: qemu+tls://hv2/system
    networks:
      office: office-vlan
    disks:
      - target: vda
        copy: full
        pool: fast
        volume: web1.qcow2
"""

RETURN = r"""
name:
  description: The guest's name here.
  returned: success
  type: str
  sample: web1
copied:
  description: The disks that are copied.
  returned: when the guest is moved
  type: list
  elements: str
  sample: [vda]
checkpoints:
  description: The checkpoints that were carried over.
  returned: when the guest was moved, outside of check mode
  type: list
  elements: str
  sample: [monday]
statistics:
  description: What it took, as libvirt tells it. Sizes are in bytes, times in seconds.
  returned: when the guest was moved in its memory, outside of check mode
  type: dict
  contains:
    total_time:
      description: From the beginning to the end.
      type: float
      returned: always
      sample: 12.4
    downtime:
      description: For how long the guest stood still.
      type: float
      returned: always
      sample: 0.031
    data:
      description: All that was moved.
      type: int
      returned: always
      sample: 2164330496
    memory:
      description: Of that, its memory.
      type: int
      returned: always
      sample: 1090588672
    disk:
      description: Of that, its disks.
      type: int
      returned: always
      sample: 1073741824
    iterations:
      description: How often its memory was gone through.
      type: int
      returned: always
      sample: 3
changes:
  description: What was changed, or would be in check mode.
  returned: success
  type: list
  elements: dict
  sample:
    - path: host
      before: hv1
      after: hv2
      when: live
steps:
  description: What was done, or would be in check mode, in order.
  returned: success
  type: list
  elements: str
  sample: [note the migration, migrate, finish the migration]
applied_live:
  description: The changes that reached the running guest.
  returned: success
  type: list
  elements: str
  sample: [host]
pending_restart:
  description: Always empty.
  returned: success
  type: list
  elements: str
  sample: []
error:
  description: What went wrong, for playbooks; RV(msg) says it for people.
  returned: failure
  type: dict
  sample:
    type: Refused
    hint: Delete them, or shut the guest down.
    refusals:
      - check: snapshots
        message: it has 2 snapshots, and libvirt moves no guest that has any
        hint: Delete them first.
msg:
  description: What went wrong, and what to do next.
  returned: failure
  type: str
  sample: >-
    domain web1 cannot be moved to qemu+tls://hv2/system: it has 2 snapshots, and libvirt moves no guest that has any.
    Delete them first.
"""

from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_state_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.resource import Migration


def main() -> None:
    run_state_module(Migration())


if __name__ == "__main__":
    main()
