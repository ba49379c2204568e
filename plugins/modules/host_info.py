#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: host_info
short_description: Gather what a libvirt host is, has left and has promised
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Returns the facts on which it is decided where a guest runs, and by which a host is audited, from one connection
    and few calls. What is asked of libvirt per guest is its document alone.
  - Finds the CPU with which guests can run on each of several hosts, and tells whether a guest's CPU or that of another
    host is one that guests can have here.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.info_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
options:
  gather:
    description:
      - What to return besides who the host is. Each is returned under its own name.
      - RV(totals) are returned where RV(cpus), RV(memory) and RV(domains) are.
    type: list
    elements: str
    choices: [capabilities, memory, cpus, storage_pools, networks, domains]
    default: [capabilities, memory, cpus, storage_pools, networks, domains]
  sample:
    description:
      - For how many seconds to watch how many processors each running guest keeps busy, which is RV(domains[].load).
        With V(0) it is not watched.
    type: float
    default: 0
  domain_capabilities:
    description:
      - Kinds of guests of which to tell what the host's QEMU has for them, in RV(domain_capabilities).
      - What is left out of a kind is as M(hypervise.kvm.domain) has it for a new guest, so that V({}) is what most
        guests are.
    type: list
    elements: dict
    default: []
    suboptions: &kind
      arch:
        description: The guest's architecture. If it is not given, the host's.
        type: str
      machine:
        description: >-
          The machine type. If it is not given, V(q35) for x86_64, V(virt) for aarch64 and riscv64, and otherwise
          libvirt's own choice.
        type: str
      type:
        description: The virtualization. If it is not given, V(kvm) where the host can run guests so.
        type: str
        choices: [kvm, qemu]
      emulator:
        description: The QEMU. If it is not given, libvirt's own choice.
        type: path
  cpu_baseline:
    description:
      - Find the CPU with which guests can run on each of several hosts, and move between them. It is
        RV(cpu_baseline).
    type: dict
    suboptions:
      cpus:
        description:
          - The CPUs that it has to be a part of, for example RV(domain_capabilities[].cpu.host_model) of each host.
          - Each is a dictionary as O(hypervise.kvm.domain#module:cpu) takes it, or a string of XML, C(<cpu>...</cpu>).
          - libvirt has to know all their models and features, which only the newest one of several hosts surely does.
            One that it does not know is refused.
        type: list
        elements: raw
        required: true
      migratable:
        description: Whether to leave out features that hinder a guest's migration.
        type: bool
        default: true
      expand_features:
        description: Whether to list also the features that belong to the model.
        type: bool
        default: false
      <<: *kind
  cpu_compare:
    description:
      - Compare CPUs with what guests can have on this host. The outcome is RV(cpu_compare).
    type: dict
    suboptions:
      cpus:
        description:
          - The CPUs to compare, for example the C(cpu) of RV(domains[].resources) of another host.
          - Each is a dictionary as O(hypervise.kvm.domain#module:cpu) takes it, or a string of XML, C(<cpu>...</cpu>).
        type: list
        elements: raw
        required: true
      <<: *kind
notes:
  - What libvirt tells of NUMA nodes, huge pages, cache and memory bandwidth is returned as it comes. The tests of this
    collection have not seen a host with more than one NUMA node, nor huge pages in use, nor AMD's SEV or Intel's SGX.
seealso:
  - module: hypervise.kvm.domain_info
  - module: hypervise.kvm.storage_pool_info
  - module: hypervise.kvm.network_info
  - module: hypervise.kvm.placement
"""

EXAMPLES = r"""
- name: Gather all of a host
  hypervise.kvm.host_info:
  register: host

- name: Tell what is promised to guests and not there
  ansible.builtin.debug:
    msg: >-
      {{ host.hostname }}: {{ host.totals.memory.defined_ratio }} times its memory,
      {{ host.totals.vcpus.defined_ratio }} times its processors
  when: host.totals.memory.defined_ratio > 1 or host.totals.vcpus.defined_ratio > 4

- name: Tell which guests are bound to the host by a device of it or by the very CPU it has
  ansible.builtin.debug:
    msg: "{{ item.name }}"
  loop: "{{ host.domains }}"
  loop_control:
    label: "{{ item.name }}"
  when: item.resources.hostdevs is defined or item.resources.cpu.mode | default('') == 'host-passthrough'

- name: Find the host of a group that has the most memory left
  ansible.builtin.set_fact:
    roomiest: >-
      {{ (ansible_play_hosts | map('extract', hostvars, 'host') | sort(attribute='memory.free') | last).hostname }}
  run_once: true

# One CPU for all guests of a group of hosts, so that each can move to each.
- name: Gather what each host can give a guest
  hypervise.kvm.host_info:
    gather: []
    domain_capabilities: [{}]
  register: host

- name: Find what all have in common, on the host with the newest libvirt
  hypervise.kvm.host_info:
    gather: []
    cpu_baseline:
      cpus: >-
        {{ ansible_play_hosts | map('extract', hostvars, 'host')
           | map(attribute='domain_capabilities.0.cpu.host_model') }}
  delegate_to: hv3 # which has the newest libvirt
  run_once: true
  register: common

- name: Give it to a guest
  hypervise.kvm.domain:
    name: web1
    cpu: "{{ common.cpu_baseline.cpu }}"

- name: Tell which guests of hv1 could run here
  hypervise.kvm.host_info:
    gather: []
    cpu_compare:
      cpus: "{{ hostvars.hv1.host.domains | map(attribute='resources.cpu', default={}) }}"
  register: compared
"""

RETURN = r"""
hostname:
  description: The host's name.
  returned: always
  type: str
  sample: hv1
uuid:
  description: The host's UUID, as its libvirt has it.
  returned: always
  type: str
  sample: d7d8a343-7bf6-4a69-8699-40e972df652a
uri:
  description: The URI of the connection, as libvirt has resolved it.
  returned: always
  type: str
  sample: qemu:///system
hypervisor:
  description: The hypervisor.
  returned: always
  type: str
  sample: QEMU
versions:
  description: The versions of what runs the guests.
  returned: always
  type: dict
  contains:
    libvirt:
      description: The libvirt daemon.
      returned: always
      type: str
      sample: 11.3.0
    hypervisor:
      description: The hypervisor, as libvirt last saw it.
      returned: always
      type: str
      sample: 10.0.2
    library:
      description: The libvirt library through which the module asks.
      returned: always
      type: str
      sample: 11.3.0
capabilities:
  description:
    - What the host is, and what guests it can run, see U(https://libvirt.org/formatcaps.html). What the host does not
      have or libvirt does not tell is left out.
  returned: O(gather) contains V(capabilities)
  type: dict
  contains:
    cpu:
      description: >-
        Its processor, with C(arch), C(model), C(vendor), C(microcode), C(signature), C(counters) (frequencies in Hz),
        C(topology), C(maxphysaddr), the C(features) beyond the model, and the sizes of memory C(pages) in bytes. What
        of it guests can have is RV(domain_capabilities[].cpu).
      returned: always
      type: dict
      sample:
        arch: x86_64
        model: EPYC-Rome
        vendor: AMD
        microcode: 16777317
        signature: {family: 23, model: 49, stepping: 0}
        counters: [{name: tsc, frequency: 2596102000, scaling: true}]
        topology: {sockets: 1, dies: 1, clusters: 1, cores: 16, threads: 2}
        maxphysaddr: {mode: emulate, bits: 48}
        features: [x2apic, tsc-deadline, topoext]
        pages: [{size: 4096}, {size: 2097152}, {size: 1073741824}]
    power_management:
      description: The ways in which the host can be suspended.
      returned: when it can
      type: list
      elements: str
      sample: [suspend_mem]
    iommu:
      description: Whether the host has an IOMMU, so that guests can have its PCI devices.
      returned: always
      type: bool
      sample: true
    migration:
      description: Whether guests can move while they run, and the C(transports) of URIs to which they can.
      returned: when libvirt tells
      type: dict
      sample: {live: true, transports: [tcp, rdma]}
    cells:
      description:
        - The NUMA nodes. C(memory) and the C(size) of pages are in bytes, and of the pages there are C(total).
          C(distances) to nodes are as the firmware tells them, 10 to itself.
        - Of each processor the numbers of its socket, die, cluster and core, and the C(siblings) with which it shares
          the core.
      returned: always
      type: list
      elements: dict
      sample:
        - id: 0
          memory: 67525210112
          pages: [{size: 4096, total: 16485647}, {size: 2097152, total: 512}]
          distances: [{id: 0, value: 10}, {id: 1, value: 21}]
          cpus:
            - {id: 0, socket_id: 0, die_id: 0, cluster_id: 0, core_id: 0, siblings: "0,16"}
    interconnects:
      description: C(latencies) in nanoseconds and C(bandwidths) in bytes per second between NUMA nodes.
      returned: when the firmware tells
      type: dict
      sample:
        latencies: [{initiator: 0, target: 1, type: access, value: 10}]
        bandwidths: [{initiator: 0, target: 1, type: access, value: 209715200}]
    caches:
      description: >-
        The processors' caches of the second level and up, with their C(size) in bytes, the processors that share one,
        and the C(controls) by which guests can be given a part.
      returned: when libvirt tells
      type: list
      elements: dict
      sample:
        - {id: 0, level: 3, type: both, size: 33554432, cpus: 0-15}
    memory_bandwidth:
      description: The nodes whose memory bandwidth can be limited for guests, with their processors and C(controls).
      returned: when the host can
      type: list
      elements: dict
      sample:
        - id: 0
          cpus: 0-15
          controls: [{granularity: 10, min: 10, max_allocations: 4}]
    security_models:
      description: How libvirt keeps guests apart, and the labels that they get where nothing else is said.
      returned: when libvirt tells
      type: list
      elements: dict
      sample:
        - model: apparmor
          doi: "0"
        - model: dac
          doi: "0"
          base_labels: [{type: kvm, label: "+64055:+64055"}]
    guests:
      description:
        - The architectures of which the host can run guests, with the QEMU that runs them, the C(types) of
          virtualization, and the C(machines) there are. One with a C(canonical) name is another name for that.
        - C(features) are what guests can have, whether they have it by C(default), and whether that can be toggled.
      returned: always
      type: list
      elements: dict
      sample:
        - arch: x86_64
          os_type: hvm
          word_size: 64
          emulator: /usr/bin/qemu-system-x86_64
          types: [qemu, kvm]
          machines:
            - {name: pc-q35-10.0, max_cpus: 4096}
            - {name: q35, canonical: pc-q35-10.0, max_cpus: 4096}
            - {name: pc-q35-5.2, max_cpus: 288, deprecated: true}
          features:
            acpi: {default: true, toggle: true}
memory:
  description: The host's memory, in bytes.
  returned: O(gather) contains V(memory)
  type: dict
  contains:
    total:
      description: All of it.
      returned: always
      type: int
      sample: 135050420224
    free:
      description: What nobody uses. What the host uses to buffer files it gives back when it is needed, see below.
      returned: always
      type: int
      sample: 71345238016
    buffers:
      description: What block devices are buffered in.
      returned: always
      type: int
      sample: 97779712
    cached:
      description: What files are cached in.
      returned: always
      type: int
      sample: 24611225600
    cells:
      description: >-
        Of each NUMA node its memory, and of each size of pages how many there are and how many are C(free). Pages that
        are larger than the first are huge pages, which guests have only where they ask for them.
      returned: always
      type: list
      elements: dict
      sample:
        - id: 0
          total: 67525210112
          free: 35672619008
          pages:
            - {size: 4096, total: 16485647, free: 8709135}
            - {size: 2097152, total: 512, free: 256}
cpus:
  description: The host's processors.
  returned: O(gather) contains V(cpus)
  type: dict
  contains:
    total:
      description: How many there are.
      returned: always
      type: int
      sample: 32
    online:
      description: How many of them are in use.
      returned: always
      type: int
      sample: 32
    online_set:
      description: Their numbers.
      returned: always
      type: str
      sample: 0-31
    mhz:
      description: How fast they run, in MHz.
      returned: always
      type: int
      sample: 2596
    times:
      description: What they have been doing since the host started, all together, in nanoseconds.
      returned: always
      type: dict
      sample: {kernel: 13905420000000, user: 25917610000000, idle: 413019920000000, iowait: 156270000000}
storage_pools:
  description: The storage pools, in the order of their names.
  returned: O(gather) contains V(storage_pools)
  type: list
  elements: dict
  contains:
    name:
      description: The name.
      returned: always
      type: str
      sample: default
    uuid:
      description: The UUID.
      returned: always
      type: str
      sample: f1d9886d-ffe5-4560-b354-1942fc054e95
    state:
      description: V(active) or V(inactive).
      returned: always
      type: str
      sample: active
    persistent:
      description: Whether libvirt has a stored definition.
      returned: always
      type: bool
      sample: true
    autostart:
      description: Whether it is started with the host.
      returned: always
      type: bool
      sample: true
    type:
      description: The pool's type.
      returned: always
      type: str
      sample: dir
    path:
      description: Where its volumes are found, V(null) where that is no path.
      returned: always
      type: str
      sample: /var/lib/libvirt/images
    capacity:
      description: Size in bytes, as libvirt last saw it. V(null) while the pool is inactive.
      returned: always
      type: int
      sample: 270553174016
    allocation:
      description: Bytes in use. V(null) while the pool is inactive.
      returned: always
      type: int
      sample: 26849222656
    available:
      description: Bytes left. V(null) while the pool is inactive.
      returned: always
      type: int
      sample: 243703951360
networks:
  description: The networks, in the order of their names.
  returned: O(gather) contains V(networks)
  type: list
  elements: dict
  contains:
    name:
      description: The name.
      returned: always
      type: str
      sample: default
    uuid:
      description: The UUID.
      returned: always
      type: str
      sample: 6f0a3f3e-5cf1-4ab8-9b39-0a2f4b1c7d55
    state:
      description: V(active) or V(inactive).
      returned: always
      type: str
      sample: active
    persistent:
      description: Whether libvirt has a stored definition.
      returned: always
      type: bool
      sample: true
    autostart:
      description: Whether it is started with the host.
      returned: always
      type: bool
      sample: true
    forward:
      description: How it reaches the world, as O(hypervise.kvm.network#module:forward.mode) says it, V(null) where it
        does not.
      returned: always
      type: str
      sample: nat
    bridge:
      description: The bridge that guests are attached to, V(null) where the network has none or was given none yet.
      returned: always
      type: str
      sample: virbr0
domains:
  description:
    - The domains, in the order of their names, with what they have of the host. Of a running one that is what it runs
      with, of another one what it would be started with.
  returned: O(gather) contains V(domains)
  type: list
  elements: dict
  contains:
    name:
      description: The name.
      returned: always
      type: str
      sample: web1
    uuid:
      description: The UUID.
      returned: always
      type: str
      sample: 6f0a3f3e-5cf1-4ab8-9b39-0a2f4b1c7d55
    type:
      description: Its virtualization, V(kvm) or V(qemu).
      returned: always
      type: str
      sample: kvm
    state:
      description: V(running), V(paused), V(suspended), V(stopped) or V(saved), as M(hypervise.kvm.domain_info) has it.
      returned: always
      type: str
      sample: running
    persistent:
      description: Whether libvirt has a stored definition.
      returned: always
      type: bool
      sample: true
    autostart:
      description: Whether it is started with the host.
      returned: always
      type: bool
      sample: true
    vcpus:
      description: How many virtual processors it has.
      returned: always
      type: int
      sample: 2
    maximum_vcpus:
      description: How many it can have without a restart.
      returned: always
      type: int
      sample: 4
    memory:
      description: Bytes of memory that its balloon leaves it.
      returned: always
      type: int
      sample: 2147483648
    maximum_memory:
      description: Bytes of memory that it can use without a restart, with its memory modules.
      returned: always
      type: int
      sample: 4294967296
    resources:
      description:
        - What it takes of the host or needs from it, in the shape of the options C(memory), C(current_memory),
          C(max_memory), C(memory_devices), C(memory_backing), C(vcpus), C(current_vcpus), C(vcpu_placement),
          C(vcpu_cpuset), C(cpu), C(iothreads), C(cputune), C(numatune) and C(hostdevs) of M(hypervise.kvm.domain).
        - So there are its huge pages, the processors and NUMA nodes it is pinned to, its CPU (of a running guest the
          one that came of V(host-model)), and the devices of the host that it has to itself.
      returned: always
      type: dict
      sample:
        memory: 4294967296
        current_memory: 2147483648
        memory_backing: {hugepages: true}
        vcpus: 4
        current_vcpus: 2
        cpu: {mode: host-passthrough, check: none, migratable: true}
        cputune:
          vcpupin: [{vcpu: 0, cpuset: "4"}, {vcpu: 1, cpuset: "5"}]
        numatune:
          memory: {mode: strict, nodeset: "0"}
    needs:
      description:
        - What has to be on a host besides room so that it can run there, C(arch) and C(machine) type, and the names of
          C(networks), C(bridges) and C(storage_pools) that it uses, and the C(files) of its disks.
      returned: always
      type: dict
      sample:
        arch: x86_64
        machine: pc-q35-10.0
        networks: [default]
        bridges: []
        storage_pools: [default]
        files: []
    labels:
      description: Its labels, O(hypervise.kvm.domain#module:metadata.labels).
      returned: always
      type: dict
      sample: {placement.anti_affinity: web}
    load:
      description: How many of the host's processors it keeps busy, on average over O(sample) seconds.
      returned: O(sample) is more than V(0)
      type: float
      sample: 0.84
totals:
  description: What is promised to all guests together, of what there is.
  returned: O(gather) contains V(domains), V(memory) and V(cpus)
  type: dict
  contains:
    vcpus:
      description: >-
        Processors. C(physical) are those online, C(running) the virtual ones of guests that run or are paused,
        C(defined) those that all guests could have, and the ratios are to C(physical).
      returned: always
      type: dict
      sample: {physical: 32, running: 40, defined: 96, running_ratio: 1.25, defined_ratio: 3.0}
    memory:
      description: >-
        Bytes. C(physical) is the host's memory, C(running) what guests that run or are paused can use, C(defined) what
        all guests could use, and the ratios are to C(physical).
      returned: always
      type: dict
      sample:
        physical: 135050420224
        running: 68719476736
        defined: 154618822656
        running_ratio: 0.509
        defined_ratio: 1.145
domain_capabilities:
  description:
    - What the host's QEMU has for guests of the kinds that O(domain_capabilities) asks for, in that order. See
      U(https://libvirt.org/formatdomaincaps.html).
    - Of each kind of device or feature it is told whether it is C(supported) and, by the name of the attribute in snake
      case, the values that it can have. What a newer libvirt tells is in it.
  returned: O(domain_capabilities) is not empty
  type: list
  elements: dict
  contains:
    arch:
      description: The guests' architecture.
      returned: always
      type: str
      sample: x86_64
    type:
      description: Their virtualization.
      returned: always
      type: str
      sample: kvm
    machine:
      description: Their machine type, by its canonical name.
      returned: always
      type: str
      sample: pc-q35-10.0
    emulator:
      description: The QEMU that runs them.
      returned: always
      type: str
      sample: /usr/bin/qemu-system-x86_64
    max_vcpus:
      description: How many virtual processors one can have.
      returned: when libvirt tells
      type: int
      sample: 4096
    iothreads:
      description: Whether they can have I/O threads.
      returned: always
      type: bool
      sample: true
    firmware:
      description: Firmware that libvirt can choose for them, V(bios) or V(efi).
      returned: always
      type: list
      elements: str
      sample: [efi]
    loader:
      description: The files of firmware there are, C(paths), and what C(type) they can have.
      returned: always
      type: dict
      sample:
        supported: true
        paths: [/usr/share/OVMF/OVMF_CODE_4M.fd]
        type: [rom, pflash]
        readonly: ["yes", "no"]
        secure: ["yes", "no"]
    cpu:
      description: The CPUs that they can have.
      returned: always
      type: dict
      contains:
        modes:
          description: The modes, as of O(hypervise.kvm.domain#module:cpu.mode).
          returned: always
          type: list
          elements: str
          sample: [host-passthrough, maximum, host-model, custom]
        migratable:
          description: The modes with which it can be said whether the CPU is to be migratable, and what can be said.
          returned: always
          type: dict
          sample: {host-passthrough: ["on", "off"]}
        host_model:
          description: >-
            The CPU that a guest gets by the mode V(host-model), in the shape of O(hypervise.kvm.domain#module:cpu). It
            is what O(cpu_baseline.cpus) and O(cpu_compare.cpus) of other hosts take. V(null) where there is none.
          returned: always
          type: dict
          sample:
            mode: custom
            match: exact
            model: EPYC-Rome
            fallback: forbid
            vendor: AMD
            features: [{name: x2apic, policy: require}, {name: svm, policy: disable}]
        models:
          description: >-
            The models by name, with their C(vendor), whether they are C(usable) on this host (V(null) where it is not
            known), and the features of which each is not, its C(blockers). One with a C(canonical) name is another name
            for that.
          returned: always
          type: list
          elements: dict
          sample:
            - {name: EPYC-Rome, canonical: EPYC-Rome-v1, vendor: AMD, usable: true, blockers: []}
            - {name: Broadwell, canonical: Broadwell-v1, vendor: Intel, usable: false, blockers: [hle, rtm]}
    memory_backing:
      description: What their memory can be backed by.
      returned: always
      type: dict
      sample: {supported: true, source_type: [file, anonymous, memfd]}
    devices:
      description: The devices that they can have, by kind.
      returned: always
      type: dict
      sample:
        disk:
          supported: true
          disk_device: [disk, cdrom, floppy, lun]
          bus: [fdc, scsi, virtio, usb, sata]
          model: [virtio, virtio-transitional, virtio-non-transitional]
        graphics: {supported: true, type: [vnc, egl-headless, dbus]}
        tpm: {supported: true, model: [tpm-tis, tpm-crb], backend_model: [passthrough, emulator, external]}
    features:
      description: >-
        What they can have besides, for example a generation id (C(genid)), backups, Hyper-V's enlightenments
        (C(hyperv)), and memory that the host cannot read (C(launch_security), C(sev), C(sgx), with sizes in bytes).
      returned: always
      type: dict
      sample:
        genid: {supported: true}
        backup: {supported: true}
        hyperv: {supported: true, features: [relaxed, vapic, spinlocks]}
        sev: {supported: true, cbitpos: 47, reduced_phys_bits: 1, max_guests: 59, max_es_guests: 450}
        launch_security: {supported: false}
cpu_baseline:
  description: The CPU that is a part of all of O(cpu_baseline.cpus).
  returned: O(cpu_baseline) is given
  type: dict
  contains:
    cpu:
      description: As O(hypervise.kvm.domain#module:cpu) takes it.
      returned: always
      type: dict
      sample:
        mode: custom
        match: exact
        model: EPYC
        fallback: forbid
        vendor: AMD
        features: [{name: x2apic, policy: require}, {name: svm, policy: disable}]
    xml:
      description: As libvirt writes it.
      returned: always
      type: str
      sample: <cpu mode='custom' match='exact'><model fallback='forbid'>EPYC</model></cpu>
cpu_compare:
  description: What came of comparing each of O(cpu_compare.cpus), in that order.
  returned: O(cpu_compare) is given
  type: list
  elements: dict
  contains:
    compatible:
      description: Whether a guest with this CPU can run on the host.
      returned: always
      type: bool
      sample: true
    relation:
      description: >-
        Whether it is V(identical) with what the host can give, a V(subset) of that, V(incompatible) with it, or
        V(unknown), because it names a model or features that this libvirt does not know, or is no model at all, as
        V(host-passthrough) is none.
      returned: always
      type: str
      sample: subset
    reason:
      description: Why it is V(unknown), otherwise empty.
      returned: always
      type: str
      sample: ""
"""

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_info_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.host import cpu, facts, guests, load

PARTS = ["capabilities", "memory", "cpus", "storage_pools", "networks", "domains"]
CPUS = {"type": "list", "elements": "raw", "required": True}

OPTIONS: dict[str, t.Any] = {
    "gather": {"type": "list", "elements": "str", "choices": PARTS, "default": PARTS},
    "sample": {"type": "float", "default": 0},
    "domain_capabilities": {"type": "list", "elements": "dict", "default": [], "options": cpu.KIND},
    "cpu_baseline": {
        "type": "dict",
        "options": {
            "cpus": CPUS,
            "migratable": {"type": "bool", "default": True},
            "expand_features": {"type": "bool", "default": False},
            **cpu.KIND,
        },
    },
    "cpu_compare": {"type": "dict", "options": {"cpus": CPUS, **cpu.KIND}},
}


def gather(connection: Connection, params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    host = facts.capabilities(connection.capabilities())
    readers: dict[str, t.Callable[[], t.Any]] = {
        "capabilities": lambda: host,
        "memory": lambda: facts.memory(connection, host),
        "cpus": lambda: facts.cpus(connection),
        "storage_pools": lambda: facts.storage_pools(connection),
        "networks": lambda: facts.networks(connection),
        "domains": lambda: guests.guests(connection),
    }
    found = {"uuid": host.pop("uuid", None), **facts.identity(connection)}
    found.update({part: readers[part]() for part in params["gather"]})
    if params["sample"] and "domains" in found:
        loads = load.loads(connection, params["sample"])
        for guest in found["domains"]:
            guest["load"] = loads.get(guest["uuid"], 0.0)
    if {"domains", "memory", "cpus"} <= found.keys():
        found["totals"] = guests.totals(found["domains"], found["cpus"], found["memory"])
    if params["domain_capabilities"]:
        found["domain_capabilities"] = cpu.offers(connection, host, params["domain_capabilities"])
    if params["cpu_baseline"]:
        found["cpu_baseline"] = cpu.baseline(connection, host, params["cpu_baseline"])
    if params["cpu_compare"]:
        found["cpu_compare"] = cpu.compare(connection, host, params["cpu_compare"])
    return found


def main() -> None:
    run_info_module(OPTIONS, gather)


if __name__ == "__main__":
    main()
