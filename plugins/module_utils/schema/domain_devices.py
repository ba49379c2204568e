# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The devices of a domain (U(https://libvirt.org/formatdomain.html#devices)), a table of each kind."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    MAC,
    ON,
    PATH,
    PRESENT,
    YES,
    Choice,
    Codec,
    Int,
    Size,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import RESTART, Field, Group, List, Node, Spec

PLUG = "plug"  # attached to and detached from a running guest
UPDATE = "update"  # changed on a running guest's device

ORDER = Int(1)


class UserAlias(Codec):
    """A device's own name: starts with V(ua-). Others are libvirt's, made anew at each start."""

    def parse(self, value: object) -> str:
        text = str(value)
        if not text.startswith("ua-"):
            raise ValueError(f"{text!r} is not an alias of a user; it must start with 'ua-'")
        return text

    def decode(self, text: str) -> str | None:
        return text if text.startswith("ua-") else None


class Listen(Codec):
    """The address on which a display listens. libvirt keeps it twice; the attribute is written, the element follows."""

    def write(self, element: xml.Element, path: str, value: str) -> None:
        for listener in xml.find_all(element, "listen"):
            element.remove(listener)
        super().write(element, path, value)


class Shown(Codec):
    """A text that libvirt may leave out of a running guest's document."""

    def same_live(self, current: object, desired: object) -> bool:
        return current is None or self.same(current, desired)


def _enumeration(device: str, name: str) -> str:
    return f"devices/{device}/enum[@name='{name}']/value"


def bus_of(disk: Spec) -> str:
    """Return the bus of a disk, as libvirt infers it from the target where none is stated."""
    guess = {"vd": "virtio", "sd": "scsi", "hd": "ide", "fd": "fdc"}
    return str(disk.get("bus") or guess.get(str(disk.get("target"))[:2], ""))


def disk_plugs(disk: Spec, _before: object) -> str:
    """Say how a disk is added to a running guest: drives with exchangeable media, IDE and SATA cannot be."""
    fixed = disk.get("device", "disk") in ("cdrom", "floppy") or bus_of(disk) not in ("virtio", "scsi", "usb")
    return RESTART if fixed else PLUG


def media_change(disk: Spec, _before: object) -> str:
    """Say how a disk gets another source: only the media of a drive can be exchanged in a running guest."""
    return UPDATE if disk.get("device") in ("cdrom", "floppy") else RESTART


def reconnection(interface: Spec, before: Spec | None) -> str:
    """Say how an interface gets another source: libvirt replugs it from network or bridge to another."""
    sources = (before or {}, interface.get("source") or {})
    plain = all("network" in source or "bridge" in source for source in sources)
    same_group = sources[0].get("portgroup") == sources[1].get("portgroup")
    return UPDATE if plain and same_group else RESTART


DISKS = List(
    "disks",
    "devices/disk",
    (
        Field("target", "target/@dev", required=True),
        Field(
            "device",
            "@device",
            Choice("disk", "cdrom", "floppy", "lun"),
            absent="disk",
            offered=_enumeration("disk", "diskDevice"),
        ),
        Field(
            "bus",
            "target/@bus",
            Choice("virtio", "scsi", "sata", "ide", "usb", "fdc", "sd"),
            offered=_enumeration("disk", "bus"),
        ),
        Group(
            "source",
            "",
            (
                Field("file", "source/@file", PATH, implies={"@type": "file"}),
                Field("dev", "source/@dev", PATH, implies={"@type": "block"}),
                Field("pool", "source/@pool", implies={"@type": "volume"}),
                Field("volume", "source/@volume"),
            ),
            whole=("source", "backingStore"),
            live=media_change,
            rules={
                "mutually_exclusive": [("file", "dev", "pool")],
                "required_together": [("pool", "volume")],
            },
        ),
        Group(
            "driver",
            "driver",
            (
                Field("type", "@type", Shown()),
                Field(
                    "cache", "@cache", Choice("default", "none", "writethrough", "writeback", "directsync", "unsafe")
                ),
                Field("io", "@io", Choice("threads", "native", "io_uring")),
                Field("discard", "@discard", Choice("ignore", "unmap")),
                Field("detect_zeroes", "@detect_zeroes", Choice("off", "on", "unmap")),
                Field("error_policy", "@error_policy", Choice("stop", "report", "ignore", "enospace")),
                Field("queues", "@queues", Int(1)),
            ),
        ),
        Field("readonly", "readonly", PRESENT, absent=False),
        Field("shareable", "shareable", PRESENT, absent=False),
        Field("serial", "serial"),
        Field("boot_order", "boot/@order", ORDER),
    ),
    keys=("target",),
    live=disk_plugs,
)

INTERFACES = List(
    "interfaces",
    "devices/interface",
    (
        Field("type", "@type", Choice("network", "bridge", "direct", "user", "ethernet")),
        Field("mac", "mac/@address", MAC),
        Field("alias", "alias/@name", UserAlias()),
        Group(
            "source",
            "",
            (
                Field("network", "source/@network", implies={"@type": "network"}),
                Field("portgroup", "source/@portgroup"),
                Field("bridge", "source/@bridge", implies={"@type": "bridge"}),
                Field("dev", "source/@dev", implies={"@type": "direct"}),
                Field("mode", "source/@mode", Choice("vepa", "bridge", "private", "passthrough")),
            ),
            whole=("source",),
            live=reconnection,
            rules={
                "mutually_exclusive": [("network", "bridge", "dev")],
                "required_by": {"portgroup": ["network"], "mode": ["dev"]},
            },
        ),
        Field("model", "model/@type"),
        Field("link_state", "link/@state", Choice("up", "down"), live=UPDATE, absent="up"),
        Field("mtu", "mtu/@size", Int(68, 65535)),
        Field("queues", "driver/@queues", Int(1)),
        Field("filter", "filterref/@filter", live=UPDATE),
        Field("isolated", "port/@isolated", YES, absent=False),
        Field("boot_order", "boot/@order", ORDER),
    ),
    keys=("mac", "alias"),
    alike=("type", "source"),
    live=PLUG,
)

