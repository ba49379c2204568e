# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/sound.py."""

from __future__ import annotations

from typing import Any

from harness.parts import AS_IS, Case, Part

_SETTINGS = {"frequency": 44100, "channels": 2, "format": "s16"}
_STREAM: dict[str, Any] = {"mixing_engine": True, "fixed_settings": True, "voices": 1, "buffer_length": 100}


def both(**more: Any) -> dict[str, Any]:
    """Both directions of a backend."""
    return {way: {**_STREAM, "settings": _SETTINGS, **more} for way in ("input", "output")}


PARTS = (
    Part(
        "sounds",
        {"audios": [{"id": 1, "type": "none"}, {"id": 2, "type": "none"}]},
        (
            Case("sounds", [], [{"model": "ich9", "codecs": ["micro"]}], changes=("sounds[0]",)),
            Case("sounds[ich9].audio.id", AS_IS, 2, changes=("sounds[0].audio.id",), running=False),
            Case("sounds[ich9].codecs", AS_IS, ["duplex", "output"], changes=("sounds[0].codecs",), running=False),
            Case(
                "sounds[ich9].model",
                AS_IS,
                "ac97",
                also={"sounds[ac97].codecs": None},
                changes=("sounds[0].model",),
                running=False,
            ),
        ),
    ),
    Part(
        "sound-usb",
        {"sounds": [{"model": "usb"}]},
        (
            Case(
                "sounds[usb].multichannel",
                False,
                True,
                changes=("sounds[0].multichannel",),
                running=False,
                refused_on=("bookworm",),
                refusal="domain.rng",
            ),
        ),
    ),
    Part(
        "sound-virtio",
        {},
        (
            Case(
                "sounds",
                [],
                [{"model": "virtio", "streams": 4, "driver": {"iommu": False, "packed": True}}],
                changes=("sounds[0]",),
                running=False,
                refused_on=("bookworm",),
                refusal="domain.rng",
            ),
        ),
    ),
    Part(
        "audios",
        {},
        (
            Case(
                "audios",
                [],
                [
                    {"id": 2, "type": "alsa", "timer_period": 50, **both(dev="/dev/dsp0")},
                    {
                        "id": 3,
                        "type": "jack",
                        **both(server_name="system", client_name="one", connect_ports="system", exact_name=True),
                    },
                    {
                        "id": 4,
                        "type": "oss",
                        "try_mmap": True,
                        "exclusive": True,
                        "dsp_policy": 4,
                        **both(dev="/dev/dsp0", buffer_count=4, try_poll=True),
                    },
                    {
                        "id": 5,
                        "type": "pulseaudio",
                        "server_name": "one",
                        **both(name="sink", stream_name="guest", latency=20),
                    },
                    {"id": 6, "type": "sdl", "driver": "pulseaudio", **both(buffer_count=40)},
                    {"id": 7, "type": "file", "path": "/audio.wav"},
                ],
                changes=tuple(f"audios[{number}]" for number in range(2, 8)),
                running=False,
            ),
            Case(
                "audios[5].type",
                AS_IS,
                "none",
                also={"audios[5].server_name": None, "audios[5].input": None, "audios[5].output": None},
                changes=("audios[5].type",),
                running=False,
            ),
        ),
    ),
    Part(
        "audio-pipewire",
        {},
        (
            Case(
                "audios",
                [],
                [{"id": 2, "type": "pipewire", "runtime_dir": "/run/user/1000"}],
                changes=("audios[2]",),
                running=False,
                refused_on=("bookworm",),
                refusal="domain.rng",
            ),
        ),
    ),
)
