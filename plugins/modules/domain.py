#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: domain
short_description: Manage libvirt domains (virtual machines)
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Defines, changes, starts, pauses, stops and removes the domains of a libvirt host, also while they run.
  - Only what is stated is compared and changed. What libvirt fills in, as addresses, controllers and MAC addresses,
    is no difference.
  - A list that is stated is the whole list, unless O(keep_unlisted) says otherwise. The order of its items does not
    matter.
  - A change is made to the stored definition always, and to the running guest at once where QEMU can; these options
    say below that a change of them is live. All other changes wait for a restart and are listed in
    RV(pending_restart), on this run and on every later one until the guest was stopped and started. A reboot from
    inside is not enough. This module restarts no guest unless O(restart) allows it.
  - A live change that QEMU or the guest cannot make is not lost. It is stored, a warning tells why, and it waits for a
    restart, too.
  - What cannot work is refused before anything is touched, in check mode as in a real run. For this libvirt itself is
    asked to judge the definition, without storing it.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.state_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
  - hypervise.kvm.domain_metadata
  - hypervise.kvm.domain_cpu
  - hypervise.kvm.domain_memory
  - hypervise.kvm.domain_boot
  - hypervise.kvm.domain_features
  - hypervise.kvm.domain_tuning
  - hypervise.kvm.domain_security
  - hypervise.kvm.domain_disks
  - hypervise.kvm.domain_controllers
  - hypervise.kvm.domain_filesystems
  - hypervise.kvm.domain_hostdevs
  - hypervise.kvm.domain_interfaces
  - hypervise.kvm.domain_displays
  - hypervise.kvm.domain_sound
  - hypervise.kvm.domain_chardevs
  - hypervise.kvm.domain_platform
  - hypervise.kvm.domain_memory_devices
  - hypervise.kvm.domain_usb
  - hypervise.kvm.domain_extras
