# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a guest's firmware tells of the machine (U(https://libvirt.org/formatdomain.html#smbios-system-information))."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    PATH,
    UUID,
    Codec,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    Field,
    Group,
    List,
    Node,
    Values,
)


def _entries(*names: str, **codecs: Codec) -> tuple[Node, ...]:
    return tuple(Field(name, f"entry[@name='{name}']", codecs.get(name, Codec())) for name in names)


SYSINFO = Group(
    "sysinfo",
    "sysinfo[@type='smbios']",
    (
        Group("bios", "bios", _entries("vendor", "version", "date", "release")),
        Group(
            "system",
            "system",
            _entries("manufacturer", "product", "version", "serial", "uuid", "sku", "family", uuid=UUID),
        ),
        List(
            "base_boards",
            "baseBoard",
            _entries("manufacturer", "product", "version", "serial", "asset", "location"),
            alike=("serial", "product"),
        ),
        Group("chassis", "chassis", _entries("manufacturer", "version", "serial", "asset", "sku")),
        Values("oem_strings", "oemStrings/entry", ""),
    ),
)

FWCFG = List(
    "fwcfg",
    "sysinfo[@type='fwcfg']/entry",
    (Field("name", "@name", required=True), Field("value", ""), Field("file", "@file", PATH)),
    keys=("name",),
    rules={"mutually_exclusive": [("value", "file")]},
)
