# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A content on its way into a volume: fetched to this host, checked, and made the image that the volume is to be."""

from __future__ import annotations

import array
import contextlib
import fcntl
import os
import typing as t
from dataclasses import dataclass, field

from ansible_collections.hypervise.kvm.plugins.module_utils import units
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume import images, origin
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.content import SUFFIXES, Checksum, Content
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.images import Image
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.stage import Stage
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.volume import FORMATS

#: ioctls of a file's flags, and the flag by which Btrfs copies nothing on write: U(linux/fs.h).
FS_IOC_GETFLAGS, FS_IOC_SETFLAGS, FS_NOCOW_FL = 0x80086601, 0x40086602, 0x00800000


@dataclass(frozen=True)
class Shape:
    """What a volume is to be, whatever its content is."""

    format: str = ""  # empty: what the content is
    capacity: int = 0  # as it is stated
    at_least: int = 0  # where none is: what it has now
    features: t.Mapping[str, t.Any] = field(default_factory=dict)  # of qcow2
    allocation: int = 0
    preallocated: bool = False  # the metadata of qcow2
    nocow: bool = False

    def size(self, needed: int) -> int:
        """Return how large it will be with a content that needs so much."""
        return max(self.capacity or self.at_least, needed)


def fetch(
    connection: Connection,
    stage: Stage,
    content: Content,
    expected: Checksum | None,
    capacity: int,
    label: str,
    warn: t.Callable[[str], None],
) -> tuple[Image, dict[str, str]]:
    """Bring a content to this host, and return what it is, with its checksums.

    :arg expected: what it has to add up to.
    :arg capacity: as it is stated for the volume, 0 where it is not.
    :arg label: of the volume, for messages.
    :arg warn: takes what the user should know though nothing failed.
    :raises KvmError: where it does not come, or is another one than it should be.
    """
    shown = content.shown
    connection.log(f"{label}: filled from {shown}")
    try:
        stream, incoming = origin.opened(content, lambda said: connection.log(f"{label}: {said}"))
        with contextlib.closing(stream):
            _refuse_without_room(stage, incoming.expected)
            pieces = origin.pieces(incoming, content.compression)
            stage.fill(_not_far_more_than(capacity, pieces) if content.compression in SUFFIXES.values() else pieces)
            sums = incoming.finish()
    except Refused:
        raise
    except origin.PROBLEMS as error:
        raise origin.problem(error, shown) from error
    if expected and sums[expected.algorithm] != expected.digits:
        raise Refused(
            f"content.checksum: the {expected.algorithm} checksum of {shown} is {sums[expected.algorithm]}, "
            f"not {expected.digits}.",
            "Nothing of it was kept. Check the checksum, and who changed the content.",
            option="content.checksum",
        )
    if not expected and not incoming.ends:
        warn(
            f"content: the server of {shown} does not tell where it ends, so nobody knows whether all of it came. "
            "State content.checksum to be sure."
        )
    image = images.examine(stage.path, content.format)
    if image.format == "raw" and not content.format and not content.compression:
        images.refuse_packed(stage.path)
    return image, sums


def _not_far_more_than(capacity: int, pieces: t.Iterable[bytes]) -> t.Iterator[bytes]:
    """Return pieces as long as they may be of an image of a disk: little that is compressed can become very much."""
    most = capacity * 8 + 2**26  # an image may have snapshots, and what its format has beside the data
    for piece in pieces:
        most -= len(piece)
        if capacity and most < 0:
            raise Refused(
                f"content: decompressed, it is far more than a disk of {units.format_size(capacity)} can have.",
                "Nothing of it was kept. Check where it is from, or state its true capacity.",
                option="content",
            )
        yield piece


def _refuse_without_room(stage: Stage, size: int | None) -> None:
    room = os.statvfs(stage.directory)
    available = room.f_bavail * room.f_frsize
    if size is not None and size > available:
        raise Refused(
            f"content: {units.about(size)} are to come, and {stage.directory} has {units.about(available)} left.",
            "Make room first.",
            option="content",
        )


def shape(stage: Stage, image: Image, wanted: Shape, as_file: bool) -> str:
    """Make of what was fetched what the volume is to be, and return where that is.

    :arg as_file: it becomes the volume as it is; otherwise it is written into one.
    :raises KvmError: where it cannot be that.
    """
    if wanted.capacity and wanted.capacity < image.size:
        raise Refused(
            f"capacity: the content is an image of {units.format_size(image.size)}, which is more than "
            f"{units.format_size(wanted.capacity)}.",
            "State at least that capacity, or leave it out.",
            option="capacity",
        )
    kind = wanted.format or _like(image, as_file)
    options = _options(image, kind, wanted)
    made = stage.path
    if kind != image.format or not options.items() <= image.features.items() or wanted.nocow:
        made = stage.another(create=True)
        if wanted.nocow:
            _copy_nothing_on_write(made)
        images.convert(stage.path, image, made, kind, options)
    if wanted.size(image.size) > image.size and (as_file or kind != "raw"):
        images.enlarge(made, kind, wanted.size(image.size), options.get("preallocation", "off"))
    if as_file and kind == "raw" and wanted.allocation:
        with open(made, "rb+") as file:
            os.posix_fallocate(file.fileno(), 0, min(wanted.allocation, wanted.size(image.size)))
    return made


def _like(image: Image, as_file: bool) -> str:
    """Return the format that a volume gets for which none is stated."""
    if not as_file:
        return "raw"
    return image.format if image.format in FORMATS else "qcow2"  # which libvirt knows


def _options(image: Image, kind: str, wanted: Shape) -> dict[str, str]:
    """Return what is asked of qemu-img."""
    features = {name: images.word(value) for name, value in wanted.features.items()}
    if kind != "qcow2":
        if features:
            option = min(features)
            raise Refused(
                f"{option}: the content is {kind}, which has none.",
                "State format=qcow2, or leave the option out.",
                option=option,
            )
        return {}
    features.setdefault("compat", "1.1")  # an older one can hold no bitmap and so no incremental backup
    if wanted.preallocated:
        features["preallocation"] = "falloc" if wanted.allocation >= wanted.size(image.size) else "metadata"
    return features


def _copy_nothing_on_write(path: str) -> None:
    """Have a file, which is empty, written where it is. File systems to which that means nothing refuse it."""
    with open(path, "rb") as file, contextlib.suppress(OSError):
        flags = array.array("l", [0])
        fcntl.ioctl(file, FS_IOC_GETFLAGS, flags)
        flags[0] |= FS_NOCOW_FL
        fcntl.ioctl(file, FS_IOC_SETFLAGS, flags)
