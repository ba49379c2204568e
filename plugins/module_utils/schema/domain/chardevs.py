# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Serial and parallel ports, consoles, channels (U(https://libvirt.org/formatdomain.html#consoles-serial-parallel-channel-devices))."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    Choice,
    Int,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.charsource import HOST_END, OF_TYPE, TYPES
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.shared import DEVICE, PLUG
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    Field,
    Group,
    List,
)

TYPE = Field("type", "@type", Choice(*TYPES), required=True, governs=OF_TYPE)

SERIALS = List(
    "serials",
    "devices/serial",
    (
        TYPE,
        *HOST_END,
        Field(
            "target_type",
            "target/@type",
            Choice(
                "isa-serial",
                "usb-serial",
                "pci-serial",
                "spapr-vio-serial",
                "system-serial",
                "sclp-serial",
                "isa-debug",
            ),
            governs=("model", "address"),
        ),
        Field(
            "model",
            "target/model/@name",
            Choice(
                "isa-serial",
                "usb-serial",
                "pci-serial",
                "spapr-vty",
                "pl011",
                "16550a",
                "sclpconsole",
                "sclplmconsole",
                "isa-debugcon",
            ),
        ),
        Field("port", "target/@port", Int(0)),
        *DEVICE,
    ),
    keys=("port",),
    alike=("type",),
)

PARALLELS = List(
    "parallels",
    "devices/parallel",
    (TYPE, *HOST_END, Field("port", "target/@port", Int(0)), *DEVICE),
    keys=("port",),
    alike=("type",),
)

CONSOLES = List(
    "consoles",
    "devices/console",
    (
        TYPE,
        *HOST_END,
        Field("target_type", "target/@type", Choice("serial", "virtio", "sclp", "sclplm"), absent="serial"),
        Field("port", "target/@port", Int(0)),
        *DEVICE,
    ),
    alike=("target_type", "type"),
    implicit=lambda console: console.get("target_type") == "serial",  # what libvirt shows of the first serial port
)

CHANNELS = List(
    "channels",
    "devices/channel",
    (
        TYPE,
        *HOST_END,
        Field("name", "target/@name", implies={"target/@type": "virtio"}),
        Group(
            "target",
            "target",
            (
                Field("type", "@type", Choice("virtio", "guestfwd")),
                Field("address", "@address"),
                Field("port", "@port", Int(1, 65535)),
            ),
            rules={"required_if": [("type", "guestfwd", ("address", "port"))]},
        ),
        *DEVICE,
    ),
    keys=("name",),
    repeats=("name",),
    alike=("target", "type"),
    live=PLUG,
    rules={"required_one_of": [("name", "target")]},
)
