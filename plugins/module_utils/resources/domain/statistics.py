# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What libvirt counts of domains, and the job that one is busy with, as data to work with."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed

#: What is asked for besides the state, see U(https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainStatsTypes).
GROUPS = ("CPU_TOTAL", "BALLOON", "VCPU", "INTERFACE", "BLOCK")

#: What libvirt counts of memory in KiB.
_KIB = frozenset("current maximum swap_in swap_out unused available usable rss disk_caches".split())

_JOB_TYPES = ("", "bounded", "unbounded")  # anything else is over
_OPERATIONS = (
    *("unknown", "start", "save", "restore", "migration_in", "migration_out"),
    *("snapshot", "snapshot_revert", "dump", "backup", "snapshot_delete"),
)

Tree = dict[str, t.Any]


def shaped(counted: t.Mapping[str, t.Any]) -> Tree:
    """Return the statistics of one domain by what they are of."""
    tree = _nested(counted)
    memory = tree.get("balloon", {})
    return {
        "cpu": tree.get("cpu", {}),
        "memory": {name: value * 1024 if name in _KIB else value for name, value in memory.items()},
        "vcpus": [{"number": number, **vcpu} for number, vcpu in _numbered(tree.get("vcpu", {}))],
        "disks": [{"target": disk.pop("name", None), **disk} for _number, disk in _numbered(tree.get("block", {}))],
        "interfaces": [interface for _number, interface in _numbered(tree.get("net", {}))],
    }


def _nested(counted: t.Mapping[str, t.Any]) -> Tree:
    tree: Tree = {}
    for name, value in counted.items():
        *way, last = name.replace("-", "_").split(".")
        place = tree
        for step in way:
            place = place.setdefault(step, {})
        place[last] = value
    return tree


def _numbered(group: Tree) -> list[tuple[int, Tree]]:
    return sorted((int(number), entry) for number, entry in group.items() if number.isdigit())


def job(domain: Handle) -> Tree:
    """Return what a running domain is busy with, C({}) if nothing."""
    try:
        told = domain.read.jobStats(0)
    except OperationFailed:
        return {}  # it has just stopped
    kind = told.get("type", 0)
    if not 0 < kind < len(_JOB_TYPES):
        return {}
    operation = told.get("operation", 0)
    total, processed = told.get("data_total", 0), told.get("data_processed", 0)
    return {
        "type": _JOB_TYPES[kind],
        "operation": _OPERATIONS[operation] if operation < len(_OPERATIONS) else str(operation),
        "elapsed": told.get("time_elapsed", 0) / 1000,
        "data_total": total,
        "data_processed": processed,
        "data_remaining": told.get("data_remaining", 0),
        "progress": min(100, 100 * processed // total) if total else None,
    }


def stats_flags(with_statistics: bool) -> int:
    """Return what libvirt is asked to tell of domains, their states in any case."""
    return sum(constant(f"DOMAIN_STATS_{group}") for group in ("STATE", *(GROUPS if with_statistics else ())))
