# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/table.py and metadata.py."""

from __future__ import annotations

from domain_cases.common import UUIDS, images
from harness.host import SCRATCH
from harness.parts import Case, Part

PARTS = (
    Part(
        "general",
        {},
        (
            Case("type", "qemu", "kvm"),
            Case("genid", *UUIDS),
            Case("title", "one", "two", live=True),
            Case("description", "one", "two", live=True),
            Case("metadata.owner", "one", "two", live=True),
            Case("metadata.expires", "2031-02-03", "2031-02-03T04:05:06+01:00", live=True),
            Case("metadata.labels", {"a": "1", "b": "2"}, {"a": "1", "c": "3 < 4"}, live=True),
            Case("metadata.manifest", "law-one", "law-two", live=True),
            Case("memory", "64MiB", "96MiB"),
            Case("current_memory", "64MiB", "48MiB", running=False),  # a guest has to follow: test_domain_live
            Case("vcpus", 4, 8),
            Case("current_vcpus", 1, 2, live=True),
            Case("emulator", "/usr/bin/qemu-system-x86_64", f"{SCRATCH}/qemu"),
            Case("on_reboot", "destroy", "restart", live=True),
            Case("on_poweroff", "destroy", "restart", live=True),
            Case("on_crash", "destroy", "restart", live=True),
            Case("on_lockfailure", "poweroff", "pause", running=False),
            Case("pm.suspend_to_mem", False, True),
            Case("pm.suspend_to_disk", False, True),
            Case("memballoon.model", "virtio", "virtio-non-transitional"),
            Case("memballoon.autodeflate", False, True),
            Case("memballoon.stats_period", 10, 20, live=True),
        ),
        images,
    ),
)
