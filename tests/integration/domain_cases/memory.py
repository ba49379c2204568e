# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/memory.py."""

from __future__ import annotations

from harness.parts import AS_IS, Case, Part

CELL = {"numa": {"cells": [{"id": 0, "cpus": "0", "memory": "64MiB"}]}}

PARTS = (
    Part(
        "memory",
        {"cpu": CELL},
        (
            Case("dump_core", False, True),
            Case("max_memory", {"size": "1GiB", "slots": 4}, {"size": "2GiB", "slots": 4}),
            Case("max_memory.slots", AS_IS, 8, changes=("max_memory",), running=False),
            Case("max_memory.size", AS_IS, "3GiB", changes=("max_memory",), running=False),
            Case("memory_backing.nosharepages", False, True),
            Case("memory_backing.locked", False, True, running=False),
            Case("memory_backing.source", "memfd", "file"),
            Case("memory_backing.access", "private", "shared"),
            Case("memory_backing.allocation.mode", "ondemand", "immediate"),
            Case("memory_backing.allocation.threads", None, 2),
            Case("memory_backing.discard", False, True),
        ),
    ),
    Part(
        "hugepages",
        {"memory": "64MiB", "cpu": CELL},
        (
            Case("memory_backing.hugepages", False, True, running=False),
            Case(
                "memory_backing.pages",
                [],
                [{"size": "2MiB", "nodeset": "0"}],
                changes=("memory_backing.pages[2097152-0]",),
                running=False,
            ),
            Case(
                "memory_backing.pages[0].size",
                AS_IS,
                "1GiB",
                changes=("memory_backing.pages[2097152-0]", "memory_backing.pages[1073741824-0]"),
                running=False,
            ),
            Case(
                "memory_backing.pages",
                AS_IS,
                [{"size": "2MiB"}],
                changes=("memory_backing.pages[1073741824-0]", "memory_backing.pages[2097152]"),
                running=False,
                note="of all",
            ),
            Case(
                "memory_backing.pages[2MiB].nodeset",
                AS_IS,
                "0",
                changes=("memory_backing.pages[2097152]", "memory_backing.pages[2097152-0]"),
                running=False,
            ),
        ),
    ),
)
