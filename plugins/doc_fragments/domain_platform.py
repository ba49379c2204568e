# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/platform.py.
    DOCUMENTATION = r"""
options:
  inputs:
    description:
      - Input devices (C(<input>)). PS/2 mouse and keyboard are part of every PC and stay although they are not
        listed. The others are plugged and unplugged live.
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - What it is. V(tablet) tells where the pointer is, so that it follows that of the person's own screen. It
            identifies the device together with O(inputs[].bus).
        type: str
        required: true
        choices: [tablet, mouse, keyboard]
      bus:
        description:
          - What it is attached to.
        type: str
        required: true
        choices: [usb, virtio, ps2]
  rngs:
    description:
      - Random number generators (C(<rng>)). They are plugged and unplugged live.
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The model. A change waits for a restart.
        type: str
        required: true
        choices: [virtio, virtio-transitional, virtio-non-transitional]
      backend:
        description:
          - Where the numbers come from (C(<backend>)). Needed. A change waits for a restart.
        type: dict
        suboptions:
          model:
            description:
              - V(random) reads O(rngs[].backend.device), V(builtin) is QEMU's own source.
            type: str
            required: true
            choices: [random, builtin]
          device:
            description:
              - Path of the host's device, with O(rngs[].backend.model=random). If it is not stated, V(/dev/urandom).
            type: str
      rate:
        description:
          - How much the guest can take (C(<rate>)). If it is not stated, as much as it likes. A change waits for a
            restart.
        type: dict
        suboptions:
          bytes:
            description:
              - The number of bytes in each period.
            type: int
            required: true
          period:
            description:
              - The length of a period in milliseconds. If it is not stated, 1000.
            type: int
  tpms:
    description:
      - The TPM (C(<tpm>)). A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The model. If it is not stated for a new one, libvirt chooses.
        type: str
        choices: [tpm-tis, tpm-crb, tpm-spapr]
      backend:
        description:
          - What is behind it (C(<backend>)).
        type: dict
        suboptions:
          type:
            description:
              - V(emulator) is emulated by C(swtpm), which has to be installed on the host and keeps its state there;
                V(passthrough) is the host's own.
            type: str
            required: true
            choices: [emulator, passthrough]
          version:
            description:
              - The version of the standard, with O(tpms[].backend.type=emulator). If it is not stated for a new one,
                V(2.0) for most models.
            type: str
            choices: ["1.2", "2.0"]
  watchdogs:
    description:
      - The watchdogs (C(<watchdog>)). V(itco), which is part of the machine type V(q35) since libvirt 9.1, stays
        although it is not listed. All watchdogs of a guest have the same action. A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The model, which identifies the watchdog in the list.
        type: str
        required: true
        choices: [i6300esb, ib700, diag288, itco]
      action:
        description:
          - What happens when the guest does not feed it in time. If it is not stated, V(reset).
        type: str
        choices: [reset, shutdown, poweroff, pause, none, dump, inject-nmi]
  memballoon:
    description:
      - The device by which a guest gives memory back (C(<memballoon>)). libvirt adds a V(virtio) one if none is
        stated.
    type: dict
    suboptions:
      model:
        description:
          - The model; V(none) for no such device. A change waits for a restart.
        type: str
        choices: [virtio, virtio-transitional, virtio-non-transitional, none]
      autodeflate:
        description:
          - Whether the guest gets memory back when it runs out of it (the attribute C(autodeflate)). If it is not
            stated, it does not. A change waits for a restart.
        type: bool
      stats_period:
        description:
          - Every how many seconds the guest tells about its memory (C(<stats period=…>)). V(0), for never, if it is
            not stated for a new domain. The change is live.
        type: int
"""