options:
  name:
    description:
      - Name of the domain (C(<name>)). It cannot contain V(/). A domain is not renamed by this module.
    type: str
    required: true
  uuid:
    description:
      - UUID of the domain (C(<uuid>)). libvirt makes one if none is stated. That of an existing domain cannot be
        changed.
    type: str
  state:
    description:
      - V(present) makes sure that the domain is defined. Its power is left as it is; a new domain is not started.
      - >-
        V(running) makes sure that it runs: it is started, resumed where it is paused, and woken up where it has
        suspended itself. One that was saved goes on where it was.
      - V(paused) makes sure that it is in memory and its processors stand still. A domain that is stopped is started
        paused.
      - V(saved) makes sure that it is off and its memory waits on the host's disk (C(virsh managedsave)), as before
        work on the host. It goes on from there with V(running) or V(paused), also when libvirt starts it. This is
        refused for a domain that is stopped, as it has no memory. What is changed of a saved domain waits for a restart
        after that.
      - V(stopped) makes sure that it is off. A guest that runs is asked to power off, see O(shutdown); one that is
        paused is resumed first, as it could not answer otherwise. One that was saved is restored first, as what it has
        in memory would be lost otherwise; O(shutdown.timeout=0) with O(shutdown.on_timeout=destroy) throws that away.
      - V(absent) stops it in the same way and removes its definition. No disk, image or volume is ever deleted. Where
        more than the definition would go or be left behind, this is refused until O(undefine) says what to do about
        it.
    type: str
    choices: [present, running, paused, saved, stopped, absent]
    default: present
  autostart:
    description:
      - Whether the domain is started with the host. If it is not stated, it is left as it is; that of a new domain is
        V(false).
    type: bool
  shutdown:
    description:
      - How a guest is asked to power off, for O(state=stopped), O(state=absent) and O(restart). Nothing of it is
        stored.
    type: dict
    default: {}
    suboptions:
      timeout:
        description:
          - For how many seconds the guest is waited for. It is asked again every ten seconds, as a guest that is still
            booting does not see it; the host's log says so each time.
          - With V(0) it is not asked at all, and O(shutdown.on_timeout) comes at once.
        type: int
        default: 300
      on_timeout:
        description:
          - What to do with a guest that still runs then.
          - V(fail) leaves it running and fails, telling the state that it is in.
          - V(destroy) cuts its power, as pulling the plug does. What the guest had not written to its disks is lost.
        type: str
        choices: [fail, destroy]
        default: fail
      mode:
        description:
          - By what the guest is asked, its agent or the ACPI power button (C(virsh shutdown --mode)).
          - If it is empty, through the agent where that answers, otherwise by the power button.
        type: list
        elements: str
        choices: [agent, acpi]
        default: []
  restart:
    description:
      - Whether the guest may be restarted for what waits for that.
      - With V(never) it is not; RV(pending_restart) tells what waits.
      - >-
        V(if_needed) asks a guest that runs or is paused to power off, see O(shutdown), and starts it again as it was,
        if anything would be in RV(pending_restart) otherwise, of this task or of an earlier one. The option
        C(pending_restart) is then among RV(changes). A guest that is stopped is not started by this.
      - State O(state=running) with it where you can; a run that is cut off while the guest is down is then completed by
        the next one. With O(state=present), a guest that is down by then stays so.
    type: str
    choices: [never, if_needed]
    default: never
  wait_for:
    description:
      - What to wait for once the domain runs, with O(state=running).
      - >-
        V(agent) waits until the QEMU guest agent inside the guest answers: then the guest itself is up. It needs
        the channel V(org.qemu.guest_agent.0) among O(channels).
    type: str
    choices: [none, agent]
    default: none
  wait_timeout:
    description:
      - For how many seconds to wait for O(wait_for).
    type: int
    default: 300
  undefine:
    description:
      - >-
        What else goes, or is left behind, when O(state=absent) removes the definition. Nothing is assumed:
        O(state=absent) is refused with a list of what is there until each has its word. A word for something that
        is not there does no harm.
      - V(managed_save) deletes the memory image of a domain that was saved (C(virsh managedsave)).
      - V(snapshots_metadata) and V(checkpoints_metadata) delete what libvirt knows of snapshots and checkpoints. What
        they are made of stays in the images. The checkpoints of M(hypervise.kvm.backup) need no word, as no backup
        needs them; those of other programs are named.
      - V(nvram) deletes the file with the UEFI variables, and with it boot entries and enrolled keys, and the copies
        that snapshots have of it; V(keep_nvram) leaves them behind.
      - V(tpm) deletes the state of an emulated TPM, and with it the keys of disks that were encrypted with it;
        V(keep_tpm) leaves it behind.
    type: list
    elements: str
    choices: [managed_save, snapshots_metadata, checkpoints_metadata, nvram, keep_nvram, tpm, keep_tpm]
    default: []
  keep_unlisted:
    description:
      - Lists whose items that the task does not state stay, instead of being removed.
      - V(disks) for example lets a task plug one more disk without stating the others.
    type: list
    elements: str
    choices:
      - memory_backing.pages
      - individual_vcpus
      - cpu.features
      - cpu.numa.cells
      - cpu.numa.cells.distances
      - cpu.numa.cells.caches
      - cpu.numa.interconnects.latencies
      - cpu.numa.interconnects.bandwidths
      - os.firmware_features
      - os.acpi_tables
      - sysinfo.base_boards
      - fwcfg
      - clock.timers
      - iothread_ids
      - cputune.vcpupin
      - cputune.iothreadpin
      - cputune.vcpusched
      - cputune.iothreadsched
      - cputune.cachetune
      - cputune.cachetune.caches
      - cputune.cachetune.monitors
      - cputune.memorytune
      - cputune.memorytune.nodes
      - cputune.memorytune.monitors
      - numatune.memnodes
      - blkiotune.devices
      - perf_events
      - seclabels
      - keywrap
      - disks
      - disks.driver.iothreads
      - disks.encryption.secrets
      - controllers
      - controllers.driver.iothreads
      - filesystems
      - filesystems.idmap.uid
      - filesystems.idmap.gid
      - hostdevs
      - hostdevs.source.hosts
      - interfaces
      - interfaces.ips
      - interfaces.port_forwards
      - interfaces.port_forwards.ranges
      - interfaces.vlan.tags
      - interfaces.filter_parameters
      - graphics
      - graphics.listens
      - graphics.channels
      - videos
      - sounds
      - audios
      - serials
      - parallels
      - consoles
      - channels
      - inputs
      - rngs
      - tpms
      - watchdogs
      - memory_devices
      - hubs
      - redirdevs
      - redirfilter
      - smartcards
      - shmems
      - iommus
      - vsocks
      - panics
      - cryptos
      - leases
  xml:
    description:
      - What no option is for, or all of a guest, as libvirt's own XML (U(https://libvirt.org/formatdomain.html)). A
        whole document C(<domain>), or one or several of the elements that are to be in one.
      - Only what it states is compared and changed, as with the other options; elements that one of those is for are
        compared just as that option would be, and are shown by its name. Others are shown by their place, as
        C(xml:devices/disk[vda]/geometry/@cyls), and wait for a restart.
      - Where an option states the same, the option is what counts, and the list of such an option says what is in it.
        So one document can be the pattern of many guests.
      - A document that states C(<os><type>) is the new guest as it stands. Without, it comes on top of what the module
        gives every new guest.
      - What only libvirt or a running guest gives a document (C(id), aliases that are not of a user, labels of images)
        is left out. It is checked by libvirt and its schema, not by the module.
      - It is not logged, as it may hold secrets. A change of what no option is for is shown in C(diff), though.
    type: str
  type:
    description:
      - The virtualization (the attribute C(type) of C(<domain>)).
      - V(kvm) is hardware virtualization and is refused where the host has none for the guest's architecture; V(qemu)
        is emulation, which works everywhere and is many times slower.
      - V(auto) is V(kvm) where the host has it, and V(qemu) elsewhere. RV(type) tells which.
      - If it is not stated, a new domain gets what V(auto) means, and an existing one stays what it is.
      - A change waits for a restart.
    type: str
    choices: [auto, kvm, qemu]
  title:
    description:
      - A short description in one line (C(<title>)). An empty one removes it.
      - The change is live.
    type: str
  description:
    description:
      - A description of any length (C(<description>)). An empty one removes it.
      - The change is live.
    type: str
  emulator:
    description:
      - Path of the QEMU that runs the guest (C(<emulator>)). If it is not stated, libvirt chooses it for a new
        domain. A change waits for a restart.
    type: str
