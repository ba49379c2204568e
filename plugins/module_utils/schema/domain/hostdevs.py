# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices of the host that a guest has to itself (U(https://libvirt.org/formatdomain.html#host-device-assignment))."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    NUMBER,
    ON,
    PRESENT,
    UUID,
    YES,
    Choice,
    Codec,
    Number,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.disk_source import IMAGE_NAME, auth, hosts
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.shared import (
    BOOT,
    DEVICE,
    HEXADECIMAL,
    PLUG,
    ROM,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    RESTART,
    Field,
    Group,
    List,
    Spec,
)


class UsbId(Codec):
    """The number of a vendor, product or class, hexadecimal as everywhere: V('0x046d')."""

    def __init__(self, digits: int) -> None:
        self.digits = digits

    def parse(self, value: t.Any) -> str:
        try:
            return self._hexadecimal(int(str(value), 0))
        except ValueError as error:
            raise ValueError(f"{value!r} is not a number like {self._hexadecimal(0x46)!r}") from error

    def decode(self, text: str) -> str | None:
        return None if text == "-1" else self._hexadecimal(int(text, 16))

    def _hexadecimal(self, number: int) -> str:
        return f"0x{number:0{self.digits}x}"


class BusOfKind(Number):
    """A number that only PCI devices have in hexadecimal."""

    def write(self, element: xml.Element, path: str, value: t.Any) -> None:
        hostdev = element.getparent().getparent()
        xml.put(element, path, f"{value:#x}" if hostdev.get("type") == "pci" else str(value))


def hostdev_plugs(hostdev: Spec, _before: object) -> str:
    """Say how a device is given to a running guest: one with a display of its own cannot be."""
    return RESTART if hostdev.get("display") else PLUG


_SOURCE = Group(
    "source",
    "source",
    (
        Group(
            "address",
            "address",
            (
                *(Field(name, f"@{name}", HEXADECIMAL) for name in ("domain", "slot", "function")),
                Field("bus", "@bus", BusOfKind()),
                *(Field(name, f"@{name}", NUMBER) for name in ("device", "target", "unit")),
                Field("uuid", "@uuid", UUID),
            ),
        ),
        Field("vendor", "vendor/@id", UsbId(4)),
        Field("product", "product/@id", UsbId(4)),
        Field("startup_policy", "@startupPolicy", Choice("mandatory", "requisite", "optional")),
        Field("guest_reset", "@guestReset", Choice("off", "uninitialized", "on")),
        Field("adapter", "adapter/@name"),
        Field("protocol", "@protocol", Choice("adapter", "iscsi", "vhost")),
        Field("name", "@name", IMAGE_NAME),
        hosts("host"),
        auth("auth"),
        Field("initiator", "initiator/iqn/@name"),
        Field("wwpn", "@wwpn"),
    ),
    rules={"required_by": {"product": ["vendor"], "vendor": ["product"]}},
)

HOSTDEVS = List(
    "hostdevs",
    "devices/hostdev",
    (
        Field(
            "type",
            "@type",
            Choice("pci", "usb", "scsi", "scsi_host", "mdev"),
            required=True,
            implies={"@mode": "subsystem"},
        ),
        _SOURCE,
        Field("managed", "@managed", YES, absent=False),
        Field("model", "@model"),
        Group("driver", "driver", (Field("name", "@name"), Field("model", "@model")), filled=True),
        Field("display", "@display", ON),
        Field("ramfb", "@ramfb", ON),
        Field("sgio", "@sgio", Choice("filtered", "unfiltered")),
        Field("rawio", "@rawio", YES),
        Field("readonly", "readonly", PRESENT, absent=False),
        Field("shareable", "shareable", PRESENT, absent=False),
        Group(
            "teaming",
            "teaming",
            (
                Field("type", "@type", Choice("transient", "persistent"), required=True),
                Field("persistent", "@persistent"),
            ),
        ),
        ROM,
        *BOOT,
        *DEVICE,
    ),
    keys=("alias",),
    alike=("type", "source"),
    by_place=False,  # another source is another device
    live=hostdev_plugs,
)
