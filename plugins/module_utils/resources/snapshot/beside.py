# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a guest keeps beside its disks, UEFI variables and the state of a TPM, where a snapshot leaves that out.

A copy of each file is kept beside it then, with the snapshot's name at the end of its own, and put back on reverting.
"""

from __future__ import annotations

import os
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.files import remove, replacing
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.beside import read_at_rest
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.state import Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.tree import INTERNAL

Step = t.Callable[[Connection], None]


def left_out(guest: Guest, kind: str, memory: bool) -> list[str]:
    """Return those of the files that a snapshot does not have."""
    inside = [guest.nvram] if kind == INTERNAL and guest.nvram_is_qcow2 else []
    return [] if memory else [path for path in guest.beside if path in guest.files and path not in inside]


def copy_of(path: str, snapshot: str) -> str:
    """Return where the copy of a file is."""
    return f"{path}.{snapshot}"


def copied(guest: Guest, snapshot: str) -> list[str]:
    """Return the files of which a snapshot has a copy."""
    return [path for path in guest.beside if copy_of(path, snapshot) in guest.files]


def keep(paths: t.Iterable[str], snapshot: str) -> Step:
    """Return the step that copies files: each whole, or not at all."""

    def copy(connection: Connection) -> None:
        for path in paths:
            _copy(path, copy_of(path, snapshot))

    return copy


def put_back(paths: t.Iterable[str], snapshot: str) -> Step:
    """Return the step that makes files what they were."""

    def copy(connection: Connection) -> None:
        for path in paths:
            _copy(copy_of(path, snapshot), path)

    return copy


def forget(paths: t.Iterable[str], snapshot: str) -> Step:
    """Return the step that removes the copies."""
    return gone([copy_of(path, snapshot) for path in paths])


def gone(paths: t.Iterable[str]) -> Step:
    """Return the step that removes files."""

    def remove_all(connection: Connection) -> None:
        for path in paths:
            remove(path)

    return remove_all


def _copy(source: str, destination: str) -> None:
    try:
        with replacing(destination) as copy:
            copy.write(read_at_rest(source))
            told = os.stat(source)
            os.fchown(copy.fileno(), told.st_uid, told.st_gid)
            os.fchmod(copy.fileno(), told.st_mode & 0o7777)
    except OSError as error:
        raise OperationFailed(f"{destination} could not be written: {error.strerror or error}.") from error
