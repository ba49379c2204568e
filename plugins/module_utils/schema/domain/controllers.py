# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Controllers (U(https://libvirt.org/formatdomain.html#controllers))."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    Choice,
    Int,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    Field,
    List,
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
