# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/tuning.py."""

from __future__ import annotations

from harness.parts import AS_IS, Case, Part

OLD = ("bookworm",)  # its libvirt does not know the option

CACHE = {"id": 0, "level": 3, "type": "both", "size": "3MiB"}

PARTS = (
    Part(
        "threads",
        {"vcpus": 2, "iothread_ids": [{"id": 1}, {"id": 3}]},
        (
            Case("cputune.vcpupin", [{"vcpu": 0, "cpuset": "0"}], [], live=True, changes=("cputune.vcpupin[0]",)),
            Case("cputune.emulatorpin", "0", "0-1", live=True),
            Case(
                "cputune.iothreadpin",
                [],
                [{"iothread": 3, "cpuset": "1"}],
                live=True,
                changes=("cputune.iothreadpin[3]",),
            ),
            Case("cputune.iothreadpin[3].cpuset", AS_IS, "0-1", live=True),
            Case(
                "cputune.iothreadpin[3].iothread",
                AS_IS,
                1,
                changes=("cputune.iothreadpin[1]", "cputune.iothreadpin[3]"),
                live=True,
            ),
            Case(
                "cputune.vcpupin",
                AS_IS,
                [{"vcpu": 1, "cpuset": "1"}],
                live=True,
                changes=("cputune.vcpupin[1]",),
                note="another",
            ),
            Case("cputune.vcpupin[1].cpuset", AS_IS, "0", live=True),
            Case(
                "cputune.vcpupin[1].vcpu",
                AS_IS,
                0,
                changes=("cputune.vcpupin[0]", "cputune.vcpupin[1]"),
                live=True,
            ),
            Case(
                "iothread_ids", AS_IS, [{"id": 1}, {"id": 4}], changes=("iothread_ids[3]", "iothread_ids[4]"), live=True
            ),
            Case("iothread_ids[4].id", AS_IS, 5, changes=("iothread_ids[4]", "iothread_ids[5]"), live=True),
            Case("iothread_ids[1].thread_pool_max", AS_IS, 8, live=True),
            Case("iothread_ids[1].thread_pool_min", AS_IS, 4, live=True),
            *(
                Case(f"iothread_ids[1].poll.{name}", AS_IS, value, live=True, refused_on=OLD)
                for name, value in (("max", 32768), ("grow", 2), ("shrink", 2))
            ),
        ),
    ),
    Part(
        "iothreads",
        {"default_iothread": {"thread_pool_min": 1, "thread_pool_max": 8}},
        (
            Case("iothreads", 1, 3, live=True),
            Case("iothreads", AS_IS, 2, live=True, note="fewer"),
            Case("default_iothread.thread_pool_min", AS_IS, 2),
            Case("default_iothread.thread_pool_max", AS_IS, 9),
        ),
    ),
    Part(
        "tuning",
        {
            "type": "kvm",
            "vcpus": 4,
            "iothreads": 2,
            "cputune": {
                "vcpusched": [{"vcpu": 0, "scheduler": "fifo", "priority": 1}],
                "iothreadsched": [{"iothread": 1, "scheduler": "fifo", "priority": 1}],
                "cachetune": [{"vcpus": "0-1", "caches": [CACHE], "monitors": [{"level": 3, "vcpus": "0-1"}]}],
                "memorytune": [
                    {"vcpus": "2", "nodes": [{"id": 0, "bandwidth": 20}], "monitors": [{"vcpus": "2"}]},
                ],
            },
        },
        (
            Case("cputune.shares", 512, 1024, running=False),
            *(
                Case(f"cputune.{whose}{what}", value, 2 * value, running=False)
                for whose in ("", "global_", "emulator_", "iothread_")
                for what, value in (("period", 100000), ("quota", 50000))
            ),
            *(
                case
                for kind, number in (("vcpu", 0), ("iothread", 1))
                for case in (
                    Case(f"cputune.{kind}sched[{number}].priority", AS_IS, 2, running=False),
                    Case(
                        f"cputune.{kind}sched[{number}].scheduler",
                        AS_IS,
                        "rr",
                        running=False,
                    ),
                    Case(
                        f"cputune.{kind}sched[{number}].{kind}",
                        AS_IS,
                        2,
                        changes=(f"cputune.{kind}sched[{number}]", f"cputune.{kind}sched[2]"),
                        running=False,
                    ),
                    Case(
                        f"cputune.{kind}sched",
                        AS_IS,
                        [],
                        changes=(f"cputune.{kind}sched[2]",),
                        running=False,
                    ),
                )
            ),
            Case("cputune.emulatorsched", None, {"scheduler": "fifo", "priority": 1}, running=False),
            Case("cputune.emulatorsched.priority", AS_IS, 2, changes=("cputune.emulatorsched",), running=False),
            Case("cputune.emulatorsched.scheduler", AS_IS, "rr", changes=("cputune.emulatorsched",), running=False),
            Case("cputune.cachetune[0-1].caches[0-3-both].size", AS_IS, "6MiB", running=False),
            Case(
                "cputune.cachetune[0-1].caches",
                AS_IS,
                [{**CACHE, "type": "code"}, {**CACHE, "type": "data"}],
                changes=tuple(f"cputune.cachetune[0-1].caches[0-3-{kind}]" for kind in ("both", "code", "data")),
                running=False,
            ),
            Case(
                "cputune.cachetune[0-1].monitors",
                AS_IS,
                [{"level": 3, "vcpus": "0"}],
                changes=("cputune.cachetune[0-1].monitors[0-1]", "cputune.cachetune[0-1].monitors[0]"),
                running=False,
            ),
            Case("cputune.memorytune[2].nodes[0].bandwidth", AS_IS, 30, running=False),
            Case(
                "cputune.memorytune[2].nodes",
                AS_IS,
                [{"id": 1, "bandwidth": 30}],
                changes=("cputune.memorytune[2].nodes[0]", "cputune.memorytune[2].nodes[1]"),
                running=False,
            ),
            Case(
                "cputune.memorytune[2].monitors",
                AS_IS,
                [],
                changes=("cputune.memorytune[2].monitors[2]",),
                running=False,
            ),
            Case(
                "cputune.cachetune",
                AS_IS,
                [{"vcpus": "0", "caches": [CACHE]}],
                changes=("cputune.cachetune[0-1]", "cputune.cachetune[0]"),
                running=False,
            ),
            Case(
                "cputune.memorytune",
                AS_IS,
                [{"vcpus": "3", "nodes": [{"id": 0, "bandwidth": 20}], "monitors": [{"vcpus": "3"}]}],
                changes=("cputune.memorytune[2]", "cputune.memorytune[3]"),
                running=False,
            ),
        ),
    ),
    Part(
        "limits",
        {
            "vcpus": 2,
            "memory": "64MiB",
            "cpu": {"numa": {"cells": [{"id": 0, "cpus": "0-1", "memory": "64MiB"}]}},
            "numatune": {"memory": {"mode": "strict", "nodeset": "0"}},
        },
        (
            Case("memtune.hard_limit", "2GiB", "3GiB", running=False),
            Case("memtune.hard_limit", AS_IS, 0, running=False, note="none"),
            Case("memtune.soft_limit", "1GiB", "2GiB", running=False),
            Case("memtune.swap_hard_limit", "4GiB", "8GiB", running=False),
            Case("memtune.min_guarantee", 0, "64MiB", running=False, refused_on=("bookworm", "trixie")),
            Case("blkiotune.weight", 500, 700, running=False),
            Case(
                "blkiotune.devices",
                [{"path": "/dev/sda", "weight": 500}],
                [{"path": "/dev/sda", "weight": 500}, {"path": "/dev/sdb", "read_iops_sec": 100}],
                changes=("blkiotune.devices[/dev/sdb]",),
                running=False,
            ),
            Case("blkiotune.devices[/dev/sda].weight", AS_IS, 600, running=False),
            *(
                Case(f"blkiotune.devices[/dev/sda].{name}", AS_IS, 1000, running=False)
                for name in ("read_iops_sec", "write_iops_sec", "read_bytes_sec", "write_bytes_sec")
            ),
            Case("numatune.memory.mode", AS_IS, "preferred", running=False),
            Case("numatune.memory.nodeset", AS_IS, "1", running=False),
            Case(
                "numatune.memnodes",
                None,
                [{"cellid": 0, "mode": "preferred", "nodeset": "0"}],
                changes=("numatune.memnodes[0]",),
                running=False,
            ),
            Case("numatune.memnodes[0].nodeset", AS_IS, "1", running=False),
            Case("numatune.memnodes[0].mode", AS_IS, "strict", running=False),
            Case("resource.partition", "/machine", "/other", running=False),
            Case("resource.fibrechannel_appid", "one", "two", running=False),
            Case(
                "perf_events",
                [{"name": "cpu_clock", "enabled": True}],
                [],
                changes=("perf_events[cpu_clock]",),
                running=False,
            ),
            Case(
                "perf_events",
                AS_IS,
                [{"name": "page_faults", "enabled": True}],
                changes=("perf_events[page_faults]",),
                running=False,
                note="another",
            ),
            Case("perf_events[page_faults].enabled", AS_IS, False, running=False),
        ),
    ),
)
