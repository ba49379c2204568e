# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a repository with points of guests that never were: real images, written to by QEMU, and real manifests.

Reads from standard input (JSON) what the points are like, and tells the SHA-256 of each disk of each point.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from typing import Any

from ansible_collections.hypervise.kvm.plugins.module_utils.repository import blocks, images
from ansible_collections.hypervise.kvm.plugins.module_utils.repository import point as points
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import Guest, instant
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import FULL, INCREMENTAL, Disk, Point
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.repository import Repository


def make(path: str, name: str, uuid: str, wanted: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Make the points of a guest, each a C(name) with C(disks): target -> C(size), C(full) and what to C(write).

    Each rests on the newest one that is there, unless it tells its C(parent).
    """
    there = os.path.exists(path) and os.listdir(path)
    repository = Repository.open(path) if there else Repository.create(path)
    guest = repository.guest(name, uuid)
    told: dict[str, dict[str, str]] = {}
    with guest.locked("test"):
        for point in wanted:
            _publish(guest, point, point.get("parent") or next(reversed(guest.names()), None))
            told[point["name"]] = {
                target: content(guest, point["name"], f"{target}.qcow2") for target in point["disks"]
            }
    return told


def content(guest: Guest, name: str, file: str) -> str:
    """Return the SHA-256 of what a guest would read from an image."""
    raw = os.path.join(guest.path, ".raw")
    images.qemu_img("convert", "-f", "qcow2", "-O", "raw", guest.file(name, file), raw)
    digest = hashlib.sha256()
    with open(raw, "rb") as file_:
        while chunk := file_.read(2**20):
            digest.update(chunk)
    os.unlink(raw)
    return digest.hexdigest()


def _publish(guest: Guest, wanted: dict[str, Any], parent: str | None) -> None:
    making = guest.begin({})
    disks = [_disk(guest, making, parent, target, **disk) for target, disk in wanted["disks"].items()]
    with open(os.path.join(making, "domain.xml"), "w") as file:
        file.write(f"<domain><name>{guest.name}</name></domain>\n")
    name, kind = wanted["name"], points.kind_of([disk.kind for disk in disks])
    rests = parent if kind != FULL else None
    guest.publish(
        Point(name, instant(name), guest.name, guest.uuid, kind, tuple(disks), points.CRASH, rests, running=True)
    )


def _disk(
    guest: Guest, making: str, parent: str | None, target: str, size: int, write: list[str], full: bool = False
) -> Disk:
    file = f"{target}.qcow2"
    image, listed = os.path.join(making, file), blocks.list_of(file)
    full = full or parent is None or not os.path.exists(guest.file(parent, file))
    below = [] if full else ["-F", "qcow2", "-b", f"../{parent}/{file}"]
    images.qemu_img("create", "-q", "-f", "qcow2", *below, image, str(size))
    commands = [word for command in write for word in ("-c", command)]
    subprocess.run(["qemu-io", "-f", "qcow2", *commands, image], check=True, stdout=subprocess.DEVNULL)
    os.chmod(image, 0o600)
    blocks.write(image, None if full else guest.file(str(parent), listed), os.path.join(making, listed))
    return Disk(target, file, FULL if full else INCREMENTAL, size, images.stored_bytes(image))


if __name__ == "__main__":
    print(json.dumps(make(**json.load(sys.stdin))))
