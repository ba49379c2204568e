# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The images of a new point, from what libvirt pushed: they rest on those of the parent, and are ours."""

from __future__ import annotations

import os

from ansible_collections.hypervise.kvm.plugins.module_utils.files import remove
from ansible_collections.hypervise.kvm.plugins.module_utils.repository import images, point
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup.layout import Layout, Part


def settle(place: Guest, layout: Layout) -> list[point.Disk]:
    """Make the images what they will be, and return them as the manifest tells of them."""
    return [_settle(place, layout, part) for part in layout.parts]


def _settle(place: Guest, layout: Layout, part: Part) -> point.Disk:
    file = f"{part.disk.target}.qcow2"
    image = os.path.join(place.making, file)
    os.chown(image, 0, 0)  # libvirt gave it to QEMU
    os.chmod(image, 0o600)
    if part.kind != point.FULL and layout.parent:
        then = next(disk for disk in layout.parent.disks if disk.target == part.disk.target)
        below = os.path.join("..", layout.parent.name, then.file)
        if part.kind == point.DELTA:
            _reduce(image, below)
        else:
            images.rest_on(image, below)  # libvirt had it rest on the guest's own image
    return point.Disk(
        part.disk.target,
        file,
        part.kind,
        images.chain(image)[0]["virtual-size"],
        images.stored_bytes(image),
        part.disk.dirty if part.kind == point.INCREMENTAL else None,
        part.disk.source,
    )


def _reduce(image: str, below: str) -> None:
    """Leave in a full image only what differs from another one: what qemu-img keeps of an empty layer above it."""
    whole = f"{image}.whole"
    os.rename(image, whole)
    images.qemu_img("create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", os.path.basename(whole), image)
    os.chmod(image, 0o600)
    images.qemu_img("rebase", "-q", "-f", "qcow2", "-F", "qcow2", "-b", below, image)
    remove(whole)
