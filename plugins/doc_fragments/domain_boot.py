# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/boot.py.
    DOCUMENTATION = r"""
options:
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
"""
