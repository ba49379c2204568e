# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Controllers (U(https://libvirt.org/formatdomain.html#controllers))."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    ON,
    Choice,
    Int,
    Size,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.shared import (
    DEVICE,
    QUEUES,
    VIRTIO,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    Field,
    Group,
    List,
)

#: What a PCI controller tells the guest of itself; libvirt fills in what is needed.
_TARGET = Group(
    "target",
    "target",
    (
        *(
            Field(name, f"@{attribute}", Int(0, 255))
            for name, attribute in (
                ("chassis", "chassis"),
                ("chassis_nr", "chassisNr"),
                ("port", "port"),
                ("bus_nr", "busNr"),
                ("index", "index"),
            )
        ),
        Field("hotplug", "@hotplug", ON),
        Field("mem_reserve", "@memReserve", Size(stored=1024)),
        Field("node", "node", Int(0)),
    ),
    filled=True,
)

CONTROLLERS = List(
    "controllers",
    "devices/controller",
    (
        Field(
            "type",
            "@type",
            Choice("ide", "fdc", "scsi", "sata", "usb", "ccid", "virtio-serial", "pci", "isa", "nvme"),
            required=True,
        ),
        Field("index", "@index", Int(0)),
        Field("startport", "master/@startport", Int(0)),
        Field("model", "@model"),
        Field("model_name", "model/@name", filled=True),
        _TARGET,
        Field("pcihole64", "pcihole64", Size(stored=1024, unit="unit")),
        Field("ports", "@ports", Int(1)),
        Field("vectors", "@vectors", Int(0)),
        Group(
            "driver",
            "driver",
            (
                *QUEUES,
                Field("cmd_per_lun", "@cmd_per_lun", Int(1)),
                Field("max_sectors", "@max_sectors", Int(1)),
                *VIRTIO,
            ),
        ),
        Field("serial", "serial"),
        *DEVICE,
    ),
    keys=("type+index",),
    repeats=("type+index",),  # companions of a USB controller have its number, and another model
    kind=("type",),
    alike=("type", "model"),
    implicit=lambda controller: True,  # libvirt adds whatever the other devices need
)
