# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/cpu.py and numa.py.
    DOCUMENTATION = r"""
options:
  vcpus:
    description:
      - The number of processors that the guest can have (C(<vcpu>)). If it is not stated, a new domain has one.
      - O(current_vcpus) follows it, unless that is stated or was set apart from it before. It must fit
        O(cpu.topology), if the domain has one.
      - A change waits for a restart.
    type: int
  current_vcpus:
    description:
      - The number of processors that are plugged in at present (the attribute C(current) of C(<vcpu>)), at most
        O(vcpus). If it is not stated, a new domain has all of them.
      - The change is live. Where QEMU or the guest does not let go of a processor, it waits for a restart.
    type: int
  vcpu_placement:
    description:
      - Who chooses the host's processors that the guest runs on (the attribute C(placement) of C(<vcpu>)).
      - >-
        V(static) is O(vcpu_cpuset), and what an unstated one means. V(auto) asks numad when the guest is started;
        libvirt then does the same for O(numatune.memory), unless that states its nodes.
      - A change waits for a restart.
    type: str
    choices: [static, auto]
  vcpu_cpuset:
    description:
      - The host's processors that the guest may run on (the attribute C(cpuset) of C(<vcpu>)), as V(0-3,^2,8). An
        empty text is all of them. O(cputune.vcpupin) says it for single processors.
      - A change waits for a restart.
    type: str
  individual_vcpus:
    description:
      - Which of the guest's processors are plugged in (C(<vcpus>)), where O(current_vcpus) does not tell enough. A new
        domain has the first ones.
      - libvirt lists all that the guest can have. One that is plugged and not listed here is off after a restart.
        O(current_vcpus) follows.
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - Number of the processor, from V(0), which identifies it in the list.
        type: int
        required: true
      enabled:
        description:
          - Whether it is plugged in. The first one always is. The change is live, where QEMU and the guest can.
        type: bool
        required: true
      hotpluggable:
        description:
          - Whether it can be unplugged from a guest that was started with it. If it is not stated, it cannot where the
            processor gets plugged in, and is left as it is otherwise.
        type: bool
      order:
        description:
          - The place in the order in which processors are plugged. Either all that are plugged have one, or none.
        type: int
  cpu:
    description:
      - The processor that the guest sees (C(<cpu>)). If it is not stated, a new domain gets libvirt's and QEMU's
        default. A change waits for a restart.
    type: dict
    suboptions:
      mode:
        description:
          - How it is chosen (the attribute C(mode)).
          - V(host-model) is the model nearest to the host's, which other hosts may be able to take over;
            V(host-passthrough) is the host's own; V(maximum) is all that QEMU can do; V(custom) is O(cpu.model).
          - A running guest has what V(host-model) was at its start. When the host would make something else of it by
            now, RV(pending_restart) lists it.
        type: str
        choices: [custom, host-model, host-passthrough, maximum]
      match:
        description:
          - How strictly the guest's processor has to be as stated (the attribute C(match)), with O(cpu.mode=custom).
          - >-
            V(exact) is the model with its features, V(minimum) also what else the host has, and V(strict) refuses to
            run on a host that has more. If it is not stated, libvirt takes V(exact).
        type: str
        choices: [minimum, exact, strict]
      check:
        description:
          - What libvirt compares with the processor that QEMU could provide, before the guest starts (the attribute
            C(check)). A running guest has V(full), whatever was stated, which is no difference.
        type: str
        choices: [none, partial, full]
      fallback:
        description:
          - Whether libvirt may take a similar model where QEMU does not have O(cpu.model) (the attribute C(fallback) of
            C(<model>)). A running guest has V(forbid), whatever was stated, which is no difference.
        type: str
        choices: [allow, forbid]
      vendor_id:
        description:
          - The vendor that the guest sees, of twelve characters (the attribute C(vendor_id) of C(<model>)).
        type: str
      vendor:
        description:
          - The vendor that the host's processor must be of, as V(Intel) (C(<vendor>)), with O(cpu.mode=custom).
        type: str
      maxphysaddr:
        description:
          - How many bits a physical address of the guest has (C(<maxphysaddr>)). Stated, it replaces what was there;
            an empty dictionary removes it.
        type: dict
        suboptions:
          mode:
            description:
              - V(passthrough) takes the host's, V(emulate) O(cpu.maxphysaddr.bits). Needed with the others.
            type: str
            choices: [emulate, passthrough]
          bits:
            description:
              - The number of bits, with V(emulate).
            type: int
          limit:
            description:
              - The most that is taken of the host's, with V(passthrough). It needs libvirt 9.3.
            type: int
      cache:
        description:
          - The caches that the guest sees (C(<cache>)). Stated, it replaces what was there; an empty dictionary leaves
            it to the hypervisor.
        type: dict
        suboptions:
          mode:
            description:
              - V(emulate) invents them, V(passthrough) shows the host's, with O(cpu.mode=host-passthrough), and
                V(disable) shows none. Needed with O(cpu.cache.level).
            type: str
            choices: [emulate, passthrough, disable]
          level:
            description:
              - The level it is about, all if it is not stated.
            type: int
      model:
        description:
          - Name of the model with O(cpu.mode=custom) (C(<model>)), one that C(virsh domcapabilities) lists.
          - If O(cpu.mode) is changed and this is not stated, the model of before goes with it.
        type: str
      migratable:
        description:
          - Whether features are left out with which a guest cannot be migrated (the attribute C(migratable)), with
            O(cpu.mode=host-passthrough) or O(cpu.mode=maximum). If it is not stated, libvirt leaves them out.
        type: bool
      topology:
        description:
          - How the guest sees its processors arranged (C(<topology>)). The product of its numbers must be O(vcpus);
            state both to change one. If it is not stated, a new domain has one socket per processor.
        type: dict
        suboptions:
          sockets:
            description:
              - The number of sockets.
            type: int
            required: true
          dies:
            description:
              - The number of dies in a socket. V(1) if it is not stated for a new domain.
            type: int
          clusters:
            description:
              - The number of clusters in a die. V(1) if it is not stated for a new domain. It needs libvirt 10.1, and
                an ARM machine for more than one.
            type: int
          cores:
            description:
              - The number of cores in a cluster.
            type: int
            required: true
          threads:
            description:
              - The number of threads of a core.
            type: int
            required: true
      features:
        description:
          - Features that differ from the model's (C(<feature>)), each with its policy. A running guest has more of
            them; these are the model's, and not compared.
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - Name of the feature, which identifies it in the list.
            type: str
            required: true
          policy:
            description:
              - V(require) adds it and V(disable) removes it; V(force) adds it although the host does not have it,
                V(optional) adds it where the host has it, and V(forbid) refuses to run on a host that has it. Needed.
            type: str
            choices: [force, require, optional, disable, forbid]
      numa:
        description:
          - The guest's own NUMA topology (C(<numa>)). What it uses of the host's is in O(numatune).
        type: dict
        suboptions:
          cells:
            description:
              - The nodes of the guest (C(<cell>)). Together they have all of O(memory) and O(vcpus); state those, too,
                to change them.
            type: list
            elements: dict
            suboptions:
              id:
                description:
                  - Number of the cell, which identifies it in the list. Without it, cells count from V(0) in their
                    order.
                type: int
              cpus:
                description:
                  - Its processors, as V(0-3,8). None if it is empty or not stated.
                type: str
              memory:
                description:
                  - Its memory, in bytes or with a unit.
                type: str
                required: true
              mem_access:
                description:
                  - Whether other processes of the host can share its memory (the attribute C(memAccess)). If it is not
                    stated, O(memory_backing.access) holds.
                type: str
                choices: [shared, private]
              discard:
                description:
                  - Whether QEMU gives its memory up without saving it when the guest stops. V(false) is what an
                    unstated one means, too.
                type: bool
              distances:
                description:
                  - How far its processors have it to other cells (C(<sibling>)). libvirt completes what is stated, so
                    what is not listed is left alone.
                type: list
                elements: dict
                suboptions:
                  id:
                    description:
                      - Number of the other cell.
                    type: int
                    required: true
                  value:
                    description:
                      - The distance, from V(10), which is a cell's own, to V(255), which is out of reach.
                    type: int
                    required: true
              caches:
                description:
                  - Caches on the side of its memory (C(<cache>)), which the guest is told in an HMAT table.
                type: list
                elements: dict
                suboptions:
                  level:
                    description:
                      - Level of the cache, which identifies it in the list.
                    type: int
                    required: true
                  associativity:
                    description:
                      - How places in memory are mapped to places in it.
                    type: str
                    required: true
                    choices: [none, direct, full]
                  policy:
                    description:
                      - When it is written to memory.
                    type: str
                    required: true
                    choices: [none, writeback, writethrough]
                  size:
                    description:
                      - Its size, in bytes or with a unit.
                    type: str
                    required: true
                  line:
                    description:
                      - The size of its lines, in bytes or with a unit.
                    type: str
                    required: true
          interconnects:
            description:
              - How quickly cells reach each other (C(<interconnects>)), which the guest is told in an HMAT table.
            type: dict
            suboptions:
              latencies:
                description:
                  - The delays. Cells, type and cache identify an item of the list.
                type: list
                elements: dict
                suboptions:
                  initiator:
                    description:
                      - Number of the cell with the processors.
                    type: int
                    required: true
                  target:
                    description:
                      - Number of the cell with the memory.
                    type: int
                    required: true
                  cache:
                    description:
                      - Level of the target's cache that this is about, its memory if none is stated.
                    type: int
                  type:
                    description:
                      - What is done.
                    type: str
                    required: true
                    choices: [access, read, write]
                  value:
                    description:
                      - The delay in nanoseconds.
                    type: int
                    required: true
              bandwidths:
                description:
                  - The data rates. Cells, type and cache identify an item of the list.
                type: list
                elements: dict
                suboptions:
                  initiator:
                    description:
                      - Number of the cell with the processors.
                    type: int
                    required: true
                  target:
                    description:
                      - Number of the cell with the memory.
                    type: int
                    required: true
                  cache:
                    description:
                      - Level of the target's cache that this is about, its memory if none is stated.
                    type: int
                  type:
                    description:
                      - What is done.
                    type: str
                    required: true
                    choices: [access, read, write]
                  value:
                    description:
                      - The data rate for a second, in bytes or with a unit.
                    type: str
                    required: true
"""
