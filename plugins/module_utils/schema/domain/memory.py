# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Memory (U(https://libvirt.org/formatdomain.html#memory-allocation)), and what backs it on the host."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    NUMBERS,
    ON,
    PRESENT,
    Choice,
    Int,
    Size,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    Field,
    Group,
    List,
    Node,
)

SIZE = Size(stored=1024, unit="unit", minimum=1024, live_step=2**20)  # QEMU has it in whole MiB

MEMORY: tuple[Node, ...] = (
    Field("memory", "memory", SIZE),
    Field("dump_core", "memory/@dumpCore", ON),
    Group(
        "max_memory",
        "",
        (Field("size", "maxMemory", SIZE), Field("slots", "maxMemory/@slots", Int(1))),
        whole=("maxMemory",),
        rules={"required_together": [("size", "slots")]},
    ),
    Field("current_memory", "currentMemory", SIZE, live="memory", eventual=True),
    Group(
        "memory_backing",
        "memoryBacking",
        (
            Field("hugepages", "hugepages", PRESENT, absent=False),
            List(
                "pages",
                "hugepages/page",
                (
                    Field("size", "@size", Size(stored=1024, unit="unit", minimum=1024), required=True),
                    Field("nodeset", "@nodeset", NUMBERS),
                ),
                keys=("size+nodeset", "size"),
            ),
            Field("nosharepages", "nosharepages", PRESENT, absent=False),
            Field("locked", "locked", PRESENT, absent=False),
            Field("source", "source/@type", Choice("file", "anonymous", "memfd")),
            Field("access", "access/@mode", Choice("shared", "private")),
            Group(
                "allocation",
                "allocation",
                (Field("mode", "@mode", Choice("immediate", "ondemand")), Field("threads", "@threads", Int(1))),
            ),
            Field("discard", "discard", PRESENT, absent=False),
        ),
    ),
)
