# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A content on its way into a volume: fetched to this host, checked, and made the image that the volume is to be."""

from __future__ import annotations

import contextlib
import os
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import units
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume import images, origin
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.content import Checksum, Content
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.images import Image
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.stage import Stage

#: Options of qemu-img for those of a new volume.
_TUNED = ("compat", "cluster_size", "lazy_refcounts", "extended_l2")


def fetch(
    connection: Connection, stage: Stage, content: Content, expected: Checksum | None, label: str
) -> tuple[Image, dict[str, str]]:
    """Bring a content to this host, and return what it is, with its checksums.

    :arg expected: what it has to add up to.
    :arg label: of the volume, for messages.
    :raises KvmError: where it does not come, or is another one than it should be.
    """
    shown = content.shown
    connection.log(f"{label}: filled from {shown}")
    try:
        stream, incoming = origin.opened(content, lambda said: connection.log(f"{label}: {said}"))
        with contextlib.closing(stream):
            _refuse_without_room(stage, incoming.expected)
            stage.fill(origin.pieces(incoming, content.compression))
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
    return images.examine(stage.path, content.format), sums


def _refuse_without_room(stage: Stage, size: int | None) -> None:
    room = os.statvfs(stage.directory)
    available = room.f_bavail * room.f_frsize
    if size is not None and size > available:
        raise Refused(
            f"content: {units.about(size)} are to come, and {stage.directory} has {units.about(available)} left.",
            "Make room first.",
            option="content",
        )


def shape(stage: Stage, image: Image, spec: t.Mapping[str, t.Any], as_file: bool) -> str:
    """Make of what was fetched what the volume is to be, and return where that is.

    :arg as_file: it becomes the volume as it is; otherwise it is written into one.
    :raises KvmError: where it cannot be that.
    """
    wished = spec.get("capacity", 0)
    if wished and wished < image.size:
        raise Refused(
            f"capacity: the content is an image of {units.format_size(image.size)}, which is more than "
            f"{units.format_size(wished)}.",
            "State at least that capacity, or leave it out.",
            option="capacity",
        )
    kind = spec.get("format") or (image.format if as_file else "raw")
    tuned = {name: _word(spec[name]) for name in _TUNED if name in spec}
    made = stage.path
    if kind != image.format or tuned:
        made = stage.another(create=True)
        images.convert(stage.path, image, made, kind, tuned)
    if wished > image.size and as_file:
        images.enlarge(made, kind, wished)
    return made


def _word(value: t.Any) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else str(value)
