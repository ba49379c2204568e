# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/displays.py."""

from __future__ import annotations

from harness.host import PREFIX, SCRATCH
from harness.parts import AS_IS, Case, Part

PARTS = (
    Part(
        "display",
        {"graphics": [{"type": "vnc", "autoport": False}], "videos": [{"model": "vga"}]},
        (
            Case("graphics[vnc].port", 5941, 5942),
            Case("graphics[vnc].websocket", 5741, 5742),
            Case("graphics[vnc].listen", "127.0.0.1", "0.0.0.0"),
            Case("graphics[vnc].passwd", "first", "second", live=True),
            Case("graphics[vnc].passwd_valid_to", "2090-01-01T00:00:00", "2091-01-01T00:00:00", live=True),
            Case("graphics[vnc].connected", None, "keep", live=True),
            Case("graphics[vnc].keymap", "de", "en-us"),
            Case("graphics[vnc].share_policy", "ignore", "force-shared"),
            Case("graphics[vnc].power_control", True, False),
            Case("videos[vga].vram", "16MiB", "32MiB", changes=("videos[0].vram",)),
            Case(
                "videos[vga].resolution",
                {"x": 800, "y": 600},
                {"x": 1024, "y": 768},
                changes=("videos[0].resolution.x", "videos[0].resolution.y"),
            ),
        ),
    ),
    Part(
        "display-port",
        {
            "graphics": [{"type": "vnc", "port": 5941}],
            "videos": [{"model": "virtio"}],
            "audios": [{"id": 1, "type": "none"}, {"id": 2, "type": "none"}],
            "memory_backing": {"source": "memfd"},
        },
        (
            Case(
                "graphics[vnc].autoport",
                False,
                True,
                also={"graphics[vnc].port": None},
                changes=("graphics[vnc].autoport",),
            ),
            Case("graphics[vnc].audio.id", 1, 2),
            Case("videos[virtio].heads", 1, 2, changes=("videos[0].heads",)),
            Case(
                "videos[virtio].blob",
                True,
                False,
                changes=("videos[0].blob",),
                running=False,
                refused_on=("bookworm",),
                refusal="domain.rng",
            ),
            Case("videos[virtio].driver.name", "qemu", "vhostuser", changes=("videos[0].driver.name",), running=False),
            Case(
                "videos[virtio].acceleration",
                {"accel3d": False},
                {"accel3d": True, "rendernode": "/dev/dri/renderD128"},
                changes=tuple(f"videos[0].acceleration.{name}" for name in ("accel3d", "rendernode")),
                running=False,
            ),
            Case(
                "videos[virtio].model",
                AS_IS,
                "vga",
                also={
                    "videos[vga].heads": None,
                    "videos[vga].blob": None,
                    "videos[vga].acceleration": None,
                    "videos[vga].driver": {"name": "qemu"},
                },
                changes=("videos[0].model", "videos[0].driver.name"),
                running=False,
            ),
        ),
    ),
    Part(
        "display-listens",
        {"graphics": [{"type": "vnc", "listens": [{"type": "address", "address": "127.0.0.1"}]}]},
        (
            Case(
                "graphics[vnc].listens",
                AS_IS,
                [{"type": "address", "address": "0.0.0.0"}],
                changes=("graphics[vnc].listens[0].address",),
            ),
            Case(
                "graphics[vnc].listens",
                AS_IS,
                [{"type": "network", "network": f"{PREFIX}net1"}],
                changes=("graphics[vnc].listens[0].type", "graphics[vnc].listens[0].network"),
                running=False,
            ),
            Case(
                "graphics[vnc].listens",
                AS_IS,
                [{"type": "socket", "socket": f"{SCRATCH}/vnc.socket"}],
                changes=("graphics[vnc].listens[0].type", "graphics[vnc].listens[0].socket"),
                running=False,
            ),
        ),
    ),
    Part(
        "display-socket",
        {"graphics": [{"type": "vnc"}]},
        (Case("graphics[vnc].socket", f"{SCRATCH}/one.socket", f"{SCRATCH}/two.socket", running=False),),
    ),
    Part(
        "display-kind",
        {"graphics": [{"type": "vnc"}]},
        (Case("graphics[vnc].type", AS_IS, "spice", changes=("graphics[vnc]", "graphics[spice]")),),
    ),
    Part(
        "display-spice",
        {"graphics": [{"type": "spice"}]},
        (
            Case("graphics[spice].default_mode", "any", "insecure"),
            Case(
                "graphics[spice].channels",
                [],
                [{"name": "main", "mode": "insecure"}],
                changes=("graphics[spice].channels[main]",),
            ),
            Case("graphics[spice].image.compression", "quic", "glz"),
            Case("graphics[spice].jpeg.compression", "auto", "always"),
            Case("graphics[spice].zlib.compression", "auto", "always"),
            Case("graphics[spice].playback.compression", True, False),
            Case("graphics[spice].streaming.mode", "filter", "off"),
            Case("graphics[spice].clipboard.copypaste", True, False),
            Case("graphics[spice].mouse.mode", "server", "client"),
            Case("graphics[spice].filetransfer.enable", True, False),
        ),
    ),
    Part(
        "display-local",
        {},
        (
            Case(
                "graphics",
                [{"type": "vnc"}],
                [{"type": "vnc"}, {"type": "egl-headless", "gl": {"rendernode": "/dev/dri/renderD128"}}],
                changes=("graphics[egl-headless]",),
                running=False,
            ),
            Case(
                "graphics",
                AS_IS,
                [
                    {"type": "sdl", "display": ":0.1", "xauth": "/root/.Xauthority", "fullscreen": True},
                    {"type": "dbus", "p2p": True, "gl": {"enable": True, "rendernode": "/dev/dri/renderD128"}},
                ],
                changes=tuple(f"graphics[{kind}]" for kind in ("vnc", "egl-headless", "sdl", "dbus")),
                running=False,
            ),
            Case(
                "graphics[dbus].p2p",
                AS_IS,
                None,
                also={"graphics[dbus].address": "unix:path=/run/bus"},
                changes=("graphics[dbus].address",),
                running=False,
            ),
        ),
    ),
    Part(
        "display-qxl",
        {"videos": [{"model": "qxl"}]},
        tuple(
            Case(
                f"videos[qxl].{name}",
                "64MiB",
                "128MiB",
                changes=(f"videos[0].{name}",),
                running=name != "ram",  # which follows the framebuffer
            )
            for name in ("ram", "vram64", "vgamem")
        ),
    ),
    Part(
        "display-rdp",
        {},
        (
            Case(
                "graphics",
                [],
                [{"type": "rdp", "username": "one", "passwd": "two", "replace_user": True, "multi_user": True}],
                refused_on=("bookworm", "trixie"),
                refusal="rdp",
            ),
        ),
    ),
    Part(
        "displays",
        {},
        (
            Case("graphics", [], [{"type": "vnc", "autoport": True}], changes=("graphics[vnc]",)),
            Case("videos", [{"model": "vga"}], [{"model": "virtio"}], changes=("videos[0].model",)),
            Case(
                "videos",
                AS_IS,
                [{"model": "virtio", "primary": True}, {"model": "virtio", "primary": False}],
                changes=("videos[1]",),
            ),
        ),
    ),
)
