# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checkpoints: what libvirt notes of the guest's writes since a point was made.

Of each repository, only the newest point's is there. It is named after both, so that several repositories, and other
programs, do not disturb each other. Each has a bitmap of its own in each image, which records until it is deleted.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.repository import Repository
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.checkpoints import OF_BACKUPS


def name_of(repository: Repository, point: str) -> str:
    """Return the name of a point's checkpoint."""
    return f"{_prefix(repository)}{point}"


def of(domain: Handle, repository: Repository) -> list[str]:
    """Return the checkpoints of a guest that are a repository's."""
    names = [found.read.getName() for found in domain.read.listAllCheckpoints(0)]
    return [name for name in names if name.startswith(_prefix(repository))]


def written(domain: Handle, name: str) -> dict[str, int]:
    """Return how many bytes of each disk the guest, which is in memory, has written to since a checkpoint.

    A disk of which that is not known, as its image lost it or is another one, is left out.
    """
    disks = _disks(domain.read.checkpointLookupByName(name, 0))
    return {disk.get("name"): int(disk.get("size")) for disk in disks if disk.get("size") is not None}


def document(name: str, disks: t.Mapping[str, bool]) -> str:
    """Return the document of a new checkpoint.

    :arg disks: all disks of the guest: target -> whether it is tracked.
    """
    root = xml.build("domaincheckpoint")
    xml.put(root, "name", name)
    listed = xml.find(root, "disks", create=True)
    for target, tracked in disks.items():
        disk = xml.build("disk")
        disk.set("name", target)
        disk.set("checkpoint", "bitmap" if tracked else "no")
        listed.append(disk)
    return xml.text_of(root)


def forget(domain: Handle, name: str) -> None:
    """Delete a checkpoint of a guest that is in memory."""
    checkpoint = domain.read.checkpointLookupByName(name, 0)
    try:
        checkpoint.change.delete(0)
    except OperationFailed:
        if _is_whole(checkpoint):
            raise
        checkpoint.change.delete(constant("DOMAIN_CHECKPOINT_DELETE_METADATA_ONLY"))  # libvirt can do no more for it


def _is_whole(checkpoint: Handle) -> bool:
    """Tell whether all images have what a checkpoint stands for: none was replaced, and QEMU was not killed."""
    return all(disk.get("size") is not None for disk in _disks(checkpoint) if disk.get("checkpoint") == "bitmap")


def _disks(checkpoint: Handle) -> list[xml.Element]:
    document = xml.parse(checkpoint.read.getXMLDesc(constant("DOMAIN_CHECKPOINT_XML_SIZE")))
    return xml.find_all(document, "disks/disk")


def _prefix(repository: Repository) -> str:
    return f"{OF_BACKUPS}{repository.id[:8]}."
