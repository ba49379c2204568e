# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files besides its disks that a guest is started from: kernel, firmware. libvirt moves none of them.

Without them the target's QEMU does not start, and says so in words that name no cause. libvirt lists no files but those
of pools, and looking into a directory that is none makes one for a moment: so that is done when the task acts.
"""

from __future__ import annotations

import os

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration import storage, volumes
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.sides import Side
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.wish import Wish

#: What they are for, and where a definition names them.
_NAMED = {
    "kernel": "os/kernel",
    "initrd": "os/initrd",
    "device tree": "os/dtb",
    "firmware": "os/loader",
    "template of UEFI variables": "os/nvram/@template",
}


def check(target: Connection, wish: Wish, source: Side) -> None:
    """Look whether the target has them.

    :raises Refused: with those that it lacks.
    """
    stated = {what: xml.get(source.document, place) for what, place in _NAMED.items()}
    lacking = [
        f"{what} {path}"
        for what, path in stated.items()
        if path and not storage.is_shared(source.connection, path) and not _is_there(target, path)
    ]
    if lacking:
        raise Refused(
            f"{wish.label} cannot be moved to {wish.dest_uri}: the target lacks its {', its '.join(lacking)}.",
            "Put what is missing at the same path there.",
            files=lacking,
        )


def _is_there(target: Connection, path: str) -> bool:
    place = storage.Place(os.path.basename(path), directory=os.path.dirname(path))
    pool = volumes.pool_of(target, place)
    if pool is not None and not pool.read.isActive():
        return True  # as far as can be seen
    try:
        with volumes.opened(target, place) as pool:
            return volumes.find(pool, place) is not None
    except OperationFailed:
        return False  # nor is there the directory
