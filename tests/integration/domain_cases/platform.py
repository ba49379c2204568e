# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/platform.py."""

from __future__ import annotations

from domain_cases.common import UUIDS
from harness.host import SCRATCH
from harness.parts import AS_IS, Case, Part

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
        "inputs",
        {},
        (
            Case(
                "inputs",
                [],
                [
                    {"type": "passthrough", "bus": "virtio", "source": {"evdev": "/dev/input/event1"}},
                    {
                        "type": "passthrough",
                        "bus": "virtio",
                        "source": {"evdev": "/dev/input/event2"},
                    },
                    {
                        "type": "evdev",
                        "source": {
                            "dev": "/dev/input/event3",
                            "grab": "all",
                            "grab_toggle": "ctrl-ctrl",
                            "repeat": True,
                        },
                    },
                    {
                        "type": "keyboard",
                        "bus": "virtio",
                        "model": "virtio",
                        "driver": {"iommu": True, "ats": True},
                    },
                ],
                changes=(
                    "inputs[passthrough-virtio]",
                    "inputs[passthrough-virtio]",
                    "inputs[2]",
                    "inputs[keyboard-virtio]",
                ),
                running=False,
            ),
        ),
    ),
    Part(
        "watchdogs",
        {"os": {"machine": "pc"}},
        (
            Case(
                "watchdogs", [], [{"model": "i6300esb", "action": "pause"}], live=True, changes=("watchdogs[i6300esb]",)
            ),
        ),
    ),
    Part(
        "memballoon",
        {"memballoon": {"model": "virtio"}},
        (
            Case("memballoon.free_page_reporting", True, False),
            Case("memballoon.driver.packed", True, False),
            Case(
                "memballoon.model",
                AS_IS,
                "none",
                also={"memballoon.free_page_reporting": None, "memballoon.driver": None},
                changes=("memballoon.model",),
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
        (
            Case("rngs[virtio].backend.model", "random", "builtin", changes=("rngs[0].backend.model",)),
            Case(
                "rngs[virtio].backend",
                AS_IS,
                {
                    "model": "egd",
                    "type": "tcp",
                    "source": {"mode": "connect", "host": "127.0.0.1", "service": "1234"},
                    "protocol": "telnet",
                },
                changes=tuple(f"rngs[0].backend.{name}" for name in ("model", "type", "source", "protocol")),
                running=False,
            ),
        ),
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
        "tpm-kinds",
        {"tpms": [{"model": "tpm-tis", "backend": {"type": "emulator", "version": "2.0"}}]},
        (
            Case(
                "tpms[tpm-tis].backend",
                {
                    "type": "emulator",
                    "version": "2.0",
                    "encryption": {"secret": UUIDS[0]},
                    "persistent_state": True,
                    "active_pcr_banks": {"sha1": True, "sha256": True},
                },
                {
                    "type": "emulator",
                    "version": "2.0",
                    "encryption": {"secret": UUIDS[1]},
                    "persistent_state": False,
                    "active_pcr_banks": {"sha1": False, "sha256": False, "sha384": True, "sha512": True},
                },
                changes=(
                    "tpms[0].backend.encryption.secret",
                    "tpms[0].backend.persistent_state",
                    *(f"tpms[0].backend.active_pcr_banks.{name}" for name in ("sha1", "sha256", "sha384", "sha512")),
                ),
                running=False,
            ),
            Case(
                "tpms[tpm-tis].backend",
                AS_IS,
                {"type": "passthrough", "device": {"path": "/dev/tpm0"}},
                changes=("tpms[0].backend.type", "tpms[0].backend.device.path"),
                running=False,
            ),
            Case(
                "tpms[tpm-tis].backend",
                AS_IS,
                {"type": "external", "source": {"type": "unix", "path": f"{SCRATCH}/tpm", "mode": "connect"}},
                changes=("tpms[0].backend.type", "tpms[0].backend.source"),
                running=False,
            ),
        ),
    ),
    Part(
        "tpm-newer",
        {"tpms": [{"model": "tpm-crb", "backend": {"type": "emulator"}}]},
        (
            Case(
                "tpms[tpm-crb].backend",
                {"type": "emulator"},
                {
                    "type": "emulator",
                    "debug": 3,
                    "source": {"type": "dir", "path": f"{SCRATCH}/tpm"},
                    "profile": {"source": "local:one", "remove_disabled": "check", "name": "custom:one"},
                },
                changes=(
                    "tpms[0].backend.debug",
                    "tpms[0].backend.source",
                    "tpms[0].backend.profile.source",
                    "tpms[0].backend.profile.remove_disabled",
                    "tpms[0].backend.profile.name",
                ),
                running=False,
                refused_on=("bookworm",),
                refusal="domain.rng",
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
