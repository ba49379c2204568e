# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a point rests on: itself, its parent, and so on down to one that rests on nothing."""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils.repository.errors import Damaged
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import MANIFEST, PRUNED, Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import FULL, Point


@dataclass(frozen=True)
class Link:
    """A point in a chain. While a pruned one is merged into the next, the images of both may be either's."""

    point: Point
    pruned: bool  # it is no point any more
    below: tuple[Point, ...]  # the pruned ones that it rests on, down to the first that is none

    @property
    def is_settled(self) -> bool:
        """Whether its files are those that its checksums are of."""
        return not (self.pruned or self.below)


def links(guest: Guest, name: str) -> list[Link]:
    """Return a point and all that it rests on, itself first.

    :raises Damaged: where one is missing or cannot be read.
    """
    found = [_point(guest, name, None)]
    while found[-1][0].parent:
        above = found[-1][0]
        if any(point.name == above.parent for point, _pruned in found):
            raise Damaged(f"{guest.path}: {above.parent} rests on itself.")
        found.append(_point(guest, str(above.parent), above))
    return [
        Link(point, pruned, tuple(below for below, _pruned in itertools.takewhile(_is_pruned, found[index + 1 :])))
        for index, (point, pruned) in enumerate(found)
    ]


def _is_pruned(found: tuple[Point, bool]) -> bool:
    return found[1]


def _point(guest: Guest, name: str, above: Point | None) -> tuple[Point, bool]:
    for manifest in (MANIFEST, PRUNED):
        if os.path.exists(guest.file(name, manifest)):
            return guest.point(name, manifest), manifest == PRUNED
    needed = f", on which {above.name} rests" if above else ""
    raise Damaged(f"{guest.path}: the point {name}{needed} has no manifest.")


def backings(link: Link, file: str) -> set[str | None]:
    """Return what an image of a point may rest on, as it is written there. It may be that of one below by now.

    :raises Damaged: where one that it rests on has no such image.
    """
    allowed: set[str | None] = set()
    for point in (link.point, *link.below):
        if point.disk(file).kind == FULL:
            return {*allowed, None}
        allowed.add(f"../{point.parent}/{file}")
    return allowed
