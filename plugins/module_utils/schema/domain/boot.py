# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Firmware and what is booted (U(https://libvirt.org/formatdomain.html#operating-system-booting))."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    NUMBER,
    PATH,
    YES,
    Bool,
    Choice,
    Int,
    Machine,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    Field,
    Group,
    List,
    Values,
)

PFLASH = Choice("raw", "qcow2")


class Firmware(Choice):
    """What the guest is started by. V(bios) is what libvirt uses where nothing is said, and few hosts describe it."""

    def encode(self, value: t.Any) -> str:
        return "" if value == "bios" else str(value)


class SecureBoot(Bool):
    """Two features of a firmware in one word: it checks signatures, and has the keys of those who sign systems."""

    _FEATURES = ("secure-boot", "enrolled-keys")

    def read(self, element: xml.Element, path: str) -> bool | None:
        found = {super(SecureBoot, self).read(element, f"{path}[@name='{name}']/@enabled") for name in self._FEATURES}
        return found.pop() if len(found) == 1 else None

    def write(self, element: xml.Element, path: str, value: t.Any) -> None:
        for name in self._FEATURES:
            super().write(element, f"{path}[@name='{name}']/@enabled", value)

    def clear(self, element: xml.Element, path: str) -> None:
        """Leave them to the row that lists features."""


NVRAM = Group(
    "nvram",
    "nvram",
    (
        Field("path", "", PATH),
        Field("template", "@template", PATH),
        Field("template_format", "@templateFormat", PFLASH, filled=True),
        Field("format", "@format", PFLASH, filled=True),
        Group(
            "source",
            "",
            (
                Field("file", "source/@file", PATH, implies={"@type": "file"}),
                Field("dev", "source/@dev", PATH, implies={"@type": "block"}),
                Field("protocol", "source/@protocol", implies={"@type": "network"}),
                Field("name", "source/@name"),
                List(
                    "hosts",
                    "source/host",
                    (
                        Field("name", "@name"),
                        Field("port", "@port", NUMBER),
                        Field("transport", "@transport", Choice("tcp", "rdma", "unix", "vsock"), absent="tcp"),
                        Field("socket", "@socket", PATH),
                    ),
                ),
            ),
            whole=("source",),
            rules={
                "mutually_exclusive": [("file", "dev", "protocol")],
                "required_by": {"name": ["protocol"], "hosts": ["protocol"]},
            },
        ),
    ),
)

OS = Group(
    "os",
    "os",
    (
        Field("type", "type", Choice("hvm")),
        Field("arch", "type/@arch"),
        Field("machine", "type/@machine", Machine()),
        Field(
            "firmware",
            "@firmware",
            Firmware("bios", "efi"),
            absent="bios",
            offered="os/enum[@name='firmware']/value",
        ),
        List(
            "firmware_features",
            "firmware/feature",
            (
                Field("name", "@name", Choice("secure-boot", "enrolled-keys"), required=True),
                Field("enabled", "@enabled", YES, required=True),
            ),
            keys=("name",),
            implicit=lambda feature: True,  # libvirt notes what the firmware has that it chose
            live_extra=True,
        ),
        Field("secure_boot", "firmware/feature", SecureBoot()),
        Group(
            "loader",
            "loader",
            (
                Field("path", "", PATH),
                Field("readonly", "@readonly", YES),
                Field("secure", "@secure", YES),
                Field("type", "@type", Choice("rom", "pflash")),
                Field("stateless", "@stateless", YES),
                Field("format", "@format", PFLASH, filled=True),
            ),
        ),
        NVRAM,
        Field("kernel", "kernel", PATH),
        Field("initrd", "initrd", PATH),
        Field("cmdline", "cmdline"),
        Field("shim", "shim", PATH),
        Field("dtb", "dtb", PATH),
        Values("boot_devices", "boot", "dev", Choice("fd", "hd", "cdrom", "network")),
        Group(
            "boot_menu",
            "bootmenu",
            (Field("enable", "@enable", YES, required=True), Field("timeout", "@timeout", Int(0, 65535))),
        ),
        Group(
            "bios",
            "bios",
            (
                Field("useserial", "@useserial", YES, absent=False),
                Field("reboot_timeout", "@rebootTimeout", Int(-1, 65535)),
            ),
        ),
        Field("smbios", "smbios/@mode", Choice("emulate", "host", "sysinfo")),
        List(
            "acpi_tables",
            "acpi/table",
            (
                Field("type", "@type", Choice("slic", "raw", "rawset", "msdm"), required=True),
                Field("path", "", PATH, required=True),
            ),
            alike=("type", "path"),
        ),
    ),
)
