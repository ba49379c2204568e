# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/cpu.py and numa.py."""

from __future__ import annotations

from harness.parts import AS_IS, Case, Part

OLD = ("bookworm",)  # its libvirt does not know the option


CACHE = {"level": 1, "associativity": "direct", "policy": "writeback", "size": "10KiB", "line": 8}
LATENCY = {"initiator": 0, "target": 0, "type": "access", "value": 5}
BANDWIDTH = {"initiator": 0, "target": 0, "type": "access", "value": "1GiB"}

#: Two cells of a guest of four CPUs.
CELLS = [
    {"id": 0, "cpus": "0-1", "memory": "48MiB"},
    {"id": 1, "cpus": "2-3", "memory": "16MiB"},
]

PARTS = (
    Part(
        "processor",
        {
            "vcpus": 4,
            "cpu": {"mode": "custom", "model": "qemu64", "topology": {"sockets": 1, "cores": 2, "threads": 2}},
        },
        (
            Case("cpu.model", "qemu64", "Conroe"),
            Case("cpu.match", "exact", "minimum", running=False),
            Case("cpu.check", "none", "partial", running=False),
            Case("cpu.fallback", "forbid", "allow", running=False),
            Case("cpu.vendor", None, "Intel", running=False),
            Case("cpu.vendor", AS_IS, "AMD", running=False, note="another"),
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
        (
            Case("cpu.mode", "host-model", "maximum"),
            Case("cpu.migratable", None, False),
            Case("cpu.cache", {"mode": "disable"}, {"mode": "emulate", "level": 3}),
            Case("cpu.cache", AS_IS, {}, running=False, note="none"),
            Case("cpu.maxphysaddr", {"mode": "emulate", "bits": 40}, {"mode": "emulate", "bits": 42}),
            Case("cpu.maxphysaddr.bits", AS_IS, 44, changes=("cpu.maxphysaddr",), running=False),
        ),
    ),
    Part(
        "processor-passthrough",
        {"type": "kvm", "cpu": {"mode": "host-model"}},
        (
            Case("cpu.vendor_id", "GenuineIntel", "AuthenticAMD", running=False),
            Case("cpu.maxphysaddr", {"mode": "emulate", "bits": 42}, {"mode": "passthrough"}, running=False),
            Case(
                "cpu.maxphysaddr",
                AS_IS,
                {"mode": "passthrough", "limit": 39},
                running=False,
                refused_on=OLD,
                note="of the host",
            ),
            Case("cpu.maxphysaddr.limit", AS_IS, 40, changes=("cpu.maxphysaddr",), running=False, refused_on=OLD),
        ),
    ),
    Part(
        "processor-clusters",
        {"vcpus": 4, "cpu": {"topology": {"sockets": 1, "cores": 2, "threads": 2}}},
        (
            Case(
                "cpu.topology.clusters",
                1,
                2,
                also={"cpu.topology.cores": 1},
                running=False,
                refused_on=OLD,
            ),
        ),
    ),
    Part(
        "vcpus",
        {"vcpus": 4},
        (
            Case("vcpu_cpuset", "0", "0-1"),
            Case(
                "individual_vcpus",
                [{"id": 0, "enabled": True}, {"id": 1, "enabled": False}],
                [{"id": 0, "enabled": True}, {"id": 1, "enabled": False}, {"id": 2, "enabled": True}],
                changes=("individual_vcpus[2].enabled",),
                live=True,
            ),
            Case("individual_vcpus[1].enabled", AS_IS, True, live=True),
            Case("individual_vcpus[2].hotpluggable", AS_IS, True, running=False),
            Case(
                "individual_vcpus[2].order",
                AS_IS,
                3,
                also={"individual_vcpus[1].order": 2, "individual_vcpus[0].order": 1},
                running=False,
            ),
        ),
    ),
    Part("vcpu-placement", {}, (Case("vcpu_placement", "auto", "static", running=False),)),
    Part(
        "memory-placement",
        {"numatune": {"memory": {"mode": "strict"}}},
        (
            Case(
                "numatune.memory.placement",
                "auto",
                "static",
                also={"numatune.memory.nodeset": "0", "vcpu_placement": "static"},
                running=False,
            ),
        ),
    ),
    Part(
        "numa-latency",
        {
            "vcpus": 4,
            "memory": "64MiB",
            "cpu": {"numa": {"cells": CELLS, "interconnects": {"latencies": [LATENCY], "bandwidths": [BANDWIDTH]}}},
        },
        (
            Case(
                "cpu.numa.cells[0].caches",
                [CACHE],
                [CACHE, {**CACHE, "level": 2}],
                changes=("cpu.numa.cells[0].caches[2]",),
                running=False,
            ),
            Case("cpu.numa.cells[0].caches[1].associativity", AS_IS, "full", running=False),
            Case("cpu.numa.cells[0].caches[1].policy", AS_IS, "writethrough", running=False),
            Case("cpu.numa.cells[0].caches[1].size", AS_IS, "20KiB", running=False),
            Case("cpu.numa.cells[0].caches[1].line", AS_IS, 16, running=False),
            *(
                case
                for kind, value, another in (("latencies", 7, LATENCY), ("bandwidths", "2GiB", BANDWIDTH))
                for case in (
                    Case(
                        f"cpu.numa.interconnects.{kind}",
                        AS_IS,
                        [another, {**another, "target": 1}],
                        changes=(f"cpu.numa.interconnects.{kind}[0-1-access]",),
                        running=False,
                    ),
                    Case(f"cpu.numa.interconnects.{kind}[0-0-access].value", AS_IS, value, running=False),
                    Case(
                        f"cpu.numa.interconnects.{kind}[0-0-access].cache",
                        AS_IS,
                        1,
                        changes=(
                            f"cpu.numa.interconnects.{kind}[0-0-access-1]",
                            f"cpu.numa.interconnects.{kind}[0-0-access]",
                        ),
                        running=False,
                    ),
                )
            ),
        ),
    ),
    Part(
        "numa",
        {"vcpus": 4, "memory": "64MiB", "cpu": {"numa": {"cells": CELLS}}},
        (
            Case(
                "cpu.numa.cells",
                AS_IS,
                [*CELLS, {"id": 2, "cpus": "4", "memory": "32MiB"}],
                also={"memory": "96MiB", "vcpus": 5},
                changes=("cpu.numa.cells[2]", "memory", "vcpus"),
                running=False,
            ),
            Case("cpu.numa.cells[0].memory", AS_IS, "32MiB", also={"cpu.numa.cells[1].memory": "32MiB"}),
            Case("cpu.numa.cells[0].cpus", AS_IS, "0-2", also={"cpu.numa.cells[1].cpus": "3"}),
            Case("cpu.numa.cells[0].mem_access", None, "shared"),
            Case("cpu.numa.cells[0].discard", False, True),
            Case(
                "cpu.numa.cells[0].distances",
                None,
                [{"id": 0, "value": 10}, {"id": 1, "value": 21}],
                changes=("cpu.numa.cells[0].distances[0]", "cpu.numa.cells[0].distances[1]"),
                running=False,
            ),
            Case("cpu.numa.cells[0].distances[1].value", AS_IS, 31, running=False),
        ),
    ),
)
