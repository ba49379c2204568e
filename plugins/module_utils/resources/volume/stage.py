# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files in the making. Nobody sees them under their final name before they are whole.

They stand in the directory where they are to be, or a renaming would be another copying. Beside them is a file that
holds nothing, on which their maker has a lock while it lives: that of a killed run nobody holds, and the next run takes
all of it away. The files themselves are never locked: on network file systems that would keep out whoever writes them.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import glob
import os
import secrets
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.files import sync_directory

#: libvirt makes a QEMU identifier of the name of a volume that it encrypts: so it begins with a letter.
PREFIX = "hypervise-kvm.making."
LOCK = ".lock"
ZEROS = bytes(2**16)


class Stage:
    """Some files in the making, in one directory. They are gone when it is closed, but for what got its name."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        sweep(directory)
        self._trunk = os.path.join(directory, PREFIX + secrets.token_hex(8))
        self.path = self._trunk + ".part"
        self._lock = _locked(self._trunk + LOCK)

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *exc: t.Any) -> None:
        _remove(self._trunk)
        os.close(self._lock)

    def another(self, create: bool = False) -> str:
        """Return the path of a second file, which may be made there, or is there already: for nobody else to read."""
        path = self._trunk + ".made"
        if create:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        return path

    def further(self, name: str) -> str:
        """Return the path of a file more, which is not there yet."""
        return f"{self._trunk}.{name}"

    def publish(self, path: str, final: str, replace: bool = True) -> None:
        """Give one of the files, which is whole, its final name, in a way that holds when the power fails.

        The others are gone by then: who is killed later leaves no more than an empty file.

        :raises FileExistsError: where there is one of that name, and it is not to be replaced.
        """
        file = os.open(path, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)
        _remove(self._trunk, but=(path, self._trunk + LOCK))
        if replace:
            os.rename(path, final)
        else:
            _name(path, final)
        sync_directory(self.directory)

    def fill(self, pieces: t.Iterable[bytes]) -> None:
        """Write the first file; nothing is written where there are only zeros."""
        with open(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for piece in pieces:
                for start in range(0, len(piece), len(ZEROS)):
                    block = piece[start : start + len(ZEROS)]
                    if block == ZEROS:
                        file.seek(len(block), os.SEEK_CUR)
                    else:
                        file.write(block)
            file.truncate()


def _name(path: str, final: str) -> None:
    """Give a file another name that nobody has."""
    try:
        os.link(path, final)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if os.path.lexists(final):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), final) from None
        os.rename(path, final)


def _locked(path: str) -> int:
    """Make a file that this process holds a lock on as long as it lives."""
    while True:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(path):
            return lock
        os.close(lock)  # somebody swept it away before it was locked


def sweep(directory: str) -> None:
    """Remove what killed runs have left in a directory."""
    found = glob.glob(os.path.join(glob.escape(directory), PREFIX + "*.*"))
    for trunk in {os.path.splitext(path)[0] for path in found}:
        with contextlib.ExitStack() as held, contextlib.suppress(OSError):
            with contextlib.suppress(FileNotFoundError):  # it is the first to come and the last to go
                lock = held.enter_context(open(trunk + LOCK, "r+b"))
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails where its maker lives
            _remove(trunk)


def _remove(trunk: str, but: t.Collection[str] = ()) -> None:
    """Remove files of a stage, its lock last."""
    paths = [path for path in glob.glob(glob.escape(trunk) + ".*") if path not in but]
    for path in sorted(paths, key=lambda path: path.endswith(LOCK)):
        with contextlib.suppress(OSError):
            os.unlink(path)


def is_staged(name: str) -> bool:
    """Tell whether a file's name is that of one in the making: no volume for anybody."""
    return name.startswith(PREFIX)
