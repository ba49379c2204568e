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
  - Fills a volume with an image from a URL, a file or another volume (O(content)). It is never seen half filled.
  - Only what is stated is compared and changed. Of an existing volume the capacity can be changed, and the mode of a
    file; another value for anything else is refused, and the message says what to do instead.
  - A volume is resized while a guest runs on it, and the guest sees its new size at once.
  - Removing takes the one volume that is named. It is refused while any domain or snapshot, running or not, names the
    volume anywhere in its definition (as a disk, CD-ROM, kernel, firmware or anything else), or while another volume
    has it as its backing file; the message names who does.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.state_module
  - hypervise.kvm.attributes.bringing
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
  xml:
    description:
      - A document of libvirt's (C(<volume>)), or a part of one, as a wish like any other. An option that is stated
        beside it wins. The name is always that of O(name).
      - What libvirt only shows and cannot be told (C(<key>), C(<source>), C(<physical>), the path, the time stamps and
        labels) is not looked at.
    type: str
  capacity:
    description:
      - The size that a guest sees, in bytes or with a unit, for example V(20GiB) (C(<capacity>)). Needed for a new
        volume, unless it has a O(content) or an O(backing_store), whose size it gets then.
      - A new volume that is larger than its O(content) has room behind it; a smaller one is refused.
      - All formats but V(raw) round it up to a whole KiB.
      - A larger one than the volume has makes the volume grow, at once also under a running guest. A smaller one is
        refused unless O(allow_shrink=true).
      - What is larger than the whole pool is refused unless O(allow_overcommit=true).
    type: str
  allocation:
    description:
      - How much of it is allocated at once when the volume is created, in bytes or with a unit (C(<allocation>)).
        V(0) allocates nothing; the volume then grows as the guest writes.
      - If it is not stated, libvirt allocates V(raw) volumes completely and lets other formats grow. A V(raw) volume
        with a O(content) occupies no more than that needs.
      - It is not compared with an existing volume, whose allocation is what it occupies now.
      - More than the pool has left is refused.
    type: str
  format:
    description:
      - Format of the volume (the attribute C(type) of C(<format>)). Cannot be changed.
      - A file can be created as V(raw), V(qcow2), V(qcow), V(qed), V(vdi) or V(vmdk). If it is not stated, it is
        V(raw), or what the O(content) is; V(qcow2) for a content that libvirt does not know, as V(vhdx) and V(vpc).
        V(dir) makes a directory.
      - In pools of block devices a volume is what the device is. Leave it out there; V(raw) says the same.
    type: str
  backing_store:
    description:
      - The image on which this one is layered (C(<backingStore>)). The volume holds only what differs from it. Cannot
        be changed.
    type: dict
    suboptions:
      path:
        description:
          - Absolute path of the image (C(<path>)). It must exist when the volume is created.
          - Either this or O(backing_store.volume) is needed.
        type: str
      volume:
        description: Name of the volume that is the image. It must exist also later, whenever it is stated.
        type: str
      pool:
        description: The storage pool of O(backing_store.volume), if it is not the same one.
        type: str
      format:
        description:
          - Its format (the attribute C(type) of C(<format>)). Needed for a new volume, as guessing the format from
            what a guest may have written is not safe.
        type: str
  permissions:
    description:
      - Owner and mode of the file (C(<permissions>)). If they are not stated, the file of a new volume belongs to
        root and has mode V(0600).
      - Another mode is given to an existing file if it can be seen from where the module runs. It is refused for
        anything else.
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
      - If it is not stated, a new volume gets V(1.1), also where its O(content) has an older one. Version V(0.10),
        which libvirt would take by itself, can hold no bitmaps and so allows no incremental backup.
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
  nocow:
    description:
      - Whether copying on write is switched off for a new file in a file system that does so, as Btrfs
        (C(<nocow>)). It is not compared with an existing volume, as libvirt does not show it.
    type: bool
  encryption:
    description:
      - How a new volume is encrypted (C(<encryption>)). libvirt makes V(raw) volumes with LUKS.
      - Only the content of another volume can be encrypted on its way. For any other O(content), fill a volume with
        that, make the encrypted one from it, and remove it. So an encrypted volume is not filled again with anything
        else, and only where this option is stated.
      - Of an existing volume only O(encryption.format) is compared; libvirt does not show the rest.
    type: dict
    suboptions:
      format:
        description: The kind of encryption (C(format)). V(luks) is the one that libvirt makes.
        type: str
        choices: [default, qcow, luks, luks2, luks-any]
        required: true
      engine:
        description: What encrypts (C(engine)), QEMU or the client of Ceph.
        type: str
        choices: [qemu, librbd]
      secrets:
        description: The secret of libvirt that holds the passphrase (C(<secret>)). A new volume needs one.
        type: list
        elements: dict
        suboptions:
          uuid:
            description: UUID of the secret. Either this or O(encryption.secrets[].usage) is needed.
            type: str
          usage:
            description: What the secret says it is used for.
            type: str
      cipher:
        description: The cipher of a new volume (C(<cipher>)), if it is not to be QEMU's own choice. It goes with
          O(encryption.ivgen).
        type: dict
        suboptions:
          name:
            description: Its name, for example V(aes).
            type: str
            required: true
          size:
            description: Bits of its key, for example V(256).
            type: int
            required: true
          mode:
            description: Its mode, for example V(xts). It goes with O(encryption.cipher.hash).
            type: str
          hash:
            description: The hash for the key, for example V(sha256).
            type: str
      ivgen:
        description: How initialization vectors are generated (C(<ivgen>)). They go with O(encryption.cipher).
        type: dict
        suboptions:
          name:
            description: The generator, for example V(plain64).
            type: str
            required: true
          hash:
            description: Its hash, for example V(sha256).
            type: str
  content:
    description:
      - What a new volume is filled with. Without it a new volume is empty.
      - Where volumes are files, the new one is made under another name in the same directory, and gets its own when
        it is whole. Elsewhere (block devices, hosts that are reached through O(uri)) libvirt makes it first. A record
        that it was begun lets the next run do it again, and keeps such a half volume from being copied, layered on or
        downloaded.
      - One that was begun is left as it is, unless O(content.overwrite=true), where a guest has it by now, as somebody
        may have finished it by hand; and where the run ended in the very moment in which libvirt made the volume, or
        while libvirt copied another one on another host, as it may be of somebody else then.
      - Guests write to their volumes, so what is in an existing one is not looked at. What counts is what it was
        filled from. That is recorded in an attribute of its file (C(user.hypervise.kvm.content)), or, where there is
        no such thing, in a file below C(/var/lib/hypervise-kvm/volumes/POOL/NAME) of the host where the module runs.
        Without that record the volume is left as it is, with a warning. Such a file counts for one very volume, which
        it knows by its inode or by its key (RV(hypervise.kvm.volume_info#module:volumes[].key)). Volumes of another
        host, and partitions, have their path for a key; whoever removes one by other means and makes another of the
        same name should remove that directory, too.
      - On a block device, zeros are written behind an image that is smaller. On one of another host the rest stays.
      - Pools of the types V(rbd), V(gluster), V(iscsi-direct) and V(sheepdog) take no content, as libvirt can neither
        write nor read what is in their volumes; use the tools of their storage. Within a pool of type V(rbd) another
        volume can be the content. Ceph makes a clone of it, which needs a snapshot of the other one as long as it is
        there, and so is no full copy.
      - A content with a checksum, stated or worked out from a file, is another one if the checksum is. One from a URL
        without a checksum is another one if the URL is, and a volume's if the volume is another one.
      - A volume that is filled again keeps its O(format), its O(capacity), its mode and what only V(qcow2) has, where
        they are not stated. It becomes as large as the content needs, if that is more.
      - An image that leads to other files (as its backing store or for its data) is refused, and so is a broken one.
      - In check mode the content is not fetched, so that a real run can fail where the content is not what is stated.
      - Records of what comes go to the journal of the host, every 10 seconds.
    type: dict
    suboptions:
      url:
        description:
          - Where the content is, beginning with V(http://), V(https://), V(ftp://) or V(file://). The host fetches it.
            It may not hold a name and password, which would be shown.
          - One of this, O(content.src) and O(content.volume) is needed.
        type: str
      src:
        description:
          - A file of the controller, absolute or looked for as M(ansible.builtin.copy) does. It is brought to the
            temporary directory of the task on the host, and only if the volume has to be filled.
          - With O(content.remote_src=true) the absolute path of a file of the host.
          - Its checksum is worked out in each run, which reads the file, unless O(content.checksum) states that of a
            file of the host.
        type: str
      remote_src:
        description: Whether O(content.src) is a file of the host.
        type: bool
        default: false
      member:
        description: Name of the file in O(content.src) that is meant, where that is an archive of tar, as an appliance
          (OVA) is. The archive has to be on the host (O(content.remote_src=true)), and is read in place.
        type: str
      volume:
        description:
          - Name of a volume of which the new one is a full copy, whatever that is layered on. libvirt makes the copy.
          - Refused while a running guest writes to it.
          - For a volume that holds only what differs from another, use O(backing_store).
        type: str
      pool:
        description: The storage pool of O(content.volume), if it is not the same one.
        type: str
      reflink:
        description: Whether the copy of a volume shares its blocks with it, in file systems that can do that.
        type: bool
        default: false
      checksum:
        description:
          - What the content has to add up to, as it comes, before it is decompressed. The algorithm, a colon, and
            the digits, for example V(sha256:9f86…); or instead of these a URL, at which there is a list of checksums
            as C(sha256sum) makes it.
          - A content that does not add up is refused, and nothing of it is kept.
          - Where it is not stated, and the server tells neither how much there is nor where it ends, nobody knows
            whether all of it came. The task warns of that.
        type: str
      format:
        description:
          - Format of the content. If it is not stated, it is what the content looks like. A content that is something
            else is refused.
          - If O(format) is another one, the content is converted.
        type: str
        choices: [raw, qcow2, qcow, qed, vdi, vmdk, vpc, vhdx, parallels]
      compression:
        description:
          - How the content is compressed. If it is not stated, the suffix of its name tells.
          - A content that is compressed though neither this nor its name says so is refused, unless O(content.format)
            is stated.
        type: str
        choices: [none, gzip, bzip2, xz]
      overwrite:
        description:
          - Whether an existing volume whose content is another one, or is not known, is filled again. B(What guests
            have written to it is lost.) A file is replaced at once when the new one is whole.
          - It stays refused while a guest that runs, or whose memory was saved, uses the volume, and while a snapshot
            or another volume needs it.
        type: bool
        default: false
      tmp_dest:
        description:
          - A directory of the host for the content on its way to a volume that is not a file. If it is not stated, it
            is C(/var/tmp).
        type: str
      timeout:
        description: Seconds after which a server that sends nothing has failed.
        type: int
        default: 30
      validate_certs:
        description: Whether the certificate of the server is checked.
        type: bool
        default: true
      ca_path:
        description: A file of the host with certificates of authorities to trust.
        type: path
      url_username:
        description:
          - Name for the server. This, the password and the headers are sent to the server of O(content.url) alone, not
            to one that it leads to, and not to another one that has the list of checksums.
        type: str
      url_password:
        description: Password for the server.
        type: str
      force_basic_auth:
        description: Whether name and password are sent before the server asks for them.
        type: bool
        default: false
      headers:
        description: Further headers of the request. None of them is shown or logged.
        type: dict
      _checksum:
        description: Not for tasks. The action plugin of the module states the checksum of a file of the controller.
        type: str
      _staged:
        description: Not for tasks. The action plugin of the module states where on the host it brought such a file.
        type: str
  prealloc_metadata:
    description:
      - Whether the metadata of a new volume of format V(qcow2) is allocated at once. With an O(allocation) of the
        whole capacity its data is, too.
    type: bool
    default: false
  allow_shrink:
    description:
      - Whether a volume may be made smaller. B(What a guest has stored at its end is lost.) Shrink the file systems
        inside first.
      - It stays refused while a guest that runs, or whose memory was saved, uses the volume, while it is a backing
        file, and below the size that it occupies on the host.
    type: bool
    default: false
  allow_overcommit:
    description:
      - Whether O(capacity) may be more than the whole pool has. The volume can be created as long as it does not have
        to be allocated at once. A guest that fills it gets write errors, or is paused, when the pool is full.
    type: bool
    default: false
  wipe:
    description:
      - Overwrite the volume before it is removed. V(zero) writes zeros once, V(trim) discards the blocks; all others
        are patterns of the program C(scrub), which the host needs for them.
      - On file systems that copy on write, and on flash, old data may still be there afterwards.
    type: str
    choices: [zero, nnsa, dod, bsi, gutmann, schneier, pfitzner7, pfitzner33, random, trim]
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

- name: Make a disk on top of a volume of the same pool
  hypervise.kvm.volume:
    pool: default
    name: web3.qcow2
    format: qcow2
    backing_store:
      volume: debian-13.qcow2
      format: qcow2

- name: Have an image of a distribution, and a new one when the distribution has one
  hypervise.kvm.volume:
    pool: default
    name: debian-13.qcow2
    content:
      url: https://cloud.debian.org/images/cloud/trixie/latest/debian-13-generic-amd64.qcow2
      checksum: sha512:https://cloud.debian.org/images/cloud/trixie/latest/SHA512SUMS
      overwrite: true

- name: Make a guest's disk from an image that lies beside the playbook, with more room
  hypervise.kvm.volume:
    pool: default
    name: web4.qcow2
    capacity: 40GiB
    content:
      src: appliance.qcow2

- name: Make a full copy of a volume on a logical volume
  hypervise.kvm.volume:
    pool: vg0
    name: web5
    content:
      pool: default
      volume: web4.qcow2

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

- name: Remove a disk, and leave nothing of what was on it
  hypervise.kvm.volume:
    pool: default
    name: vault.raw
    state: absent
    wipe: zero
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
content_due:
  description: Whether the volume was filled, or would be in check mode.
  returned: when it was
  type: bool
  sample: true
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
