# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/platform.py."""

from __future__ import annotations

from domain_cases.common import AS_IS, Case, Part

PARTS = (
    Part(
        "devices",
        {},
        (
            Case(
                "inputs",
                [{"type": "tablet", "bus": "usb"}],
                [{"type": "tablet", "bus": "usb"}, {"type": "keyboard", "bus": "usb"}],
                live=True,
                changes=("inputs[keyboard-usb]",),
            ),
            Case(
                "inputs[tablet].type",
                AS_IS,
                "mouse",
                changes=("inputs[tablet-usb]", "inputs[mouse-usb]"),
                running=False,
            ),
            Case(
                "inputs[mouse].bus",
                AS_IS,
                "virtio",
                changes=("inputs[mouse-usb]", "inputs[mouse-virtio]"),
                running=False,
            ),
            Case(
                "watchdogs",
                [{"model": "i6300esb", "action": "none"}],
                [],
                changes=("watchdogs[i6300esb]",),
                running=False,
            ),
        ),
    ),
    Part(
        "watchdog",
        {"os": {"machine": "pc"}, "watchdogs": [{"model": "i6300esb"}]},
        (
            Case("watchdogs[i6300esb].action", "none", "pause"),
            Case(
                "watchdogs[i6300esb].model",
                AS_IS,
                "ib700",
                changes=("watchdogs[i6300esb]", "watchdogs[ib700]"),
                running=False,
            ),
        ),
    ),
    Part(
        "rng",
        {"rngs": [{"model": "virtio", "backend": {"model": "random"}}]},
        (
            Case("rngs[virtio].backend.device", "/dev/urandom", "/dev/random", changes=("rngs[0].backend.device",)),
            Case("rngs[virtio].rate.bytes", 1024, 2048, changes=("rngs[0].rate.bytes",)),
            Case("rngs[virtio].rate.period", 1000, 2000, changes=("rngs[0].rate.period",)),
            Case("rngs[virtio].model", AS_IS, "virtio-non-transitional", changes=("rngs[0].model",), running=False),
        ),
    ),
    Part(
        "rngs",
        {},
        (
            Case(
                "rngs",
                [],
                [{"model": "virtio", "backend": {"model": "random", "device": "/dev/urandom"}}],
                live=True,
                changes=("rngs[0]",),
            ),
        ),
    ),
    Part(
        "rng-backend",
        {"rngs": [{"model": "virtio", "backend": {"model": "random"}}]},
        (Case("rngs[virtio].backend.model", "random", "builtin", changes=("rngs[0].backend.model",)),),
    ),
    Part(
        "tpm",
        {"tpms": [{"model": "tpm-tis", "backend": {"type": "emulator"}}]},
        (
            Case("tpms[tpm-tis].backend.version", "2.0", "1.2", changes=("tpms[0].backend.version",), running=False),
            Case(
                "tpms[tpm-tis].backend.type",
                "emulator",
                "passthrough",
                also={"tpms[tpm-tis].backend.version": None},
                changes=("tpms[0].backend.type",),
                running=False,
            ),
        ),
    ),
    Part(
        "tpms",
        {},
        (
            Case(
                "tpms",
                [{"model": "tpm-tis", "backend": {"type": "emulator", "version": "2.0"}}],
                [{"model": "tpm-crb", "backend": {"type": "emulator", "version": "2.0"}}],
                changes=("tpms[0].model",),
            ),
            Case("tpms[tpm-crb].model", AS_IS, "tpm-tis", changes=("tpms[0].model",), running=False),
        ),
    ),
)
