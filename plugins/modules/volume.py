#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: volume
short_description: Manage the volumes of libvirt storage pools
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Creates, resizes and removes the volumes of a storage pool, which must be active.
  - Only what is stated is compared and changed. Of an existing volume libvirt can change the capacity alone; another
    value for anything else is refused, and the message says what to do instead.
  - A volume is resized while a guest runs on it, and the guest sees its new size at once.
  - Removing takes the one volume that is named. It is refused while any domain or snapshot, running or not, names the
    volume anywhere in its definition (as a disk, CD-ROM, kernel, firmware or anything else), or while another volume
    has it as its backing file; the message names who does.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.state_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
attributes:
  check_mode:
    details:
      - Where somebody put a file into a pool's directory that libvirt has not seen yet, the real run makes libvirt
        read the pool anew and then compares. Check mode does not do even that. It reports a change and warns that
        more may follow.
options:
  pool:
    description:
      - Name of the storage pool.
      - Refused if the pool is not active, as nobody knows its volumes then. A volume of a pool that does not exist
        counts as absent.
    type: str
    required: true
  name:
    description:
      - Name of the volume (C(<name>)). In a pool of files it is the name of the file. It cannot contain V(/).
    type: str
    required: true
  state:
    description:
      - V(present) makes sure that the volume is there, with what is stated.
      - V(absent) makes sure that it is not.
    type: str
    choices: [present, absent]
    default: present
  capacity:
    description:
      - The size that a guest sees, in bytes or with a unit, for example V(20GiB) (C(<capacity>)). Needed for a new
        volume, unless it has an O(backing_store), whose size it gets then.
      - All formats but V(raw) round it up to a whole KiB.
      - A larger one than the volume has makes the volume grow, at once also under a running guest. A smaller one is
        refused unless O(allow_shrink=true).
      - What is larger than the whole pool is refused unless O(allow_overcommit=true).
    type: str
  allocation:
    description:
      - How much of it is allocated at once when the volume is created, in bytes or with a unit (C(<allocation>)).
        V(0) allocates nothing; the volume then grows as the guest writes.
      - If it is not stated, libvirt allocates V(raw) volumes completely and lets other formats grow.
      - It is not compared with an existing volume, whose allocation is what it occupies now.
      - More than the pool has left is refused.
    type: str
  format:
    description:
      - Format of the volume (the attribute C(type) of C(<format>)). Cannot be changed.
      - A file can be created as V(raw), V(qcow2), V(qcow), V(qed), V(vdi) or V(vmdk). If it is not stated, it is
        V(raw).
      - In pools of block devices a volume is what the device is; leave it out there.
    type: str
  backing_store:
    description:
      - The image on which this one is layered (C(<backingStore>)). The volume holds only what differs from it. Cannot
        be changed.
    type: dict
    suboptions:
      path:
        description: Absolute path of the image (C(<path>)). It must exist when the volume is created.
        type: str
        required: true
      format:
        description:
          - Its format (the attribute C(type) of C(<format>)). Needed for a new volume, as guessing the format from
            what a guest may have written is not safe.
        type: str
  permissions:
    description:
      - Owner and mode of the file (C(<permissions>)). If they are not stated, the file of a new volume belongs to
        root and has mode V(0600).
      - libvirt cannot change them afterwards. Another mode of an existing volume is refused; M(ansible.builtin.file)
        can change it, with RV(path).
      - Owner and group of an existing volume are not compared, as libvirt itself gives an image to the guest that
        starts on it, and does not take all of them back.
    type: dict
    suboptions:
      mode:
        description: Mode as an octal string, for example V('0640'). Quote it in YAML.
        type: str
      owner:
        description: Numeric user ID of the owner.
        type: int
      group:
        description: Numeric group ID.
        type: int
  compat:
    description:
      - Version of the V(qcow2) format, as the oldest QEMU that can read it (C(<compat>)). Cannot be changed.
      - If it is not stated, a new volume gets V(1.1). Version V(0.10), which libvirt would take by itself, can hold
        no bitmaps and so allows no incremental backup.
    type: str
    choices: ["0.10", "1.1"]
  cluster_size:
    description:
      - Size of a V(qcow2) cluster, from V(512B) to V(2MiB), in bytes or with a unit (C(<clusterSize>)). Cannot be
        changed.
      - If it is not stated, it is V(64KiB).
    type: str
  lazy_refcounts:
    description:
      - Whether updates of V(qcow2) reference counts are postponed (C(<lazy_refcounts>)). Writing is faster; after a
        crash the image has to be repaired. Cannot be changed. If it is not stated, it is V(false).
    type: bool
  extended_l2:
    description:
      - Whether V(qcow2) clusters are divided into 32 parts that are allocated one by one (C(<extended_l2>)), which is
        faster with a large O(cluster_size) and a backing store. Cannot be changed. If it is not stated, it is
        V(false).
    type: bool
  allow_shrink:
    description:
      - Whether a volume may be made smaller. B(What a guest has stored at its end is lost.) Shrink the file systems
        inside first.
      - It stays refused while a running guest uses the volume, while it is a backing file, and below the size that it
        occupies on the host.
    type: bool
    default: false
  allow_overcommit:
    description:
      - Whether O(capacity) may be more than the whole pool has. The volume can be created as long as it does not have
        to be allocated at once. A guest that fills it gets write errors, or is paused, when the pool is full.
    type: bool
    default: false
