# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether points are what was put there: their files, what they rest on, and what a guest would read from them."""

from __future__ import annotations

import os
import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils.repository import blocks, chain, images, sums
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.chain import Link
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.errors import Damaged
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import MANIFEST, Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import FULL, Disk, Point
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.telling import Tell, silent


@dataclass(frozen=True)
class Problem:
    """Something that is not what it was."""

    point: str
    message: str

    def __str__(self) -> str:
        return f"{self.point}: {self.message}"


def check_chain(guest: Guest, name: str) -> list[Problem]:
    """Return what is wrong with a point and all that it rests on. Without a problem it can be restored.

    All their files are read. Where images are in the course of being merged, which changes them, the content is.
    """
    return Check(guest).point(name, content=False)


class Check:
    """A look at points of a guest, at nothing twice."""

    def __init__(self, guest: Guest, tell: Tell = silent) -> None:
        self._guest = guest
        self._tell = tell
        self._files: dict[str, list[Problem]] = {}
        self._right: set[str] = set()  # points whose content was read

    def point(self, name: str, content: bool) -> list[Problem]:
        """Return what is wrong with a point and all that it rests on.

        :arg content: read what a guest would, too.
        """
        try:
            links = chain.links(self._guest, name)
        except Damaged as error:
            return [Problem(name, error.message)]
        problems = [problem for link in links for problem in self._of_files(link)]
        if not problems and (content or not all(link.is_settled for link in links)):
            problems = check_content(self._guest, links[0], links[0].point.parent in self._right, self._tell)
            if not problems:
                self._right.add(name)
        return problems

    def _of_files(self, link: Link) -> list[Problem]:
        if link.point.name not in self._files:
            self._files[link.point.name] = check_files(self._guest, link)
        return self._files[link.point.name]


def check_files(guest: Guest, link: Link) -> list[Problem]:
    """Return what is wrong with the files of one point."""
    name = link.point.name
    found = list(_wrong_files(guest, link))
    for disk in () if found else link.point.disks:
        found += _wrong_image(guest, link, disk)
    return [Problem(name, message) for message in found]


def check_content(guest: Guest, link: Link, parent_is_right: bool = False, tell: Tell = silent) -> list[Problem]:
    """Return what is wrong with what a guest would read from one point, whose files are right.

    :arg parent_is_right: the content of its parent is known to be as listed; only the rest is read.
    """
    point = link.point
    problems = []
    for disk in point.disks:
        listed = guest.file(point.name, blocks.list_of(disk.file))
        known = None
        if parent_is_right and disk.kind != FULL and point.parent and link.is_settled:
            known = guest.file(point.parent, blocks.list_of(disk.file))
        try:
            wrong = blocks.differing(guest.file(point.name, disk.file), listed, known, tell)
        except Damaged as error:
            problems.append(Problem(point.name, error.message))
            continue
        if wrong:
            places = f"{len(wrong)} of its blocks differ, the first at {wrong[0] * blocks.SIZE}"
            problems.append(Problem(point.name, f"the content of {disk.target} is another one: {places}."))
    return problems


def _wrong_files(guest: Guest, link: Link) -> t.Iterator[str]:
    point = link.point
    try:
        listed = sums.read(os.path.join(guest.path, point.name))
    except Damaged as error:
        yield error.message
        return
    in_motion = {MANIFEST, *(disk.file for disk in point.disks)} if not link.is_settled else set()
    for name in sorted((_needed(point) | listed.keys()) - in_motion):
        if name not in listed:
            yield f"{name} is not among its checksums."
            continue
        path = guest.file(point.name, name)
        try:
            if os.path.islink(path):
                yield f"{name} is a link."
            elif sums.of_file(path) != listed[name]:
                yield f"{name} is not what was written: its checksum differs."
        except OSError as error:
            yield f"{name} cannot be read: {error.strerror}."


def _needed(point: Point) -> set[str]:
    """Return the names of the files that a point consists of, apart from their checksums."""
    names = {MANIFEST, "domain.xml", *(name for name in (point.nvram, point.tpm) if name)}
    for disk in point.disks:
        names |= {disk.file, blocks.list_of(disk.file)}
    return names


def _wrong_image(guest: Guest, link: Link, disk: Disk) -> t.Iterator[str]:
    path = guest.file(link.point.name, disk.file)
    if link.pruned and not os.path.exists(path):
        return  # it is the next one's by now
    try:
        image, allowed = images.inspect(path), chain.backings(link, disk.file)
    except Damaged as error:
        yield error.message
        return
    if image.size != disk.virtual_size and not link.pruned:  # merging makes it as large as the next one
        yield f"{disk.file} is of {image.size} bytes, not of {disk.virtual_size}."
    if image.backing not in allowed:
        below = "nothing" if disk.kind == FULL else f"that of {link.point.parent}"
        yield f"{disk.file} rests on {image.backing or 'nothing'}, and should on {below}."
    for other in image.others:
        yield f"{disk.file} has {other}."