CONTROLLERS = List(
    "controllers",
    "devices/controller",
    (
        Field("type", "@type", Choice("ide", "fdc", "scsi", "sata", "usb", "virtio-serial", "pci"), required=True),
        Field("index", "@index", Int(0), required=True),
        Field("model", "@model"),
    ),
    keys=("type+index",),
    implicit=lambda controller: True,  # libvirt adds whatever the other devices need
)

GRAPHICS = List(
    "graphics",
    "devices/graphics",
    (
        Field("type", "@type", Choice("vnc", "spice"), required=True, offered=_enumeration("graphics", "type")),
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
            offered=_enumeration("video", "modelType"),
        ),
        Field("vram", "model/@vram", Size(stored=1024)),
        Field("heads", "model/@heads", Int(1)),
    ),
    alike=("model",),
)

SERIALS = List(
    "serials",
    "devices/serial",
    (
        Field("type", "@type", Choice("pty", "file", "unix", "null", "stdio"), required=True),
        Field("path", "source/@path", PATH),
        Field("port", "target/@port", Int(0)),
        Field("log_file", "log/@file", PATH),
    ),
    keys=("port",),
    alike=("type",),
)

CONSOLES = List(
    "consoles",
    "devices/console",
    (
        Field("type", "@type", Choice("pty", "file", "unix", "null", "stdio"), required=True),
        Field("target_type", "target/@type", Choice("serial", "virtio"), absent="serial"),
    ),
    alike=("target_type", "type"),
    implicit=lambda console: console.get("target_type") == "serial",  # what libvirt shows of the first serial port
)

CHANNELS = List(
    "channels",
    "devices/channel",
    (
        Field(
            "type", "@type", Choice("unix", "spicevmc", "pty"), required=True, offered=_enumeration("channel", "type")
        ),
        Field("name", "target/@name", required=True, implies={"target/@type": "virtio"}),
    ),
    keys=("name",),
    live=PLUG,
)

INPUTS = List(
    "inputs",
    "devices/input",
    (
        Field("type", "@type", Choice("tablet", "mouse", "keyboard"), required=True),
        Field("bus", "@bus", Choice("usb", "virtio", "ps2"), required=True),
    ),
    keys=("type+bus",),
    implicit=lambda device: device.get("bus") == "ps2",  # part of every x86 guest
    live=lambda device, _before: PLUG if device.get("bus") != "ps2" else RESTART,
)

RNGS = List(
    "rngs",
    "devices/rng",
    (
        Field(
            "model",
            "@model",
            Choice("virtio", "virtio-transitional", "virtio-non-transitional"),
            required=True,
            offered=_enumeration("rng", "model"),
        ),
        Group(
            "backend",
            "backend",
            (
                Field(
                    "model",
                    "@model",
                    Choice("random", "builtin"),
                    required=True,
                    offered=_enumeration("rng", "backendModel"),
                ),
                Field("device", "", PATH),
            ),
        ),
        Group("rate", "rate", (Field("bytes", "@bytes", Int(1), required=True), Field("period", "@period", Int(1)))),
    ),
    alike=("model", "backend"),
    live=PLUG,
    rules={"required_by": {"model": ["backend"]}},
)

TPMS = List(
    "tpms",
    "devices/tpm",
    (
        Field("model", "@model", Choice("tpm-tis", "tpm-crb", "tpm-spapr"), offered=_enumeration("tpm", "model")),
        Group(
            "backend",
            "backend",
            (
                Field(
                    "type",
                    "@type",
                    Choice("emulator", "passthrough"),
                    required=True,
                    offered=_enumeration("tpm", "backendModel"),
                ),
                Field("version", "@version", Choice("1.2", "2.0"), offered=_enumeration("tpm", "backendVersion")),
            ),
        ),
    ),
)

WATCHDOGS = List(
    "watchdogs",
    "devices/watchdog",
    (
        Field("model", "@model", Choice("i6300esb", "ib700", "diag288", "itco"), required=True),
        Field("action", "@action", Choice("reset", "shutdown", "poweroff", "pause", "none", "dump", "inject-nmi")),
    ),
    keys=("model",),
    implicit=lambda watchdog: watchdog.get("model") == "itco",  # part of machine q35 since libvirt 9.1
)

MEMBALLOON = Group(
    "memballoon",
    "devices/memballoon",
    (
        Field("model", "@model", Choice("virtio", "virtio-transitional", "virtio-non-transitional", "none")),
        Field("autodeflate", "@autodeflate", ON),
        Field("stats_period", "stats/@period", Int(0), live="memballoon_stats", absent=0),
    ),
)

DEVICES: tuple[Node, ...] = (
    Field("emulator", "devices/emulator", PATH),
    DISKS,
    CONTROLLERS,
    INTERFACES,
    GRAPHICS,
    VIDEOS,
    SERIALS,
    CONSOLES,
    CHANNELS,
    INPUTS,
    RNGS,
    TPMS,
    WATCHDOGS,
    MEMBALLOON,
)
