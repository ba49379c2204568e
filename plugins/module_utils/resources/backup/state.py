# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be seen of a guest that matters for its backups."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import Point
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.repository import Repository


@dataclass(frozen=True)
class Disk:
    """A disk that the guest writes to."""

    target: str
    path: str  # where its image is, empty where that is no file or device of this host
    format: str
    virtual_size: int
    allocated: int  # bytes that a full copy takes at most
    tracks: bool  # libvirt can note what the guest writes to
    known: bool = False  # it has noted that since the newest point
    dirty: int | None = None  # how many bytes that are; only of a guest in memory can it be asked
    source: t.Mapping[str, t.Any] = field(default_factory=dict)  # as a point tells of it


@dataclass(frozen=True)
class Sight:
    """A guest, and its place in the repository."""

    name: str
    uuid: str
    power: str
    document: xml.Element  # as it runs, else as it is stored
    disks: tuple[Disk, ...]
    agent: bool  # the guest agent is connected
    autostart: bool
    job: str  # what libvirt is busy with for it, empty for nothing
    job_is_ours: bool  # it is a backup into this place, whose module was killed
    repository: Repository | None  # none is there yet
    place: Guest | None
    newest: Point | None
    newest_problem: str  # why no point can rest on the newest one
    checkpoints: tuple[str, ...]  # libvirt's, that are this repository's
    unfinished: bool  # there is what was left by a run that was killed
    free: int  # bytes of the repository's file system

    @property
    def awake(self) -> bool:
        """Whether the guest is in memory."""
        return self.power in ("running", "paused", "suspended")

    @property
    def leftovers(self) -> tuple[str, ...]:
        """The checkpoints that no point needs any more."""
        needed = self.newest.checkpoint if self.newest else None
        return tuple(name for name in self.checkpoints if name != needed)
