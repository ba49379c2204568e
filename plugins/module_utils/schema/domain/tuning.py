# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the host gives to a guest (U(https://libvirt.org/formatdomain.html#cpu-tuning) and the sections around it)."""

from __future__ import annotations

import itertools
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    NUMBERS,
    PATH,
    YES,
    Choice,
    Int,
    Limit,
    Size,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    RESTART,
    Field,
    Group,
    List,
    Live,
    Node,
    Spec,
)

#: What is set through libvirt's typed parameters; see resources.domain.live_tuning.
SCHEDULER, MEMTUNE, BLKIO, NUMA = "scheduler", "memtune", "blkio", "numa"

PLACES = ("strict", "preferred", "interleave", "restrictive")
SCHEDULERS = ("batch", "idle", "fifo", "rr")


class One(Int):
    """The number of a thread. XML may name several at once, but libvirt keeps an element for each."""

    def decode(self, text: str) -> int | None:
        return int(text) if text.isdigit() else None


class Placement(Choice):
    """Who chooses the nodes. V(static), the task, is what XML means by stating none."""

    def encode(self, value: t.Any) -> str:
        return "" if value == "static" else str(value)


_PERIOD = Int(1000, 1000000)
_QUOTA = Int(-1)
_SIZE = Size(stored=1024, unit="unit")


def _bandwidth(prefix: str = "") -> tuple[Node, ...]:
    return (
        Field(f"{prefix}period", f"{prefix}period", _PERIOD, live=SCHEDULER),
        Field(f"{prefix}quota", f"{prefix}quota", _QUOTA, live=SCHEDULER),
    )


def _scheduled() -> tuple[Node, ...]:
    return (
        Field("scheduler", "@scheduler", Choice(*SCHEDULERS), required=True),
        Field("priority", "@priority", Int(1, 99)),
    )


def _monitored(*more: Node) -> List:
    return List("monitors", "monitor", (*more, Field("vcpus", "@vcpus", NUMBERS, required=True)), keys=("vcpus",))


CPUTUNE = Group(
    "cputune",
    "cputune",
    (
        Field("shares", "shares", Int(1), live=SCHEDULER),
        *_bandwidth(),
        *_bandwidth("global_"),
        *_bandwidth("emulator_"),
        *_bandwidth("iothread_"),
        List(
            "vcpupin",
            "vcpupin",
            (
                Field("vcpu", "@vcpu", Int(0), required=True),
                Field("cpuset", "@cpuset", NUMBERS, live="vcpupin", required=True),
            ),
            keys=("vcpu",),
            live="vcpupin",
        ),
        Field("emulatorpin", "emulatorpin/@cpuset", NUMBERS, live="emulatorpin", absent=""),
        List(
            "iothreadpin",
            "iothreadpin",
            (
                Field("iothread", "@iothread", Int(1), required=True),
                Field("cpuset", "@cpuset", NUMBERS, live="iothreadpin", required=True),
            ),
            keys=("iothread",),
            live="iothreadpin",
        ),
        List(
            "vcpusched",
            "vcpusched",
            (Field("vcpu", "@vcpus", One(0), required=True), *_scheduled()),
            keys=("vcpu",),
        ),
        List(
            "iothreadsched",
            "iothreadsched",
            (Field("iothread", "@iothreads", One(1), required=True), *_scheduled()),
            keys=("iothread",),
        ),
        Group(
            "emulatorsched",
            "",
            (
                Field("scheduler", "emulatorsched/@scheduler", Choice(*SCHEDULERS)),
                Field("priority", "emulatorsched/@priority", Int(1, 99)),
            ),
            whole=("emulatorsched",),
            rules={"required_by": {"priority": ["scheduler"]}},
        ),
        List(
            "cachetune",
            "cachetune",
            (
                Field("vcpus", "@vcpus", NUMBERS, required=True),
                List(
                    "caches",
                    "cache",
                    (
                        Field("id", "@id", Int(0), required=True),
                        Field("level", "@level", Int(1), required=True),
                        Field("type", "@type", Choice("both", "code", "data"), required=True),
                        Field("size", "@size", _SIZE, required=True),
                    ),
                    keys=("id+level+type",),
                ),
                _monitored(Field("level", "@level", Int(1), required=True)),
            ),
            keys=("vcpus",),
        ),
        List(
            "memorytune",
            "memorytune",
            (
                Field("vcpus", "@vcpus", NUMBERS, required=True),
                List(
                    "nodes",
                    "node",
                    (
                        Field("id", "@id", Int(0), required=True),
                        Field("bandwidth", "@bandwidth", Int(1), required=True),
                    ),
                    keys=("id",),
                ),
                _monitored(),
            ),
            keys=("vcpus",),
        ),
    ),
)

