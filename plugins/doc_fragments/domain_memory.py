# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/memory.py.
    DOCUMENTATION = r"""
options:
  memory:
    description:
      - The memory that the guest can have (C(<memory>)), in bytes or with a unit as in V(4GiB), rounded up to whole
        KiB (QEMU rounds up to whole MiB). A new domain needs it. The modules of O(memory_devices) come on top of it.
      - O(current_memory) follows it, unless that is stated or was set apart from it before.
      - A change waits for a restart.
    type: str
  current_memory:
    description:
      - The memory that the guest has at present (C(<currentMemory>)), in bytes or with a unit, at most O(memory). If
        it is not stated, a new domain has all of its memory.
      - The change is live. The guest's balloon driver gives or takes the memory in its own time; until it has, the
        option is listed in RV(pending_restart).
    type: str
  dump_core:
    description:
      - Whether the guest's memory is part of a core dump of QEMU (the attribute C(dumpCore) of C(<memory>)). If it is
        not stated, the configuration of libvirt decides. A change waits for a restart.
    type: bool
  max_memory:
    description:
      - Up to what the guest's memory can grow by O(memory_devices) that are plugged in (C(<maxMemory>)). It needs
        O(cpu.numa). Stated, it replaces what was there; an empty dictionary removes it. A change waits for a restart.
    type: dict
    suboptions:
      size:
        description:
          - All of the memory, in bytes or with a unit. Needed with O(max_memory.slots).
        type: str
      slots:
        description:
          - The number of memory devices that can be there. Needed with O(max_memory.size).
        type: int
  memory_backing:
    description:
      - What the guest's memory is made of on the host (C(<memoryBacking>)). A change waits for a restart.
    type: dict
    suboptions:
      hugepages:
        description:
          - >-
            Whether it is made of huge pages (C(<hugepages>)), of the size that the host takes by default unless
            O(memory_backing.pages) says otherwise. V(false) is what an unstated one means, too.
        type: bool
      pages:
        description:
          - The sizes of huge pages (C(<page>)). Size and nodes identify an item of the list.
        type: list
        elements: dict
        suboptions:
          size:
            description:
              - Size of the pages, in bytes or with a unit, as V(2MiB).
            type: str
            required: true
          nodeset:
            description:
              - The guest's NUMA nodes that are made of them, as V(0-1), all others if it is not stated.
            type: str
      nosharepages:
        description:
          - >-
            Whether equal pages of several guests are kept apart (C(<nosharepages>)). V(false) is what an unstated one
            means, too.
        type: bool
      locked:
        description:
          - Whether the memory is never swapped out (C(<locked>)). V(false) is what an unstated one means, too. The host
            needs that much memory; mind O(memtune.hard_limit).
        type: bool
      source:
        description:
          - What kind of memory it is (C(<source>)). File systems of kind virtiofs and vhost-user devices need
            O(memory_backing.access=shared), and with it V(memfd) or V(file).
        type: str
        choices: [file, anonymous, memfd]
      access:
        description:
          - Whether other processes of the host can share it (C(<access>)).
        type: str
        choices: [shared, private]
      allocation:
        description:
          - How it is taken from the host (C(<allocation>)).
        type: dict
        suboptions:
          mode:
            description:
              - When it is taken, at the start or as the guest uses it.
            type: str
            choices: [immediate, ondemand]
          threads:
            description:
              - The number of threads that take it at the start.
            type: int
      discard:
        description:
          - >-
            Whether QEMU gives the memory up without saving it when the guest stops (C(<discard>)). V(false) is what an
            unstated one means, too.
        type: bool
"""
