# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sound: cards that the guest sees, and where the host plays them (U(https://libvirt.org/formatdomain.html#sound-devices))."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    PATH,
    YES,
    Choice,
    Int,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.shared import DEVICE, VIRTIO
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    Field,
    Group,
    List,
    Node,
    Spec,
    Values,
)

#: The card or display that uses a backend names it by number.
AUDIO = Group("audio", "audio", (Field("id", "@id", Int(1), required=True),))

SOUNDS = List(
    "sounds",
    "devices/sound",
    (
        Field(
            "model",
            "@model",
            Choice("sb16", "es1370", "pcspk", "ac97", "ich6", "ich7", "ich9", "usb", "virtio"),
            required=True,
            governs=("codecs", "multichannel", "streams", "driver", "address"),
        ),
        Values("codecs", "codec", "type", Choice("duplex", "micro", "output")),
        Field("multichannel", "@multichannel", YES, absent=False),
        Field("streams", "@streams", Int(1)),
        AUDIO,
        Group("driver", "driver", VIRTIO),
        *DEVICE,
    ),
    alike=("model",),
)

#: One direction of a backend.
STREAM: tuple[Node, ...] = (
    Field("mixing_engine", "@mixingEngine", YES),
    Field("fixed_settings", "@fixedSettings", YES),
    Field("voices", "@voices", Int(1)),
    Field("buffer_length", "@bufferLength", Int(1)),
    Field("buffer_count", "@bufferCount", Int(1)),
    Field("dev", "@dev"),
    Field("name", "@name"),
    Field("stream_name", "@streamName"),
    Field("latency", "@latency", Int(1)),
    Field("server_name", "@serverName"),
    Field("client_name", "@clientName"),
    Field("connect_ports", "@connectPorts"),
    Field("exact_name", "@exactName", YES),
    Field("try_poll", "@tryPoll", YES),
    Group(
        "settings",
        "settings",
        (
            Field("frequency", "@frequency", Int(1)),
            Field("channels", "@channels", Int(1)),
            Field("format", "@format", Choice("s8", "u8", "s16", "u16", "s32", "u32", "f32")),
        ),
    ),
)

_OF_TYPE = (
    "timer_period",
    "path",
    "server_name",
    "driver",
    "try_mmap",
    "exclusive",
    "dsp_policy",
    "runtime_dir",
    "input",
    "output",
)


def _is_default(audio: Spec) -> bool:
    """Tell whether it is the backend that libvirt adds, according to the displays."""
    return set(audio) <= {"id", "type"} and audio.get("type") in ("none", "spice", "dbus", "sdl")


AUDIOS = List(
    "audios",
    "devices/audio",
    (
        Field("id", "@id", Int(1), required=True),
        Field(
            "type",
            "@type",
            Choice(
                "none",
                "alsa",
                "coreaudio",
                "dbus",
                "file",
                "jack",
                "oss",
                "pipewire",
                "pulseaudio",
                "sdl",
                "spice",
            ),
            required=True,
            governs=_OF_TYPE,
        ),
        Field("timer_period", "@timerPeriod", Int(1)),
        Field("path", "@path"),
        Field("server_name", "@serverName"),
        Field("driver", "@driver", Choice("esd", "alsa", "arts", "pulseaudio")),
        Field("try_mmap", "@tryMMap", YES),
        Field("exclusive", "@exclusive", YES),
        Field("dsp_policy", "@dspPolicy", Int(0)),
        Field("runtime_dir", "@runtimeDir", PATH),
        Group("input", "input", STREAM),
        Group("output", "output", STREAM),
    ),
    keys=("id",),
    implicit=_is_default,
)
