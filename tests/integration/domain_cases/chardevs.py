# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/chardevs.py."""

from __future__ import annotations

from domain_cases.common import AS_IS, Case, Part
from harness.host import SCRATCH

PARTS = (
    Part(
        "serial",
        {"serials": [{"type": "file", "port": 0}]},
        (
            Case("serials[0].path", f"{SCRATCH}/serial1", f"{SCRATCH}/serial2"),
            Case("serials[0].log_file", "/var/log/libvirt/qemu/law1.log", "/var/log/libvirt/qemu/law2.log"),
            Case(
                "serials[0].type", "file", "unix", also={"serials[0].path": f"{SCRATCH}/serial.socket"}, running=False
            ),
        ),
    ),
    Part(
        "serials",
        {},
        (Case("serials", [{"type": "pty", "port": 0}], [], changes=("serials[0]",), running=False),),
    ),
    Part(
        "serial-port",
        {"serials": [{"type": "pty", "port": 0}]},
        (Case("serials[pty].port", AS_IS, 1, changes=("serials[0]", "serials[1]")),),
    ),
    Part(
        "consoles",
        {"serials": [{"type": "pty", "port": 0}]},
        (
            Case(
                "consoles",
                [{"type": "pty", "target_type": "serial"}],
                [{"type": "pty", "target_type": "serial"}, {"type": "pty", "target_type": "virtio"}],
                changes=("consoles[1]",),
            ),
            Case("consoles[virtio].type", AS_IS, "null", changes=("consoles[1].type",), running=False),
        ),
    ),
    Part(
        "console",
        {"consoles": [{"type": "pty"}]},
        (Case("consoles[pty].target_type", "virtio", "serial", changes=("consoles[0].target_type",)),),
    ),
    Part(
        "channels",
        {},
        (
            Case(
                "channels",
                [{"type": "unix", "name": "law.one"}],
                [{"type": "unix", "name": "law.one"}, {"type": "unix", "name": "law.two"}],
                live=True,
                changes=("channels[law.two]",),
            ),
            Case("channels[law.one].type", AS_IS, "pty"),
            Case(
                "channels[law.one].name",
                AS_IS,
                "law.three",
                changes=("channels[law.one]", "channels[law.three]"),
                running=False,
            ),
        ),
    ),
)
