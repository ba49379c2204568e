#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: storage_pool
short_description: Manage libvirt storage pools
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Defines, changes, starts, stops and removes the storage pools of a libvirt host.
  - Only what is stated is compared and changed. A list that is stated is the whole list, unless O(keep_unlisted) says
    otherwise.
  - libvirt cannot change a pool while it is active. A change of an active pool goes into its stored definition at
    once and is listed in RV(pending_restart), on this run and on every later one, until the pool was stopped and
    started.
  - Data is left alone. Removing a pool removes its definition; directories, file systems, volume groups and all
    volumes stay as they are. A file system, partition table or volume group is made only where O(build) asks for it.
  - The tests of this collection run pools of the types V(dir), V(fs) (ext4 and xfs), V(netfs) (NFS), V(logical),
    V(disk), V(iscsi), V(iscsi-direct), V(scsi), V(mpath), V(rbd) and V(gluster) on real storage. Not exercised by them
    are V(zfs), V(vstorage), V(sheepdog), V(netfs) with CIFS or GlusterFS, and Fibre Channel adapters of O(type=scsi);
    of these the definition alone is checked.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.state_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
options:
  name:
    description:
      - Name of the pool (C(<name>)). It cannot contain V(/).
    type: str
    required: true
  uuid:
    description:
      - UUID of the pool (C(<uuid>)). libvirt makes one if none is stated.
      - That of an existing pool cannot be changed.
    type: str
  state:
    description:
      - V(present) makes sure that the pool is defined. It is neither started nor stopped.
      - V(active) makes sure that it is defined and started.
      - V(inactive) makes sure that it is defined and stopped. For types that mount something (V(fs), V(netfs)) this
        unmounts it. Refused while a running guest uses a volume of the pool.
      - V(absent) stops the pool and removes its definition, and nothing else. Refused while a running guest uses a
        volume of the pool, whether it is named by pool and volume or by a path in the pool. See O(delete_empty) for
        what held the volumes.
    type: str
    choices: [present, active, inactive, absent]
    default: present
  xml:
    description:
      - What no option is for, or all of a pool, as libvirt's own XML (U(https://libvirt.org/formatstorage.html)). A
        whole document C(<pool>), or one or several of the elements that are to be in one.
      - Only what it states is compared and changed, as with the other options; elements that one of those is for are
        compared just as that option would be, and are shown by its name. Others are shown by their place, as
        C(xml:target/permissions/label), and wait for a restart.
      - Where an option states the same, the option is what counts, and the list of such an option says what is in it.
      - What libvirt only tells of a pool (C(<capacity>), C(<allocation>), C(<available>), C(<freeExtent>)), and an
        owner or group of V(-1), is left out.
      - It is not logged, as it may hold secrets. A change of what no option is for is shown in C(diff), though.
    type: str
  restart:
    description:
      - What is done where a change waits for the pool to be stopped and started, RV(pending_restart).
      - V(never) leaves it waiting.
      - V(if_needed) stops the pool and starts it again. Refused while a running guest uses a volume of the pool. If
        the task is killed in between, the pool is started by the next run where O(state=active).
    type: str
    choices: [if_needed, never]
    default: never
  refresh:
    description:
      - Whether libvirt looks anew at what is in a pool that is active. It finds volumes that came or went without it,
        and the sizes as they are now. A pool that is started by the task is looked at anyway.
      - It says C(changed) where the list of volumes becomes another one, with an entry C(volumes[NAME]) in RV(changes)
        for each that came or went. Sizes are no change.
      - In check mode that is foretold for the types V(dir), V(fs), V(netfs) and V(vstorage) by looking at the
        directory. For the other types only libvirt can look, and a warning says that nothing is foretold.
    type: bool
    default: false
  delete_empty:
    description:
      - With O(state=absent), also deletes what held the volumes, if nothing is left in it. That is the target directory
        of O(type=dir), the directory that the types V(fs), V(netfs) and V(vstorage) are mounted on, or the volume
        group of O(type=logical), whose devices are then free. File systems and partition tables stay.
      - Refused where anything is in it, a hidden file or a logical volume that libvirt does not list too, and for the
        other types. Volumes are removed one by one by M(hypervise.kvm.volume).
      - It does nothing for a pool that is removed already. With other states it means nothing.
    type: bool
    default: false
  autostart:
    description:
      - Whether the pool is started with the host. If it is not stated, it is left as it is; that of a new pool is
        V(false).
    type: bool
  keep_unlisted:
    description:
      - Lists whose items that the task does not state stay, instead of being removed.
    type: list
    elements: str
    choices: [source.hosts, source.devices, config_options]
  build:
    description:
      - What may be made when the pool is started, if it is not there yet. It does nothing for a pool that is active
        already.
      - V(if_needed) makes the target directory of the types V(dir), V(fs), V(netfs) and V(vstorage) where it is
        missing, and gives it the O(target.permissions) that are stated. It never formats anything.
      - V(never) makes nothing; the start fails where something is missing.
      - V(no_overwrite) does what V(if_needed) does. Where the pool still cannot be started, libvirt makes a file
        system (O(type=fs)), a partition table (O(type=disk)) or a volume group (O(type=logical)), provided that it
        finds nothing on the source devices that it recognizes. Refused where C(blkid) finds something else on them
        than the pool is to have.
      - V(overwrite) makes it whatever is there, when the pool is new, that is when this very task defines it.
        B(All data on the source devices is lost); what C(blkid) recognizes of it is shown in C(diff). It never formats
        for a pool that exists, so running the same task again does no harm. Refused where a device, or a partition of
        it, is mounted or a part of what is in use on the host, or belongs to a guest, running or not; and where O(uri)
        leads to another host, as nobody can tell from here what is in use there.
    type: str
    choices: [if_needed, never, no_overwrite, overwrite]
    default: if_needed
  type:
    description:
      - What kind of storage it is (the attribute C(type) of C(<pool>)). Needed for a new pool, and cannot be changed.
      - A new pool of each type also needs V(dir) O(target.path); V(fs) and V(disk) O(source.devices) and
        O(target.path); V(netfs) O(source.hosts), O(source.dir) and O(target.path); V(iscsi) O(source.hosts),
        O(source.devices) and O(target.path); V(iscsi-direct) O(source.hosts), O(source.devices) and
        O(source.initiator); V(scsi) O(source.adapter) and O(target.path); V(mpath) O(target.path); V(rbd) and
        V(gluster) O(source.name) and O(source.hosts); V(zfs) O(source.name); V(vstorage) O(source.name) and
        O(target.path); V(sheepdog) O(source.name) and O(source.hosts).
      - Some types are in packages of their own, for example C(libvirt-daemon-driver-storage-rbd) on Debian. A type
        that the host's libvirt does not have is refused.
    type: str
    choices: [dir, fs, netfs, logical, disk, iscsi, iscsi-direct, scsi, mpath, rbd, gluster, zfs, vstorage, sheepdog]
  source:
    description:
      - Where the storage comes from (C(<source>)). Changes of an active pool wait for its restart.
      - Refused where another pool takes its volumes from the same device (V(fs), V(disk), V(logical)), export
        (V(netfs)) or target (V(iscsi)), as libvirt has one pool for each.
    type: dict
    suboptions:
      hosts:
        description:
          - Servers (C(<host>)), for the types V(netfs), V(iscsi), V(iscsi-direct), V(rbd) and V(gluster).
        type: list
        elements: dict
        suboptions:
          name:
            description: Host name or address (the attribute C(name)).
            type: str
            required: true
          port:
            description: TCP port (the attribute C(port)). If it is not stated, the protocol's own.
            type: int
      devices:
        description:
          - Devices (C(<device>)), for the types V(fs), V(disk), V(logical), V(iscsi), V(iscsi-direct) and V(zfs).
        type: list
        elements: dict
        suboptions:
          path:
            description:
              - Path of the device, or the IQN of an iSCSI target (the attribute C(path)).
            type: str
            required: true
          part_separator:
            description:
              - Whether the names of partitions have a V(p) before their number (the attribute C(part_separator)), for
                device mapper multipath devices of O(type=disk). If it is not stated, libvirt's default holds
                (V(true)).
            type: bool
      dir:
        description:
          - Directory that the server exports, for O(type=netfs), or a directory in the volume, for O(type=gluster)
            (C(<dir path>)).
        type: str
      adapter:
        description:
          - SCSI host bus adapter (C(<adapter>)), for O(type=scsi).
        type: dict
        suboptions:
          type:
            description: Kind of adapter (the attribute C(type)). libvirt takes V(scsi_host) if O(source.adapter.name)
              is stated.
            type: str
            choices: [scsi_host, fc_host]
          name:
            description: Name of the SCSI host, for example V(host0) (the attribute C(name)).
            type: str
          parent:
            description: Parent of a virtual Fibre Channel adapter, for example V(scsi_host5) (the attribute
              C(parent)).
            type: str
          parent_wwnn:
            description: World wide node name of the parent, stated together with that port's name (the attribute
              C(parent_wwnn)).
            type: str
          parent_wwpn:
            description: World wide port name of the parent (the attribute C(parent_wwpn)).
            type: str
          parent_fabric_wwn:
            description: World wide name of the fabric that the parent is on (the attribute C(parent_fabric_wwn)).
            type: str
          managed:
            description:
              - Whether libvirt removes a virtual Fibre Channel adapter that it made when the pool stops (the
                attribute C(managed)).
            type: bool
          wwnn:
            description: World wide node name of a Fibre Channel adapter (the attribute C(wwnn)).
            type: str
          wwpn:
            description: World wide port name of a Fibre Channel adapter (the attribute C(wwpn)).
            type: str
          parentaddr:
            description: The PCI address of the adapter, which stays the same when SCSI hosts are numbered anew
              (C(<parentaddr>)).
            type: dict
            suboptions:
              unique_id:
                description: Which of the ports at that address (the attribute C(unique_id)).
                type: int
              address:
                description: The PCI address (C(<address>)), its parts as libvirt writes them, for example V(0x1f).
                type: dict
                suboptions:
                  domain:
                    description: PCI domain.
                    type: str
                    required: true
                  bus:
                    description: PCI bus.
                    type: str
                    required: true
                  slot:
                    description: PCI slot.
                    type: str
                    required: true
                  function:
                    description: PCI function.
                    type: str
                    required: true
      name:
        description:
          - Name of the source (C(<name>) in C(<source>)). That is the volume group (V(logical)), the Ceph pool
            (V(rbd)), the volume (V(gluster)), the zpool (V(zfs)) or the cluster (V(vstorage)).
          - If it is not stated for O(type=logical), libvirt takes the pool's name.
        type: str
      format:
        description:
          - Format of the source (the attribute C(type) of C(<format>)). libvirt fills it in if it is not stated.
          - A file system like V(ext4) or V(xfs) for O(type=fs); V(nfs), V(cifs) or V(glusterfs) for O(type=netfs);
            V(lvm2) for O(type=logical); a partition table like V(gpt) or V(dos) for O(type=disk).
        type: str
      initiator:
        description:
          - IQN by which the host introduces itself to an iSCSI target (C(<initiator><iqn name>)).
        type: str
      auth:
        description:
          - How to log in to the source (C(<auth>)). The password or key is in a secret of libvirt and not here.
          - A pool is not started where the host has no such secret; M(hypervise.kvm.secret) makes it.
        type: dict
        suboptions:
          type:
            description: V(chap) for iSCSI, V(ceph) for RBD (the attribute C(type)).
            type: str
            choices: [chap, ceph]
            required: true
          username:
            description: Name of the user (the attribute C(username)).
            type: str
            required: true
          secret:
            description: The secret of libvirt that holds the password or key (C(<secret>)).
            type: dict
            suboptions:
              uuid:
                description: UUID of the secret. Mutually exclusive with O(source.auth.secret.usage).
                type: str
              usage:
                description: Usage name of the secret. Mutually exclusive with O(source.auth.secret.uuid).
                type: str
      protocol_version:
        description:
          - Version of the NFS protocol, for example V(4.2), for O(type=netfs) (the attribute C(ver) of
            C(<protocol>)). If it is not stated, client and server agree on one.
        type: str
      vendor:
        description: Name of the storage's vendor, for people (the attribute C(name) of C(<vendor>)).
        type: str
      product:
        description: Name of the storage's product, for people (the attribute C(name) of C(<product>)).
        type: str
  target:
    description:
      - Where the volumes are found on the host (C(<target>)). Changes of an active pool wait for its restart.
    type: dict
    suboptions:
      path:
        description:
          - Absolute path (C(<path>)). The directory of O(type=dir), the mount point of V(fs) and V(netfs), the
            directory with the device nodes of the other types, for example V(/dev/disk/by-path).
          - libvirt makes that of the types V(logical) and V(zfs) from O(source.name); another one is refused.
          - Refused where it, or something on the way to it, is there and is not a directory, or where it is the
            target of another pool.
        type: str
      permissions:
        description:
          - Owner and mode of the target directory (C(<permissions>)).
          - What the definition states is set when the pool is started, unless O(build=never). A directory that the
            start makes without that gets mode V(0711) and belongs to root.
          - Refused for the types V(fs) and V(netfs) once they are active, as the mounted file system has its own and
            libvirt cannot change them. Of a pool that is not active they are stored and that is all.
        type: dict
        suboptions:
          mode:
            description: Mode as an octal string, for example V('0750'). Quote it in YAML.
            type: str
          owner:
            description: Numeric user ID of the owner.
            type: int
          group:
            description: Numeric group ID.
            type: int
  features:
    description:
      - What the pool is made to do (C(<features>)). Changes of an active pool wait for its restart.
    type: dict
    suboptions:
      cow:
        description:
          - Whether copy on write is on for the files in a directory on btrfs (the attribute C(state) of C(<cow>)).
            V(false) is faster for disk images. Other file systems refuse it when the pool is built. If it is not
            stated, libvirt decides.
        type: bool
  refresh_allocation:
    description:
      - How libvirt finds out what a volume occupies, for O(type=rbd) (the attribute C(allocation) of
        C(<refresh><volume>)). V(capacity) takes its capacity, which is much quicker than V(default).
    type: str
    choices: [default, capacity]
  mount_options:
    description:
      - Mount options, for the types V(fs) and V(netfs) (C(<fs:mount_opts>), each a C(<fs:option>)). libvirt marks the
        pool as tainted, as it does not check them. They come in addition to C(nodev), C(nosuid) and C(noexec).
    type: list
    elements: str
  config_options:
    description:
      - Options of the Ceph client, for O(type=rbd) (C(<rbd:config_opts>), each a C(<rbd:option>)).
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the option.
        type: str
        required: true
      value:
        description: Its value.
        type: str
        required: true