seealso:
  - module: hypervise.kvm.volume_info
  - module: hypervise.kvm.storage_pool
  - name: libvirt's storage volume format
    description: What each element means.
    link: https://libvirt.org/formatstorage.html#storage-volume-xml
"""

EXAMPLES = r"""
- name: Make a disk that grows as it is written
  hypervise.kvm.volume:
    pool: default
    name: web1.qcow2
    capacity: 20GiB
    format: qcow2

- name: Make it larger, also while the guest runs
  hypervise.kvm.volume:
    pool: default
    name: web1.qcow2
    capacity: 40GiB

- name: Make a disk for a new guest on top of an image that is shared
  hypervise.kvm.volume:
    pool: default
    name: web2.qcow2
    capacity: 40GiB
    format: qcow2
    backing_store:
      path: /var/lib/libvirt/images/debian-13.qcow2
      format: qcow2

- name: Make a raw disk that occupies nothing yet
  hypervise.kvm.volume:
    pool: fast
    name: scratch.raw
    capacity: 100GiB
    allocation: 0
    format: raw

- name: Remove a disk that nobody uses any more
  hypervise.kvm.volume:
    pool: default
    name: web1.qcow2
    state: absent
"""

RETURN = r"""
name:
  description: The volume's name.
  returned: success
  type: str
  sample: web1.qcow2
path:
  description: Where the volume is on the host, or its name in a network storage.
  returned: O(state=present), unless the volume is new and not a file
  type: str
  sample: /var/lib/libvirt/images/web1.qcow2
changes:
  description: What was changed, or would be in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: The option.
      returned: always
      type: str
      sample: capacity
    before:
      description: Its value before, V(null) where there was none.
      returned: always
      type: raw
      sample: 20GiB
    after:
      description: Its value after.
      returned: always
      type: raw
      sample: 40GiB
    when:
      description: V(live) where running guests see it at once, V(stored) where none runs on the volume.
      returned: always
      type: str
      sample: live
steps:
  description: What was done, or would be in check mode, in order.
  returned: success
  type: list
  elements: str
  sample: [resize disk vda of domain web1]
applied_live:
  description: The options whose change running guests saw at once.
  returned: success
  type: list
  elements: str
  sample: [capacity]
pending_restart:
  description: Always empty, as nothing about a volume waits for a restart.
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
    hint: Detach it there or remove what uses it first.
    users: ["domain web1 (disk vda, running)"]
msg:
  description: What went wrong, and what to do next.
  returned: failure
  type: str
  sample: >-
    volume web1.qcow2 of storage pool default cannot be removed: in use by domain web1 (disk vda, running). Detach it
    there or remove what uses it first.
"""

from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_state_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.resource import Volume


def main() -> None:
    run_state_module(Volume())


if __name__ == "__main__":
    main()
