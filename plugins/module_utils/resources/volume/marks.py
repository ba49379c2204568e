# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a volume was filled from. libvirt keeps nothing about a volume, and what is in it changes as guests write.

The mark of a file is an extended attribute of it: it goes where the file goes and ends with it. That of anything else,
and of files in file systems without such attributes, is a small file of the host, which counts for the very volume
that it was written for. Whoever loses a mark loses no data: a volume without one is left as it is.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import typing as t
from dataclasses import asdict, dataclass, field
from urllib.parse import quote

ATTRIBUTE = "user.hypervise.kvm.content"
DIRECTORY = "/var/lib/hypervise-kvm/volumes"


@dataclass(frozen=True)
class Mark:
    """What a volume was filled from, or was begun to be."""

    origin: str  # for people
    identity: str  # tells this origin from others where nothing is known of the content
    checksums: dict[str, str] = field(default_factory=dict)  # of the content as it came: algorithm -> digits
    complete: bool = True
    key: str = ""  # of the volume, as libvirt has it; empty where it was not made yet


def read(pool: str, name: str, path: str, key: str) -> Mark | None:
    """Return the mark of a volume: of its file where we see the same files as libvirt, I(path), or its record's.

    A record of a file that could have a mark itself was of another one in its place, which is no more.
    """
    told = None
    try:
        if path:
            return _parse(os.getxattr(path, ATTRIBUTE).decode())
    except OSError as error:
        if error.errno != errno.ENOTSUP:
            return None
    with contextlib.suppress(OSError), open(_record(pool, name), encoding="utf-8") as record:
        told = record.read()
    mark = _parse(told) if told else None
    return None if mark is None or mark.key not in ("", key) else mark


def write(pool: str, name: str, mark: Mark) -> None:
    """Record a mark in a file of the host."""
    place = _record(pool, name)
    os.makedirs(os.path.dirname(place), mode=0o700, exist_ok=True)
    with open(f"{place}.new", "w", encoding="utf-8") as record:
        record.write(_text(mark))
        record.flush()
        os.fsync(record.fileno())
    os.replace(f"{place}.new", place)


def stamp(path: str, mark: Mark) -> bool:
    """Give a file its mark, and tell whether its file system can keep it."""
    try:
        os.setxattr(path, ATTRIBUTE, _text(mark).encode())
    except OSError:
        return False
    return True


def forget(pool: str, name: str) -> None:
    """Drop the record of a volume that is no more."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(_record(pool, name))


def _record(pool: str, name: str) -> str:
    return os.path.join(DIRECTORY, quote(pool, safe=""), quote(name, safe="") + ".json")


def _text(mark: Mark) -> str:
    return json.dumps(asdict(mark), sort_keys=True)


def _parse(text: str) -> Mark | None:
    try:
        return Mark(**json.loads(text))
    except (ValueError, TypeError):
        return None  # nothing that we wrote


def shown(origin: str, checksums: t.Mapping[str, str]) -> str:
    """Return in words what a volume was filled from."""
    sums = ", ".join(f"{algorithm}:{digits}" for algorithm, digits in sorted(checksums.items()))
    return f"{origin} ({sums})" if sums else origin
