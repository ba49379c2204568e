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
    inside is not enough. This module restarts no guest by itself.
  - A live change that QEMU or the guest cannot make is not lost. It is stored, a warning tells why, and it waits for a
    restart, too.
  - What cannot work is refused before anything is touched, in check mode as in a real run. For this libvirt itself is
    asked to judge the definition, without storing it.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.state_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
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
        suspended itself.
      - V(paused) makes sure that it is in memory and its processors stand still. A domain that is stopped is started
        paused.
      - V(stopped) makes sure that it is off. A guest that runs is asked to power off, see O(shutdown); one that is
        paused is resumed first, as it could not answer otherwise.
      - V(absent) stops it in the same way and removes its definition. No disk, image or volume is ever deleted. Where
        more than the definition would go or be left behind, this is refused until O(undefine) says what to do about
        it.
    type: str
    choices: [present, running, paused, stopped, absent]
    default: present
  autostart:
    description:
      - Whether the domain is started with the host. If it is not stated, it is left as it is; that of a new domain is
        V(false).
    type: bool
  shutdown:
    description:
      - How a guest is asked to power off, for O(state=stopped) and O(state=absent). Nothing of it is stored.
    type: dict
    default: {}
    suboptions:
      timeout:
        description:
          - For how many seconds the guest is waited for. It is asked through its agent where that answers, otherwise
            by the ACPI power button, and again every ten seconds, as a guest that is still booting does not see it.
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
        they are made of stays in the images.
      - V(nvram) deletes the file with the UEFI variables, and with it boot entries and enrolled keys; V(keep_nvram)
        leaves it behind.
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
      - cpu.features
      - clock.timers
      - disks
      - controllers
      - interfaces
      - graphics
      - videos
      - serials
      - consoles
      - channels
      - inputs
      - rngs
      - tpms
      - watchdogs
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
  memory:
    description:
      - The memory that the guest can have (C(<memory>)), in bytes or with a unit as in V(4GiB), rounded up to whole
        KiB (QEMU rounds up to whole MiB). A new domain needs it.
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
          cores:
            description:
              - The number of cores in a die.
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
  os:
    description:
      - What the guest is and how it boots (C(<os>)). A change waits for a restart.
    type: dict
    suboptions:
      arch:
        description:
          - The architecture (the attribute C(arch) of C(<type>)). If it is not stated, a new domain has the host's.
            If it is changed and O(emulator) is not stated, libvirt chooses the emulator anew.
        type: str
      machine:
        description:
          - The machine type (the attribute C(machine) of C(<type>)). libvirt pins V(q35) to the newest version that
            the QEMU has when the domain is defined; V(q35) is then the same as V(pc-q35-10.0).
          - If it is not stated, a new domain gets V(q35) on x86_64 and V(virt) on aarch64 and riscv64. Changing an
            existing domain to another family is refused by libvirt, as its devices have addresses on the old one.
        type: str
      firmware:
        description:
          - What starts the guest (the attribute C(firmware)).
          - V(efi) lets libvirt choose a UEFI firmware that is installed on the host (package C(ovmf)), and is refused
            where there is none.
          - >-
            V(bios) is what a machine starts with where nothing is stated: SeaBIOS on x86_64.
          - When it is changed, O(os.loader) and O(os.nvram) of before go with it, unless they are stated. A file with
            UEFI variables stays on the host.
        type: str
        choices: [bios, efi]
      loader:
        description:
          - The firmware by its file (C(<loader>)), where O(os.firmware) is not to choose it.
        type: dict
        suboptions:
          path:
            description:
              - Path of the firmware's file on the managed host.
            type: str
          readonly:
            description:
              - Whether the guest cannot write to it (the attribute C(readonly)).
            type: bool
          secure:
            description:
              - Whether it implements Secure Boot (the attribute C(secure)), which needs O(features.smm) on x86_64.
            type: bool
          type:
            description:
              - >-
                How the guest gets it (the attribute C(type)): V(pflash) for UEFI, V(rom) for others.
            type: str
            choices: [rom, pflash]
      nvram:
        description:
          - The file with the UEFI variables of the guest (C(<nvram>)). If it is not stated, libvirt makes one of its
            own when the guest is started.
        type: dict
        suboptions:
          path:
            description:
              - Path of the file on the managed host.
            type: str
          template:
            description:
              - Path of the file that it is made from (the attribute C(template)).
            type: str
      kernel:
        description:
          - Path of a kernel on the managed host that is booted directly (C(<kernel>)). An empty one removes it, as
            with the next two.
        type: str
      initrd:
        description:
          - Path of the initial RAM disk (C(<initrd>)).
        type: str
      cmdline:
        description:
          - The kernel's command line (C(<cmdline>)).
        type: str
      boot_devices:
        description:
          - What to boot from, in order (C(<boot dev=…>)). If it is not stated, a new domain boots from V(hd).
          - >-
            libvirt accepts either this or the option C(boot_order) of devices: stating one way removes what was set
            in the other.
        type: list
        elements: str
        choices: [fd, hd, cdrom, network]
      boot_menu:
        description:
          - The firmware's boot menu (C(<bootmenu>)).
        type: dict
        suboptions:
          enable:
            description:
              - Whether it is shown.
            type: bool
            required: true
          timeout:
            description:
              - For how many milliseconds it waits, with O(os.boot_menu.enable=true).
            type: int
  features:
    description:
      - Features of the machine (C(<features>)). If it is not stated, a new domain gets ACPI, without which it could
        not be asked to power off, and APIC on x86_64. A change waits for a restart.
    type: dict
    suboptions:
      acpi:
        description:
          - >-
            ACPI (C(<acpi>)): the guest can be asked to power off, and devices can be plugged.
        type: bool
      apic:
        description:
          - >-
            APIC (C(<apic>)): the guest can have more than one processor.
        type: bool
      pae:
        description:
          - Physical address extension (C(<pae>)), for 32-bit guests.
        type: bool
      pmu:
        description:
          - The performance monitoring unit (C(<pmu>)). If it is not stated, the hypervisor decides.
        type: bool
      smm:
        description:
          - System management mode (C(<smm>)), needed for Secure Boot. If it is not stated, the hypervisor decides.
        type: bool
      vmport:
        description:
          - The emulated I/O port of VMware (C(<vmport>)). If it is not stated, the hypervisor decides.
        type: bool
  clock:
    description:
      - The guest's clock (C(<clock>)). A change waits for a restart.
    type: dict
    suboptions:
      offset:
        description:
          - >-
            What the clock shows when the guest is started: V(utc), which is also what an unstated one means, the
            host's V(localtime), or that of O(clock.timezone).
        type: str
        choices: [utc, localtime, timezone]
      timezone:
        description:
          - Name of the time zone, as V(Europe/Vienna), with O(clock.offset=timezone).
        type: str
      timers:
        description:
          - The guest's timers (C(<timer>)).
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - Name of the timer, which identifies it in the list.
            type: str
            required: true
            choices: [hpet, kvmclock, pit, rtc, tsc, hypervclock]
          present:
            description:
              - Whether the guest has it. If it is not stated, the hypervisor decides.
            type: bool
          tickpolicy:
            description:
              - What happens to ticks that the guest missed. If it is not stated, the hypervisor decides.
            type: str
            choices: [delay, catchup, merge, discard]
  on_poweroff:
    description:
      - What happens when the guest powers off (C(<on_poweroff>)). If it is not stated, a new domain has V(destroy).
        QEMU does not do V(rename-restart).
      - The change is live.
    type: str
    choices: [destroy, restart, preserve, rename-restart]
  on_reboot:
    description:
      - What happens when the guest reboots (C(<on_reboot>)). If it is not stated, a new domain has V(restart).
      - The change is live.
    type: str
    choices: [destroy, restart, preserve, rename-restart]
  on_crash:
    description:
      - What happens when the guest crashes (C(<on_crash>)), which it tells by a panic device. If it is not stated, a
        new domain has V(destroy).
      - The change is live.
    type: str
    choices: [destroy, restart, preserve, rename-restart, coredump-destroy, coredump-restart]
  pm:
    description:
      - Whether the guest is told that it can sleep (C(<pm>)). If it is not stated, the hypervisor decides. A change
        waits for a restart.
    type: dict
    suboptions:
      suspend_to_mem:
        description:
          - Sleeping with its memory powered (C(<suspend-to-mem>)).
        type: bool
      suspend_to_disk:
        description:
          - Sleeping with its memory on disk (C(<suspend-to-disk>)).
        type: bool
  emulator:
    description:
      - Path of the QEMU that runs the guest (C(<emulator>)). If it is not stated, libvirt chooses it for a new
        domain. A change waits for a restart.
    type: str
  disks:
    description:
      - The disks and drives (C(<disk>)). An image that is no longer listed is unplugged, and stays where it is.
      - Disks on the buses V(virtio), V(scsi) and V(usb) are plugged and unplugged live; drives for CDs and floppies
        and disks on other buses wait for a restart.
    type: list
    elements: dict
    suboptions:
      target:
        description:
          - Name of the disk (C(<target dev=…>)), as V(vda), which identifies it in the list. The guest may call it
            something else.
        type: str
        required: true
      device:
        description:
          - What the guest sees (the attribute C(device)). V(disk) if it is not stated for a new disk. V(lun) passes
            the SCSI commands of a block device through. A change waits for a restart.
        type: str
        choices: [disk, cdrom, floppy, lun]
      bus:
        description:
          - >-
            What it is attached to (C(<target bus=…>)). If it is not stated for a new disk, libvirt takes it from
            O(disks[].target): V(virtio) for V(vda), V(scsi) for V(sda). A change waits for a restart.
        type: str
        choices: [virtio, scsi, sata, ide, usb, fdc, sd]
      source:
        description:
          - >-
            Where its content is: a file, a block device or a volume. If it is not stated, it is left as it is; a
            new drive is empty. An empty dictionary ejects the medium.
          - The medium of a drive for CDs or floppies is changed live. The source of a disk waits for a restart.
        type: dict
        suboptions:
          file:
            description:
              - Path of an image on the managed host (C(<source file=…>)).
            type: str
          dev:
            description:
              - Path of a block device on the managed host (C(<source dev=…>)).
            type: str
          pool:
            description:
              - Name of a storage pool (C(<source pool=…>)), with O(disks[].source.volume). It has to be active when
                the guest is started.
            type: str
          volume:
            description:
              - Name of a volume in the pool (C(<source volume=…>)).
            type: str
      driver:
        description:
          - How QEMU accesses it (C(<driver>)). A change waits for a restart.
        type: dict
        suboptions:
          type:
            description:
              - The format of the image, V(raw) or V(qcow2). If it is not stated and the source is new, it is the
                format that the storage pool knows the volume by; of an image that no pool knows libvirt assumes
                V(raw). It is never guessed from the content, which is the guest's to write.
            type: str
          cache:
            description:
              - How the host's page cache is used. If it is not stated, QEMU decides, as with V(default).
            type: str
            choices: [default, none, writethrough, writeback, directsync, unsafe]
          io:
            description:
              - How requests are passed on. V(native) needs O(disks[].driver.cache=none) or V(directsync). If it is
                not stated, QEMU decides.
            type: str
            choices: [threads, native, io_uring]
          discard:
            description:
              - Whether what the guest discards is given back to the host's storage (V(unmap)). If it is not stated,
                QEMU decides.
            type: str
            choices: [ignore, unmap]
          detect_zeroes:
            description:
              - Whether zeroes that the guest writes are recognized and, with V(unmap), discarded. If it is not
                stated, they are not.
            type: str
            choices: ["off", "on", unmap]
          error_policy:
            description:
              - >-
                What happens when the host reports an error: V(stop) pauses the guest, V(report) tells it, V(ignore)
                does nothing, V(enospace) pauses it if there is no space left and tells it otherwise. If it is not
                stated, the hypervisor decides.
            type: str
            choices: [stop, report, ignore, enospace]
          queues:
            description:
              - The number of queues of a disk on the bus V(virtio). If it is not stated, QEMU decides.
            type: int
      readonly:
        description:
          - Whether the guest cannot write to it (C(<readonly>)). CDs always are. If it is not stated, it is left as
            it is; a new disk can be written to. A change waits for a restart.
        type: bool
      shareable:
        description:
          - Whether other guests may have it at the same time (C(<shareable>)). Only for file systems that can do
            this. If it is not stated, it is left as it is; a new disk is not shared. A change waits for a restart.
        type: bool
      serial:
        description:
          - The serial number that the guest sees (C(<serial>)). An empty one removes it. A change waits for a
            restart.
        type: str
      boot_order:
        description:
          - The place in the boot order, from V(1) (C(<boot order=…>)). If it is not stated, it is left as it is. Not
            together with O(os.boot_devices). A change waits for a restart.
        type: int
  controllers:
    description:
      - Controllers (C(<controller>)) whose model or number matters. libvirt adds those that the devices need, so
        controllers that are not listed always stay. A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - What it controls. It identifies the controller together with O(controllers[].index).
        type: str
        required: true
        choices: [ide, fdc, scsi, sata, usb, virtio-serial, pci]
      index:
        description:
          - Number among those of its type, from V(0).
        type: int
        required: true
      model:
        description:
          - The model, as V(virtio-scsi) or V(qemu-xhci) (the attribute C(model)). If it is not stated, libvirt
            chooses.
        type: str
  interfaces:
    description:
      - The network interfaces (C(<interface>)).
      - An interface is identified by O(interfaces[].mac), or by O(interfaces[].alias). One that states neither is the
        existing one with the same O(interfaces[].type) and O(interfaces[].source), or else the next in order that is
        not taken, and keeps the MAC address that it has.
      - They are plugged and unplugged live.
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - >-
            The kind (the attribute C(type)). If it is not stated for a new interface, it follows from its source:
            V(network), V(bridge), or V(direct) for O(interfaces[].source.dev). V(user) is QEMU's own network, which
            needs no source. A change waits for a restart.
        type: str
        choices: [network, bridge, direct, user, ethernet]
      mac:
        description:
          - The MAC address (C(<mac>)). If it is not stated, an interface keeps the one that it has, and a new one
            gets one by random.
        type: str
      alias:
        description:
          - A name of one's own for the device (C(<alias>)). It starts with V(ua-). A change waits for a restart.
        type: str
      source:
        description:
          - What it is attached to (C(<source>)). A change from a network or bridge to another is live; any other, also
            one of the port group, waits for a restart.
        type: dict
        suboptions:
          network:
            description:
              - Name of a libvirt network. It has to be active when the guest is started.
            type: str
          portgroup:
            description:
              - Name of a port group of the network. If it is not stated, that of before goes with a change of the
                source.
            type: str
          bridge:
            description:
              - Name of a bridge of the managed host.
            type: str
          dev:
            description:
              - Name of a network card of the managed host, which is shared with macvtap.
            type: str
          mode:
            description:
              - How the card is shared, with O(interfaces[].source.dev). If it is not stated, V(vepa).
            type: str
            choices: [vepa, bridge, private, passthrough]
      model:
        description:
          - The model of the card that the guest sees, as V(virtio) or V(e1000e) (C(<model>)). If it is not stated for
            a new interface, libvirt chooses one that guests have a driver for, which is slow; V(virtio) is what most
            want. A change waits for a restart.
        type: str
      link_state:
        description:
          - Whether the cable is plugged in (C(<link>)). V(up) if it is not stated for a new interface. The change is
            live.
        type: str
        choices: [up, down]
      mtu:
        description:
          - The MTU in bytes (C(<mtu>)). If it is not stated, it is left as it is; a new interface has the network's.
            A change waits for a restart.
        type: int
      queues:
        description:
          - The number of queues (C(<driver queues=…>)), with O(interfaces[].model=virtio). If it is not stated, it is
            left as it is; a new interface has one. A change waits for a restart.
        type: int
      filter:
        description:
          - Name of a network filter of libvirt (C(<filterref>)), as V(clean-traffic). An empty one removes it. The
            change is live.
        type: str
      isolated:
        description:
          - Whether it cannot reach other isolated interfaces on the same bridge (C(<port isolated=…>)). V(false) if
            it is not stated for a new interface. A change waits for a restart.
        type: bool
      boot_order:
        description:
          - The place in the boot order, from V(1) (C(<boot order=…>)). If it is not stated, it is left as it is. Not
            together with O(os.boot_devices). A change waits for a restart.
        type: int
  graphics:
    description:
      - The displays that a person can connect to (C(<graphics>)), at most one of each type. If it is not stated, a
        new domain has none. A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - The protocol, which identifies the display in the list. V(spice) is refused where the host's QEMU does not
            have it.
        type: str
        required: true
        choices: [vnc, spice]
      port:
        description:
          - The TCP port. If it is not stated, it is left as it is; that of a new display is chosen by libvirt when
            the guest is started.
        type: int
      autoport:
        description:
          - Whether libvirt chooses a free port when the guest is started. V(true) excludes O(graphics[].port).
        type: bool
      listen:
        description:
          - The address of the host on which it listens. If it is not stated for a new display, it is what the host's
            C(qemu.conf) says, V(127.0.0.1) by default.
        type: str
      passwd:
        description:
          - The password to connect with. QEMU takes the first eight characters of it for V(vnc). It appears in no
            result, difference or log; a change of it is seen. The change is live.
        type: str
      keymap:
        description:
          - The keyboard layout, as V(de). If it is not stated, the client's keys are passed on as they are.
        type: str
  videos:
    description:
      - The graphics cards (C(<video>)). The first is the one that displays show. libvirt adds one to a domain that
        has O(graphics) and none listed. A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The model. V(none) is for a guest with a display, and no card. When it is changed, memory and heads of
            before go with it, unless they are stated.
        type: str
        required: true
        choices: [vga, cirrus, virtio, qxl, bochs, ramfb, none]
      vram:
        description:
          - The video memory in bytes or with a unit, rounded up to whole KiB. If it is not stated, libvirt chooses.
        type: str
      heads:
        description:
          - The number of screens. If it is not stated, one.
        type: int
  serials:
    description:
      - The serial ports (C(<serial>)). libvirt shows the first one as a console, too. A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - >-
            Where it leads on the host: V(pty) is a pseudo terminal (C(virsh console)), V(file) and V(unix) are a
            file and a socket at O(serials[].path), V(null) is nowhere, V(stdio) is QEMU's own output.
        type: str
        required: true
        choices: [pty, file, unix, "null", stdio]
      path:
        description:
          - Path of the file or socket.
        type: str
      port:
        description:
          - Number of the port, from V(0), which identifies it in the list.
        type: int
      log_file:
        description:
          - Path of a file on the host to which all output is also written (C(<log file=…>)).
        type: str
  consoles:
    description:
      - The consoles (C(<console>)). Those on a serial port are libvirt's view of O(serials), and stay as long as the
        port. A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - Where it leads on the host, see O(serials[].type).
        type: str
        required: true
        choices: [pty, file, unix, "null", stdio]
      target_type:
        description:
          - >-
            What the guest sees: V(serial) is its first serial port, also if it is not stated; V(virtio) is a virtio
            console.
        type: str
        choices: [serial, virtio]
  channels:
    description:
      - Channels between host and guest (C(<channel>)). They are plugged and unplugged live.
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - >-
            Where it leads on the host: V(unix) is a socket, which libvirt names; V(spicevmc) the Spice client;
            V(pty) a pseudo terminal. A change waits for a restart.
        type: str
        required: true
        choices: [unix, spicevmc, pty]
      name:
        description:
          - Name of the channel, which identifies it in the list and is what the guest sees. V(org.qemu.guest_agent.0)
            is that of the guest agent.
        type: str
        required: true
  inputs:
    description:
      - Input devices (C(<input>)). PS/2 mouse and keyboard are part of every PC and stay although they are not
        listed. The others are plugged and unplugged live.
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - What it is. V(tablet) tells where the pointer is, so that it follows that of the person's own screen. It
            identifies the device together with O(inputs[].bus).
        type: str
        required: true
        choices: [tablet, mouse, keyboard]
      bus:
        description:
          - What it is attached to.
        type: str
        required: true
        choices: [usb, virtio, ps2]
  rngs:
    description:
      - Random number generators (C(<rng>)). They are plugged and unplugged live.
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The model. A change waits for a restart.
        type: str
        required: true
        choices: [virtio, virtio-transitional, virtio-non-transitional]
      backend:
        description:
          - Where the numbers come from (C(<backend>)). Needed. A change waits for a restart.
        type: dict
        suboptions:
          model:
            description:
              - V(random) reads O(rngs[].backend.device), V(builtin) is QEMU's own source.
            type: str
            required: true
            choices: [random, builtin]
          device:
            description:
              - Path of the host's device, with O(rngs[].backend.model=random). If it is not stated, V(/dev/urandom).
            type: str
      rate:
        description:
          - How much the guest can take (C(<rate>)). If it is not stated, as much as it likes. A change waits for a
            restart.
        type: dict
        suboptions:
          bytes:
            description:
              - The number of bytes in each period.
            type: int
            required: true
          period:
            description:
              - The length of a period in milliseconds. If it is not stated, 1000.
            type: int
  tpms:
    description:
      - The TPM (C(<tpm>)). A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The model. If it is not stated for a new one, libvirt chooses.
        type: str
        choices: [tpm-tis, tpm-crb, tpm-spapr]
      backend:
        description:
          - What is behind it (C(<backend>)).
        type: dict
        suboptions:
          type:
            description:
              - V(emulator) is emulated by C(swtpm), which has to be installed on the host and keeps its state there;
                V(passthrough) is the host's own.
            type: str
            required: true
            choices: [emulator, passthrough]
          version:
            description:
              - The version of the standard, with O(tpms[].backend.type=emulator). If it is not stated for a new one,
                V(2.0) for most models.
            type: str
            choices: ["1.2", "2.0"]
  watchdogs:
    description:
      - The watchdogs (C(<watchdog>)). V(itco), which is part of the machine type V(q35) since libvirt 9.1, stays
        although it is not listed. All watchdogs of a guest have the same action. A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The model, which identifies the watchdog in the list.
        type: str
        required: true
        choices: [i6300esb, ib700, diag288, itco]
      action:
        description:
          - What happens when the guest does not feed it in time. If it is not stated, V(reset).
        type: str
        choices: [reset, shutdown, poweroff, pause, none, dump, inject-nmi]
  memballoon:
    description:
      - The device by which a guest gives memory back (C(<memballoon>)). libvirt adds a V(virtio) one if none is
        stated.
    type: dict
    suboptions:
      model:
        description:
          - The model; V(none) for no such device. A change waits for a restart.
        type: str
        choices: [virtio, virtio-transitional, virtio-non-transitional, none]
      autodeflate:
        description:
          - Whether the guest gets memory back when it runs out of it (the attribute C(autodeflate)). If it is not
            stated, it does not. A change waits for a restart.
        type: bool
      stats_period:
        description:
          - Every how many seconds the guest tells about its memory (C(<stats period=…>)). V(0), for never, if it is
            not stated for a new domain. The change is live.
        type: int
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
    - Empty for a guest that does not run or is stopped by the task.
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
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import Domain


def main() -> None:
    run_state_module(Domain())


if __name__ == "__main__":
    main()
