# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.doc_fragments.domain_shared import with_shared


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/memory_devices.py.
    DOCUMENTATION: str = with_shared(r"""
options:
  memory_devices:
    description:
      - Memory in modules (C(<memory>) among the devices), for which the guest needs O(max_memory) and, on x86, NUMA
        nodes. One is identified by its alias or UUID, else by its model and target, else by its place.
      - Modules are plugged live, and unplugged where the guest can do without them. O(memory) and
        O(current_memory) are without them, other than in libvirt's XML.
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The kind of module. V(dimm) is plain memory, V(nvdimm) and V(virtio-pmem) keep it in a file, V(virtio-mem)
            gives and takes it in blocks.
        type: str
        required: true
        choices: [dimm, nvdimm, virtio-mem, virtio-pmem, sgx-epc]
      access:
        description:
          - Whether other processes share it (the attribute C(access)).
        type: str
        choices: [shared, private]
      discard:
        description:
          - Whether its content is thrown away when the module goes (the attribute C(discard)).
        type: bool
      uuid:
        description:
          - UUID of an V(nvdimm) on machine V(pseries), or of a virtio device (C(<uuid>)).
        type: str
      source:
        description:
          - Where the host has it (C(<source>)).
        type: dict
        suboptions:
          pagesize:
            description:
              - Size of the host's pages (C(<pagesize>)), in bytes or with a unit.
            type: str
          nodemask:
            description:
              - NUMA nodes of the host (C(<nodemask>)), as V(0-3).
            type: str
          path:
            description:
              - Path of the file that keeps an V(nvdimm) or V(virtio-pmem) (C(<path>)).
            type: str
          alignsize:
            description:
              - The alignment in the host's memory (C(<alignsize>)), in bytes or with a unit.
            type: str
          pmem:
            description:
              - Whether the file is in persistent memory (C(<pmem>)).
            type: bool
      target:
        description:
          - What the guest has of it (C(<target>)).
        type: dict
        suboptions:
          size:
            description:
              - Its size (C(<size>)), in bytes or with a unit as V(1GiB). A change waits for a restart.
            type: str
            required: true
          node:
            description:
              - The NUMA node of the guest that it belongs to (C(<node>)).
            type: int
          block:
            description:
              - The size of the blocks of V(virtio-mem) (C(<block>)), in bytes or with a unit.
            type: str
          requested:
            description:
              - How much of a V(virtio-mem) the guest is to have (C(<requested>)), in bytes or with a unit. A change is
                live; the guest follows in its own time.
            type: str
          label:
            description:
              - The label area of an V(nvdimm) (C(<label>)).
            type: dict
            suboptions:
              size:
                description:
                  - Its size, in bytes or with a unit.
                type: str
                required: true
          readonly:
            description:
              - Whether the guest cannot write to an V(nvdimm) (C(<readonly>)).
            type: bool
          dynamic_memslots:
            description:
              - Whether V(virtio-mem) takes the host's memory slots as it needs them (the attribute C(dynamicMemslots)),
                since libvirt 10.1.
            type: bool
          address:
            description:
              - The place of a virtio device in the guest's memory (C(<address>)), since libvirt 9.4.
            type: dict
            suboptions:
              base:
                description:
                  - Its first address.
                type: str
                required: true
      SHARED: device
""")