seealso:
  - module: hypervise.kvm.storage_pool_info
  - module: hypervise.kvm.volume
  - name: libvirt's storage pool format
    description: What each element means.
    link: https://libvirt.org/formatstorage.html
  - name: libvirt's storage drivers
    description: The types of pools.
    link: https://libvirt.org/storage.html
"""

EXAMPLES = r"""
- name: Keep disk images in a directory, which is made if it is missing
  hypervise.kvm.storage_pool:
    name: default
    type: dir
    target:
      path: /var/lib/libvirt/images
    state: active
    autostart: true

- name: Keep them on a file system of their own, which is made if the disk is empty
  hypervise.kvm.storage_pool:
    name: fast
    type: fs
    source:
      devices:
        - path: /dev/disk/by-id/nvme-eui.0025385b71b0a7c1-part1
      format: xfs
    target:
      path: /srv/fast
    build: no_overwrite
    state: active
    autostart: true

- name: Keep them on an NFS server
  hypervise.kvm.storage_pool:
    name: shared
    type: netfs
    source:
      hosts:
        - name: nas.example.com
      dir: /export/images
      format: nfs
      protocol_version: "4.2"
    target:
      path: /srv/shared
    mount_options: [hard, noatime]
    state: active

- name: Define a pool in Ceph
  hypervise.kvm.storage_pool:
    name: ceph
    type: rbd
    source:
      name: libvirt-pool
      hosts:
        - name: mon1.example.com
        - name: mon2.example.com
      auth:
        type: ceph
        username: libvirt
        secret:
          uuid: 2ec115d7-3a88-3ceb-bc12-0ac909a6fd87

