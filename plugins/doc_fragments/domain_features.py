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
"""