_POOL: tuple[Node, ...] = (
    Field("thread_pool_min", "@thread_pool_min", Int(0), live="iothreads"),
    Field("thread_pool_max", "@thread_pool_max", Int(1), live="iothreads"),
)


def lowest_free(taken: t.Container[int]) -> t.Iterator[int]:
    """Return the numbers that libvirt gives to I/O threads which are stated without one."""
    return (number for number in itertools.count(1) if number not in taken)


IOTHREADS: tuple[Node, ...] = (
    Field("iothreads", "iothreads", Int(0), live="iothreads", absent=0),
    List(
        "iothread_ids",
        "iothreadids/iothread",
        (
            Field("id", "@id", Int(1), required=True),
            *_POOL,
            Group(
                "poll",
                "poll",
                tuple(Field(name, f"@{name}", Int(0), live="iothreads") for name in ("max", "grow", "shrink")),
            ),
        ),
        keys=("id",),
        live="iothreads",
    ),
    Group(
        "default_iothread",
        "defaultiothread",
        (
            Field("thread_pool_min", "@thread_pool_min", Int(0)),
            Field("thread_pool_max", "@thread_pool_max", Int(1)),
        ),
    ),
)


def _nodeset_moves(spec: Spec, _before: object) -> str:
    """Say how a guest gets to other nodes: cgroups hold memory there, and only with a mode that insists."""
    mode = spec.get("numatune", {}).get("memory", {}).get("mode", "strict")
    return NUMA if mode in ("strict", "restrictive") else RESTART


_NODESET: Live = _nodeset_moves

NUMATUNE = Group(
    "numatune",
    "numatune",
    (
        Group(
            "memory",
            "memory",
            (
                Field("mode", "@mode", Choice(*PLACES)),
                Field("placement", "@placement", Placement("static", "auto"), absent="static", governs=("nodeset",)),
                Field("nodeset", "@nodeset", NUMBERS, live=_NODESET, absent=""),
            ),
        ),
        List(
            "memnodes",
            "memnode",
            (
                Field("cellid", "@cellid", Int(0), required=True),
                Field("mode", "@mode", Choice(*PLACES), required=True),
                Field("nodeset", "@nodeset", NUMBERS, required=True),
            ),
            keys=("cellid",),
        ),
    ),
)

_LIMIT = Limit(stored=1024, unit="unit")

MEMTUNE_GROUP = Group(
    "memtune",
    "memtune",
    (
        *(
            Field(name, name, _LIMIT, live=MEMTUNE, absent=0)
            for name in ("hard_limit", "soft_limit", "swap_hard_limit")
        ),
        Field("min_guarantee", "min_guarantee", _LIMIT, absent=0),
    ),
)

#: The limits of a device's throughput.
THROUGHPUT = ("read_iops_sec", "write_iops_sec", "read_bytes_sec", "write_bytes_sec")

BLKIOTUNE = Group(
    "blkiotune",
    "blkiotune",
    (
        Field("weight", "weight", Int(10, 1000), live=BLKIO),
        List(
            "devices",
            "device",
            (
                Field("path", "path", PATH, required=True),
                Field("weight", "weight", Int(0, 1000), live=BLKIO, absent=0),
                *(Field(name, name, Int(0), live=BLKIO, absent=0) for name in THROUGHPUT),
            ),
            keys=("path",),
            live=BLKIO,
        ),
    ),
)

RESOURCE = Group(
    "resource",
    "resource",
    (Field("partition", "partition", PATH), Field("fibrechannel_appid", "fibrechannel/@appid")),
)

PERF = List(
    "perf_events",
    "perf/event",
    (
        Field("name", "@name", required=True),
        Field("enabled", "@enabled", YES, live="perf", required=True),
    ),
    keys=("name",),
    implicit=lambda event: not event.get("enabled"),  # what is counted no more is still listed
    live="perf",
)

TUNING: tuple[Node, ...] = (
    *IOTHREADS,
    CPUTUNE,
    NUMATUNE,
    MEMTUNE_GROUP,
    BLKIOTUNE,
    RESOURCE,
    PERF,
)
