# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which points are copied: those that are asked for, and what they rest on, as far as it is not there."""

from __future__ import annotations

import os

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.repository import blocks, chain, sums
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import Point

#: Newer than all that the target has, all that it has not, or the newest.
NEW, ALL, LATEST = "new", "all", "latest"


def missing(there: Guest, here: Guest, which: str) -> list[Point]:
    """Return the points that have to be copied, each behind what it rests on.

    :raises Refused: where one of them cannot be copied now, or would rest on something else than it does there.
    :raises Damaged: where one of them lacks what it rests on.
    """
    have = here.names()
    found: dict[str, Point] = {}
    for name in _asked(there.names(), have, which):
        for link in chain.links(there, name):
            point = link.point
            if point.name in found:
                break
            if point.name in have:
                _refuse_another(there, here, point)
                break
            if not link.is_settled:
                reason = f"points on which {point.name} rests are being removed, and that has not ended"
                raise Refused(f"{there.path}: {reason}.", "Run backup_prune there.")
            found[point.name] = point
    return [found[name] for name in sorted(found)]


def _asked(names: list[str], have: list[str], which: str) -> list[str]:
    if which == LATEST:
        names = names[-1:]
    elif which == NEW:
        names = [name for name in names if name > max(have, default="")]
    return [name for name in names if name not in have]


def _refuse_another(there: Guest, here: Guest, point: Point) -> None:
    """Refuse to have a point rest on one that only has the name of that on which it rests."""
    theirs, ours = (sums.read(os.path.join(guest.path, point.name)) for guest in (there, here))
    for disk in point.disks:
        listed = blocks.list_of(disk.file)
        if theirs.get(listed) != ours.get(listed):
            raise Refused(
                f"{here.path}: {disk.target} in {point.name} is not what it is in the source's point of this name, "
                "so nothing that rests on it can be copied.",
                "Where did the guest run at that time?",
            )
