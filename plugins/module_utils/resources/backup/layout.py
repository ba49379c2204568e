# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a new point will be: of each disk the least that has to be stored, and why it is not less."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import (
    DELTA,
    FULL,
    INCREMENTAL,
    Point,
    kind_of,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup import wish as wishes
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup.state import Disk, Sight
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup.wish import Wish


@dataclass(frozen=True)
class Part:
    """A disk of the new point."""

    disk: Disk
    kind: str
    reason: str = ""  # why it is no increment

    @property
    def room(self) -> int:
        """The bytes that it takes at most while it is made, as far as can be told."""
        if self.kind == INCREMENTAL and self.disk.dirty is not None:
            return min(self.disk.dirty, self.disk.allocated)  # the guest may have discarded, or written zeros
        return self.disk.allocated * (2 if self.kind == DELTA else 1)  # all of it, and then what differs


@dataclass(frozen=True)
class Layout:
    """A new point."""

    parts: tuple[Part, ...]
    excluded: dict[str, str]
    parent: Point | None

    @property
    def kind(self) -> str:
        """The cheapest kind that one of its disks has."""
        return kind_of([part.kind for part in self.parts])

    @property
    def reason(self) -> str:
        """Why what is no increment is none."""
        reasons: dict[str, list[str]] = {}
        for part in self.parts:
            if part.reason:
                reasons.setdefault(part.reason, []).append(part.disk.target)
        return "; ".join(f"{', '.join(targets)}: {reason}" for reason, targets in reasons.items())

    @property
    def room(self) -> int:
        """The bytes that it takes at most while it is made, as far as can be told."""
        return sum(part.room for part in self.parts)


def lay_out(wish: Wish, seen: Sight) -> Layout:
    """Return what the point will be.

    :raises Refused: where the policy says that a disk cannot be in it, or none is left.
    """
    parts, excluded = [], {}
    for disk in seen.disks:
        if disk.target in wish.exclude:
            excluded[disk.target] = "the task excludes it"
        elif not disk.tracks and wish.untracked == wishes.EXCLUDE:
            excluded[disk.target] = _untracked(disk)
        elif not disk.tracks and wish.untracked == wishes.FAIL:
            hint = "Exclude the disk, or state another policy with 'untracked'."
            raise Refused(f"untracked: {wish.label}: {disk.target}: {_untracked(disk)}.", hint, option="untracked")
        else:
            parts.append(Part(disk, *_kind(wish, seen, disk)))
    if not parts:
        raise Refused(f"domain: {wish.label}: no disk that it writes to is left to be in it.", option="domain")
    rests = any(part.kind != FULL for part in parts)
    return Layout(tuple(parts), excluded, seen.newest if rests else None)


def _kind(wish: Wish, seen: Sight, disk: Disk) -> tuple[str, str]:
    if wish.kind == "full":
        return FULL, "the task wants a full one"
    if seen.newest is None:
        return FULL, seen.newest_problem
    then = next((then for then in seen.newest.disks if then.target == disk.target), None)
    if then is None:
        return FULL, f"it is not in {seen.newest.name}"
    if disk.virtual_size < then.virtual_size:
        return FULL, f"it is smaller than in {seen.newest.name}"
    if not disk.tracks:
        return wish.untracked, _untracked(disk)
    if not disk.known:
        return DELTA, f"what was written since {seen.newest.name} is not known"
    return INCREMENTAL, ""


def _untracked(disk: Disk) -> str:
    return f"libvirt does not track writes to {'old qcow2' if disk.format == 'qcow2' else disk.format} images"
