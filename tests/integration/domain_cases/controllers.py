# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/controllers.py."""

from __future__ import annotations

from domain_cases.common import AS_IS, Case, Part

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
)
