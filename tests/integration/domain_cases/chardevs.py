# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/chardevs.py."""

from __future__ import annotations

from harness.host import SCRATCH
from harness.parts import AS_IS, Case, Part

LOGS = "/var/log/libvirt/qemu"

PARTS = (
    Part(
        "serial",
        {"serials": [{"type": "file", "port": 0, "source": {"path": f"{SCRATCH}/serial0"}}]},
        (
            Case(
                "serials[0].source",
                {"path": f"{SCRATCH}/serial1"},
                {
                    "path": f"{SCRATCH}/serial2",
                    "append": True,
                    "seclabels": [{"model": "dac", "relabel": False}],
                },
            ),
            Case(
                "serials[0].log",
                {"file": f"{LOGS}/law1.log", "append": False},
                {"file": f"{LOGS}/law2.log", "append": True},
                changes=("serials[0].log.file", "serials[0].log.append"),
            ),
            Case(
                "serials[0].type",
                "file",
                "unix",
                also={"serials[0].source": {"path": f"{SCRATCH}/serial.socket", "mode": "bind"}},
                changes=("serials[0].type", "serials[0].source"),
                running=False,
            ),
            Case("serials[0].target_type", AS_IS, "pci-serial", running=False),
        ),
    ),
    Part(
        "serials",
        {},
        (
            Case("serials", [{"type": "pty", "port": 0}], [], changes=("serials[0]",), running=False),
            Case(
                "serials",
                AS_IS,
                [
                    {
                        "type": "tcp",
                        "port": 0,
                        "source": {
                            "mode": "connect",
                            "host": "127.0.0.1",
                            "service": "9999",
                            "tls": False,
                            "reconnect": {"enabled": True, "timeout": 10},
                        },
                        "protocol": "telnet",
                    },
                    {
                        "type": "udp",
                        "port": 1,
                        "source": {
                            "host": "127.0.0.1",
                            "service": "9998",
                            "bind": {"host": "127.0.0.1", "service": "9997"},
                        },
                    },
                    {"type": "pty", "port": 2, "target_type": "usb-serial", "model": "usb-serial"},
                ],
                changes=("serials[0]", "serials[1]", "serials[2]"),
                running=False,
            ),
        ),
    ),
    Part(
        "serial-port",
        {"serials": [{"type": "pty", "port": 0}]},
        (Case("serials[pty].port", AS_IS, 1, changes=("serials[0]", "serials[1]")),),
    ),
    Part(
        "parallels",
        {"os": {"machine": "pc"}},
        (
            Case(
                "parallels",
                [],
                [{"type": "file", "port": 0, "source": {"path": f"{SCRATCH}/parallel"}}],
                changes=("parallels[0]",),
            ),
        ),
    ),
    Part(
        "consoles",
        {"serials": [{"type": "pty", "port": 0}]},
        (
            Case(
                "consoles",
                [{"type": "pty", "target_type": "serial"}],
                [{"type": "pty", "target_type": "serial"}, {"type": "pty", "target_type": "virtio", "port": 1}],
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
    Part(
        "channel-kinds",
        {},
        (
            Case(
                "channels",
                [],
                [
                    {
                        "type": "unix",
                        "source": {"mode": "bind", "path": f"{SCRATCH}/forward"},
                        "target": {"type": "guestfwd", "address": "10.0.2.1", "port": 4600},
                    },
                    {
                        "type": "qemu-vdagent",
                        "name": "com.redhat.spice.0",
                        "source": {"clipboard": {"copypaste": True}, "mouse": {"mode": "client"}},
                    },
                    {"type": "dbus", "name": "org.qemu.console.serial.0", "source": {"channel": "org.qemu.console"}},
                ],
                changes=("channels[0]", "channels[com.redhat.spice.0]", "channels[org.qemu.console.serial.0]"),
                running=False,
            ),
        ),
    ),
)
