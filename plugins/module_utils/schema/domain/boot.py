# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Firmware and what is booted (U(https://libvirt.org/formatdomain.html#operating-system-booting))."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    PATH,
    YES,
    Choice,
    Int,
    Machine,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    Field,
    Group,
    Values,
)


class Firmware(Choice):
    """What the guest is started by. V(bios) is what libvirt uses where nothing is said, and few hosts describe it."""

    def encode(self, value: t.Any) -> str:
        return "" if value == "bios" else str(value)


OS = Group(
    "os",
    "os",
    (
        Field("arch", "type/@arch"),
        Field("machine", "type/@machine", Machine()),
        Field(
            "firmware",
            "@firmware",
            Firmware("bios", "efi"),
            absent="bios",
            offered="os/enum[@name='firmware']/value",
        ),
        Group(
            "loader",
            "loader",
            (
                Field("path", "", PATH),
                Field("readonly", "@readonly", YES),
                Field("secure", "@secure", YES),
                Field("type", "@type", Choice("rom", "pflash")),
            ),
        ),
        Group("nvram", "nvram", (Field("path", "", PATH), Field("template", "@template", PATH))),
        Field("kernel", "kernel", PATH),
        Field("initrd", "initrd", PATH),
        Field("cmdline", "cmdline"),
        Values("boot_devices", "boot", "dev", Choice("fd", "hd", "cdrom", "network")),
        Group(
            "boot_menu",
            "bootmenu",
            (Field("enable", "@enable", YES, required=True), Field("timeout", "@timeout", Int(0, 65535))),
        ),
    ),
)
