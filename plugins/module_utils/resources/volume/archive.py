# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files in an archive of tar, read where they are: nothing is unpacked, so no name in it leads anywhere."""

from __future__ import annotations

import io
import tarfile
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused


class Slice(io.RawIOBase):
    """A part of a file, as a file."""

    def __init__(self, path: str, start: int, size: int) -> None:
        super().__init__()
        self._file = open(path, "rb")  # noqa: SIM115 -- closed with this
        self._file.seek(start)
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: t.Any) -> int:
        """Read what comes next, no more than fits and is left."""
        piece = self._file.read(min(len(buffer), self._left))
        buffer[: len(piece)] = piece
        self._left -= len(piece)
        return len(piece)

    def close(self) -> None:
        self._file.close()
        super().close()


def members(path: str) -> list[tarfile.TarInfo]:
    """Return what is in an archive, which is not compressed as a whole.

    :raises Refused: where it is none.
    """
    try:
        with tarfile.open(path, "r:") as archive:
            return archive.getmembers()
    except tarfile.TarError as error:
        raise Refused(f"{path} is not an archive of tar, or a broken one: {error}.") from error


def opened(path: str, name: str) -> tuple[t.BinaryIO, int]:
    """Open a file in an archive, and return it with its size.

    :raises Refused: where there is none of that name.
    """
    found = [member for member in members(path) if member.name == name]
    if not found:
        raise Refused(f"There is no {name} in {path}.", "'tar --list' tells what is in it.", option="content.member")
    if not found[-1].isreg() or found[-1].issparse():
        raise Refused(f"{name} in {path} is not a plain file.", option="content.member")
    return t.cast(t.BinaryIO, Slice(path, found[-1].offset_data, found[-1].size)), found[-1].size
