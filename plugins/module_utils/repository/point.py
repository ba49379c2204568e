# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A restore point as data: what C(manifest.json) says of it.

Its shape is part of the format that docs/docsite/rst/repository_format.rst describes for people without this
collection. A change that an older reader would misunderstand raises M(FORMAT).
"""

from __future__ import annotations

import json
import typing as t
from dataclasses import asdict, dataclass, field, fields

from ansible_collections.hypervise.kvm.plugins.module_utils.repository.errors import Damaged

FORMAT = 1

FULL, INCREMENTAL, DELTA = "full", "incremental", "delta"

#: What a point's disks agree with: files as the guest agent left them, memory that stood still, or neither.
AGENT, STOPPED, PAUSED, CRASH = "agent", "stopped", "paused", "crash"


@dataclass(frozen=True)
class Disk:
    """A disk in a point. Sizes are in bytes."""

    target: str
    file: str  # its image in the directory of the point: qcow2
    kind: str  # FULL: it rests on nothing; otherwise on the image of this name in the parent
    virtual_size: int
    stored_bytes: int
    dirty_bytes: int | None = None  # what the guest had written to since the parent; None where it was not tracked
    source: t.Mapping[str, t.Any] = field(default_factory=dict)  # where it came from: path, format, options of qcow2


@dataclass(frozen=True)
class Point:
    """What a guest was at one instant."""

    name: str  # of its directory: the instant in UTC
    created: int  # the same in seconds since 1970
    domain: str
    uuid: str
    kind: str  # the cheapest kind that each disk has
    disks: tuple[Disk, ...]
    consistency: str
    parent: str | None = None
    reason: str = ""  # why it is of this kind, where another one was wanted
    checkpoint: str | None = None  # of libvirt, from which the next increment can go on
    running: bool = False
    autostart: bool = False
    excluded: t.Mapping[str, str] = field(default_factory=dict)  # disks that are not in it, and why not
    nvram: str | None = None  # the file with the UEFI variables
    tpm: str | None = None  # the archive with the TPM's state
    host: t.Mapping[str, str] = field(default_factory=dict)  # name, and versions of libvirt and QEMU
    freeze: float | None = None  # seconds for which the guest's file systems were frozen

    def disk(self, file: str) -> Disk:
        """Return the disk that an image is of.

        :raises Damaged: where there is none.
        """
        for disk in self.disks:
            if disk.file == file:
                return disk
        raise Damaged(f"The point {self.name} of {self.domain} has no image {file}, on which another one rests.")

    def text(self) -> str:
        """Return the manifest."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=2) + "\n"


def kind_of(kinds: t.Collection[str]) -> str:
    """Return the kind of a point with disks of some kinds: that of which the data are the fewest."""
    return next((kind for kind in (INCREMENTAL, DELTA) if kind in kinds), FULL)


def parse(text: str, where: str) -> Point:
    """Return the point that a manifest tells of.

    :arg where: the manifest's path, for the error.
    :raises Damaged: where it is none, or of a format that is not known here.
    """
    try:
        told = json.loads(text)
        if told.pop("format") != FORMAT:
            raise Damaged(f"{where} is of a format that this version does not know.", "Use a newer version.")
        disks = tuple(_made(Disk, disk) for disk in told.pop("disks"))
        return t.cast(Point, _made(Point, {**told, "disks": disks}))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Damaged(f"{where} is no manifest of a restore point: {error!r}.") from error


def _made(kind: t.Any, told: dict[str, t.Any]) -> t.Any:
    unknown = told.keys() - {member.name for member in fields(kind)}
    if unknown:
        raise ValueError(f"unknown entries: {', '.join(sorted(unknown))}")
    return kind(**told)
