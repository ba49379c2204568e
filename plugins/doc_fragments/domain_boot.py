# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/boot.py and sysinfo.py.
    DOCUMENTATION = r"""
options:
  os:
    description:
      - What the guest is and how it boots (C(<os>)). A change waits for a restart.
    type: dict
    suboptions:
      type:
        description:
          - The kind of guest (C(<type>)). There is one.
        type: str
        choices: [hvm]
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
      firmware_features:
        description:
          - What the firmware that libvirt chooses has to have, or must not have (C(<feature>)). libvirt adds what the
            one has that it chose; what is not listed is left alone.
          - When one is changed, O(os.loader) and O(os.nvram) of before go with it, unless they are stated.
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - >-
                Name of the feature, which identifies it in the list: V(secure-boot) checks signatures,
                V(enrolled-keys) has the keys of those who sign operating systems.
            type: str
            required: true
            choices: [secure-boot, enrolled-keys]
          enabled:
            description:
              - Whether it has it.
            type: bool
            required: true
      secure_boot:
        description:
          - >-
            Both of O(os.firmware_features) in one word, with O(os.firmware=efi): with V(true) the guest only boots
            what is signed with a key that is known to the firmware.
        type: bool
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
          stateless:
            description:
              - Whether it keeps no variables (the attribute C(stateless)), so that there is no O(os.nvram).
            type: bool
          format:
            description:
              - Format of the file (the attribute C(format)). It needs libvirt 9.2.
            type: str
            choices: [raw, qcow2]
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
          template_format:
            description:
              - Format of that file (the attribute C(templateFormat)). It needs libvirt 10.10.
            type: str
            choices: [raw, qcow2]
          format:
            description:
              - Format of the file (the attribute C(format)). It needs libvirt 9.2.
            type: str
            choices: [raw, qcow2]
          source:
            description:
              - Where the variables are kept, when that is not a file of the managed host (C(<source>)), instead of
                O(os.nvram.path). Stated, it replaces what was there.
            type: dict
            suboptions:
              file:
                description:
                  - Path of a file.
                type: str
              dev:
                description:
                  - Path of a block device.
                type: str
              protocol:
                description:
                  - How a server is spoken to, as V(nbd) or V(iscsi).
                type: str
              name:
                description:
                  - What the server calls it.
                type: str
              hosts:
                description:
                  - The servers.
                type: list
                elements: dict
                suboptions:
                  name:
                    description:
                      - Name or address.
                    type: str
                  port:
                    description:
                      - Its port.
                    type: str
                  transport:
                    description:
                      - What connects to it. If it is not stated, V(tcp).
                    type: str
                    choices: [tcp, rdma, unix, vsock]
                  socket:
                    description:
                      - Path of the socket, with V(unix).
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
      shim:
        description:
          - Path of the first stage of a boot loader that checks O(os.kernel) (C(<shim>)). It needs libvirt 11.2.
        type: str
      dtb:
        description:
          - Path of a device tree (C(<dtb>)).
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
      bios:
        description:
          - The BIOS (C(<bios>)).
        type: dict
        suboptions:
          useserial:
            description:
              - Whether it speaks on the first serial port. V(false) is what an unstated one means, too.
            type: bool
          reboot_timeout:
            description:
              - For how many milliseconds it waits before it tries again where nothing could be booted; V(-1) does not
                try again.
            type: int
      smbios:
        description:
          - What the firmware tells of the machine (C(<smbios>)). V(emulate) is QEMU's own, V(host) the host's,
            V(sysinfo) O(sysinfo).
        type: str
        choices: [emulate, host, sysinfo]
      acpi_tables:
        description:
          - ACPI tables that the guest finds (C(<table>)).
        type: list
        elements: dict
        suboptions:
          type:
            description:
              - Kind of the table. Others than V(slic) need libvirt 11.2.
            type: str
            required: true
            choices: [slic, raw, rawset, msdm]
          path:
            description:
              - Path of its file on the managed host.
            type: str
            required: true
  sysinfo:
    description:
      - What the firmware tells of the machine (C(<sysinfo type='smbios'>)), with O(os.smbios=sysinfo). An empty text
        removes an entry. A change waits for a restart.
    type: dict
    suboptions:
      bios:
        description:
          - The BIOS (block 0).
        type: dict
        suboptions:
          vendor:
            description:
              - Vendor.
            type: str
          version:
            description:
              - Version.
            type: str
          date:
            description:
              - Date, as V(01/31/2027).
            type: str
          release:
            description:
              - Release, as V(0.1).
            type: str
      system:
        description:
          - The machine (block 1).
        type: dict
        suboptions:
          manufacturer:
            description:
              - Manufacturer.
            type: str
          product:
            description:
              - Name of the product.
            type: str
          version:
            description:
              - Version.
            type: str
          serial:
            description:
              - Serial number.
            type: str
          uuid:
            description:
              - UUID, the one of the domain.
            type: str
          sku:
            description:
              - Stock keeping unit.
            type: str
          family:
            description:
              - Family of products.
            type: str
      base_boards:
        description:
          - The boards (block 2). Boards are told apart by serial number and product, else by their order.
        type: list
        elements: dict
        suboptions:
          manufacturer:
            description:
              - Manufacturer.
            type: str
          product:
            description:
              - Name of the product.
            type: str
          version:
            description:
              - Version.
            type: str
          serial:
            description:
              - Serial number.
            type: str
          asset:
            description:
              - Asset tag.
            type: str
          location:
            description:
              - Place in the chassis.
            type: str
      chassis:
        description:
          - The chassis (block 3).
        type: dict
        suboptions:
          manufacturer:
            description:
              - Manufacturer.
            type: str
          version:
            description:
              - Version.
            type: str
          serial:
            description:
              - Serial number.
            type: str
          asset:
            description:
              - Asset tag.
            type: str
          sku:
            description:
              - Stock keeping unit.
            type: str
      oem_strings:
        description:
          - Texts of any kind (block 11), in an order that matters. systemd in a guest reads credentials there.
        type: list
        elements: str
  fwcfg:
    description:
      - What QEMU hands the guest and its firmware by name (C(<sysinfo type='fwcfg'>)). A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - Name of the entry, which identifies it in the list. Yours start with V(opt/).
        type: str
        required: true
      value:
        description:
          - Its text.
        type: str
      file:
        description:
          - Path of a file of the managed host with its content, instead of O(fwcfg[].value).
        type: str
"""
