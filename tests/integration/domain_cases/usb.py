# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/usb.py."""

from __future__ import annotations

from harness.parts import AS_IS, Case, Part

REDIRECTED = [
    {"type": "tcp", "source": {"mode": "bind", "host": "127.0.0.1", "service": port}}
    for port in ("4001", "4002", "4003")
]

PARTS = (
    Part(
        "usb",
        {
            "controllers": [{"type": "usb", "index": 0, "model": "qemu-xhci", "ports": 8}],
        },
        (
            Case(
                "redirdevs",
                [],
                [REDIRECTED[0], REDIRECTED[1]],
                live=True,
                changes=("redirdevs[0]", "redirdevs[1]"),
            ),
            Case(
                "redirdevs",
                AS_IS,
                [{**REDIRECTED[0], "boot_order": 1}, REDIRECTED[1]],
                changes=("redirdevs[0].boot_order",),
                note="boot",
                running=False,
            ),
            Case(
                "redirfilter",
                [{"allow": False}],
                [
                    {"allow": True, "class": "0x08", "vendor": "0x046d", "product": "0x00ab", "version": "2.0"},
                    {"allow": False},
                ],
                changes=(
                    "redirfilter[0].allow",
                    "redirfilter[0].class",
                    "redirfilter[0].vendor",
                    "redirfilter[0].product",
                    "redirfilter[0].version",
                    "redirfilter[1]",
                ),
            ),
            Case("hubs", [], [{"type": "usb"}], changes=("hubs[0]",), running=False),
            Case("smartcards", [], [{"mode": "passthrough", **REDIRECTED[2]}], changes=("smartcards[0]",)),
            Case(
                "smartcards",
                AS_IS,
                [{"mode": "host-certificates", "certificates": ["one", "two", "three"], "database": "/etc/pki/nssdb"}],
                note="certificates",
                changes=("smartcards[0].mode", "smartcards[0].certificates", "smartcards[0].database"),
                running=False,
            ),
        ),
    ),
)
