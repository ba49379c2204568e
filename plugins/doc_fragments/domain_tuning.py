# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/tuning.py.
    DOCUMENTATION = r"""
options:
  iothreads:
    description:
      - The number of threads that serve disks (C(<iothreads>)), beside the main one.
      - It can be less than the O(iothread_ids) that there are; then the last of them go. Changing it is live.
    type: int
  iothread_ids:
    description:
      - The threads by number (C(<iothreadids>)), when it matters. Those that O(iothreads) asks for and none is stated
        for have the lowest free numbers.
      - Adding, removing and changing one is live. A thread that serves a disk cannot be removed.
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - Number of the thread, which identifies it in the list.
        type: int
        required: true
      thread_pool_min:
        description:
          - The least number of workers.
        type: int
      thread_pool_max:
        description:
          - The greatest number of workers.
        type: int
      poll:
        description:
          - How the thread polls before it sleeps (C(<poll>)). It needs libvirt 9.4.
        type: dict
        suboptions:
          max:
            description:
              - For how many nanoseconds at most.
            type: int
          grow:
            description:
              - What the time is multiplied by when it was too short.
            type: int
          shrink:
            description:
              - What the time is divided by when it was too long.
            type: int
  default_iothread:
    description:
      - The main thread (C(<defaultiothread>)). A change waits for a restart.
    type: dict
    suboptions:
      thread_pool_min:
        description:
          - The least number of workers.
        type: int
      thread_pool_max:
        description:
          - The greatest number of workers.
        type: int
  cputune:
    description:
      - What the guest gets of the host's processors (C(<cputune>)).
      - Times and shares change live where the host has the cgroup controller for it, pins always; all else waits for a
        restart.
    type: dict
    suboptions:
      shares:
        description:
          - The share of the guest against those of others, where processors are busy.
        type: int
      period:
        description:
          - The time in microseconds that O(cputune.quota) is of.
        type: int
      quota:
        description:
          - For how many microseconds of each period each of the guest's processors can run; V(-1) is no limit.
        type: int
      global_period:
        description:
          - The time in microseconds that O(cputune.global_quota) is of.
        type: int
      global_quota:
        description:
          - For how many microseconds of each period the whole guest can run; V(-1) is no limit.
        type: int
      emulator_period:
        description:
          - The time in microseconds that O(cputune.emulator_quota) is of.
        type: int
      emulator_quota:
        description:
          - For how many microseconds of each period QEMU itself can run; V(-1) is no limit.
        type: int
      iothread_period:
        description:
          - The time in microseconds that O(cputune.iothread_quota) is of.
        type: int
      iothread_quota:
        description:
          - For how many microseconds of each period each of O(iothreads) can run; V(-1) is no limit.
        type: int
      vcpupin:
        description:
          - On which processors of the host one of the guest's runs (C(<vcpupin>)). Those that are not listed run where
            O(vcpu_cpuset) says. The change is live.
        type: list
        elements: dict
        suboptions:
          vcpu:
            description:
              - Number of the guest's processor, which identifies it in the list.
            type: int
            required: true
          cpuset:
            description:
              - The host's processors, as V(0-3,^2,8).
            type: str
            required: true
      emulatorpin:
        description:
          - On which processors of the host QEMU itself runs (C(<emulatorpin>)), as V(0-3). An empty text is those of
            O(vcpu_cpuset). The change is live.
        type: str
      iothreadpin:
        description:
          - On which processors of the host one of O(iothreads) runs (C(<iothreadpin>)). The change is live.
        type: list
        elements: dict
        suboptions:
          iothread:
            description:
              - Number of the thread, which identifies it in the list.
            type: int
            required: true
          cpuset:
            description:
              - The host's processors, as V(0-3,^2,8).
            type: str
            required: true
      vcpusched:
        description:
          - How the host schedules the guest's processors (C(<vcpusched>)), one item for each.
        type: list
        elements: dict
        suboptions:
          vcpu:
            description:
              - Number of the guest's processor, which identifies it in the list.
            type: int
            required: true
          scheduler:
            description:
              - Name of the scheduler.
            type: str
            required: true
            choices: [batch, idle, fifo, rr]
          priority:
            description:
              - The priority, with V(fifo) and V(rr).
            type: int
      iothreadsched:
        description:
          - How the host schedules O(iothreads) (C(<iothreadsched>)), one item for each.
        type: list
        elements: dict
        suboptions:
          iothread:
            description:
              - Number of the thread, which identifies it in the list.
            type: int
            required: true
          scheduler:
            description:
              - Name of the scheduler.
            type: str
            required: true
            choices: [batch, idle, fifo, rr]
          priority:
            description:
              - The priority, with V(fifo) and V(rr).
            type: int
      emulatorsched:
        description:
          - How the host schedules QEMU itself (C(<emulatorsched>)). Stated, it replaces what was there; an empty
            dictionary removes it.
        type: dict
        suboptions:
          scheduler:
            description:
              - Name of the scheduler. Needed with the priority.
            type: str
            choices: [batch, idle, fifo, rr]
          priority:
            description:
              - The priority, with V(fifo) and V(rr).
            type: int
      cachetune:
        description:
          - What the guest gets of the host's caches (C(<cachetune>)), with O(type=kvm) and a host that has resctrl.
        type: list
        elements: dict
        suboptions:
          vcpus:
            description:
              - The guest's processors that it is for, as V(0-1), which identify it in the list.
            type: str
            required: true
          caches:
            description:
              - The parts of caches (C(<cache>)). Number, level and type identify an item of the list.
            type: list
            elements: dict
            suboptions:
              id:
                description:
                  - Number of the cache on the host.
                type: int
                required: true
              level:
                description:
                  - Level of the cache.
                type: int
                required: true
              type:
                description:
                  - What is kept there.
                type: str
                required: true
                choices: [both, code, data]
              size:
                description:
                  - Size of the part, in bytes or with a unit.
                type: str
                required: true
          monitors:
            description:
              - What is counted (C(<monitor>)). Its processors identify an item of the list.
            type: list
            elements: dict
            suboptions:
              level:
                description:
                  - Level of the cache.
                type: int
                required: true
              vcpus:
                description:
                  - The guest's processors whose use is counted, as V(0-1).
                type: str
                required: true
      memorytune:
        description:
          - What the guest gets of the bandwidth of memory (C(<memorytune>)), with O(type=kvm) and a host that has
            resctrl.
        type: list
        elements: dict
        suboptions:
          vcpus:
            description:
              - The guest's processors that it is for, as V(0-1), which identify it in the list.
            type: str
            required: true
          nodes:
            description:
              - The bandwidth by node (C(<node>)).
            type: list
            elements: dict
            suboptions:
              id:
                description:
                  - Number of the host's node, which identifies it in the list.
                type: int
                required: true
              bandwidth:
                description:
                  - Percentage of the bandwidth.
                type: int
                required: true
          monitors:
            description:
              - What is counted (C(<monitor>)). Its processors identify an item of the list.
            type: list
            elements: dict
            suboptions:
              vcpus:
                description:
                  - The guest's processors whose use is counted, as V(0-1).
                type: str
                required: true
  numatune:
    description:
      - Where on the host's NUMA nodes the guest's memory is (C(<numatune>)).
    type: dict
    suboptions:
      memory:
        description:
          - All of its memory (C(<memory>)). A change waits for a restart, unless it says otherwise.
        type: dict
        suboptions:
          mode:
            description:
              - How closely it is kept to. If it is not stated for a new one, V(strict).
            type: str
            choices: [strict, preferred, interleave, restrictive]
          placement:
            description:
              - V(static) is O(numatune.memory.nodeset), and what an unstated one means; V(auto) asks numad when the
                guest is started.
            type: str
            choices: [static, auto]
          nodeset:
            description:
              - The nodes, as V(0-1). With V(strict) and V(restrictive), the change is live where the host has the
                cgroup controller for it.
            type: str
      memnodes:
        description:
          - Where the memory of single cells of O(cpu.numa) is (C(<memnode>)). A change waits for a restart.
        type: list
        elements: dict
        suboptions:
          cellid:
            description:
              - Number of the cell, which identifies it in the list.
            type: int
            required: true
          mode:
            description:
              - How closely it is kept to.
            type: str
            required: true
            choices: [strict, preferred, interleave, restrictive]
          nodeset:
            description:
              - The nodes, as V(0-1).
            type: str
            required: true
  memtune:
    description:
      - Limits of the memory that the guest uses on the host (C(<memtune>)), in bytes or with a unit; V(0) is no limit.
      - The change is live, where the host has the cgroup controller for it; otherwise it waits for a restart.
    type: dict
    suboptions:
      hard_limit:
        description:
          - What QEMU can use in all. It is killed when it needs more, so think of what it needs for itself.
        type: str
      soft_limit:
        description:
          - What it can use when memory is scarce.
        type: str
      swap_hard_limit:
        description:
          - What it can use of memory and swap space together.
        type: str
      min_guarantee:
        description:
          - What it is sure to have. QEMU guests cannot have it, and libvirt refuses it.
        type: str
  blkiotune:
    description:
      - What the guest gets of the host's block devices (C(<blkiotune>)).
      - The change is live, where the host has the cgroup controller for it; otherwise it waits for a restart.
    type: dict
    suboptions:
      weight:
        description:
          - The weight of the guest against those of others, from 10 to 1000.
        type: int
      devices:
        description:
          - The same for single devices (C(<device>)). V(0) is no limit.
        type: list
        elements: dict
        suboptions:
          path:
            description:
              - Path of the block device on the host, which identifies it in the list.
            type: str
            required: true
          weight:
            description:
              - The weight there.
            type: int
          read_iops_sec:
            description:
              - The most read requests in a second.
            type: int
          write_iops_sec:
            description:
              - The most write requests in a second.
            type: int
          read_bytes_sec:
            description:
              - The most bytes read in a second.
            type: int
          write_bytes_sec:
            description:
              - The most bytes written in a second.
            type: int
  resource:
    description:
      - Groups on the host that the guest belongs to (C(<resource>)). A change waits for a restart.
    type: dict
    suboptions:
      partition:
        description:
          - Path of its cgroup (C(<partition>)), which has to be there. If it is not stated, libvirt takes V(/machine).
        type: str
      fibrechannel_appid:
        description:
          - The identifier of its traffic in a Fibre Channel network (the attribute C(appid) of C(<fibrechannel>)).
        type: str
  perf_events:
    description:
      - What the host's kernel counts of the guest (C(<perf>)). The change is live, where the host has such a counter.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - Name of the event, as V(cpu_cycles), which identifies it in the list.
        type: str
        required: true
      enabled:
        description:
          - Whether it is counted.
        type: bool
        required: true
"""
