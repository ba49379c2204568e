# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/cpu.py."""

from __future__ import annotations

from domain_cases.common import AS_IS, Case, Part

PARTS = (
    Part(
        "processor",
        {
            "vcpus": 4,
            "cpu": {"mode": "custom", "model": "qemu64", "topology": {"sockets": 1, "cores": 2, "threads": 2}},
        },
        (
            Case("cpu.model", "qemu64", "Conroe"),
            Case("cpu.topology.sockets", 1, 2, also={"cpu.topology.threads": 1}),
            Case("cpu.topology.cores", 2, 1, also={"cpu.topology.threads": 2}),
            Case("cpu.topology.threads", 2, 1, also={"cpu.topology.cores": 2}),
            Case("cpu.topology.dies", 1, 2, also={"cpu.topology.cores": 1}),
            Case(
                "cpu.features",
                [{"name": "svm", "policy": "require"}],
                [{"name": "svm", "policy": "require"}, {"name": "erms", "policy": "require"}],
                changes=("cpu.features[erms]",),
            ),
            Case("cpu.features[erms].policy", AS_IS, "disable", running=False),
            Case(
                "cpu.features[erms].name",
                AS_IS,
                "umip",
                changes=("cpu.features[erms]", "cpu.features[umip]"),
                running=False,
            ),
        ),
    ),
    Part(
        "processor-mode",
        {},
        (Case("cpu.mode", "host-model", "maximum"), Case("cpu.migratable", None, False)),
    ),
)