seealso:
  - module: hypervise.kvm.domain_info
  - module: hypervise.kvm.volume
  - module: hypervise.kvm.network
  - name: Domain XML format
    description: What libvirt says about the elements that the options set.
    link: https://libvirt.org/formatdomain.html
"""

EXAMPLES = r"""
- name: A volume for the first guest
  hypervise.kvm.volume:
    pool: default
    name: web1.qcow2
    format: qcow2
    capacity: 20GiB
    backing_store:
      path: /var/lib/libvirt/images/debian-13.qcow2
      format: qcow2

- name: The guest, running, and up as it says itself
  hypervise.kvm.domain:
    name: web1
    state: running
    autostart: true
    memory: 2GiB
    vcpus: 2
    cpu:
      mode: host-model
    disks:
      - target: vda
        source:
          pool: default
          volume: web1.qcow2
    interfaces:
      - source:
          network: default
        model: virtio
    channels:
      - type: unix
        name: org.qemu.guest_agent.0
    serials:
      - type: pty
        port: 0
    wait_for: agent

- name: More memory, which a running guest gets when it is restarted
  hypervise.kvm.domain:
    name: web1
    memory: 4GiB
  register: resized

- name: Tell what waits for the restart
  ansible.builtin.debug:
    msg: "web1 has to be restarted for {{ resized.pending_restart | join(', ') }}"
  when: resized.pending_restart | length > 0

- name: The same, and restart the guest for it right away, if it has to be
  hypervise.kvm.domain:
    name: web1
    memory: 4GiB
    state: running
    restart: if_needed
    shutdown:
      timeout: 120

- name: Save it before work on the host; state running lets it go on
  hypervise.kvm.domain:
    name: web1
    state: saved

