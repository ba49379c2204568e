# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hubs, smart cards, and USB devices that come over the network (U(https://libvirt.org/formatdomain.html#redirected-devices))."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    PATH,
    TEXT,
    YES,
    Choice,
    Codec,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.charsource import HOST_END, OF_TYPE, TYPES
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.hostdevs import UsbId
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.shared import (
    BOOT,
    DEVICE,
    PLUG,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    Field,
    List,
    Values,
)


class Version(Codec):
    """The version of a USB device, with two digits behind the point. libvirt may write that any will do."""

    def parse(self, value: t.Any) -> str:
        match = re.fullmatch(r"(\d{1,2})\.(\d{1,2})", str(value))
        if not match:
            raise ValueError(f"{value!r} is not a version like '2.00'")
        return f"{int(match[1])}.{match[2]:0<2}"

    def decode(self, text: str) -> str | None:
        return None if text == "-1" else self.parse(text)


HUBS = List("hubs", "devices/hub", (Field("type", "@type", Choice("usb"), required=True), *DEVICE), keys=("alias",))

REDIRDEVS = List(
    "redirdevs",
    "devices/redirdev",
    (
        Field("type", "@type", Choice(*TYPES), required=True, governs=OF_TYPE, implies={"@bus": "usb"}),
        *HOST_END,
        *BOOT,
        *DEVICE,
    ),
    keys=("alias",),
    alike=("type", "source"),
    live=PLUG,
)

REDIRFILTER = List(
    "redirfilter",
    "devices/redirfilter/usbdev",
    (
        Field("allow", "@allow", YES, required=True),
        Field("class", "@class", UsbId(2)),
        Field("vendor", "@vendor", UsbId(4)),
        Field("product", "@product", UsbId(4)),
        Field("version", "@version", Version()),
    ),
)

SMARTCARDS = List(
    "smartcards",
    "devices/smartcard",
    (
        Field(
            "mode",
            "@mode",
            Choice("host", "host-certificates", "passthrough"),
            required=True,
            governs=("certificates", "database", "type", *OF_TYPE, "address"),
        ),
        Values("certificates", "certificate", "", TEXT),
        Field("database", "database", PATH),
        Field("type", "@type", Choice(*TYPES), governs=OF_TYPE),
        *HOST_END,
        *DEVICE,
    ),
    keys=("alias",),
    rules={
        "required_if": [
            ("mode", "host-certificates", ("certificates",)),
            ("mode", "passthrough", ("type",)),
        ]
    },
)
