# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/displays.py.
    DOCUMENTATION = r"""
options:
  graphics:
    description:
      - The displays that a person can connect to (C(<graphics>)), at most one of each type. If it is not stated, a
        new domain has none. A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - The protocol, which identifies the display in the list. V(spice) is refused where the host's QEMU does not
            have it.
        type: str
        required: true
        choices: [vnc, spice]
      port:
        description:
          - The TCP port. If it is not stated, it is left as it is; that of a new display is chosen by libvirt when
            the guest is started.
        type: int
      autoport:
        description:
          - Whether libvirt chooses a free port when the guest is started. V(true) excludes O(graphics[].port).
        type: bool
      listen:
        description:
          - The address of the host on which it listens. If it is not stated for a new display, it is what the host's
            C(qemu.conf) says, V(127.0.0.1) by default.
        type: str
      passwd:
        description:
          - The password to connect with. QEMU takes the first eight characters of it for V(vnc). It appears in no
            result, difference or log; a change of it is seen. The change is live.
        type: str
      keymap:
        description:
          - The keyboard layout, as V(de). If it is not stated, the client's keys are passed on as they are.
        type: str
  videos:
    description:
      - The graphics cards (C(<video>)). The first is the one that displays show. libvirt adds one to a domain that
        has O(graphics) and none listed. A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The model. V(none) is for a guest with a display, and no card. When it is changed, memory and heads of
            before go with it, unless they are stated.
        type: str
        required: true
        choices: [vga, cirrus, virtio, qxl, bochs, ramfb, none]
      vram:
        description:
          - The video memory in bytes or with a unit, rounded up to whole KiB. If it is not stated, libvirt chooses.
        type: str
      heads:
        description:
          - The number of screens. If it is not stated, one.
        type: int
"""
