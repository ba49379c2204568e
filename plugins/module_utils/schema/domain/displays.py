# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a guest shows: displays and video cards (U(https://libvirt.org/formatdomain.html#graphical-framebuffers))."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    ON,
    PATH,
    YES,
    Choice,
    Codec,
    Int,
    Size,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.shared import (
    DEVICE,
    UPDATE,
    VIRTIO,
    enumeration,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.sound import AUDIO
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    Field,
    Group,
    List,
)

PORT = Int(1, 65535, unset="-1")
COMPRESSION = Choice("auto", "never", "always")
SECURITY = Choice("any", "secure", "insecure")


class Listen(Codec):
    """Where a display listens. libvirt keeps it twice; the attribute is written, the element follows."""

    def write(self, element: xml.Element, path: str, value: str) -> None:
        for listener in xml.find_all(element, "listen"):
            element.remove(listener)
        super().write(element, path, value)


class VideoMemory(Size):
    """Memory of a card, which libvirt rounds up to a power of two."""

    def parse(self, value: object) -> int:
        size = super().parse(value)
        return 1 << (size - 1).bit_length() if size else 0


class PrimaryMemory(VideoMemory):
    """Memory of which QEMU gives a running guest more where its framebuffer needs it."""

    def same_live(self, current: object, desired: object) -> bool:
        return isinstance(current, int) and isinstance(desired, int) and current >= desired


VIDEO_MEMORY = VideoMemory(stored=1024)


class OfPassword(Codec):
    """What libvirt keeps together with a password only. Where that is hidden, so is this: nobody could restore it."""

    def read(self, element: xml.Element, path: str) -> str | None:
        return super().read(element, path) if xml.get(element, "@passwd") else None


class Websocket(Int):
    """A port, or V(-1) for one that libvirt chooses when the guest is started."""

    def same_live(self, current: object, desired: object) -> bool:
        return desired == -1 or self.same(current, desired)


GRAPHICS = List(
    "graphics",
    "devices/graphics",
    (
        Field(
            "type",
            "@type",
            Choice("vnc", "spice", "sdl", "egl-headless", "dbus", "rdp"),
            required=True,
            offered=enumeration("graphics", "type"),
        ),
        Field("port", "@port", PORT, implies={"@autoport": "no"}),
        Field("tls_port", "@tlsPort", PORT, implies={"@autoport": "no"}),
        Field("websocket", "@websocket", Websocket(-1, 65535)),
        Field("autoport", "@autoport", YES),
        Field("listen", "@listen", Listen()),
        Field("socket", "@socket", Listen()),
        List(
            "listens",
            "listen",
            (
                Field(
                    "type",
                    "@type",
                    Choice("address", "network", "socket", "none"),
                    required=True,
                    governs=("address", "network", "socket"),
                ),
                Field("address", "@address"),
                Field("network", "@network"),
                Field("socket", "@socket", PATH),
            ),
            alike=("type",),
        ),
        Field("username", "@username"),
        Field("passwd_valid_to", "@passwdValidTo", OfPassword(), live=UPDATE),
        Field("connected", "@connected", OfPassword(), live=UPDATE),
        Field("passwd", "@passwd", live=UPDATE, secret=True),
        Field("keymap", "@keymap"),
        Field("share_policy", "@sharePolicy", Choice("allow-exclusive", "force-shared", "ignore")),
        Field("power_control", "@powerControl", YES),
        Field("replace_user", "@replaceUser", YES),
        Field("multi_user", "@multiUser", YES),
        Field("display", "@display"),
        Field("xauth", "@xauth", PATH),
        Field("fullscreen", "@fullscreen", YES),
        Field("address", "@address", governs=("p2p",)),
        Field("p2p", "@p2p", YES, absent=False, governs=("address",)),
        Field("default_mode", "@defaultMode", SECURITY, absent="any"),
        List(
            "channels",
            "channel",
            (
                Field(
                    "name",
                    "@name",
                    Choice("main", "display", "inputs", "cursor", "playback", "record", "smartcard", "usbredir"),
                    required=True,
                ),
                Field("mode", "@mode", SECURITY, required=True),
            ),
            keys=("name",),
        ),
        Group(
            "image",
            "image",
            (Field("compression", "@compression", Choice("auto_glz", "auto_lz", "quic", "glz", "lz", "off")),),
        ),
        Group("jpeg", "jpeg", (Field("compression", "@compression", COMPRESSION),)),
        Group("zlib", "zlib", (Field("compression", "@compression", COMPRESSION),)),
        Group("playback", "playback", (Field("compression", "@compression", ON),)),
        Group("streaming", "streaming", (Field("mode", "@mode", Choice("filter", "all", "off")),)),
        Group("clipboard", "clipboard", (Field("copypaste", "@copypaste", YES),)),
        Group("mouse", "mouse", (Field("mode", "@mode", Choice("server", "client")),)),
        Group("filetransfer", "filetransfer", (Field("enable", "@enable", YES),)),
        Group("gl", "gl", (Field("enable", "@enable", YES), Field("rendernode", "@rendernode", PATH))),
        AUDIO,
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
            Choice("vga", "cirrus", "vmvga", "virtio", "qxl", "bochs", "ramfb", "none"),
            required=True,
            offered=enumeration("video", "modelType"),
            governs=("ram", "vram", "vram64", "vgamem", "heads", "blob", "acceleration", "resolution", "address"),
        ),
        Field("ram", "model/@ram", PrimaryMemory(stored=1024)),
        Field("vram", "model/@vram", VIDEO_MEMORY),
        Field("vram64", "model/@vram64", VIDEO_MEMORY),
        Field("vgamem", "model/@vgamem", VIDEO_MEMORY),
        Field("heads", "model/@heads", Int(1)),
        Field("primary", "model/@primary", YES, absent=False),
        Field("blob", "model/@blob", ON),
        Group(
            "acceleration",
            "model/acceleration",
            (
                Field("accel3d", "@accel3d", YES),
                Field("rendernode", "@rendernode", PATH),
            ),
        ),
        Group(
            "resolution",
            "model/resolution",
            (Field("x", "@x", Int(1), required=True), Field("y", "@y", Int(1), required=True)),
        ),
        Group(
            "driver",
            "driver",
            (
                Field("name", "@name", Choice("qemu", "vhostuser")),
                *VIRTIO,
            ),
        ),
        *DEVICE,
    ),
    alike=("model",),
)
