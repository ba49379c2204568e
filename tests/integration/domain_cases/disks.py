# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/disks.py."""

from __future__ import annotations

from domain_cases.common import AS_IS, Case, Part, disk, images
from harness.host import PREFIX, SCRATCH

PARTS = (
    Part(
        "disk",
        {"disks": [disk(driver={"type": "raw", "cache": "none"})]},
        (
            Case("disks[vda].source.file", f"{SCRATCH}/one.raw", f"{SCRATCH}/two.raw", changes=("disks[vda].source",)),
            Case("disks[vda].driver.io", "native", "threads"),
            Case("disks[vda].driver.cache", "none", "writeback"),
            Case("disks[vda].driver.discard", "ignore", "unmap"),
            Case("disks[vda].driver.detect_zeroes", "off", "unmap"),
            Case("disks[vda].driver.error_policy", "stop", "report"),
            Case("disks[vda].driver.queues", 1, 2),
            Case("disks[vda].driver.type", "raw", "qcow2", running=False),
            Case("disks[vda].readonly", False, True),
            Case("disks[vda].shareable", False, True, running=False),
            Case("disks[vda].serial", "one", "two"),
            Case("disks[vda].boot_order", 1, 2),
        ),
        images,
    ),
    Part(
        "disk-kind",
        {"disks": [{"target": "sda", "source": {"file": f"{SCRATCH}/one.raw"}}]},
        (
            Case("disks[sda].bus", "sata", "scsi"),
            Case("disks[sda].device", "disk", "cdrom"),
        ),
        images,
    ),
    Part(
        "media",
        {"disks": [{"target": "sda", "bus": "sata", "device": "cdrom"}]},
        (
            Case(
                "disks[sda].source",
                {"file": f"{SCRATCH}/one.raw"},
                {"file": f"{SCRATCH}/two.raw"},
                live=True,
            ),
            Case(
                "disks[sda].source",
                AS_IS,
                {},
                live=True,
                note="ejected",
            ),
            Case(
                "disks[sda].source",
                AS_IS,
                {"file": f"{SCRATCH}/three.raw"},
                live=True,
                note="inserted",
            ),
        ),
        images,
    ),
    Part(
        "volume",
        {"disks": [{"target": "vda", "source": {"pool": f"{PREFIX}pool", "volume": "one.raw"}}]},
        (
            Case("disks[vda].source.volume", "one.raw", "two.raw", changes=("disks[vda].source",)),
            Case(
                "disks[vda].source",
                AS_IS,
                {"file": f"{SCRATCH}/one.raw"},
                note="kind",
                running=False,
            ),
        ),
        images,
    ),
    Part(
        "volume-elsewhere",
        {"disks": [disk(source={"pool": "one", "volume": "one.raw"}), {"target": "vdb", "source": {"dev": "/dev/a"}}]},
        (
            Case("disks[vda].source.pool", "one", "two", changes=("disks[vda].source",), running=False),
            Case("disks[vdb].source.dev", "/dev/a", "/dev/b", changes=("disks[vdb].source",), running=False),
        ),
    ),
    Part(
        "disks",
        {},
        (
            Case(
                "disks",
                [disk()],
                [disk(), {"target": "vdb", "source": {"file": f"{SCRATCH}/two.raw"}}],
                live=True,
                changes=("disks[vdb]",),
            ),
            Case(
                "disks[vda].target",
                AS_IS,
                "vdc",
                changes=("disks[vda]", "disks[vdc]"),
                running=False,
            ),
        ),
        images,
    ),
)
