# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a volume was filled from. libvirt keeps nothing about a volume, and what is in it changes as guests write.

A mark is of one very volume. That of a file is an extended attribute of it: it goes where the file goes and ends with
it. That of anything else, and of a file in a file system without such attributes, is a small file of the host, which
is named for that very volume: by the file's inode, or by libvirt's key. Whoever loses a mark loses no data: a volume
without one is left as it is.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import typing as t
from dataclasses import asdict, dataclass, field
from urllib.parse import quote

from ansible_collections.hypervise.kvm.plugins.module_utils import places
from ansible_collections.hypervise.kvm.plugins.module_utils.files import replacing, sync_directory

ATTRIBUTE = "user.hypervise.kvm.content"

#: How far it came: libvirt was about to be asked for the volume, so that one that is there may be of somebody else;
#: it is being filled; it is done.
MAKING, FILLING, WHOLE = "making", "filling", "whole"


@dataclass(frozen=True)
class Mark:
    """What a volume was filled from, or was begun to be."""

    origin: str  # for people
    identity: str  # tells this origin from others where nothing is known of the content
    checksums: dict[str, str] = field(default_factory=dict)  # of the content as it came: algorithm -> digits
    state: str = WHOLE

    @property
    def whole(self) -> bool:
        """Whether all of it is in the volume."""
        return self.state == WHOLE


@dataclass(frozen=True)
class Bearer:
    """The very volume that a mark is of, and no other that came to have its name."""

    pool: str
    name: str
    key: str = ""  # as libvirt has it, empty before it was made
    path: str = ""  # of its file, where we see the same one as libvirt; what it is called does not count


def read(bearer: Bearer) -> Mark | None:
    """Return the mark of a volume, C(None) where it has none."""
    if bearer.path:
        with contextlib.suppress(OSError):  # without such attributes there is a record
            return _parse(os.getxattr(bearer.path, ATTRIBUTE))
    for which in (bearer, Bearer(bearer.pool, bearer.name)):
        with contextlib.suppress(OSError), open(_record(which), "rb") as record:
            return _parse(record.read())
    return None


def write(bearer: Bearer, mark: Mark) -> None:
    """Note the mark of a volume, in a way that holds when the power fails."""
    if bearer.path and _stamp(bearer.path, mark):
        return
    place = _record(bearer)
    directory = os.path.dirname(place)
    os.makedirs(directory, mode=0o700, exist_ok=True)
    with replacing(place) as record:
        record.write(_text(mark).encode())
    for _level in range(2):  # that of the pool, and that of all
        directory = os.path.dirname(directory)
        sync_directory(directory)


def _stamp(path: str, mark: Mark) -> bool:
    """Give a file its mark, and tell whether its file system keeps it."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.setxattr(file, ATTRIBUTE, _text(mark).encode())
        os.fsync(file)
    except OSError:
        return False
    finally:
        os.close(file)
    return True


def forget(pool: str, name: str, but: Bearer | None = None) -> None:
    """Drop what is noted of volumes of a name that are no more: of all I(but) the one that is there."""
    directory = _directory(pool, name)
    with contextlib.suppress(OSError):  # there is none, or it is not ours to write to
        kept = _record(but) if but else ""
        for place in (os.path.join(directory, entry) for entry in os.listdir(directory)):
            if place != kept:
                os.unlink(place)
        os.rmdir(directory)


def _directory(pool: str, name: str) -> str:
    return os.path.join(places.kept(), "volumes", quote(pool, safe=""), quote(name, safe=""))


def _record(bearer: Bearer) -> str:
    which = f"inode {os.stat(bearer.path).st_ino}" if bearer.path else bearer.key
    name = hashlib.sha256(which.encode()).hexdigest()[:16] if which else MAKING
    return os.path.join(_directory(bearer.pool, bearer.name), f"{name}.json")


def _text(mark: Mark) -> str:
    return json.dumps(asdict(mark), sort_keys=True)


def _parse(text: bytes) -> Mark | None:
    try:
        return Mark(**json.loads(text))
    except (ValueError, TypeError):
        return None  # nothing that we wrote


def shown(origin: str, checksums: t.Mapping[str, str]) -> str:
    """Return in words what a volume was filled from."""
    sums = ", ".join(f"{algorithm}:{digits}" for algorithm, digits in sorted(checksums.items()))
    return f"{origin} ({sums})" if sums else origin
