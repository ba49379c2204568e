# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A migration to a host that has gone without a word: QEMU would wait for TCP, which takes a quarter of an hour.

libvirt gives such a migration up after half a minute, but its call returns only once QEMU has ended the copies of the
disks; and of a migration that the module leads itself it notices nothing. QEMU has a command for that, and libvirt has
none: https://www.qemu.org/docs/master/interop/qemu-qmp-ref.html (yank).
"""

from __future__ import annotations

import contextlib
import time
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError
from ansible_collections.hypervise.kvm.plugins.module_utils.jobs.stats import Progress
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.monitor import ask

#: Seconds without a byte moved, after which the other host counts as gone. A storage of it may pause for less.
PATIENCE = 60


class Stalled:
    """Tells, being asked again and again, whether a job has not moved for long."""

    def __init__(self) -> None:
        self._moved = 0
        self._since = time.monotonic()

    def __call__(self, now: Progress) -> bool:
        if now.processed and now.processed != self._moved:  # libvirt tells nothing any more of what has failed
            self._moved, self._since = now.processed, time.monotonic()
        return time.monotonic() - self._since >= PATIENCE


def let_go(domain: Handle) -> None:
    """Have QEMU end its connections to the other host. A migration fails by that, and one in post-copy pauses."""
    with contextlib.suppress(KvmError):  # what has ended meanwhile needs no help
        instances = [found for found in ask(domain, "query-yank") if _is_of_migration(found)]
        ask(domain, "yank", instances=instances)


def _is_of_migration(instance: t.Mapping[str, str]) -> bool:
    """Tell whether a connection is memory's, or one of libvirt's copies of disks; others are the guest's own."""
    return instance["type"] == "migration" or instance.get("node-name", "").startswith("migration-")