- name: Plug one more disk, whatever others there are
  hypervise.kvm.domain:
    name: web1
    keep_unlisted: [disks]
    disks:
      - target: vdb
        source:
          pool: default
          volume: web1-data.qcow2

- name: A CD drive with a medium; stating another file changes the medium
  hypervise.kvm.domain:
    name: web1
    keep_unlisted: [disks]
    disks:
      - target: sda
        device: cdrom
        bus: sata
        source:
          file: /var/lib/libvirt/images/debian-13-netinst.iso

- name: Eject it
  hypervise.kvm.domain:
    name: web1
    keep_unlisted: [disks]
    disks:
      - target: sda
        source: {}

- name: Pull the cable of an interface
  hypervise.kvm.domain:
    name: web1
    interfaces:
      - source:
          network: default
        link_state: down

- name: Stop it, and cut its power if it does not react within two minutes
  hypervise.kvm.domain:
    name: web1
    state: stopped
    shutdown:
      timeout: 120
      on_timeout: destroy

- name: A guest with UEFI and a TPM
  hypervise.kvm.domain:
    name: win11
    memory: 8GiB
    vcpus: 4
    cpu:
      mode: host-passthrough
      topology:
        sockets: 1
        cores: 4
        threads: 1
    os:
      firmware: efi
    features:
      smm: true
    tpms:
      - model: tpm-crb
        backend:
          type: emulator
          version: "2.0"

- name: Remove it with its UEFI variables, and keep the state of its TPM; its disks stay in any case
  hypervise.kvm.domain:
    name: win11
    state: absent
    undefine:
      - nvram
      - keep_tpm

- name: Say what no option is for, together with options
  hypervise.kvm.domain:
    name: web1
    vcpus: 4
    xml: |
      <qemu:commandline>
        <qemu:arg value="-msg"/>
        <qemu:arg value="timestamp=on"/>
      </qemu:commandline>

- name: Make a guest like the one that a document describes
  hypervise.kvm.domain:
    name: web2
    memory: 4GiB
    xml: "{{ lookup('ansible.builtin.file', 'web.xml') }}"
"""

RETURN = r"""
name:
  description: The domain's name.
  returned: success
  type: str
  sample: web1
type:
  description: The virtualization of the domain, V(kvm) or V(qemu); what O(type=auto) has become.
  returned: success and O(state) is not V(absent)
  type: str
  sample: kvm
changes:
  description: What was changed, or would be in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: The option. Items of lists are named by what identifies them.
      returned: always
      type: str
      sample: disks[vda].driver.cache
    before:
      description: Its value before, V(null) where there was none.
      returned: always
      type: raw
      sample: writeback
    after:
      description: Its value after, V(null) where there is none.
      returned: always
      type: raw
      sample: none
    when:
      description:
        - V(live) where the change is true of the running guest at once, V(restart) where that is so when it is
          restarted.
        - V(stored) where nothing runs, or what runs has no part in it.
      returned: always
      type: str
      sample: restart
steps:
  description: What was done, or would be in check mode, in order.
  returned: success
  type: list
  elements: str
  sample:
    - define
    - "change disks[vdb] of the running domain"
applied_live:
  description: The options whose change reached the running guest at once.
  returned: success
  type: list
  elements: str
  sample: ["disks[vdb]"]
pending_restart:
  description:
    - The options whose stored value is not true of the running guest yet, of those that the task states and of all
      others.
    - Empty for a guest that is off, or is stopped or restarted by the task. One that was saved goes on as it was.
  returned: success
  type: list
  elements: str
  sample: [memory]
error:
  description: What went wrong, for playbooks; RV(msg) says it for people.
  returned: failure
  type: dict
  sample:
    type: Timeout
    hint: Look at its console.
    state: running
    step: shut down
    steps_done: [define]
    steps_left: [undefine]
msg:
  description: What went wrong, and what to do next.
  returned: failure
  type: str
  sample: >-
    domain web1 was asked to power off and still runs after 300 seconds. Look at its console; 'shutdown: {on_timeout:
    destroy}' cuts its power, as pulling the plug does.
"""

from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_state_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.resource import Domain


def main() -> None:
    run_state_module(Domain())


if __name__ == "__main__":
    main()
