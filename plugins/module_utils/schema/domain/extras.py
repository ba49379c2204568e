# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices of a machine that few guests have (U(https://libvirt.org/formatdomain.html#shared-memory-device))."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    ON,
    PATH,
    YES,
    Choice,
    Int,
    Size,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.shared import (
    DEVICE,
    PLUG,
    VIRTIO,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    Field,
    Group,
    List,
)

_VIRTIO_MODEL = Choice("virtio", "virtio-transitional", "virtio-non-transitional")

SHMEMS = List(
    "shmems",
    "devices/shmem",
    (
        Field("name", "@name", required=True),
        Field(
            "model",
            "model/@type",
            Choice("ivshmem", "ivshmem-plain", "ivshmem-doorbell"),
            governs=("size", "server", "msi"),
        ),
        Field("role", "@role", Choice("master", "peer")),
        Field("size", "size", Size(stored=1024, unit="unit")),
        Field("server", "server/@path", PATH),
        Group("msi", "msi", (Field("vectors", "@vectors", Int(1)), Field("ioeventfd", "@ioeventfd", ON))),
        *DEVICE,
    ),
    keys=("name",),
    live=PLUG,
)

IOMMUS = List(
    "iommus",
    "devices/iommu",
    (
        Field("model", "@model", Choice("intel", "smmuv3", "virtio"), required=True),
        Group(
            "driver",
            "driver",
            (
                Field("intremap", "@intremap", ON),
                Field("caching_mode", "@caching_mode", ON),
                Field("eim", "@eim", ON),
                Field("iotlb", "@iotlb", ON),
                Field("aw_bits", "@aw_bits", Int(1)),
                Field("dma_translation", "@dma_translation", ON),
            ),
        ),
        *DEVICE,
    ),
    keys=("model",),
)

VSOCKS = List(
    "vsocks",
    "devices/vsock",
    (
        Field("model", "@model", _VIRTIO_MODEL),
        Group("cid", "cid", (Field("auto", "@auto", YES), Field("address", "@address", Int(3)))),
        Group("driver", "driver", VIRTIO),
        *DEVICE,
    ),
    live=PLUG,
)

PANICS = List(
    "panics",
    "devices/panic",
    (Field("model", "@model", Choice("isa", "pseries", "hyperv", "s390", "pvpanic")), *DEVICE),
    keys=("model",),
)

CRYPTOS = List(
    "cryptos",
    "devices/crypto",
    (
        Field("model", "@model", Choice("virtio"), required=True),
        Field("type", "@type", Choice("qemu"), required=True),
        Group(
            "backend",
            "backend",
            (
                Field("model", "@model", Choice("builtin", "lkcf"), required=True),
                Field("queues", "@queues", Int(1)),
            ),
        ),
        Group("driver", "driver", VIRTIO),
        *DEVICE,
    ),
    keys=("alias",),
    alike=("model", "backend"),
)

LEASES = List(
    "leases",
    "devices/lease",
    (
        Field("key", "key", required=True),
        Field("lockspace", "lockspace"),
        Group(
            "target",
            "target",
            (Field("path", "@path", PATH, required=True), Field("offset", "@offset", Int(0), absent=0)),
        ),
    ),
    keys=("lockspace+key", "key"),
    live=PLUG,
)

NVRAM = Group("nvram", "devices/nvram", DEVICE)
