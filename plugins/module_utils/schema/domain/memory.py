# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Memory (U(https://libvirt.org/formatdomain.html#memory-allocation)), and what backs it on the host."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
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


class WithoutModules(Size):
    """Memory without the modules that are plugged (O(memory_devices)), which libvirt counts with it."""

    def __init__(self, counted: t.Callable[[xml.Element], int]) -> None:
        super().__init__(stored=1024, unit="unit", minimum=1024, live_step=2**20)
        self.counted = counted

    def read(self, element: xml.Element, path: str) -> int | None:
        total = super().read(element, path)
        return None if total is None else max(total - self.counted(element), 0)

    def write(self, element: xml.Element, path: str, value: t.Any) -> None:
        super().write(element, path, value + self.counted(element))


def modules(domain: xml.Element) -> int:
    """Return the bytes of memory modules that the total of a domain's memory has in it: all of them."""
    return sum(SIZE.read(module, "target/size") or 0 for module in xml.find_all(domain, "devices/memory"))


def modules_in_use(domain: xml.Element) -> int:
    """Return the bytes of memory modules that the current memory has in it.

    A stored definition counts them all, as libvirt does where nothing else is said; a running guest's document those
    that the balloon knows of, and of virtio-mem what the guest took.
    """
    if domain.get("id") is None:
        return modules(domain)
    counted = {"dimm": "target/size", "virtio-mem": "target/current"}
    return sum(
        SIZE.read(module, counted[module.get("model")]) or 0
        for module in xml.find_all(domain, "devices/memory")
        if module.get("model") in counted
    )


SIZE = Size(stored=1024, unit="unit", minimum=1024, live_step=2**20)  # QEMU has it in whole MiB

MEMORY: tuple[Node, ...] = (
    Field("memory", "memory", WithoutModules(modules)),
    Field("dump_core", "memory/@dumpCore", ON),
    Group(
        "max_memory",
        "",
        (Field("size", "maxMemory", SIZE), Field("slots", "maxMemory/@slots", Int(1))),
        whole=("maxMemory",),
        rules={"required_together": [("size", "slots")]},
    ),
    Field("current_memory", "currentMemory", WithoutModules(modules_in_use), live="memory", eventual=True),
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
