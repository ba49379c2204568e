# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a daemon that was killed, or restarted, has left in QEMU: images and bitmaps of work that nobody will end.

libvirt has QEMU open and make what a job needs, and drop it in the end. What it forgets in between is in the way of
the next job ("Duplicate nodes", "Bitmap already exists") until the guest ends, and keeps the room of deleted files.
"""

from __future__ import annotations

import contextlib
import re
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError, OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.monitor import ask

#: What libvirt calls an image, by the number that its document of the guest has for it; and an end of a copy of a disk.
_NUMBERED, _OF_COPY = re.compile(r"libvirt-(\d+)-(format|storage)"), re.compile(r"migration-.+-(format|storage)")


def retried(domain: Handle, work: t.Callable[[], t.Any]) -> None:
    """Do something with a guest in memory; where it fails and there was something left, once more without that.

    :raises OperationFailed: where it failed nevertheless.
    """
    left = False
    try:
        work()
    except OperationFailed:
        with contextlib.suppress(KvmError):  # the daemon may be gone, which is why it failed
            left = remove(domain)
        if not left:
            raise
        work()


def remove(domain: Handle) -> bool:
    """Remove from QEMU what is surely left, and tell whether there was any. While anybody works, nothing is removed."""
    if not domain.read.isActive() or domain.read.jobInfo()[0] != constant("DOMAIN_JOB_NONE"):
        return False
    if any(job["status"] != "concluded" for job in ask(domain, "query-jobs")):
        return False
    nodes = {
        node["node-name"]: node.get("dirty-bitmaps", ()) for node in ask(domain, "query-named-block-nodes", flat=True)
    }
    disks = xml.find_all(xml.parse(domain.read.XMLDesc(0)), "devices/disk")  # later: what QEMU has for libvirt is known
    names = {f"backup-{xml.get(disk, 'target/@dev')}" for disk in disks}
    known = {element.get("index") for disk in disks for element in disk.iter()}
    bitmaps = [
        (node, bitmap["name"]) for node, there in nodes.items() for bitmap in there if _is_of_backup(bitmap, names)
    ]
    gone = [ask(domain, "block-dirty-bitmap-remove", node=node, name=name) for node, name in bitmaps]
    return _drop(domain, [node for node in nodes if _is_orphan(node, known)]) or gone != []


def _is_of_backup(bitmap: t.Mapping[str, t.Any], names: t.Container[str]) -> bool:
    """Tell whether a bitmap is one that a backup reads. Those of checkpoints record, or persist."""
    at_work = bitmap["persistent"] or bitmap["recording"] or bitmap["busy"]
    return bitmap.get("name") in names and not at_work


def _is_orphan(node: str, known: t.Container[str | None]) -> bool:
    """Tell whether libvirt has made an image, and does not know it."""
    numbered = _NUMBERED.fullmatch(node)
    return numbered[1] not in known if numbered else bool(_OF_COPY.fullmatch(node))


def _drop(domain: Handle, nodes: list[str]) -> bool:
    """Have QEMU drop images, those first on which none rests: it refuses the others, as what a disk or a copy uses."""
    left = [node for node in nodes if ask(domain, "blockdev-del", node_name=node) is None]
    if len(left) == len(nodes):
        return False
    _drop(domain, left)
    return True
