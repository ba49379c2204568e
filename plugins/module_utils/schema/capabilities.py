# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host is (U(https://libvirt.org/formatcaps.html)), as a table that is only ever read."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    NUMBERS,
    PRESENT,
    YES,
    Int,
    Size,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, Group, List, Node, Values

_INT = Int()
_SIZE = Size(stored=1024, unit="unit")


def snake(name: str) -> str:
    """Return one of libvirt's names in the style of options: C(disk_device) for C(diskDevice)."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).replace("-", "_").lower()


class _Cluster(Int):
    """The number of a CPU's cluster. Where the processor has none, the kernel tells 65535 for it."""

    def decode(self, text: str) -> int | None:
        return None if text == "65535" else int(text)


class _Names(Int):
    """The names of the elements inside another: what a host can do is told by their being there."""

    def read(self, element: xml.Element, path: str) -> t.Any:
        found = xml.find(element, path)
        return None if found is None else [snake(entry.tag) for entry in found]


def _topology(*more: Node) -> Group:
    counted = ("sockets", "dies", "clusters", "cores", "threads")
    return Group("topology", "topology", (*(Field(name, f"@{name}", _INT) for name in counted), *more))


_CPU = Group(
    "cpu",
    "cpu",
    (
        Field("arch", "arch"),
        Field("model", "model"),
        Field("vendor", "vendor"),
        Field("microcode", "microcode/@version", _INT),
        Group(
            "signature",
            "signature",
            tuple(Field(name, f"@{name}", _INT) for name in ("family", "model", "stepping")),
        ),
        List(
            "counters",
            "counter",
            (Field("name", "@name"), Field("frequency", "@frequency", _INT), Field("scaling", "@scaling", YES)),
        ),
        _topology(),
        Group("maxphysaddr", "maxphysaddr", (Field("mode", "@mode"), Field("bits", "@bits", _INT))),
        Values("features", "feature", "name"),
        List("pages", "pages", (Field("size", "@size", _SIZE),)),
    ),
)

_CELLS = List(
    "cells",
    "topology/cells/cell",
    (
        Field("id", "@id", _INT),
        Field("memory", "memory", _SIZE),
        List("pages", "pages", (Field("size", "@size", _SIZE), Field("total", "", _INT))),
        List("distances", "distances/sibling", (Field("id", "@id", _INT), Field("value", "@value", _INT))),
        List(
            "caches",
            "cache",
            (
                Field("level", "@level", _INT),
                Field("associativity", "@associativity"),
                Field("policy", "@policy"),
                Field("size", "size/@value", _SIZE),
                Field("line", "line/@value", Size(unit="unit")),
            ),
        ),
        List(
            "cpus",
            "cpus/cpu",
            (
                Field("id", "@id", _INT),
                Field("socket_id", "@socket_id", _INT),
                Field("die_id", "@die_id", _INT),
                Field("cluster_id", "@cluster_id", _Cluster()),
                Field("core_id", "@core_id", _INT),
                Field("siblings", "@siblings", NUMBERS),
            ),
        ),
    ),
)

_BETWEEN: tuple[Node, ...] = (
    Field("initiator", "@initiator", _INT),
    Field("target", "@target", _INT),
    Field("cache", "@cache", _INT),
    Field("type", "@type"),
)


def _controls(amount: Int | Size, *more: Node) -> List:
    """Return what is told of the parts that guests can be given: I(amount) is how a part is counted."""
    return List(
        "controls",
        "control",
        (
            Field("granularity", "@granularity", amount),
            Field("min", "@min", amount),
            Field("max_allocations", "@maxAllocs", _INT),
            *more,
        ),
    )


#: The part of a document of capabilities that is about the host itself.
HOST: tuple[Node, ...] = (
    Field("uuid", "uuid"),
    _CPU,
    Field("power_management", "power_management", _Names()),
    Field("iommu", "iommu/@support", YES),
    Group(
        "migration",
        "migration_features",
        (Field("live", "live", PRESENT), Values("transports", "uri_transports/uri_transport", "")),
    ),
    _CELLS,
    Group(
        "interconnects",
        "topology/interconnects",
        (
            List("latencies", "latency", (*_BETWEEN, Field("value", "@value", _INT))),
            List("bandwidths", "bandwidth", (*_BETWEEN, Field("value", "@value", _SIZE))),
        ),
    ),
    List(
        "caches",
        "cache/bank",
        (
            Field("id", "@id", _INT),
            Field("level", "@level", _INT),
            Field("type", "@type"),
            Field("size", "@size", _SIZE),
            Field("cpus", "@cpus", NUMBERS),
            _controls(_SIZE, Field("type", "@type")),
        ),
    ),
    List(
        "memory_bandwidth",
        "memory_bandwidth/node",
        (Field("id", "@id", _INT), Field("cpus", "@cpus", NUMBERS), _controls(_INT)),
    ),
    List(
        "security_models",
        "secmodel",
        (
            Field("model", "model"),
            Field("doi", "doi"),
            List("base_labels", "baselabel", (Field("type", "@type"), Field("label", ""))),
        ),
    ),
)


class _Toggles(Int):
    """What guests of an architecture can have, and whether it can be switched off or on for one."""

    def read(self, element: xml.Element, path: str) -> t.Any:
        found = xml.find(element, path)
        return None if found is None else {snake(entry.tag): _toggle(entry) for entry in found}


def _toggle(entry: xml.Element) -> dict[str, bool]:
    return {"default": entry.get("default", "on") == "on", "toggle": entry.get("toggle") == "yes"}


#: The part about one architecture of guests that it can run.
GUESTS = List(
    "guests",
    "guest",
    (
        Field("arch", "arch/@name"),
        Field("os_type", "os_type"),
        Field("word_size", "arch/wordsize", _INT),
        Field("emulator", "arch/emulator"),
        Values("types", "arch/domain", "type"),
        List(
            "machines",
            "arch/machine",
            (
                Field("name", ""),
                Field("canonical", "@canonical"),
                Field("max_cpus", "@maxCpus", _INT),
                Field("deprecated", "@deprecated", YES),
            ),
        ),
        Field("features", "features", _Toggles()),
    ),
)
