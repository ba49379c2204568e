# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much a disk may be used (C(<iotune>)): 0, or nothing, is no limit."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import Codec, Int, Size
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, Group, Node

THROTTLE = "throttle"  # how a change reaches a running guest: all limits of a disk in one call


DIRECTIONS, UNITS = ("total", "read", "write"), ("bytes", "iops")

#: libvirt's schema, as libxml2 understands it, wants limits of reading and of writing side by side.
_ORDER = [f"{way}_{unit}_sec{what}" for what in ("", "_max", "_max_length") for unit in UNITS for way in DIRECTIONS]

#: All that limits a disk, by the names of libvirt's elements and parameters.
LIMITS = (*_ORDER, "size_iops_sec")


def _write_limit(element: xml.Element, path: str, value: int) -> None:
    """libvirt has either a limit of the total, or limits of reading and of writing: the one takes the other's place."""
    way, _separator, what = path.partition("_")
    rivals = {"total": ("read", "write"), "read": ("total",), "write": ("total",)}.get(way, ())
    for name in (path, *(f"{rival}_{what}" for rival in rivals if value)):
        xml.drop(element, name)
    if value:
        xml.put(element, path, str(value))
        element[:] = sorted(element, key=lambda limit: _ORDER.index(limit.tag) if limit.tag in _ORDER else len(_ORDER))


class Rate(Int):
    """Operations, or seconds."""

    def write(self, element: xml.Element, path: str, value: t.Any) -> None:
        _write_limit(element, path, value)


class ByteRate(Size):
    """Bytes."""

    def write(self, element: xml.Element, path: str, value: t.Any) -> None:
        _write_limit(element, path, value)


def _limits() -> t.Iterator[Node]:
    for unit in UNITS:
        codec: Codec = ByteRate() if unit == "bytes" else Rate(0)
        for way in DIRECTIONS:
            name = f"{way}_{unit}_sec"
            yield Field(name, name, codec, live=THROTTLE, absent=0)
            yield Field(f"{name}_max", f"{name}_max", codec, live=THROTTLE, absent=0)
            yield Field(f"{name}_max_length", f"{name}_max_length", Rate(0), live=THROTTLE, absent=0)


IOTUNE = Group(
    "iotune",
    "iotune",
    (
        *_limits(),
        Field("size_iops_sec", "size_iops_sec", Rate(0), live=THROTTLE, absent=0),
        Field("group_name", "group_name", live=THROTTLE),
    ),
)
