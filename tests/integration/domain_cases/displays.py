# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/displays.py."""

from __future__ import annotations

from domain_cases.common import AS_IS, Case, Part

PARTS = (
    Part(
        "display",
        {"graphics": [{"type": "vnc", "autoport": False}], "videos": [{"model": "vga"}]},
        (
            Case("graphics[vnc].port", 5941, 5942),
            Case("graphics[vnc].listen", "127.0.0.1", "0.0.0.0"),
            Case("graphics[vnc].passwd", "first", "second", live=True),
            Case("graphics[vnc].keymap", "de", "en-us"),
            Case("videos[vga].vram", "16MiB", "32MiB", changes=("videos[0].vram",)),
        ),
    ),
    Part(
        "display-port",
        {"graphics": [{"type": "vnc", "port": 5941}], "videos": [{"model": "virtio"}]},
        (
            Case(
                "graphics[vnc].autoport",
                False,
                True,
                also={"graphics[vnc].port": None},
                changes=("graphics[vnc].autoport",),
            ),
            Case("videos[virtio].heads", 1, 2, changes=("videos[0].heads",)),
            Case(
                "videos[virtio].model",
                AS_IS,
                "vga",
                also={"videos[vga].heads": None},
                changes=("videos[0].model",),
                running=False,
            ),
        ),
    ),
    Part(
        "display-kind",
        {"graphics": [{"type": "vnc"}]},
        (
            Case(
                "graphics[vnc].type",
                AS_IS,
                "spice",
                changes=("graphics[vnc]", "graphics[spice]"),
                refused_on=("trixie",),
            ),
        ),
    ),
    Part(
        "displays",
        {},
        (
            Case("graphics", [], [{"type": "vnc", "autoport": True}], changes=("graphics[vnc]",)),
            Case("videos", [{"model": "vga"}], [{"model": "virtio"}], changes=("videos[0].model",)),
        ),
    ),
)
