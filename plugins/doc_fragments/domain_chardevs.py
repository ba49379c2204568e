# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/chardevs.py.
    DOCUMENTATION = r"""
options:
  serials:
    description:
      - The serial ports (C(<serial>)). libvirt shows the first one as a console, too. A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - >-
            Where it leads on the host: V(pty) is a pseudo terminal (C(virsh console)), V(file) and V(unix) are a
            file and a socket at O(serials[].path), V(null) is nowhere, V(stdio) is QEMU's own output.
        type: str
        required: true
        choices: [pty, file, unix, "null", stdio]
      path:
        description:
          - Path of the file or socket.
        type: str
      port:
        description:
          - Number of the port, from V(0), which identifies it in the list.
        type: int
      log_file:
        description:
          - Path of a file on the host to which all output is also written (C(<log file=…>)).
        type: str
  consoles:
    description:
      - The consoles (C(<console>)). Those on a serial port are libvirt's view of O(serials), and stay as long as the
        port. A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - Where it leads on the host, see O(serials[].type).
        type: str
        required: true
        choices: [pty, file, unix, "null", stdio]
      target_type:
        description:
          - >-
            What the guest sees: V(serial) is its first serial port, also if it is not stated; V(virtio) is a virtio
            console.
        type: str
        choices: [serial, virtio]
  channels:
    description:
      - Channels between host and guest (C(<channel>)). They are plugged and unplugged live.
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - >-
            Where it leads on the host: V(unix) is a socket, which libvirt names; V(spicevmc) the Spice client;
            V(pty) a pseudo terminal. A change waits for a restart.
        type: str
        required: true
        choices: [unix, spicevmc, pty]
      name:
        description:
          - Name of the channel, which identifies it in the list and is what the guest sees. V(org.qemu.guest_agent.0)
            is that of the guest agent.
        type: str
        required: true
"""
