# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a point rests on: itself, its parent, and so on down to one that rests on nothing."""

from __future__ import annotations

import os
import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils.repository.errors import Damaged
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import MANIFEST, PRUNED, Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import FULL, Point


@dataclass(frozen=True)
class Link:
    """A point in a chain. While a pruned one is merged into the next, the images of both may be either's."""

    point: Point
    pruned: bool  # it is no point any more
    below: Point | None  # its parent
    merging: bool  # its parent is a pruned one

    @property
    def is_settled(self) -> bool:
        """Whether its files are those that its checksums are of."""
        return not (self.pruned or self.merging)


def links(guest: Guest, name: str) -> list[Link]:
    """Return a point and all that it rests on, itself first.

    :raises Damaged: where one is missing or cannot be read.
    """
    found: list[Link] = []
    points = [_point(guest, name, None)]
    while True:
        point, pruned = points[-1]
        if any(link.point.name == point.name for link in found):
            raise Damaged(f"{guest.path}: {point.name} rests on itself.")
        if point.parent is None:
            return [*found, Link(point, pruned, None, False)]
        points.append(_point(guest, point.parent, point))
        found.append(Link(point, pruned, points[-1][0], points[-1][1]))


def _point(guest: Guest, name: str, above: Point | None) -> tuple[Point, bool]:
    for manifest in (MANIFEST, PRUNED):
        if os.path.exists(guest.file(name, manifest)):
            return guest.point(name, manifest), manifest == PRUNED
    needed = f", on which {above.name} rests" if above else ""
    raise Damaged(f"{guest.path}: the point {name}{needed} is missing.")


def backings(link: Link, file: str) -> set[str | None]:
    """Return what an image of a point may rest on, as it is written there.

    :raises Damaged: where its parent has no such image.
    """
    allowed = {_backing(link.point, file)}
    if link.merging and link.below:
        allowed.add(_backing(link.below, file))
    return allowed


def _backing(point: Point, file: str) -> str | None:
    disk = next((disk for disk in point.disks if disk.file == file), None)
    if disk is None:
        raise Damaged(f"The point {point.name} of {point.domain} has no image {file}, on which another one rests.")
    return None if disk.kind == FULL else f"../{point.parent}/{file}"


def children(points: t.Iterable[Point], name: str) -> list[Point]:
    """Return the points that rest on one."""
    return [point for point in points if point.parent == name]
