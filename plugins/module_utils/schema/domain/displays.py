# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a guest shows: displays and video cards (U(https://libvirt.org/formatdomain.html#graphical-framebuffers))."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    YES,
    Choice,
    Codec,
    Int,
    Size,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.shared import (
    UPDATE,
    enumeration,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    Field,
    List,
)


class Listen(Codec):
    """The address on which a display listens. libvirt keeps it twice; the attribute is written, the element follows."""

    def write(self, element: xml.Element, path: str, value: str) -> None:
        for listener in xml.find_all(element, "listen"):
            element.remove(listener)
        super().write(element, path, value)


GRAPHICS = List(
    "graphics",
    "devices/graphics",
    (
        Field("type", "@type", Choice("vnc", "spice"), required=True, offered=enumeration("graphics", "type")),
        Field("port", "@port", Int(1, 65535, unset="-1"), implies={"@autoport": "no"}),
        Field("autoport", "@autoport", YES),
        Field("listen", "@listen", Listen()),
        Field("passwd", "@passwd", live=UPDATE, secret=True),
        Field("keymap", "@keymap"),
    ),
    keys=("type",),
)

VIDEOS = List(
    "videos",
    "devices/video",
    (
        Field(
            "model",
            "model/@type",
            Choice("vga", "cirrus", "virtio", "qxl", "bochs", "ramfb", "none"),
            required=True,
            offered=enumeration("video", "modelType"),
        ),
        Field("vram", "model/@vram", Size(stored=1024)),
        Field("heads", "model/@heads", Int(1)),
    ),
    alike=("model",),
)
