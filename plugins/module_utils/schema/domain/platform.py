# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Small devices of a machine: input, random numbers, TPM, watchdog, balloon (U(https://libvirt.org/formatdomain.html#input-devices))."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    ON,
    PATH,
    PRESENT,
    UUID,
    YES,
    Choice,
    Int,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.charsource import (
    HOST_END,
    OF_TYPE,
    TYPES,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.shared import (
    DEVICE,
    PLUG,
    VIRTIO,
    enumeration,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    RESTART,
    Field,
    Group,
    List,
    Spec,
)

VIRTIO_MODELS = ("virtio", "virtio-transitional", "virtio-non-transitional")


def input_plugs(device: Spec, _before: object) -> str:
    """Say how an input device is added to a running guest: on USB or as a virtio device."""
    bus = device.get("bus") or ("usb" if device.get("type") == "tablet" else None)
    return PLUG if bus in ("usb", "virtio") else RESTART


INPUTS = List(
    "inputs",
    "devices/input",
    (
        Field(
            "type",
            "@type",
            Choice("tablet", "mouse", "keyboard", "passthrough", "evdev"),
            required=True,
            governs=("source",),
        ),
        Field("bus", "@bus", Choice("usb", "virtio", "ps2"), governs=("model", "driver", "address")),
        Field("model", "@model", Choice(*VIRTIO_MODELS), governs=("address",)),
        Group(
            "source",
            "",
            (
                Field("evdev", "source/@evdev", PATH),
                Field("dev", "source/@dev", PATH),
                Field("grab", "source/@grab", Choice("all")),
                Field(
                    "grab_toggle",
                    "source/@grabToggle",
                    Choice(
                        "ctrl-ctrl",
                        "alt-alt",
                        "shift-shift",
                        "meta-meta",
                        "scrolllock",
                        "ctrl-scrolllock",
                    ),
                ),
                Field("repeat", "source/@repeat", ON),
            ),
            whole=("source",),
        ),
        Group("driver", "driver", VIRTIO),
        *DEVICE,
    ),
    keys=("type+bus",),
    alike=("type", "source"),
    repeats=("type+bus",),
    by_place=False,
    implicit=lambda device: device.get("bus") == "ps2",  # part of every x86 guest
    live=input_plugs,
)

RNGS = List(
    "rngs",
    "devices/rng",
    (
        Field(
            "model",
            "@model",
            Choice(*VIRTIO_MODELS),
            required=True,
            offered=enumeration("rng", "model"),
            governs=("address",),
        ),
        Group(
            "backend",
            "backend",
            (
                Field(
                    "model",
                    "@model",
                    Choice("random", "egd", "builtin"),
                    required=True,
                    offered=enumeration("rng", "backendModel"),
                    governs=("device", "type", *OF_TYPE, "log"),
                ),
                Field("device", "", PATH),
                Field("type", "@type", Choice(*TYPES), governs=OF_TYPE),
                *HOST_END,
            ),
        ),
        Group("rate", "rate", (Field("bytes", "@bytes", Int(1), required=True), Field("period", "@period", Int(1)))),
        Group("driver", "driver", VIRTIO),
        *DEVICE,
    ),
    alike=("model", "backend"),
    live=PLUG,
    rules={"required_by": {"model": ["backend"]}},
)

TPM_BACKEND = Group(
    "backend",
    "backend",
    (
        Field(
            "type",
            "@type",
            Choice("emulator", "passthrough", "external"),
            required=True,
            offered=enumeration("tpm", "backendModel"),
            governs=(
                "version",
                "device",
                "encryption",
                "persistent_state",
                "debug",
                "active_pcr_banks",
                "source",
                "profile",
            ),
        ),
        Field("version", "@version", Choice("1.2", "2.0"), offered=enumeration("tpm", "backendVersion")),
        Group("device", "device", (Field("path", "@path", PATH, required=True),)),
        Group("encryption", "encryption", (Field("secret", "@secret", UUID, required=True),)),
        Field("persistent_state", "@persistent_state", YES, absent=False),
        Field("debug", "@debug", Int(0, 255)),
        Group(
            "active_pcr_banks",
            "active_pcr_banks",
            tuple(Field(name, name, PRESENT) for name in ("sha1", "sha256", "sha384", "sha512")),
        ),
        Group(
            "source",
            "",
            (
                Field("type", "source/@type", Choice("file", "dir", "unix"), required=True),
                Field("path", "source/@path", PATH, required=True),
                Field("mode", "source/@mode", Choice("connect")),
            ),
            whole=("source",),
        ),
        Group(
            "profile",
            "profile",
            (
                Field("source", "@source"),
                Field("remove_disabled", "@removeDisabled", Choice("check", "fips-host")),
                Field("name", "@name"),
            ),
        ),
    ),
)

TPMS = List(
    "tpms",
    "devices/tpm",
    (
        Field(
            "model",
            "@model",
            Choice("tpm-tis", "tpm-crb", "tpm-spapr", "spapr-tpm-proxy"),
            offered=enumeration("tpm", "model"),
            governs=("address",),
        ),
        TPM_BACKEND,
        *DEVICE,
    ),
)

WATCHDOGS = List(
    "watchdogs",
    "devices/watchdog",
    (
        Field("model", "@model", Choice("i6300esb", "ib700", "diag288", "itco"), required=True),
        Field("action", "@action", Choice("reset", "shutdown", "poweroff", "pause", "none", "dump", "inject-nmi")),
        *DEVICE,
    ),
    keys=("model",),
    implicit=lambda watchdog: watchdog.get("model") == "itco",  # part of machine q35 since libvirt 9.1
    live=lambda watchdog, _before: PLUG if watchdog.get("model") in ("i6300esb", "diag288") else RESTART,
)

MEMBALLOON = Group(
    "memballoon",
    "devices/memballoon",
    (
        Field(
            "model",
            "@model",
            Choice(*VIRTIO_MODELS, "none"),
            governs=("autodeflate", "free_page_reporting", "stats_period", "driver", "acpi_index", "address"),
        ),
        Field("autodeflate", "@autodeflate", ON),
        Field("free_page_reporting", "@freePageReporting", ON),
        Field("stats_period", "stats/@period", Int(0), live="memballoon_stats", absent=0),
        Group("driver", "driver", VIRTIO),
        *DEVICE,
    ),
)
