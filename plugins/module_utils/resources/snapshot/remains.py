# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is left of the work on a snapshot when libvirt's daemon was killed in the midst of it, and knows no more of it.

A guest that it had paused for a moment, a merge at whose end nobody waits, files that hold nothing yet. An internal
snapshot may be somebody's own: that one stays until somebody says that it is to go.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import LIVE, Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import orphans
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot import beside, metadata
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.state import Guest, Wish

#: Seconds in which a file may be somebody's who is about to use it.
YOUNG = 5

_MERGES = ("COMMIT", "ACTIVE_COMMIT")


def find(domain: Handle, guest: Guest, reason: str) -> None:
    """Note what is left in a guest that is in memory. What is being worked on is nothing left."""
    if domain.read.jobInfo()[0] != constant("DOMAIN_JOB_NONE"):
        return
    guest.stranded = guest.power == "paused" and reason in ("save", "snapshot")
    if guest.stranded:
        guest.power = "running"
    kinds = [constant(f"DOMAIN_BLOCK_JOB_TYPE_{kind}") for kind in _MERGES]
    jobs = {disk.target: domain.read.blockJobInfo(disk.target, 0) for disk in guest.disks}
    guest.merging = tuple(target for target, job in jobs.items() if job and job["type"] in kinds)


def find_files(guest: Guest, wish: Wish, paths: t.Iterable[str]) -> None:
    """Note what is left in files of a snapshot that there is none of.

    :arg paths: those among the files that it would have that exist.
    """
    guest.worthless = frozenset(path for path in paths if _is_worthless(path, guest))
    guest.unknown = tuple(
        disk.target for disk in guest.disks if disk.format == "qcow2" and wish.name in _snapshots_in(disk.path)
    )


def plan_waking(plan: Plan, guest: Guest) -> None:
    """Plan that the guest goes on."""
    if guest.stranded:
        plan.change("power", "paused", "running", LIVE)
        plan.step("resume", lambda connection: _domain(connection, guest).change.resume())


def plan_stopping_merges(plan: Plan, guest: Guest) -> None:
    """Plan that no merge is under way. What it has copied stays; it is begun anew."""

    def stop(connection: Connection) -> None:
        for target in guest.merging:
            _domain(connection, guest).change.blockJobAbort(target, 0)

    if guest.merging:
        plan.step("stop the merge that nobody waits for", stop)


def plan_making_room(plan: Plan, guest: Guest, paths: t.Iterable[str]) -> None:
    """Plan removing what is worthless of some files."""
    going = [path for path in paths if path in guest.worthless]

    def make_room(connection: Connection) -> None:
        orphans.remove(_domain(connection, guest))
        for path in going:
            if _is_open(path, guest):  # the guest writes to it
                hint = "Shut it down, and merge the file into the one it rests on (qemu-img commit) before it starts."
                raise OperationFailed(f"domain {guest.name} goes on in {path}, and libvirt does not know that.", hint)
        beside.gone(going)(connection)

    if going:
        plan.step("remove what holds nothing", make_room)


def plan_forgetting(plan: Plan, wish: Wish, guest: Guest) -> None:
    """Plan removing an internal snapshot of which libvirt does not know: it is told, and removes it then."""

    def delete(connection: Connection) -> None:
        _domain(connection, guest).read.snapshotLookupByName(wish.name, 0).change.delete(0)

    plan.change("state", f"unknown to libvirt, in the images of {', '.join(guest.unknown)}", "absent")
    plan.step("tell libvirt of it", lambda connection: metadata.adopt(_domain(connection, guest), wish.name))
    plan.step(f"delete {wish.name}", delete)


def _domain(connection: Connection, guest: Guest) -> Handle:
    return t.cast("Handle", connection.host.read.lookupByName(guest.name))


def _is_worthless(path: str, guest: Guest) -> bool:
    """Tell whether a file is memory that is not whole, or an image without content that nobody has a use for."""
    try:
        if time.time() - os.stat(path).st_mtime < YOUNG:
            return False
        with open(path, "rb") as file:
            begins = file.read(16)
    except OSError:
        return False
    if begins.startswith(b"QFI\xfb"):
        return _is_empty(path) or (_is_open(path, guest) and not _is_known(path, guest) and _is_empty(path, "-U"))
    return begins in (b"", b"LibvirtQemudPart")  # it becomes LibvirtQemudSave when all of it is there


def _is_empty(image: str, *words: str) -> bool:
    """Tell whether nothing was ever written to an image. Of one that somebody has open, C(-U) tells it."""
    alone = {"driver": "qcow2", "backing": None, "file": {"driver": "file", "filename": image}}
    told = _ask("check", *words, f"json:{json.dumps(alone)}")
    return bool(told) and not told.get("allocated-clusters")


def _is_open(path: str, guest: Guest) -> bool:
    """Tell whether the QEMU of a guest has a file open."""
    try:
        with open(f"/run/libvirt/qemu/{guest.name}.pid", encoding="ascii") as file:
            opened = f"/proc/{file.read().strip()}/fd"
        return any(os.readlink(os.path.join(opened, name)) == os.path.realpath(path) for name in os.listdir(opened))
    except OSError:
        return False


def _is_known(path: str, guest: Guest) -> bool:
    """Tell whether libvirt knows that a guest uses a file."""
    return any(element.get("file") == path for element in guest.document.iter())


def _snapshots_in(image: str) -> set[str]:
    told = _ask("info", "--force-share", "-f", "qcow2", image) if image else {}
    return {snapshot["name"] for snapshot in told.get("snapshots", ())}


def _ask(question: str, *words: str) -> dict[str, t.Any]:
    """Return what qemu-img tells, nothing where it cannot."""
    command = ["qemu-img", question, "--output=json", *words]
    try:
        return dict(
            json.loads(subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True).stdout)
        )
    except (OSError, ValueError, subprocess.CalledProcessError):
        return {}
