# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guest's file systems at rest for the instant of a point.

libvirt freezes and begins a job in two calls. If this process is killed in between, or the second takes long, a
program of a few words thaws the guest: it must never hang for the sake of a backup.
"""

from __future__ import annotations

import contextlib
import subprocess
import time
import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError, OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import AGENT, CRASH, PAUSED
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup.state import Sight
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup.wish import NEVER, REQUIRED, Wish

#: Seconds for which a guest is frozen at most.
LONGEST = 20


@dataclass
class Rest:
    """How the guest was at the instant."""

    consistency: str
    seconds: float | None = None  # for which its file systems were frozen
    problem: str = ""  # why they were not, though that was preferred


@contextlib.contextmanager
def at_rest(domain: Handle, wish: Wish, seen: Sight) -> t.Iterator[Rest]:
    """Have the guest's file systems frozen, if that is wished and can be; what fails meanwhile thaws them.

    :raises KvmError: where they could not be and that was required.
    """
    rest = Rest(PAUSED if seen.power == "paused" else CRASH)
    if wish.quiesce == NEVER or seen.power != "running" or not seen.agent:
        yield rest
        return
    began = time.monotonic()
    with _watchdog(domain):
        try:
            domain.change.fsFreeze(None, 0)
            rest.consistency = AGENT
        except KvmError as error:
            with contextlib.suppress(KvmError):
                domain.change.fsThaw(None, 0)
            if wish.quiesce == REQUIRED:
                raise
            rest.problem = error.message
            yield rest
            return
        try:
            yield rest
        finally:
            domain.change.fsThaw(None, 0)
            rest.seconds = round(time.monotonic() - began, 3)
    if rest.seconds >= LONGEST:
        rest.consistency, rest.problem = CRASH, f"libvirt took longer than {LONGEST} s, and the guest had to go on"
        if wish.quiesce == REQUIRED:
            raise OperationFailed(f"{wish.label} failed: {rest.problem}.", "Run it again.", option="quiesce")


@contextlib.contextmanager
def _watchdog(domain: Handle) -> t.Iterator[None]:
    thaw = f'timeout {LONGEST} sh -c "read done" || virsh -q -c "$0" domfsthaw "$1"'
    command = ["sh", "-c", thaw, domain.connection.uri, domain.read.UUIDString()]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True) as dog:
        try:
            yield
        finally:
            with contextlib.suppress(BrokenPipeError):
                dog.communicate(b"done\n")
