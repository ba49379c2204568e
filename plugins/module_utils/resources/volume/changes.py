# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changing volumes that are there: their size, also under a running guest, and the mode of a file."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import units
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import LIVE, STORED, Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import usage
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume import lvm, pools
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.looking import look
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.rules import (
    refuse_overcommit,
    refuse_without_room,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.state import (
    Seen,
    Wish,
    capacity_of,
    differences,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import show
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.storage_pool import RESIZES_VOLUMES
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.volume import ALLOCATION


def plan_changes(plan: Plan, wish: Wish, seen: Seen) -> None:
    """Plan what can be changed, and refuse what cannot.

    :raises Refused: with what to do instead.
    """
    for difference in differences(wish, seen):
        before, after = show(difference.node, difference.before), show(difference.node, difference.after)
        if difference.path == "capacity":
            live = _plan_resize(plan, wish, seen, difference.before, difference.after)
            plan.change("capacity", before, after, LIVE if live else STORED)
        elif difference.path == "permissions.mode" and seen.same_files:
            plan.change(difference.path, before, after)
            plan.step("set the mode", _set_mode(wish, seen.path, after))
        else:
            absent = getattr(difference.node, "absent", None)
            _refuse_fixed(difference.path, absent if before is None else before, after)


def _refuse_fixed(option: str, before: t.Any, after: t.Any) -> None:
    raise Refused(
        f"{option}: the volume exists with {before!r}, and libvirt cannot make it {after!r} afterwards.",
        "Make a new volume with this one as its content, or leave the option out.",
        option=option,
    )


def _set_mode(wish: Wish, path: str, mode: str) -> t.Callable[[Connection], None]:
    def run(connection: Connection) -> None:
        try:
            os.chmod(path, int(mode, 8))
        except OSError as error:
            raise OperationFailed(f"permissions.mode: {path} could not be changed: {error.strerror}.") from error
        pools.refresh(connection, wish.pool)

    return run


def _plan_resize(plan: Plan, wish: Wish, seen: Seen, before: int, after: int) -> bool:
    """Plan the resize, and tell whether running guests see it at once."""
    running = [use for use in seen.uses if use.running]
    _refuse_unable(seen, before, after)
    if after < before:
        _refuse_shrink(wish, seen)
    else:
        refuse_overcommit(wish, seen)
    below = [use for use in running if not use.disk]
    if below:
        raise Refused(
            f"capacity: the volume cannot be resized while it is in use by {usage.tell(below)}.",
            "Only the top image of a running guest's disk can be resized; stop these guests first.",
            option="capacity",
            users=usage.names(below),
        )
    if seen.kind == "logical":
        refuse_without_room(wish, seen, after - before)
        plan.step("extend the logical volume", _extend(wish, seen.path, after))
        if not running:
            return False
    for domain, disk in dict.fromkeys((use.domain, use.disk) for use in running):
        plan.step(f"resize disk {disk} of domain {domain}", _resize_live(domain, disk, after))
    allocated = ALLOCATION.codec.read(seen.document, ALLOCATION.path)
    if not running and after < allocated:
        raise Refused(
            f"capacity: {units.format_size(after)} is less than the {units.about(allocated)} that it occupies.",
            "libvirt does not cut that off; choose a larger capacity, or copy the data to a new volume.",
            option="capacity",
        )
    if not running:
        plan.step("resize", _resize(wish, before, after))
    return bool(running)


def _refuse_unable(seen: Seen, before: int, after: int) -> None:
    if seen.kind in RESIZES_VOLUMES or seen.coming or (seen.kind == "logical" and seen.local and after > before):
        return
    what = "smaller" if after < before else "larger"
    raise Refused(
        f"capacity: libvirt cannot make a volume {what} in a storage pool of type {seen.kind}.",
        "Make a new volume with this one as its content, or leave the option out.",
        option="capacity",
    )


def _extend(wish: Wish, path: str, size: int) -> t.Callable[[Connection], None]:
    def run(connection: Connection) -> None:
        lvm.extend(path, size)
        pools.refresh(connection, wish.pool)

    return run


def _resize(wish: Wish, before: int, after: int) -> t.Callable[[Connection], None]:
    def run(connection: Connection) -> None:
        if after < before:  # libvirt would cut off the end of a disk that a guest has come to need meanwhile
            connection.forget()
            _refuse_shrink(wish, look(connection, wish))
        flags = constant("STORAGE_VOL_RESIZE_SHRINK") if after < before else 0
        pools.volume(connection, wish.pool, wish.name).change.resize(after, flags)

    return run


def _resize_live(domain: str, disk: str, size: int) -> t.Callable[[Connection], None]:
    def run(connection: Connection) -> None:
        guest = connection.host.read.lookupByName(domain)
        guest.change.blockResize(disk, size, constant("DOMAIN_BLOCK_RESIZE_BYTES"))

    return run


def _refuse_shrink(wish: Wish, seen: Seen) -> None:
    needing = [use for use in seen.uses if use.needs_content]
    if needing:
        raise Refused(
            f"capacity: the volume cannot be made smaller while {usage.tell(needing)} needs it.",
            "What is cut off would be missing there.",
            option="capacity",
            users=usage.names(needing),
        )
    if not wish.allow_shrink:
        raise Refused(
            f"capacity: the volume has {units.format_size(capacity_of(seen.document))}; making it smaller cuts off "
            "its end, with whatever a guest has stored there.",
            "Shrink the file systems inside first, then set allow_shrink=true.",
            option="capacity",
        )
