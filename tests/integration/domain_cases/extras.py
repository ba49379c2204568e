# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/extras.py."""

from __future__ import annotations

from harness.parts import AS_IS, Case, Part

SHMEM = {"name": "law", "model": "ivshmem-plain", "size": "4MiB"}

PARTS = (
    Part(
        "extras",
        {"os": {"machine": "pc"}},
        (
            Case("shmems", [], [SHMEM], live=True, changes=("shmems[law]",)),
            Case("shmems[law].size", AS_IS, "8MiB", running=False),
            Case(
                "leases",
                [],
                [{"key": "one", "lockspace": "law", "target": {"path": "/one", "offset": 512}}],
                changes=("leases[law-one]",),
                running=False,
            ),
        ),
    ),
    Part(
        "panics",
        {"os": {"machine": "pc"}},
        (
            Case(
                "panics",
                [{"model": "isa"}],
                [{"model": "isa", "address": {"type": "isa", "iobase": "0x506"}}],
                changes=("panics[isa].address",),
                running=False,
            ),
        ),
    ),
    Part(
        "extras-definition",
        {"os": {"machine": "q35"}, "features": {"ioapic": "qemu"}},
        (
            Case(
                "shmems",
                [SHMEM],
                [
                    {
                        "name": "law",
                        "model": "ivshmem-doorbell",
                        "server": "/run/law",
                        "msi": {"vectors": 4, "ioeventfd": True},
                    },
                    {**SHMEM, "name": "order", "role": "peer"},
                ],
                changes=(
                    "shmems[law].model",
                    "shmems[law].server",
                    "shmems[law].msi.vectors",
                    "shmems[law].msi.ioeventfd",
                    "shmems[order]",
                ),
                running=False,
            ),
            Case(
                "iommus",
                [],
                [
                    {
                        "model": "intel",
                        "driver": {"intremap": True, "caching_mode": True, "eim": True, "iotlb": True, "aw_bits": 48},
                    }
                ],
                changes=("iommus[intel]",),
                running=False,
            ),
            Case(
                "vsocks",
                [],
                [
                    {
                        "model": "virtio-non-transitional",
                        "cid": {"auto": False, "address": 5},
                        "driver": {"packed": True},
                    }
                ],
                changes=("vsocks[0]",),
                running=False,
            ),
            Case(
                "vsocks",
                AS_IS,
                [{"cid": {"auto": False, "address": 6}}],
                changes=("vsocks[0].cid.address",),
                note="address",
                running=False,
            ),
        ),
    ),
    Part(
        "extras-new",
        {"os": {"machine": "q35"}, "iommus": [{"model": "intel"}]},
        (
            Case(
                "panics",
                [],
                [{"model": "pvpanic"}],
                changes=("panics[pvpanic]",),
                refused_on=("bookworm",),
                refusal="domain.rng",
            ),
            Case(
                "cryptos",
                [],
                [
                    {
                        "model": "virtio",
                        "type": "qemu",
                        "backend": {"model": "builtin", "queues": 1},
                        "driver": {"iommu": False},
                    }
                ],
                changes=("cryptos[0]",),
                refused_on=("bookworm",),
                refusal="domain.rng",
            ),
            Case(
                "iommus[intel].driver.dma_translation",
                AS_IS,
                False,
                running=False,
                refused_on=("bookworm",),
                refusal="domain.rng",
            ),
        ),
    ),
)
