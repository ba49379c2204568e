# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a guest is between two hosts, told from both sides: what has begun is seen, whoever was killed in the middle.

There is exactly one running copy at any time. It is at the source until the target says that its copy runs.
"""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import NotFound, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.sides import Side

THERE = "there"  # nothing is to be done
FINISH = "finish"  # it is there, and the source still has its definition
MOVE = "move"
CLEAN = "clean"  # it is at the source, with something that a failed migration has left
WAIT = "wait"  # libvirt is at it
RESUME = "resume"  # its memory is on both hosts: post-copy was interrupted

_POSTCOPY = ("postcopy", "postcopy_failed")


def situation(source: Side, target: Side) -> str:
    """Return what a guest's copies on both hosts amount to.

    :raises KvmError: where there is no copy, or one too many.
    """
    if not source.exists and not target.exists:
        raise NotFound(
            f"domain {source.name} is neither here ({source.connection.uri}) nor at {target.connection.uri}.",
            "Check the option 'name', and run the task on the host where the guest is.",
        )
    if source.job == "migration_out" and source.reason != "postcopy_failed":
        return WAIT
    if source.reason in _POSTCOPY and target.active:
        return RESUME
    if source.runs and source.reason != "migration" and target.runs:
        raise Refused(
            f"domain {source.name} runs here and at {target.connection.uri}: two copies of one guest.",
            "Pause one at once, find out which of them has the right data, and destroy the other.",
        )
    if target.runs or (target.exists and not source.active and source.journal):
        return FINISH if source.exists else THERE
    if not source.exists:
        return THERE  # off, and where it should be
    return CLEAN if source.journal or target.arrives else MOVE
