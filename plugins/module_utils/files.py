# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of our own, which are whole from the moment they have their names."""

from __future__ import annotations

import contextlib
import os
import tempfile
import typing as t


@contextlib.contextmanager
def replacing(path: str) -> t.Iterator[t.IO[bytes]]:
    """Hand out a draft that only its owner can read, and that becomes the file once it is written and on the disk.

    Each writer has a draft of its own. Where writing fails, nothing is left of it.
    """
    directory, name = os.path.split(path)
    with tempfile.NamedTemporaryFile(prefix=f".{name}.", dir=directory, delete=False) as draft:
        try:
            yield draft
            draft.flush()
            os.fsync(draft.fileno())
            os.replace(draft.name, path)
        except BaseException:
            remove(draft.name)
            raise
    sync_directory(directory)


def remove(path: str) -> None:
    """Remove a file, if it is there."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def sync_directory(path: str) -> None:
    """Have the names in a directory on the disk."""
    sync(path, os.O_DIRECTORY)


def sync(path: str, flags: int = 0) -> None:
    """Have the content of a file on the disk, whoever wrote it."""
    descriptor = os.open(path, os.O_RDONLY | flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def free(path: str) -> int:
    """Return how much room there is where a file or directory is, or would be made."""
    while not os.path.isdir(path):
        path = os.path.dirname(path)
    found = os.statvfs(path)
    return found.f_bavail * found.f_frsize
