# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.doc_fragments.domain_shared import with_shared


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/sound.py.
    DOCUMENTATION: str = with_shared(r"""
options:
  sounds:
    description:
      - The sound cards (C(<sound>)). A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The model. When it is changed, what only the old one had goes with it, unless it is stated.
        type: str
        required: true
        choices: [sb16, es1370, pcspk, ac97, ich6, ich7, ich9, usb, virtio]
      codecs:
        description:
          - What is attached to V(ich6) and V(ich9) (C(<codec type=…>)). If it is not stated, V(duplex).
        type: list
        elements: str
        choices: [duplex, micro, output]
      multichannel:
        description:
          - Whether V(usb) has more than two channels.
        type: bool
      streams:
        description:
          - The number of streams of V(virtio).
        type: int
      SHARED: audio
      driver:
        description:
          - Options of V(virtio) (C(<driver>)).
        type: dict
        suboptions:
          SHARED: virtio
      SHARED: device
  audios:
    description:
      - Where the host plays what guests sound, and records (C(<audio>)). libvirt adds one that suits O(graphics),
        which stays although it is not listed. A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - A number from V(1), by which O(sounds) and O(graphics) name it, and which identifies it in the list.
        type: int
        required: true
      type:
        description:
          - >-
            The sound system: V(none) is nowhere, V(spice) the Spice client, V(dbus) D-Bus, V(file) a file, the others
            that of the host. When it is changed, all else goes with it, unless it is stated.
        type: str
        required: true
        choices: ["none", alsa, coreaudio, dbus, file, jack, oss, pipewire, pulseaudio, sdl, spice]
      timer_period:
        description:
          - The period of QEMU's timer in microseconds (the attribute C(timerPeriod)).
        type: int
      path:
        description:
          - Path of the file, of the type V(file); QEMU takes a relative one for one of its own directory.
        type: str
      server_name:
        description:
          - Name of the server (the attribute C(serverName)), of the type V(pulseaudio).
        type: str
      driver:
        description:
          - The driver of SDL, of the type V(sdl).
        type: str
        choices: [esd, alsa, arts, pulseaudio]
      try_mmap:
        description:
          - Whether mapped memory is tried (the attribute C(tryMMap)), of the type V(oss).
        type: bool
      exclusive:
        description:
          - Whether nobody else can use the device, of the type V(oss).
        type: bool
      dsp_policy:
        description:
          - The timing policy (the attribute C(dspPolicy)), of the type V(oss).
        type: int
      runtime_dir:
        description:
          - Path of the directory of the server's socket (the attribute C(runtimeDir)), of the type V(pipewire).
        type: str
      input:
        description:
          - Recording (C(<input>)).
        type: dict
        suboptions:
          SHARED: audio_stream
      output:
        description:
          - Playing (C(<output>)).
        type: dict
        suboptions:
          SHARED: audio_stream
""")
