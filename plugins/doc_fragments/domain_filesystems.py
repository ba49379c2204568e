# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.doc_fragments.domain_shared import with_shared


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/filesystems.py.
    DOCUMENTATION: str = with_shared(r"""
options:
  filesystems:
    description:
      - Directories of the host that the guest can mount (C(<filesystem>)). Those that virtiofsd serves are plugged and
        unplugged live; others wait for a restart, and so do changes of one that stays.
    type: list
    elements: dict
    suboptions:
      target:
        description:
          - The tag by which the guest mounts it (C(<target dir=…>)). It identifies the item.
        type: str
        required: true
      type:
        description:
          - The kind (the attribute C(type)). QEMU has no other.
        type: str
        choices: [mount]
      accessmode:
        description:
          - Whose the files are (the attribute C(accessmode)). With V(passthrough) they are the guest's users', with
            V(mapped) QEMU's, who notes the guest's; V(squash) is as V(passthrough) and ignores what is not allowed.
            V(passthrough) if it is not stated.
        type: str
        choices: [passthrough, mapped, squash]
      model:
        description:
          - The variant of the virtio device (the attribute C(model)).
        type: str
        choices: [virtio, virtio-transitional, virtio-non-transitional]
      multidevs:
        description:
          - What becomes of a directory that has several of the host's file systems (the attribute C(multidevs)).
        type: str
        choices: [default, remap, forbid, warn]
      fmode:
        description:
          - The mode of new files with V(mapped), as V('0644') (the attribute C(fmode)).
        type: str
      dmode:
        description:
          - The mode of new directories with V(mapped), as V('0755') (the attribute C(dmode)).
        type: str
      source:
        description:
          - What is shared (C(<source>)).
        type: dict
        suboptions:
          dir:
            description:
              - Path of a directory on the managed host.
            type: str
          socket:
            description:
              - Path of the socket of a virtiofsd that libvirt does not start itself.
            type: str
      driver:
        description:
          - How it is served (C(<driver>)).
        type: dict
        suboptions:
          type:
            description:
              - V(path) is the file system 9p, which QEMU serves. V(virtiofs) is faster; the guest needs shared memory
                for
                it. V(path) if it is not stated.
            type: str
            choices: [path, handle, virtiofs, mtp]
          wrpolicy:
            description:
              - V(immediate) writes to the host's storage at once.
            type: str
            choices: [immediate]
          queue:
            description:
              - The length of the queue of V(virtiofs).
            type: int
          SHARED: virtio
      binary:
        description:
          - The virtiofsd that libvirt starts (C(<binary>)).
        type: dict
        suboptions:
          path:
            description:
              - Path of the program. If it is not stated, libvirt finds it.
            type: str
          xattr:
            description:
              - Whether extended attributes are kept.
            type: bool
          cache:
            description:
              - What the guest may cache (C(<cache>)).
            type: dict
            suboptions:
              mode:
                description:
                  - V(none) or V(always).
                type: str
                choices: [none, always]
          sandbox:
            description:
              - How the program is locked in (C(<sandbox>)).
            type: dict
            suboptions:
              mode:
                description:
                  - V(namespace) or V(chroot).
                type: str
                choices: [namespace, chroot]
          lock:
            description:
              - Which locks the guest shares with others (C(<lock>)).
            type: dict
            suboptions:
              posix:
                description:
                  - Whether POSIX locks are.
                type: bool
              flock:
                description:
                  - Whether those of C(flock) are.
                type: bool
          thread_pool:
            description:
              - The threads of the program (C(<thread_pool>)).
            type: dict
            suboptions:
              size:
                description:
                  - Their number.
                type: int
          openfiles:
            description:
              - The files that it may have open (C(<openfiles>)), since libvirt 10.6.
            type: dict
            suboptions:
              max:
                description:
                  - Their number.
                type: int
      idmap:
        description:
          - Which user and group of the host each of the guest's is (C(<idmap>)), of V(virtiofs), since libvirt 10.0.
        type: dict
        suboptions:
          uid:
            description:
              - Users (C(<uid>)).
            type: list
            elements: dict
            suboptions:
              start:
                description:
                  - The first number in the guest.
                type: int
                required: true
              target:
                description:
                  - The number that it is on the host.
                type: int
                required: true
              count:
                description:
                  - How many numbers follow each other so.
                type: int
                required: true
          gid:
            description:
              - Groups (C(<gid>)).
            type: list
            elements: dict
            suboptions:
              start:
                description:
                  - The first number in the guest.
                type: int
                required: true
              target:
                description:
                  - The number that it is on the host.
                type: int
                required: true
              count:
                description:
                  - How many numbers follow each other so.
                type: int
                required: true
      readonly:
        description:
          - Whether the guest cannot write to it (C(<readonly>)).
        type: bool
      SHARED: device
""")
