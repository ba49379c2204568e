# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host's end of a character device, whatever the guest sees (U(https://libvirt.org/formatdomain.html#host-interface))."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    ON,
    PATH,
    TEXT,
    YES,
    Choice,
    Codec,
    Int,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, Group, List, Node

TYPES = (
    "pty",
    "dev",
    "file",
    "pipe",
    "unix",
    "tcp",
    "udp",
    "null",
    "stdio",
    "vc",
    "spicevmc",
    "spiceport",
    "qemu-vdagent",
    "dbus",
)


def _is_udp(element: xml.Element) -> bool:
    return bool(element.get("type") == "udp")


class Peer(Codec):
    """Where it connects to, or listens. UDP has an element C(<source>) for each, all else has one."""

    def read(self, element: xml.Element, path: str) -> str | None:
        return TEXT.read(element, self._place(element, path))

    def write(self, element: xml.Element, path: str, value: str) -> None:
        super().write(element, self._place(element, path), value)

    def clear(self, element: xml.Element, path: str) -> None:
        super().clear(element, self._place(element, path))

    @staticmethod
    def _place(element: xml.Element, path: str) -> str:
        return path.replace("source/", "source[@mode='connect']/") if _is_udp(element) else path


class Bound(Codec):
    """Where UDP listens."""

    def read(self, element: xml.Element, path: str) -> str | None:
        return TEXT.read(element, path) if _is_udp(element) else None

    def clear(self, element: xml.Element, path: str) -> None:
        if _is_udp(element):
            super().clear(element, path)


class Mode(Choice):
    """Whether it connects or listens. UDP does both: there it tells the two ends apart, and is none's choice."""

    def read(self, element: xml.Element, path: str) -> str | None:
        return None if _is_udp(element) else TEXT.read(element, path)

    def clear(self, element: xml.Element, path: str) -> None:
        if not _is_udp(element):
            super().clear(element, path)


RECONNECT = Group(
    "reconnect", "source/reconnect", (Field("enabled", "@enabled", YES), Field("timeout", "@timeout", Int(1)))
)

SECLABELS = List(
    "seclabels",
    "source/seclabel",
    (
        Field("model", "@model"),
        Field("relabel", "@relabel", YES),
        Field("label", "label"),
    ),
    keys=("model",),
)

SOURCE = Group(
    "source",
    "",
    (
        Field("path", "source/@path", PATH),
        Field("append", "source/@append", ON),
        Field("host", "source/@host", Peer()),
        Field("service", "source/@service", Peer()),
        Group(
            "bind",
            "",
            (
                Field("host", "source[@mode='bind']/@host", Bound()),
                Field("service", "source[@mode='bind']/@service", Bound()),
            ),
        ),
        Field("mode", "source/@mode", Mode("connect", "bind")),
        Field("tls", "source/@tls", YES),
        RECONNECT,
        Field("channel", "source/@channel"),
        Group("clipboard", "source/clipboard", (Field("copypaste", "@copypaste", YES),)),
        Group("mouse", "source/mouse", (Field("mode", "@mode", Choice("server", "client")),)),
        SECLABELS,
    ),
    whole=("source",),
)

PROTOCOL = Field("protocol", "protocol/@type", Choice("raw", "telnet", "telnets", "tls"), absent="raw")

#: What a host's end has but for its type, which decides on all of it.
HOST_END: tuple[Node, ...] = (
    SOURCE,
    PROTOCOL,
    Group("log", "log", (Field("file", "@file", PATH), Field("append", "@append", ON))),
)

#: What goes with the type of before.
OF_TYPE = ("source", "protocol")
