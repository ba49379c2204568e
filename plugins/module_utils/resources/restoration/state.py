# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task asks to be brought back, and what there is."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import Disk, Point
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration.mark import DONE, RESTING, Mark
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.usage import Use

KEEP, NEW = "keep", "new"

#: What becomes of the content: it is copied; read from the point for good; or until all of it has been pulled in.
COPY, OVERLAY, INSTANT = "copy", "overlay", "instant"


@dataclass(frozen=True)
class Wish:
    """A guest to bring back."""

    repository: str
    domain: str  # in the repository: its name or UUID
    name: str  # that it is to have
    point: str  # its name, an instant, or the latest
    identity: str  # KEEP: its UUID and the MACs of its interfaces are those of the point
    disks: frozenset[str] = frozenset()  # the only ones, into a guest that stays as it is otherwise
    directory: str = ""
    destinations: t.Mapping[str, str] = field(default_factory=dict)
    networks: t.Mapping[str, str] = field(default_factory=dict)
    isolated: bool = False  # nothing of it may reach beyond these
    overwrite: bool = False
    verify: str = "files"
    mode: str = COPY
    state: str = "stopped"
    wait: bool = True
    rate: int = 0  # bytes per second for each disk that is pulled in, 0 for no limit

    @property
    def label(self) -> str:
        """The guest in words."""
        return f"domain {self.name}"


@dataclass(frozen=True)
class Place:
    """Where a disk goes."""

    disk: Disk
    path: str  # '' where it is none that we can write to
    format: str
    moved: bool  # it is not where it was
    encrypted: bool = False

    @property
    def is_device(self) -> bool:
        """Whether it is a block device, in which a new image cannot take the place of the old one at once."""
        return self.path.startswith("/dev/")


@dataclass
class There:
    """The guest that is there already."""

    name: str
    uuid: str
    power: str
    document: xml.Element
    mark: Mark | None
    snapshots: tuple[str, ...]


@dataclass
class Seen:
    """All that planning needs to know."""

    repository: str  # its identity
    guest: Guest  # in the repository
    point: Point
    problems: tuple[str, ...]  # of the point and what it rests on
    document: xml.Element  # the guest that is to be, as far as it is defined anew
    places: tuple[Place, ...]
    there: There | None
    namesake: str = ""  # the UUID of another guest that has the name
    existing: frozenset[str] = frozenset()  # those of the paths at which something is
    users: t.Mapping[str, t.Sequence[Use]] = field(default_factory=dict)  # other guests that have them
    missing: tuple[str, ...] = ()  # directories that are not there
    room: t.Mapping[str, tuple[int, int]] = field(default_factory=dict)  # by directory: bytes to come, bytes free
    devices: t.Mapping[str, int] = field(default_factory=dict)  # sizes of those that are written to
    unknown: tuple[str, ...] = ()  # networks that the host does not have
    left_out: tuple[str, ...] = ()  # disks that the new guest does not get, as they are another one's
    kept: bool = False  # the guest that is there is as of this point, and stays
    settled: bool = True  # nothing that the point rests on is about to be merged
    resting: tuple[str, ...] = ()  # disks of the guest that is there which rest on the repository
    pulling: frozenset[str] = frozenset()  # those of them that are being pulled in
    torn: t.Mapping[str, str] = field(default_factory=dict)  # images that may lack something, with what they rested on


def is_kept(wish: Wish, there: There | None, origin: tuple[str, str, str]) -> bool:
    """Tell whether a guest is one that was brought back from this very point, and is not to be once more.

    One that is being pulled in has been at work since, and goes on whatever else is wished.

    :arg origin: the repository, the guest in it, and the point.
    """
    kept = there and there.mark
    if not kept or wish.disks or (kept.repository, kept.uuid, kept.point) != origin:
        return False
    if kept.state == RESTING and wish.mode == INSTANT:
        return True
    return not wish.overwrite and (kept.state == DONE or (kept.state == RESTING and wish.mode == OVERLAY))
