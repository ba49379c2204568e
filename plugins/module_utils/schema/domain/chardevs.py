# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Serial ports, consoles, channels (U(https://libvirt.org/formatdomain.html#consoles-serial-parallel-channel-devices))."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    PATH,
    Choice,
    Int,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.shared import (
    PLUG,
    enumeration,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    Field,
    List,
)

SERIALS = List(
    "serials",
    "devices/serial",
    (
        Field("type", "@type", Choice("pty", "file", "unix", "null", "stdio"), required=True),
        Field("path", "source/@path", PATH),
        Field("port", "target/@port", Int(0)),
        Field("log_file", "log/@file", PATH),
    ),
    keys=("port",),
    alike=("type",),
)

CONSOLES = List(
    "consoles",
    "devices/console",
    (
        Field("type", "@type", Choice("pty", "file", "unix", "null", "stdio"), required=True),
        Field("target_type", "target/@type", Choice("serial", "virtio"), absent="serial"),
    ),
    alike=("target_type", "type"),
    implicit=lambda console: console.get("target_type") == "serial",  # what libvirt shows of the first serial port
)

CHANNELS = List(
    "channels",
    "devices/channel",
    (
        Field(
            "type", "@type", Choice("unix", "spicevmc", "pty"), required=True, offered=enumeration("channel", "type")
        ),
        Field("name", "target/@name", required=True, implies={"target/@type": "virtio"}),
    ),
    keys=("name",),
    live=PLUG,
)
