# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Small devices of a machine: input, random numbers, TPM, watchdog, balloon (U(https://libvirt.org/formatdomain.html#input-devices))."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    ON,
    PATH,
    Choice,
    Int,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.shared import (
    PLUG,
    enumeration,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    RESTART,
    Field,
    Group,
    List,
)

INPUTS = List(
    "inputs",
    "devices/input",
    (
        Field("type", "@type", Choice("tablet", "mouse", "keyboard"), required=True),
        Field("bus", "@bus", Choice("usb", "virtio", "ps2"), required=True),
    ),
    keys=("type+bus",),
    implicit=lambda device: device.get("bus") == "ps2",  # part of every x86 guest
    live=lambda device, _before: PLUG if device.get("bus") != "ps2" else RESTART,
)

RNGS = List(
    "rngs",
    "devices/rng",
    (
        Field(
            "model",
            "@model",
            Choice("virtio", "virtio-transitional", "virtio-non-transitional"),
            required=True,
            offered=enumeration("rng", "model"),
        ),
        Group(
            "backend",
            "backend",
            (
                Field(
                    "model",
                    "@model",
                    Choice("random", "builtin"),
                    required=True,
                    offered=enumeration("rng", "backendModel"),
                ),
                Field("device", "", PATH),
            ),
        ),
        Group("rate", "rate", (Field("bytes", "@bytes", Int(1), required=True), Field("period", "@period", Int(1)))),
    ),
    alike=("model", "backend"),
    live=PLUG,
    rules={"required_by": {"model": ["backend"]}},
)

TPMS = List(
    "tpms",
    "devices/tpm",
    (
        Field("model", "@model", Choice("tpm-tis", "tpm-crb", "tpm-spapr"), offered=enumeration("tpm", "model")),
        Group(
            "backend",
            "backend",
            (
                Field(
                    "type",
                    "@type",
                    Choice("emulator", "passthrough"),
                    required=True,
                    offered=enumeration("tpm", "backendModel"),
                ),
                Field("version", "@version", Choice("1.2", "2.0"), offered=enumeration("tpm", "backendVersion")),
            ),
        ),
    ),
)

WATCHDOGS = List(
    "watchdogs",
    "devices/watchdog",
    (
        Field("model", "@model", Choice("i6300esb", "ib700", "diag288", "itco"), required=True),
        Field("action", "@action", Choice("reset", "shutdown", "poweroff", "pause", "none", "dump", "inject-nmi")),
    ),
    keys=("model",),
    implicit=lambda watchdog: watchdog.get("model") == "itco",  # part of machine q35 since libvirt 9.1
)

MEMBALLOON = Group(
    "memballoon",
    "devices/memballoon",
    (
        Field("model", "@model", Choice("virtio", "virtio-transitional", "virtio-non-transitional", "none")),
        Field("autodeflate", "@autodeflate", ON),
        Field("stats_period", "stats/@period", Int(0), live="memballoon_stats", absent=0),
    ),
)