- name: Keep them in a volume group, which is made of two disks if these are empty
  hypervise.kvm.storage_pool:
    name: vg0
    type: logical
    source:
      devices:
        - path: /dev/vdb
        - path: /dev/vdc
    build: no_overwrite
    state: active
    autostart: true

- name: Mount the share with another option, now, if no running guest uses it
  hypervise.kvm.storage_pool:
    name: shared
    mount_options: [hard, noatime, nconnect=4]
    state: active
    restart: if_needed

- name: Have libvirt find the images that something else has put there
  hypervise.kvm.storage_pool:
    name: shared
    refresh: true

- name: Let go of a pool, and of its directory if that is empty
  hypervise.kvm.storage_pool:
    name: scratch
    state: absent
    delete_empty: true

- name: Let go of a pool; its files stay
  hypervise.kvm.storage_pool:
    name: old
    state: absent
"""

RETURN = r"""
name:
  description: The pool's name.
  returned: success
  type: str
  sample: default
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
      sample: target.path
    before:
      description: Its value before, V(null) where there was none.
      returned: always
      type: raw
      sample: /srv/old
    after:
      description: Its value after.
      returned: always
      type: raw
      sample: /srv/new
    when:
      description:
        - V(stored) where the change is true at once; V(restart) where it is stored, and true of the active pool when
          that is stopped and started.
      returned: always
      type: str
      sample: restart
steps:
  description: What was done, or would be in check mode, in order.
  returned: success
  type: list
  elements: str
  sample: [define, build and start, set autostart]
applied_live:
  description: The options whose change reached the active pool at once. libvirt can do that for none.
  returned: success
  type: list
  elements: str
  sample: []
pending_restart:
  description: The options whose stored value becomes true only when the pool is stopped and started.
  returned: success
  type: list
  elements: str
  sample: [target.path]
error:
  description: What went wrong, for playbooks; RV(msg) says it for people.
  returned: failure
  type: dict
  sample:
    type: Refused
    hint: Choose another path.
    option: target.path
msg:
  description: What went wrong, and what to do next.
  returned: failure
  type: str
  sample: "target.path: /etc/hosts is not a directory. Choose another path."
"""

from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_state_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.storage_pool.resource import StoragePool


def main() -> None:
    run_state_module(StoragePool())


if __name__ == "__main__":
    main()
