# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/controllers.py."""

from __future__ import annotations

from harness.parts import AS_IS, Case, Part

PARTS = (
    Part(
        "controllers",
        {},
        (
            Case(
                "controllers",
                [{"type": "scsi", "index": 0, "model": "virtio-scsi"}],
                [
                    {"type": "scsi", "index": 0, "model": "virtio-scsi"},
                    {"type": "scsi", "index": 1, "model": "virtio-scsi"},
                ],
                changes=("controllers[scsi-1]",),
            ),
            Case("controllers[scsi-0].model", AS_IS, "lsilogic"),
            Case("controllers[scsi-1].index", AS_IS, 2, changes=("controllers[scsi-2]",), running=False),
            Case(
                "controllers[scsi-2].type",
                AS_IS,
                "virtio-serial",
                also={"controllers[virtio-serial].model": None},
                changes=("controllers[virtio-serial-2]",),
                running=False,
            ),
        ),
    ),
    Part(
        "controllers-pci",
        {
            "os": {"machine": "q35"},
            "vcpus": 2,
            "cpu": {"numa": {"cells": [{"id": number, "cpus": str(number), "memory": "32MiB"} for number in (0, 1)]}},
            "controllers": [
                {"type": "pci", "index": 0, "model": "pcie-root"},
                {"type": "pci", "index": 1, "model": "pcie-root-port"},
                {"type": "pci", "index": 2, "model": "pcie-to-pci-bridge"},
                {"type": "pci", "index": 3, "model": "pci-bridge"},
                {"type": "pci", "index": 4, "model": "pcie-expander-bus"},
            ],
        },
        (
            Case("controllers[pci-0].pcihole64", "1GiB", "2GiB"),
            Case("controllers[pci-1].target.chassis", 10, 11, running=False),
            Case("controllers[pci-1].target.port", 16, 17, running=False),
            Case("controllers[pci-1].target.hotplug", True, False, running=False),
            Case(
                "controllers[pci-1].target.mem_reserve",
                "1MiB",
                "2MiB",
                running=False,
                refused_on=("bookworm",),
                refusal="domain.rng",
            ),
            Case("controllers[pci-1].model_name", "pcie-root-port", "ioh3420", running=False),
            Case("controllers[pci-3].target.chassis_nr", 5, 6, running=False),
            Case("controllers[pci-4].target.node", 0, 1, running=False),
            Case("controllers[pci-4].target.bus_nr", 200, 210, running=False),
        ),
    ),
    Part(
        "controllers-more",
        {
            "os": {"machine": "q35"},
            "controllers": [
                {"type": "scsi", "index": 0, "model": "virtio-scsi"},
                {"type": "virtio-serial", "index": 0},
                {"type": "usb", "index": 0, "model": "ich9-ehci1"},
                {"type": "usb", "index": 0, "model": "ich9-uhci1", "startport": 0},
                {"type": "usb", "index": 1, "model": "qemu-xhci"},
            ],
        },
        (
            Case("controllers[scsi-0].driver.queues", 1, 2),
            Case("controllers[scsi-0].driver.cmd_per_lun", 10, 20),
            Case("controllers[scsi-0].driver.max_sectors", 512, 1024),
            Case("controllers[scsi-0].driver.ioeventfd", True, False),
            Case("controllers[virtio-serial-0].ports", 8, 16),
            Case("controllers[virtio-serial-0].vectors", 2, 4),
            Case("controllers[usb-1].ports", 4, 8),
            Case(
                "controllers",
                AS_IS,
                [
                    {"type": "usb", "index": 0, "model": "ich9-ehci1"},
                    {"type": "usb", "index": 0, "model": "ich9-uhci1"},
                    {"type": "usb", "index": 0, "model": "ich9-uhci2", "startport": 2},
                ],
                changes=("controllers[usb-0]",),
                note="companion",
                running=False,
            ),
        ),
    ),
)
