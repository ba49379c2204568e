# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/features.py.
    DOCUMENTATION = r"""
options:
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
      apic_eoi:
        description:
          - Whether an interrupt ends without leaving the guest (the attribute C(eoi) of C(<apic>)), with
            O(features.apic=true).
        type: bool
      hap:
        description:
          - Paging in hardware (C(<hap>)).
        type: bool
      pvspinlock:
        description:
          - Paravirtual spin locks (C(<pvspinlock>)).
        type: bool
      smm_tseg:
        description:
          - Size of its memory (C(<tseg>)), in bytes or with a unit, with O(features.smm=true).
        type: str
      vmcoreinfo:
        description:
          - A device by which a guest tells how to read its crash dump (C(<vmcoreinfo>)).
        type: bool
      ps2:
        description:
          - The PS/2 controller (C(<ps2>)). It needs libvirt 10.1.
        type: bool
      ras:
        description:
          - Reporting of memory errors to ARM guests (C(<ras>)). It needs libvirt 10.4.
        type: bool
      async_teardown:
        description:
          - Whether memory is given back after QEMU has ended (C(<async-teardown>)). It needs libvirt 9.6.
        type: bool
      hyperv:
        description:
          - What makes Windows run better (C(<hyperv>)). The names are libvirt's; they need O(type=kvm).
        type: dict
        suboptions:
          mode:
            description:
              - V(custom) is what is stated below, and what an unstated one means; V(passthrough) is all that the host
                has, and nothing else can be stated with it.
            type: str
            choices: [custom, passthrough]
          relaxed:
            description:
              - Relaxed constraints on timers.
            type: bool
          vapic:
            description:
              - A virtual APIC.
            type: bool
          spinlocks:
            description:
              - Spin locks that tell the host that they spin.
            type: dict
            suboptions:
              state:
                description:
                  - Whether it is on. libvirt forgets the rest where it is not.
                type: bool
                required: true
              retries:
                description:
                  - After how many attempts they tell, at least 4095. Needed where it is on.
                type: int
          vpindex:
            description:
              - The index of a virtual processor.
            type: bool
          runtime:
            description:
              - The time for which processors ran.
            type: bool
          synic:
            description:
              - A synthetic interrupt controller.
            type: bool
          stimer:
            description:
              - Synthetic timers.
            type: dict
            suboptions:
              state:
                description:
                  - Whether it is on. libvirt forgets the rest where it is not.
                type: bool
                required: true
              direct:
                description:
                  - Whether they interrupt directly.
                type: bool
          reset:
            description:
              - Resetting the guest.
            type: bool
          vendor_id:
            description:
              - The vendor of the hypervisor that the guest sees.
            type: dict
            suboptions:
              state:
                description:
                  - Whether it is on. libvirt forgets the rest where it is not.
                type: bool
                required: true
              value:
                description:
                  - Its name, up to twelve characters. Needed where it is on.
                type: str
          frequencies:
            description:
              - The frequencies of timers.
            type: bool
          reenlightenment:
            description:
              - Notices after a migration.
            type: bool
          tlbflush:
            description:
              - Flushing the TLB of other processors.
            type: dict
            suboptions:
              state:
                description:
                  - Whether it is on. libvirt forgets the rest where it is not.
                type: bool
                required: true
              direct:
                description:
                  - Whether a nested hypervisor's guests do it directly. It needs libvirt 11.0.
                type: bool
              extended:
                description:
                  - Whether parts of it can be flushed. It needs libvirt 11.0.
                type: bool
          ipi:
            description:
              - Interrupts to other processors.
            type: bool
          evmcs:
            description:
              - Enlightened VMCS, on Intel.
            type: bool
          avic:
            description:
              - Interrupts by APICv or AVIC.
            type: bool
          emsr_bitmap:
            description:
              - A bitmap of model-specific registers for nested guests. It needs libvirt 10.7.
            type: bool
          xmm_input:
            description:
              - Arguments of hypercalls in XMM registers. It needs libvirt 10.7.
            type: bool
      kvm:
        description:
          - What KVM offers to its guests (C(<kvm>)).
        type: dict
        suboptions:
          hidden:
            description:
              - Whether the guest does not see that it runs on KVM.
            type: bool
          hint_dedicated:
            description:
              - Whether the guest is told that its processors are its own (C(<hint-dedicated>)).
            type: bool
          poll_control:
            description:
              - Whether the guest can poll by itself when it is idle (C(<poll-control>)).
            type: bool
          pv_ipi:
            description:
              - Paravirtual interrupts to other processors (C(<pv-ipi>)).
            type: bool
          dirty_ring:
            description:
              - A ring in which KVM tells which memory was written (C(<dirty-ring>)).
            type: dict
            suboptions:
              state:
                description:
                  - Whether it is on. libvirt forgets the rest where it is not.
                type: bool
                required: true
              size:
                description:
                  - Number of its entries for a processor, a power of two. Needed where it is on.
                type: int
      tcg:
        description:
          - Emulation without hardware virtualisation (C(<tcg>)).
        type: dict
        suboptions:
          tb_cache:
            description:
              - Size of the cache of translated code (C(<tb-cache>)), in bytes or with a unit.
            type: str
      ioapic:
        description:
          - Who emulates the I/O APIC (C(<ioapic>)). O(iommus) with interrupt remapping need V(qemu).
        type: str
        choices: [kvm, qemu]
      msrs:
        description:
          - What happens when the guest uses a model-specific register that is not known (C(<msrs>)).
        type: str
        choices: [ignore, fault]
      gic:
        description:
          - Version of the interrupt controller of an ARM guest (C(<gic>)).
        type: str
        choices: ['2', '3', host]
      aia:
        description:
          - Interrupt architecture of a RISC-V guest (C(<aia>)). It needs libvirt 11.1.
        type: str
        choices: [none, aplic, aplic-imsic]
      hpt:
        description:
          - The hash page table of a POWER guest (C(<hpt>)).
        type: dict
        suboptions:
          resizing:
            description:
              - Whether it can change its size.
            type: str
            choices: [enabled, disabled, required]
          maxpagesize:
            description:
              - Size of the largest pages, in bytes or with a unit.
            type: str
      htm:
        description:
          - Transactional memory of a POWER guest (C(<htm>)).
        type: bool
      nested_hv:
        description:
          - Whether a POWER guest can have guests (C(<nested-hv>)).
        type: bool
      ccf_assist:
        description:
          - Count cache flush assistance of a POWER guest (C(<ccf-assist>)).
        type: bool
      cfpc:
        description:
          - Cache flush on a change of privilege of a POWER guest (C(<cfpc>)).
        type: str
        choices: [broken, workaround, fixed]
      sbbc:
        description:
          - Speculation barrier bounds checking of a POWER guest (C(<sbbc>)).
        type: str
        choices: [broken, workaround, fixed]
      ibs:
        description:
          - Indirect branch speculation of a POWER guest (C(<ibs>)).
        type: str
        choices: [broken, workaround, fixed-ibs, fixed-ccd, fixed-na]
  clock:
    description:
      - The guest's clock (C(<clock>)). A change waits for a restart.
    type: dict
    suboptions:
      offset:
        description:
          - >-
            What the clock shows when the guest is started: V(utc), which is also what an unstated one means, the
            host's V(localtime), that of O(clock.timezone), O(clock.adjustment) off O(clock.basis) with V(variable), or
            always O(clock.start) with V(absolute).
          - When it is changed, what belonged to the one before goes with it.
        type: str
        choices: [utc, localtime, timezone, variable, absolute]
      timezone:
        description:
          - Name of the time zone, as V(Europe/Vienna), with O(clock.offset=timezone).
        type: str
      basis:
        description:
          - What O(clock.adjustment) is counted from, with O(clock.offset=variable).
        type: str
        choices: [utc, localtime]
      adjustment:
        description:
          - Seconds that the clock is ahead, with O(clock.offset=variable). A guest that sets its clock changes it.
          - With V(utc) and V(localtime), V(reset) makes the clock correct at every start.
        type: str
      start:
        description:
          - The time with O(clock.offset=absolute), in seconds since 1970.
        type: int
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
            choices: [hpet, kvmclock, pit, rtc, tsc, hypervclock, platform, armvtimer]
          present:
            description:
              - Whether the guest has it. If it is not stated, the hypervisor decides.
            type: bool
          tickpolicy:
            description:
              - What happens to ticks that the guest missed. If it is not stated, the hypervisor decides.
            type: str
            choices: [delay, catchup, merge, discard]
          track:
            description:
              - What an V(rtc) follows.
            type: str
            choices: [boot, guest, wall, realtime]
          frequency:
            description:
              - The frequency of a V(tsc), in Hz.
            type: int
          mode:
            description:
              - How the guest gets a V(tsc).
            type: str
            choices: [auto, native, emulate, paravirt, smpsafe]
          catchup:
            description:
              - How ticks that were missed are made up for, with O(clock.timers[].tickpolicy=catchup) (C(<catchup>)).
            type: dict
            suboptions:
              threshold:
                description:
                  - From how many missed ticks on.
                type: int
              slew:
                description:
                  - How much faster the ticks come then.
                type: int
              limit:
                description:
                  - How many missed ticks are made up for at most.
                type: int
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
  on_lockfailure:
    description:
      - What happens when the lease of a disk is lost (C(<on_lockfailure>)), with a lock manager. A change waits for a
        restart.
    type: str
    choices: [poweroff, restart, pause, ignore]
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
"""
