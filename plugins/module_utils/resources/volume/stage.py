# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files in the making. Nobody sees them under their final name before they are whole.

They stand in the directory where they are to be, or a renaming would be another copying. Their maker holds a lock on
one while it lives; what nobody holds is what a killed run has left, and the next run takes it away.
"""

from __future__ import annotations

import contextlib
import fcntl
import glob
import os
import secrets
import typing as t

#: libvirt makes a QEMU identifier of the name of a volume that it encrypts: so it begins with a letter.
PREFIX = "hypervise-kvm.making."
ZEROS = bytes(2**16)


class Stage:
    """Some files in the making, in one directory. They are gone when it is closed, but for what got its name."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        sweep(directory)
        self._trunk = os.path.join(directory, PREFIX + secrets.token_hex(8))
        self.path = self._trunk + ".part"
        self._file = self._begin()

    def _begin(self) -> int:
        """Make the first file; it is made again where somebody has swept it away before it was locked."""
        while True:
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file).st_nlink:
                return file
            os.close(file)

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *exc: t.Any) -> None:
        self._remove()
        os.close(self._file)

    def _remove(self) -> None:
        for path in glob.glob(glob.escape(self._trunk) + ".*"):
            with contextlib.suppress(OSError):
                os.unlink(path)

    def another(self, create: bool = False) -> str:
        """Return the path of a second file, which may be made there, or is there already: for nobody else to read."""
        path = self._trunk + ".made"
        if create:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        return path

    def publish(self, path: str, final: str) -> None:
        """Give one of the files, which is whole, its final name, in a way that holds when the power fails.

        The others are gone by then: who is killed later has left nothing.
        """
        with open(path, "rb") as file:
            if path != self.path:
                fcntl.flock(file, fcntl.LOCK_EX)
                os.unlink(self.path)
            os.fsync(file.fileno())
            os.rename(path, final)
        sync_directory(self.directory)

    def fill(self, pieces: t.Iterable[bytes]) -> None:
        """Write the first file; nothing is written where there are only zeros."""
        with os.fdopen(os.dup(self._file), "wb") as file:
            for piece in pieces:
                for start in range(0, len(piece), len(ZEROS)):
                    block = piece[start : start + len(ZEROS)]
                    if block == ZEROS:
                        file.seek(len(block), os.SEEK_CUR)
                    else:
                        file.write(block)
            file.truncate()


def sync_directory(path: str) -> None:
    """Have the names in a directory on the disk."""
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def sweep(directory: str) -> None:
    """Remove what killed runs have left in a directory."""
    trunks = {os.path.splitext(path)[0] for path in glob.glob(os.path.join(glob.escape(directory), PREFIX + "*.*"))}
    for trunk in trunks:
        with contextlib.suppress(OSError), contextlib.ExitStack() as locks:
            paths = glob.glob(glob.escape(trunk) + ".*")
            for path in paths:
                file = locks.enter_context(open(path, "rb"))
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails where its maker lives
            for path in paths:
                os.unlink(path)


def is_staged(name: str) -> bool:
    """Tell whether a file's name is that of one in the making: no volume for anybody."""
    return name.startswith(PREFIX)
