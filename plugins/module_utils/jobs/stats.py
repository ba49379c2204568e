# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What libvirt tells of the job that a domain is busy with, as data and as a line for a person."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils import units
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError, OperationFailed

#: libvirt's operations (C(virDomainJobOperation)) in the order of their numbers.
_OPERATIONS = (
    *("unknown", "start", "save", "restore", "migration_in", "migration_out"),
    *("snapshot", "snapshot_revert", "dump", "backup", "snapshot_delete"),
)


@dataclass(frozen=True)
class Progress:
    """How far a job is. Sizes are in bytes, times in seconds."""

    operation: str
    elapsed: float
    total: int
    processed: int
    remaining: int
    rate: int  # bytes per second, of what is moved now
    iteration: int  # how often memory has been gone through that the guest wrote to meanwhile

    @property
    def percent(self) -> int:
        """How much is done of what is known by now; the guest makes more of it."""
        return min(100, 100 * self.processed // self.total) if self.total else 0

    def __str__(self) -> str:
        words = [f"{self.percent}%", f"{units.about(self.remaining)} remaining", f"{units.about(self.rate)}/s"]
        if self.iteration:
            words.append(f"iteration {self.iteration}")
        return f"{self.operation}: {', '.join(words)}, after {self.elapsed:.0f} s"


def progress(domain: Handle) -> Progress | None:
    """Return how far the job of a domain is, C(None) where it has none. One that has failed is one until it is over."""
    try:
        told = domain.read.jobStats(0)
    except OperationFailed:
        return None  # it does not run (any more), or has not begun to tell
    if told.get("type", 0) == constant("DOMAIN_JOB_NONE"):
        return None
    operation = told.get("operation", 0)
    return Progress(
        _OPERATIONS[operation] if operation < len(_OPERATIONS) else str(operation),
        told.get("time_elapsed", 0) / 1000,
        told.get("data_total", 0),
        told.get("data_processed", 0),
        told.get("data_remaining", 0),
        told.get("memory_bps", 0) + told.get("disk_bps", 0),
        told.get("memory_iteration", 0),
    )


def completed(domain: Handle) -> dict[str, t.Any]:
    """Return what the last job of a domain took, C({}) where libvirt does not know it any more."""
    flags = constant("DOMAIN_JOB_STATS_COMPLETED") | constant("DOMAIN_JOB_STATS_KEEP_COMPLETED")
    try:
        told = domain.read.jobStats(flags)
    except KvmError:
        return {}
    if told.get("type") != constant("DOMAIN_JOB_COMPLETED"):
        return {}
    return {
        "total_time": told.get("time_elapsed", 0) / 1000,
        "downtime": told.get("downtime", 0) / 1000,
        "data": told.get("data_processed", 0),
        "memory": told.get("memory_processed", 0),
        "disk": told.get("disk_processed", 0),
        "iterations": told.get("memory_iteration", 0),
    }
