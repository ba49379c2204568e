# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where what is not in an image goes: named after the guest, the disk and the snapshot, beside the disk's image."""

from __future__ import annotations

import os
import time
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot import beside
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.state import Disk, Guest, Wish
from ansible_collections.hypervise.kvm.plugins.module_utils.waiting import wait_until


def overlay(wish: Wish, disk: Disk) -> str:
    """Return where a disk goes on, empty where nobody says so and its image is not a file."""
    stated = wish.files.get(disk.target)
    beside = f"{wish.domain}-{disk.target}.{wish.name}.qcow2"
    return stated or (os.path.join(os.path.dirname(disk.path), beside) if disk.path else "")


def memory_file(wish: Wish, guest: Guest) -> str:
    """Return where the guest's memory goes, empty where nobody says so and no disk is a file."""
    first = next((disk.path for disk in guest.disks if disk.path), "")
    beside = os.path.join(os.path.dirname(first), f"{wish.domain}.{wish.name}.memory") if first else ""
    return str(wish.spec.get("memory_file") or beside)


def candidates(wish: Wish, guest: Guest) -> t.Iterator[str]:
    """Return all files that the snapshot may come to have."""
    yield from (overlay(wish, disk) for disk in guest.disks)
    yield memory_file(wish, guest)
    yield from (beside.copy_of(path, wish.name) for path in guest.beside)


def await_new_names(guest: Guest) -> None:
    """Let a second pass if need be: libvirt names the images in which a reverted guest goes on by the second."""
    images = [disk.path for disk in guest.disks]
    for snapshot in guest.tree:
        images += [*snapshot.images.values(), *snapshot.overlays.values()]
    wait_until(lambda: not any(path.endswith(f".{int(time.time())}") for path in images), 2)


def shut(paths: t.Iterable[str]) -> t.Callable[[Connection], None]:
    """Return the step after which nobody but their owner reads some files, which libvirt before 11.10 lets all do."""

    def chmod(connection: Connection) -> None:
        if connection.is_local:
            for path in paths:
                os.chmod(path, 0o600)

    return chmod
