# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The content of a disk, told by the SHA-256 of each of its blocks: a line of hexadecimal digits for each.

It is of what a guest would read, whatever images that is in: merging images does not change it, and an increment
needs no more than its own blocks to be read.
"""

from __future__ import annotations

import collections
import hashlib
import os
import re
import typing as t
from concurrent.futures import Future, ThreadPoolExecutor

from ansible_collections.hypervise.kvm.plugins.module_utils.files import replacing
from ansible_collections.hypervise.kvm.plugins.module_utils.repository import content
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.errors import Damaged
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.telling import Tell, silent

#: Bytes of a block; the last one of a disk may be shorter.
SIZE = 4 * 2**20

#: How many blocks are added up at a time, and how many are held in memory for that at most.
_BESIDE, _AHEAD = 2, 4

_SUM = re.compile(r"[0-9a-f]{64}")


def list_of(image: str) -> str:
    """Return the name of the list that goes with an image: C(vda.blocks) with C(vda.qcow2)."""
    return f"{os.path.splitext(image)[0]}.blocks"


def write(image: str, parent: str | None, out: str, tell: Tell = silent) -> None:
    """Write the list of an image's content.

    :arg parent: the list of the image that this one rests on; what comes from there is not read again.
    :raises Damaged: where the image cannot be read.
    """
    known = read(parent) if parent else []
    with content.opened(image) as disk, replacing(out) as file:
        for one in _sums(disk, known, tell):
            file.write(f"{one}\n".encode())


def read(path: str) -> list[str]:
    """Return a list that was written.

    :raises Damaged: where it cannot be read.
    """
    try:
        with open(path, encoding="ascii") as file:
            lines = file.read().splitlines()
    except (OSError, ValueError) as error:
        raise Damaged(f"{path} cannot be read: {error}.") from error
    if not all(map(_SUM.fullmatch, lines)):
        raise Damaged(f"{path} is no list of blocks.")
    return lines


def differing(image: str, listed: str, parent: str | None = None, tell: Tell = silent) -> list[int]:
    """Return the numbers of the blocks that are not what a list says, from 0.

    :arg parent: the list of the image that this one rests on, where that one's content is known to be as listed.
    :raises Damaged: where the image or a list cannot be read.
    """
    expected, known = read(listed), read(parent) if parent else []
    with content.opened(image) as disk:
        found = list(_sums(disk, known, tell))
    if len(found) != len(expected):
        raise Damaged(f"{listed} is of {len(expected)} blocks, the disk has {len(found)}.")
    return [number for number, pair in enumerate(zip(found, expected)) if pair[0] != pair[1]]


def _sums(disk: content.Content, known: t.Sequence[str], tell: Tell) -> t.Iterator[str]:
    """Return the sum of each block. The next ones are read while those before them are added up."""
    own, data = disk.marks(SIZE)
    zeros = _sum(bytes(SIZE))
    due: collections.deque[str | Future[str]] = collections.deque()
    with ThreadPoolExecutor(_BESIDE) as beside:
        for number, has_data in enumerate(data):
            offset = number * SIZE
            length = min(SIZE, disk.size - offset)
            if not own[number] and number < len(known) - 1:  # the last one may have become longer
                due.append(known[number])
            elif has_data:
                due.append(beside.submit(_sum, disk.read(offset, length)))
                tell(offset + length, disk.size)
            else:
                due.append(zeros if length == SIZE else _sum(bytes(length)))
            if len(due) > _AHEAD:
                yield _told(due.popleft())
        while due:
            yield _told(due.popleft())


def _sum(block: bytes) -> str:
    return hashlib.sha256(block).hexdigest()


def _told(one: str | Future[str]) -> str:
    return one if isinstance(one, str) else one.result()
