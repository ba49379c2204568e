# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused, and what to do instead. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import units
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.errors import Busy, Damaged
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import usage
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration import definition
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration.mark import BEGUN
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration.state import COPY, NEW, Seen, Wish


def check(wish: Wish, seen: Seen) -> None:
    """Refuse what would harm something or cannot work.

    :raises Refused: with the first reason.
    :raises Damaged: where the point is not what was put there.
    """
    for rule in (_damage, _rest, _disks, _guest, _places, _devices, _room, _networks, _isolation):
        rule(wish, seen)


def _damage(wish: Wish, seen: Seen) -> None:
    if seen.problems:
        raise Damaged(
            f"{seen.guest.path}: {seen.point.name} is damaged, and nothing was restored: {' '.join(seen.problems)}",
            "Choose an earlier point; backup_verify tells which ones are whole.",
            problems=list(seen.problems),
        )


def _rest(wish: Wish, seen: Seen) -> None:
    """Refuse to have a guest run from what it cannot."""
    if wish.mode == COPY:
        return
    if not seen.settled:
        raise Busy(
            f"{seen.guest.path}: what {seen.point.name} rests on is being merged.", "Let backup_prune finish that."
        )
    for place in seen.places:
        if place.is_device:
            raise Refused(
                f"disk {place.disk.target}: only an image can rest on a point, and {place.path} is a device.",
                "State a 'directory', or mode=copy.",
                option="mode",
            )


def _disks(wish: Wish, seen: Seen) -> None:
    unknown = sorted((wish.disks | wish.destinations.keys()) - {disk.target for disk in seen.point.disks})
    if unknown:
        known = ", ".join(disk.target for disk in seen.point.disks)
        excluded = [f"{name} ({seen.point.excluded[name]})" for name in unknown if name in seen.point.excluded]
        why = f" Left out of it: {', '.join(excluded)}." if excluded else ""
        raise Refused(f"disks: {seen.point.name} has no disk {', '.join(unknown)}, but {known}.{why}", option="disks")
    if wish.disks and seen.there is None:
        raise Refused(
            f"disks: there is no {wish.label} that single disks could be restored into.",
            "Leave 'disks' out to restore the whole guest.",
            option="disks",
        )
    for place in seen.places:
        if place.encrypted:
            raise Refused(
                f"disk {place.disk.target} is encrypted by the guest's definition, and cannot be restored so.",
                f"Convert {seen.guest.file(seen.point.name, place.disk.file)} with qemu-img.",
                option="disks",
            )


def _guest(wish: Wish, seen: Seen) -> None:
    there = seen.there
    if seen.namesake:
        raise Refused(
            f"name: there is another guest {wish.name} (UUID {seen.namesake}).",
            "State another 'name', or rename that one.",
            option="name",
        )
    if there is None:
        return
    if there.power != "stopped":
        raise Refused(f"domain {there.name} is {there.power}.", "Stop it first (module domain, state=stopped).")
    half = there.mark is not None and there.mark.state == BEGUN
    if not wish.overwrite and not half:
        raise Refused(
            f"overwrite: domain {there.name} is there, and its disks would be replaced.",
            "Set overwrite=true if what it has now may be lost, or state another 'name' for a new guest beside it.",
            option="overwrite",
        )
    if there.snapshots:
        raise Refused(
            f"domain {there.name} has snapshots, which are of the disks that would be replaced: "
            f"{', '.join(there.snapshots)}.",
            "Remove them first (module snapshot, state=absent).",
        )


def _places(wish: Wish, seen: Seen) -> None:
    for place in seen.places:
        target = place.disk.target
        if not place.path:
            what = "the place of its old one is another guest's" if wish.identity == NEW else "its image was no file"
            raise Refused(
                f"disk {target}: it is not known where it should go, as {what}.",
                "State 'directory', or its path in 'destinations'.",
                option="destinations",
            )
        users = seen.users.get(place.path)
        if users:
            raise Refused(
                f"disk {target}: {place.path} is used by {usage.tell(users)}.",
                "State another place in 'destinations', or 'directory'.",
                option="destinations",
                users=usage.names(users),
            )
        if place.path in seen.existing and not wish.overwrite and not _is_ours(seen):
            raise Refused(
                f"disk {target}: {place.path} exists, and would be overwritten.",
                "Remove it, or set overwrite=true if nobody needs it.",
                option="overwrite",
            )
    if seen.missing:
        raise Refused(f"There is no directory {', '.join(seen.missing)}.", "Make it, or state another place.")


def _is_ours(seen: Seen) -> bool:
    """Tell whether a run that was killed has begun to put it there."""
    return seen.there is not None and seen.there.mark is not None and seen.there.mark.state == BEGUN


def _devices(wish: Wish, seen: Seen) -> None:
    for place in seen.places:
        if not place.is_device:
            continue
        size = seen.devices.get(place.path)
        if size is None:
            raise Refused(f"disk {place.disk.target}: there is no device {place.path}.", option="destinations")
        if size < place.disk.virtual_size:
            sizes = " and ".join(map(units.format_size, (size, place.disk.virtual_size)))
            raise Refused(
                f"disk {place.disk.target}: {place.path} is too small: it has and should have {sizes}.",
                option="destinations",
            )


def _room(wish: Wish, seen: Seen) -> None:
    for directory, (coming, free) in seen.room.items():
        if coming > free:
            raise Refused(
                f"{directory} has {units.about(free)} left, and up to {units.about(coming)} are to come.",
                "Make room, or state another 'directory'.",
                option="directory",
            )


def _networks(wish: Wish, seen: Seen) -> None:
    if seen.unknown and not wish.disks:
        raise Refused(
            f"networks: this host has no network {', '.join(seen.unknown)}, to which the guest is attached.",
            "Define it, or say in 'networks' which one is in its place.",
            option="networks",
        )


def _isolation(wish: Wish, seen: Seen) -> None:
    outside = sorted(definition.outside(seen.document, wish.networks)) if wish.isolated else []
    if outside:
        raise Refused(
            f"isolated: the guest would reach beyond the networks that 'networks' names: {', '.join(outside)}.",
            "Say in 'networks' what takes the place of each network and bridge. A guest with other such devices can be "
            "restored without 'isolated' only.",
            option="isolated",
        )


def warnings(seen: Seen) -> t.Iterator[str]:
    """Return what the user should know though nothing is refused."""
    if seen.left_out:
        yield (
            f"The new guest does not get {', '.join(seen.left_out)}: they are not in {seen.point.name}, and what the "
            "definition names is another guest's."
        )
