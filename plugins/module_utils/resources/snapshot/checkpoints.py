# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checkpoints in the way of a revert: QEMU puts no image back in which bitmaps record what is written.

Those of module backup go. Without them the next backup compares contents, which finds what the revert changed.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.repository import images
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.checkpoints import OF_BACKUPS
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.state import Disk, Guest


def plan_forgetting(plan: Plan, guest: Guest) -> None:
    """Plan what has to be done with checkpoints before a revert to an internal snapshot.

    :raises Refused: where some are not ours to delete.
    """
    others = [name for name in guest.checkpoints if not name.startswith(OF_BACKUPS)]
    if others:
        raise Refused(
            f"name: {plan.label} cannot be reverted to: QEMU does not revert images with checkpoints, and it has "
            f"{', '.join(others)}.",
            "Delete them (virsh checkpoint-delete), if no backup needs them.",
            option="name",
        )
    for name in guest.checkpoints:
        plan.step(f"forget the checkpoint {name}", _forgotten(guest, name))


def _forgotten(guest: Guest, name: str) -> t.Callable[[Connection], None]:
    def forget(connection: Connection) -> None:
        checkpoint = connection.host.read.lookupByName(guest.name).read.checkpointLookupByName(name, 0)
        if guest.awake:
            checkpoint.change.delete(0)
            return
        for disk in guest.disks:  # libvirt cannot do it while the guest is off
            if name in _bitmaps(disk):
                images.qemu_img("bitmap", "--remove", "-f", disk.format, disk.path, name)
        checkpoint.change.delete(constant("DOMAIN_CHECKPOINT_DELETE_METADATA_ONLY"))

    return forget


def _bitmaps(disk: Disk) -> set[str]:
    if not disk.path or disk.format != "qcow2":
        return set()
    told = images.chain(disk.path, disk.format)[0]["format-specific"]["data"]
    return {bitmap["name"] for bitmap in told.get("bitmaps", ())}
