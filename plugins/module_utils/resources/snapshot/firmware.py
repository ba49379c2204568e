# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest's UEFI variables, where a snapshot has no place for them.

The memory has them, and so have internal snapshots of newer libvirts where their file is qcow2. With any other snapshot
a copy of the file is kept beside it, and put back on reverting.
"""

from __future__ import annotations

import os
import shutil
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.files import remove, replacing
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.state import Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.tree import INTERNAL

Step = t.Callable[[Connection], None]

TPM = "the state of its TPM is not in the snapshot: a guest that seals keys with it may not open them after reverting"


def copy_path(nvram: str, snapshot: str) -> str:
    """Return where the copy of a file of UEFI variables is."""
    return f"{nvram}.{snapshot}" if nvram else ""


def needs_copy(guest: Guest, kind: str, memory: bool) -> bool:
    """Tell whether a snapshot leaves the guest's UEFI variables out."""
    return guest.nvram in guest.files and not memory and not (kind == INTERNAL and guest.nvram_is_qcow2)


def keep(nvram: str, snapshot: str) -> Step:
    """Return the step that copies the variables: whole, or not at all."""
    return lambda connection: _copy(nvram, copy_path(nvram, snapshot))


def put_back(nvram: str, snapshot: str) -> Step:
    """Return the step that makes the variables what they were."""
    return lambda connection: _copy(copy_path(nvram, snapshot), nvram)


def forget(nvram: str, snapshot: str) -> Step:
    """Return the step that removes the copy."""
    return lambda connection: remove(copy_path(nvram, snapshot))


def _copy(source: str, destination: str) -> None:
    try:
        with open(source, "rb") as kept, replacing(destination) as copy:
            shutil.copyfileobj(kept, copy)
            told = os.fstat(kept.fileno())
            os.fchown(copy.fileno(), told.st_uid, told.st_gid)
            os.fchmod(copy.fileno(), told.st_mode & 0o7777)
    except OSError as error:
        raise OperationFailed(f"{destination} could not be written: {error.strerror or error}.") from error
