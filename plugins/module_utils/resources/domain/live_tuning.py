# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a running domain gets another share of the host: processors, threads, limits; and labels of our own."""

from __future__ import annotations

import dataclasses
import functools
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed, Unsupported
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.recognise import host_cpus, unpinned
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import NUMBERS
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import Difference, read
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain import metadata
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.tuning import (
    BLKIO,
    IOTHREADS,
    MEMTUNE,
    NUMA,
    SCHEDULER,
    THROUGHPUT,
    lowest_free,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import RESTART, Field, Spec

Way = t.Callable[[Handle, Difference], None]

#: The options whose ways need a controller of the host's cgroups, and a call that fails where it is missing.
_PROBES = (
    ("cputune", SCHEDULER, "schedulerParametersFlags"),
    ("memtune", MEMTUNE, "memoryParameters"),
    ("blkiotune", BLKIO, "blkioParameters"),
)

_UNLIMITED = 2**53 - 1  # libvirt's word for no limit, in KiB


# -- looking -----------------------------------------------------------------------------------------------------------


def silent_controllers(domain: Handle, spec: Spec) -> set[str]:
    """Return the ways that this host has no cgroup controller for, of those that a spec may need."""
    return {way for option, way, method in _PROBES if option in spec and not _answers(domain, method)}


def _answers(domain: Handle, method: str) -> bool:
    try:
        getattr(domain.read, method)(constant("DOMAIN_AFFECT_LIVE"))
    except OperationFailed:
        return False
    return True


def within_reach(silent: t.Collection[str], differences: list[Difference]) -> list[Difference]:
    """Return the differences, those whose way is closed on this host without one."""
    return [
        dataclasses.replace(difference, live=RESTART) if difference.live in silent else difference
        for difference in differences
    ]


# -- pinning -----------------------------------------------------------------------------------------------------------


def _map(domain: Handle, cpuset: str) -> tuple[bool, ...]:
    """Return a set of processors as libvirt takes it, all where it is empty."""
    text = cpuset or unpinned(domain, xml.parse(domain.read.XMLDesc(0)))
    chosen = NUMBERS.members(text)
    return tuple(number in chosen for number in range(max(host_cpus(domain), *(number + 1 for number in chosen))))


def _pin(call: str, number: str) -> Way:
    """Return the way of a pin: I(call) with the I(number) of its thread, an option of the item."""

    def way(domain: Handle, difference: Difference) -> None:
        item = difference.items[-1]
        entry = item.after if item.after is not None else item.before
        cpuset = item.after.get("cpuset") if item.after is not None else ""
        getattr(domain.change, call)(int(entry.get(number)), _map(domain, cpuset), constant("DOMAIN_AFFECT_LIVE"))

    return way


def _emulatorpin(domain: Handle, difference: Difference) -> None:
    domain.change.pinEmulator(_map(domain, difference.after), constant("DOMAIN_AFFECT_LIVE"))


# -- processors and threads --------------------------------------------------------------------------------------------


def _vcpu(domain: Handle, difference: Difference) -> None:
    number = difference.items[-1].before.get("id")
    domain.change.setVcpu(number, int(difference.after), constant("DOMAIN_AFFECT_LIVE"))


def _iothreads(domain: Handle, _difference: Difference) -> None:
    """Let the guest have the threads that are stored, and as they are stored."""
    wanted = _stored_threads(xml.parse(domain.read.XMLDesc(constant("DOMAIN_XML_INACTIVE"))))
    present = {entry[0] for entry in domain.read.ioThreadInfo(constant("DOMAIN_AFFECT_LIVE"))}
    for number in sorted(present - set(wanted)):
        domain.change.delIOThread(number, constant("DOMAIN_AFFECT_LIVE"))
    for number in sorted(set(wanted) - present):
        domain.change.addIOThread(number, constant("DOMAIN_AFFECT_LIVE"))
    for number, parameters in wanted.items():
        if parameters:
            domain.change.setIOThreadParams(number, parameters, constant("DOMAIN_AFFECT_LIVE"))


def _stored_threads(stored: xml.Element) -> dict[int, dict[str, int]]:
    """Return the threads of a definition, each with its parameters. Those without a number get the lowest free ones."""
    threads: dict[int, dict[str, int]] = {}
    stated = read(IOTHREADS, stored)
    for thread in stated.get("iothread_ids", ()):
        polling = {
            f"poll_{name}_ns" if name == "max" else f"poll_{name}": n for name, n in thread.get("poll", {}).items()
        }
        pool = {name: thread[name] for name in ("thread_pool_min", "thread_pool_max") if name in thread}
        threads[thread["id"]] = {**polling, **pool}
    free = lowest_free(threads)
    while len(threads) < stated.get("iothreads", 0):
        threads[next(free)] = {}
    return threads


# -- typed parameters --------------------------------------------------------------------------------------------------


def _scheduler(domain: Handle, difference: Difference) -> None:
    name = scheduler_parameter(difference.node.name)
    domain.change.setSchedulerParametersFlags({name: difference.after}, constant("DOMAIN_AFFECT_LIVE"))


def scheduler_parameter(option: str) -> str:
    """Return what libvirt calls an option of C(cputune) among the parameters of a scheduler."""
    return {"shares": "cpu_shares", "period": "vcpu_period", "quota": "vcpu_quota"}.get(option, option)


def _memtune(domain: Handle, difference: Difference) -> None:
    limit = difference.after // 1024 if difference.after else _UNLIMITED
    domain.change.setMemoryParameters({difference.path.rpartition(".")[2]: limit}, constant("DOMAIN_AFFECT_LIVE"))


def _blkio(domain: Handle, difference: Difference) -> None:
    parameters: dict[str, t.Any] = {"weight": difference.after}
    if difference.items:
        before, after = (
            {entry.tag: entry.text for entry in element} if element is not None else {}
            for element in (difference.items[-1].before, difference.items[-1].after)
        )
        parameters = {
            f"device_{name}": f"{(after or before)['path']},{after.get(name, 0)}"
            for name in ("weight", *THROUGHPUT)
            if name in {**before, **after}
        }
    domain.change.setBlkioParameters(parameters, constant("DOMAIN_AFFECT_LIVE"))


def _numa(domain: Handle, difference: Difference) -> None:
    domain.change.setNumaParameters({"numa_nodeset": difference.after}, constant("DOMAIN_AFFECT_LIVE"))


def _perf(domain: Handle, difference: Difference) -> None:
    item = difference.items[-1]
    event = item.after if item.after is not None else item.before
    wanted = item.after is not None and item.after.get("enabled") == "yes"
    domain.change.setPerfEvents({event.get("name"): wanted}, constant("DOMAIN_AFFECT_LIVE"))


# -- metadata ----------------------------------------------------------------------------------------------------------


def _own_metadata(domain: Handle, difference: Difference) -> None:
    running = xml.parse(domain.read.XMLDesc(0))
    field = t.cast(Field, difference.node)
    element = xml.find(running, metadata.ELEMENT, create=True)
    field.codec.write(element, field.path, difference.after)
    text = None if xml.is_empty(element) else xml.text_of(xml.bare(element))  # libvirt adds the namespace
    domain.change.setMetadata(
        constant("DOMAIN_METADATA_ELEMENT"), text, "hv", xml.NAMESPACES["hv"], constant("DOMAIN_AFFECT_LIVE")
    )


def _or_later(way: Way) -> Way:
    """Return a way that tells what cannot be done to this guest while it runs, so that it waits for its restart."""

    @functools.wraps(way)
    def attempt(domain: Handle, difference: Difference) -> None:
        try:
            way(domain, difference)
        except OperationFailed as error:
            if error.details["libvirt"]["name"] != "OPERATION_INVALID":
                raise
            raise Unsupported(error.message, error.hint, **error.details) from error

    return attempt


#: The ways by the names that rows have in C(live), for live.SETTINGS.
SETTINGS: dict[str, Way] = {
    name: _or_later(way)
    for name, way in {
        "vcpu": _vcpu,
        "vcpupin": _pin("pinVcpuFlags", "vcpu"),
        "iothreadpin": _pin("pinIOThread", "iothread"),
        "emulatorpin": _emulatorpin,
        "iothreads": _iothreads,
        SCHEDULER: _scheduler,
        MEMTUNE: _memtune,
        BLKIO: _blkio,
        NUMA: _numa,
        "perf": _perf,
        metadata.LIVE: _own_metadata,
    }.items()
}
