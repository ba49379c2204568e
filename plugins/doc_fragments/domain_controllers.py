# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/controllers.py.
    DOCUMENTATION = r"""
options:
  controllers:
    description:
      - Controllers (C(<controller>)) whose model or number matters. libvirt adds those that the devices need, so
        controllers that are not listed always stay. A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - What it controls. It identifies the controller together with O(controllers[].index).
        type: str
        required: true
        choices: [ide, fdc, scsi, sata, usb, virtio-serial, pci]
      index:
        description:
          - Number among those of its type, from V(0).
        type: int
        required: true
      model:
        description:
          - The model, as V(virtio-scsi) or V(qemu-xhci) (the attribute C(model)). If it is not stated, libvirt
            chooses.
        type: str
"""
