# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""libvirt's job: it pushes all disks as they are at one instant into new images."""

from __future__ import annotations

import os
import time

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed, Timeout
from ansible_collections.hypervise.kvm.plugins.module_utils.jobs import stats, watch
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import INCREMENTAL
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup.layout import Layout
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup.wish import Wish
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import orphans
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.monitor import ask


def begin(domain: Handle, document: str, checkpoint: str | None) -> None:
    """Begin a job. The instant is when this returns."""
    domain.read.jobStats(constant("DOMAIN_JOB_STATS_COMPLETED"))  # libvirt forgets how the one before ended
    orphans.retried(domain, lambda: domain.change.backupBegin(document, checkpoint, 0))


def document_of(layout: Layout, targets: list[str], directory: str) -> str:
    """Return the document of a job.

    :arg targets: all disks of the guest.
    :arg directory: where the images are made.
    """
    root = xml.build("domainbackup")
    root.set("mode", "push")
    parts = {part.disk.target: part for part in layout.parts}
    listed = xml.find(root, "disks", create=True)
    for target in targets:
        disk = xml.build("disk")
        disk.set("name", target)
        disk.set("backup", "yes" if target in parts else "no")
        if target in parts:
            disk.set("type", "file")
            if parts[target].kind == INCREMENTAL and layout.parent:
                disk.set("backupmode", "incremental")
                disk.set("incremental", layout.parent.checkpoint)
            else:
                disk.set("backupmode", "full")
            xml.put(disk, "target/@file", os.path.join(directory, f"{target}.qcow2"))
            xml.put(disk, "driver/@type", "qcow2")
        listed.append(disk)
    return xml.text_of(root)


def limit(domain: Handle, rate: int) -> None:
    """Have a job read no more than so many bytes of each disk in a second.

    QEMU is told itself: newer versions of libvirt set no rate as long as a backup goes on.
    """
    for job in ask(domain, "query-block-jobs") if rate else ():
        if job["type"] == "backup":
            ask(domain, "block-job-set-speed", device=job["device"], speed=rate)  # of one that has ended: refused


def follow(domain: Handle, wish: Wish) -> None:
    """Wait until a job is done.

    :raises OperationFailed: with the reason why it was not.
    """
    late = watch.Trigger(lambda now: now.elapsed >= (wish.timeout or 0), end, "abort")
    watch.follow(domain, "backup", [late] if wish.timeout else [])
    if late.done:
        hint = "Allow it more time, or a higher rate."
        raise Timeout(f"{wish.label} was not done after {wish.timeout} s.", hint, option="timeout")
    told = domain.read.jobStats(constant("DOMAIN_JOB_STATS_COMPLETED") | constant("DOMAIN_JOB_STATS_KEEP_COMPLETED"))
    if told.get("type") != constant("DOMAIN_JOB_COMPLETED"):
        said = told.get("errmsg") or "libvirt does not tell why"
        raise OperationFailed(f"{wish.label} failed: {said}.", "Is there room in the repository?")


def end(domain: Handle) -> None:
    """End a job before its time, and return when it has ended."""
    domain.change.abortJob()
    while (now := stats.progress(domain)) is not None and now.operation == "backup":
        time.sleep(0.05)
