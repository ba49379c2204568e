# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/boot.py."""

from __future__ import annotations

from domain_cases.common import OVMF, Case, Part, images
from harness import tiny
from harness.host import SCRATCH

PARTS = (
    Part(
        "boot",
        {"os": {"boot_menu": {"enable": True}}},
        (
            Case("os.arch", "x86_64", "i686", running=False),
            Case("os.machine", "pc-q35-6.2", "pc-q35-7.1"),
            Case("os.boot_devices", ["hd"], ["network", "hd"]),
            Case("os.boot_menu.timeout", 1000, 2000),
            Case("os.kernel", f"{tiny.HOME}/vmlinuz", f"{tiny.HOME}/vmlinuz2"),
            Case("os.initrd", f"{tiny.HOME}/initrd.img", f"{tiny.HOME}/initrd2.img"),
            Case("os.cmdline", "quiet", "quiet panic=1"),
        ),
    ),
    Part("boot-menu", {}, (Case("os.boot_menu.enable", False, True),)),
    Part("firmware", {}, (Case("os.firmware", "bios", "efi"),)),
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
            Case("os.nvram.path", f"{SCRATCH}/vars1.fd", f"{SCRATCH}/vars2.fd"),
            Case("os.nvram.template", f"{OVMF}/OVMF_VARS_4M.fd", f"{OVMF}/OVMF_VARS_4M.ms.fd"),
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
