# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/boot.py and sysinfo.py."""

from __future__ import annotations

from domain_cases.common import OVMF, UUIDS, images
from harness import tiny
from harness.host import SCRATCH
from harness.parts import AS_IS, Case, Part

OLD = ("bookworm",)  # its libvirt does not know the option

BOARD = {"manufacturer": "one", "product": "one", "version": "one", "serial": "one", "asset": "one", "location": "one"}


def told(where: str, *names: str) -> tuple[Case, ...]:
    return tuple(Case(f"sysinfo.{where}.{name}", "one", "two") for name in names)


PARTS = (
    Part(
        "boot",
        {"os": {"boot_menu": {"enable": True}}, "serials": [{"type": "pty"}]},
        (
            Case("os.arch", "x86_64", "i686", running=False),
            Case("os.machine", "pc-q35-6.2", "pc-q35-7.1"),
            Case("os.boot_devices", ["hd"], ["network", "hd"]),
            Case("os.boot_menu.timeout", 1000, 2000),
            Case("os.kernel", f"{tiny.HOME}/vmlinuz", f"{tiny.HOME}/vmlinuz2"),
            Case("os.initrd", f"{tiny.HOME}/initrd.img", f"{tiny.HOME}/initrd2.img"),
            Case("os.cmdline", "quiet", "quiet panic=1"),
            Case("os.shim", None, f"{SCRATCH}/shim.efi", running=False, refused_on=OLD),
            Case("os.dtb", f"{SCRATCH}/one.dtb", f"{SCRATCH}/two.dtb", running=False),
            Case("os.bios.useserial", False, True, running=False),
            Case("os.bios.reboot_timeout", 0, 5000),
            Case(
                "os.acpi_tables",
                [],
                [{"type": "slic", "path": f"{SCRATCH}/one"}],
                changes=("os.acpi_tables[0]",),
                running=False,
            ),
            Case(
                "os.acpi_tables[slic].path", AS_IS, f"{SCRATCH}/two", changes=("os.acpi_tables[0].path",), running=False
            ),
            Case(
                "os.acpi_tables",
                AS_IS,
                [{"type": "raw", "path": f"{SCRATCH}/two"}],
                changes=("os.acpi_tables[0].type",),
                running=False,
                refused_on=OLD,
                note="of another type",
            ),
        ),
    ),
    Part("boot-menu", {}, (Case("os.boot_menu.enable", False, True),)),
    Part("firmware", {}, (Case("os.firmware", "bios", "efi"),)),
    Part(
        "sysinfo",
        {"os": {"smbios": "sysinfo"}, "uuid": UUIDS[0], "sysinfo": {"base_boards": [BOARD]}},
        (
            Case("os.smbios", AS_IS, "emulate"),
            *told("bios", "vendor", "version"),
            Case("sysinfo.bios.release", "0.1", "0.2"),
            Case("sysinfo.bios.date", "01/31/2026", "02/28/2026"),
            *told("system", "manufacturer", "product", "version", "serial", "sku", "family"),
            Case("sysinfo.system.uuid", None, UUIDS[0]),
            *(
                Case(f"sysinfo.base_boards[one].{name}", AS_IS, "two", changes=(f"sysinfo.base_boards[0].{name}",))
                for name in BOARD
            ),
            Case(
                "sysinfo.base_boards",
                AS_IS,
                [],
                changes=("sysinfo.base_boards[0]",),
                running=False,
            ),
            *told("chassis", "manufacturer", "version", "serial", "asset", "sku"),
            Case("sysinfo.oem_strings", ["one", "two"], ["two", "one"]),
            Case(
                "fwcfg",
                [{"name": "opt/law.one", "value": "1"}],
                [{"name": "opt/law.one", "value": "1"}, {"name": "opt/law.two", "file": "/etc/hostname"}],
                changes=("fwcfg[opt/law.two]",),
            ),
            Case("fwcfg[opt/law.one].value", AS_IS, "2", running=False),
            Case("fwcfg[opt/law.two].file", AS_IS, "/etc/passwd", running=False),
            Case(
                "fwcfg[opt/law.two].name",
                AS_IS,
                "opt/law.three",
                changes=("fwcfg[opt/law.two]", "fwcfg[opt/law.three]"),
                running=False,
            ),
        ),
    ),
    Part(
        "secure-boot",
        {"os": {"firmware": "efi"}},
        (
            Case("os.secure_boot", False, True),
            Case(
                "os.firmware_features",
                AS_IS,
                [{"name": "enrolled-keys", "enabled": False}, {"name": "secure-boot", "enabled": True}],
                also={"os.secure_boot": None},
                changes=("os.firmware_features[enrolled-keys].enabled",),
                running=False,
            ),
            Case(
                "os.firmware_features[enrolled-keys].enabled",
                AS_IS,
                True,
                running=False,
            ),
        ),
    ),
    Part("firmware-back", {}, (Case("os.firmware", "efi", "bios"),)),
    Part(
        "loader",
        {
            "features": {"smm": True},
            "os": {
                "loader": {"readonly": True, "type": "pflash"},
                "nvram": {"path": f"{SCRATCH}/vars.fd"},
            },
        },
        (
            Case("os.loader.path", f"{OVMF}/OVMF_CODE_4M.secboot.fd", f"{OVMF}/OVMF_CODE_4M.ms.fd"),
            Case("os.loader.secure", False, True),
            Case("os.loader.format", "raw", "qcow2", running=False, refused_on=OLD),
            Case("os.nvram.format", "raw", "qcow2", running=False, refused_on=OLD),
            Case("os.nvram.template_format", "raw", "qcow2", running=False, refused_on=OLD),
            Case("os.nvram.path", f"{SCRATCH}/vars1.fd", f"{SCRATCH}/vars2.fd"),
            Case("os.nvram.template", f"{OVMF}/OVMF_VARS_4M.fd", f"{OVMF}/OVMF_VARS_4M.ms.fd"),
        ),
    ),
    Part(
        "variables",
        {"os": {"loader": {"path": f"{SCRATCH}/code.fd", "readonly": True, "type": "pflash"}}},
        (
            Case("os.nvram.source", {"dev": "/dev/sda"}, {"file": f"{SCRATCH}/vars.fd"}, running=False),
            Case(
                "os.nvram.source",
                AS_IS,
                {"protocol": "nbd", "name": "one", "hosts": [{"name": "192.0.2.1", "port": 10809, "transport": "tcp"}]},
                running=False,
                note="of a server",
            ),
            Case(
                "os.nvram.source",
                AS_IS,
                {"protocol": "nbd", "name": "one", "hosts": [{"transport": "unix", "socket": "/run/one"}]},
                running=False,
                note="at a socket",
            ),
            Case("os.nvram.source", AS_IS, {"dev": "/dev/sdb"}, running=False, note="of a disk"),
            Case(
                "os.loader.stateless",
                False,
                True,
                running=False,
                also={"os.nvram": None},
                changes=("os.loader.stateless",),
            ),
        ),
    ),
    Part(
        "rom",
        {"os": {"loader": {"path": f"{SCRATCH}/rom1"}}},
        (
            Case("os.loader.type", "rom", "pflash"),
            Case("os.loader.readonly", True, False),
        ),
        images,
    ),
)
