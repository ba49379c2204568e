# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/memory_devices.py."""

from __future__ import annotations

from harness.laws import Spec
from harness.parts import AS_IS, Case, Part

NUMA: Spec = {
    "vcpus": 1,
    "cpu": {"numa": {"cells": [{"id": 0, "cpus": "0", "memory": "64MiB"}]}},
    "max_memory": {"size": "4GiB", "slots": 8},
}
DIMM: Spec = {"model": "dimm", "target": {"size": "128MiB", "node": 0}}
NVDIMM: Spec = {"model": "nvdimm", "source": {"path": "/one"}, "target": {"size": "128MiB", "node": 0}}
VIRTIO_MEM: Spec = {
    "model": "virtio-mem",
    "target": {"size": "128MiB", "node": 0, "block": "2MiB", "requested": "64MiB"},
}
VIRTIO_PMEM: Spec = {"model": "virtio-pmem", "source": {"path": "/two"}, "target": {"size": "128MiB"}}

PARTS = (
    Part(
        "memory-devices",
        NUMA,
        (
            Case(
                "memory_devices",
                [DIMM],
                [DIMM, {**DIMM, "target": {"size": "256MiB", "node": 0}}],
                changes=("memory_devices[1]",),
                running=False,
            ),
            Case(
                "memory_devices",
                AS_IS,
                [
                    {
                        **DIMM,
                        "access": "shared",
                        "discard": True,
                        "alias": "ua-dimm",
                        "address": {"type": "dimm", "slot": 0, "base": "0x100000000"},
                    },
                    {**DIMM, "target": {"size": "256MiB", "node": 0}, "source": {"pagesize": "2MiB", "nodemask": "0"}},
                ],
                changes=(
                    "memory_devices[0]",
                    "memory_devices[ua-dimm]",
                    "memory_devices[1].source.pagesize",
                    "memory_devices[1].source.nodemask",
                ),
                note="changed",
                running=False,
            ),
        ),
    ),
    Part(
        "memory-kinds",
        {**NUMA, "memory_backing": {"source": "memfd", "access": "shared"}},
        (
            Case(
                "memory_devices",
                [],
                [
                    {**NVDIMM, "target": {**NVDIMM["target"], "label": {"size": "128KiB"}}, "access": "shared"},
                    {**VIRTIO_MEM, "source": {"pagesize": "2MiB"}},
                    VIRTIO_PMEM,
                ],
                changes=tuple(f"memory_devices[{place}]" for place in range(3)),
                running=False,
            ),
            Case(
                "memory_devices",
                AS_IS,
                [
                    {
                        **NVDIMM,
                        "target": {**NVDIMM["target"], "readonly": True},
                        "source": {"path": "/three", "alignsize": "2MiB", "pmem": True},
                    },
                    {**VIRTIO_MEM, "target": {**VIRTIO_MEM["target"], "requested": "32MiB"}},
                    VIRTIO_PMEM,
                ],
                changes=(
                    "memory_devices[0].source.path",
                    "memory_devices[0].source.alignsize",
                    "memory_devices[0].source.pmem",
                    "memory_devices[0].target.readonly",
                    "memory_devices[1].target.requested",
                ),
                note="changed",
                running=False,
            ),
        ),
    ),
    Part(
        "memory-new",
        {**NUMA, "memory_backing": {"source": "memfd", "access": "shared"}},
        (
            Case(
                "memory_devices",
                [VIRTIO_MEM],
                [
                    {
                        **VIRTIO_MEM,
                        "target": {
                            **VIRTIO_MEM["target"],
                            "dynamic_memslots": True,
                            "address": {"base": "0x140000000"},
                        },
                    }
                ],
                changes=("memory_devices[0].target.dynamic_memslots", "memory_devices[0].target.address.base"),
                running=False,
                refused_on=("bookworm",),
                refusal="domain.rng",
            ),
        ),
    ),
)
