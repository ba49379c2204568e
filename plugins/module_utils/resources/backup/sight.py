# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at a guest that is to be backed up, and at its place in the repository."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.files import free
from ansible_collections.hypervise.kvm.plugins.module_utils.jobs import stats
from ansible_collections.hypervise.kvm.plugins.module_utils.repository import images
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.errors import Damaged
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import Point
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.repository import Repository
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup import checkpoints
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup.state import Disk, Sight
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup.wish import Wish
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.agent import AGENT
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.power import AWAKE, power_of
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot import looking, state

#: What qemu-img tells of a qcow2 image by the names of its options.
_OPTIONS = ("compat", "compression-type", "extended-l2", "lazy-refcounts", "refcount-bits")


def look(connection: Connection, wish: Wish) -> Sight:
    """Return what there is.

    :raises Refused: where there is no such guest or repository.
    """
    if not connection.is_local:
        hint = "Run the task on the host where the guest is."
        raise Refused(f"uri: {connection.uri} is not this host, and the repository is.", hint, option="uri")
    domain = connection.lookup("lookupByName", wish.domain)
    if domain is None:
        raise Refused(f"domain: there is no domain {wish.domain}.", "Check the name.", option="domain")
    repository = _repository(wish)
    uuid = domain.read.UUIDString()
    place = repository.guest(wish.domain, uuid) if repository else None
    newest, problem = newest_of(place)
    power = power_of(domain)[0]
    flags = 0 if power in AWAKE else constant("DOMAIN_XML_INACTIVE")
    document = xml.parse(domain.read.XMLDesc(flags))
    there = tuple(checkpoints.of(domain, repository)) if repository else ()
    since = newest.checkpoint if newest and newest.checkpoint in there else None
    written = checkpoints.written(domain, since) if since and power in AWAKE else None
    job = stats.progress(domain)
    return Sight(
        wish.domain,
        uuid,
        power,
        document,
        tuple(_disks(connection, domain, document, since, written)),
        xml.get(document, f"devices/channel/target[@name='{AGENT}']/@state") == "connected",
        bool(domain.read.isPersistent() and domain.read.autostart()),
        job.operation if job else "",
        bool(job and place and writes_into(domain, place.making)),
        repository,
        place,
        newest,
        problem,
        there,
        place is not None and place.journal() is not None,
        free(wish.repository),
    )


def _repository(wish: Wish) -> Repository | None:
    """Return the repository, C(None) where it is to be made."""
    is_new = wish.create and Repository.can_be_made(wish.repository)
    return None if is_new else Repository.open(wish.repository)


def newest_of(place: Guest | None) -> tuple[Point | None, str]:
    """Return the newest point, if another one can rest on it, and otherwise why not."""
    names = place.names() if place else []
    if place is None or not names:
        return None, "it is the first point"
    try:
        newest = place.point(names[-1])
    except Damaged as error:
        return None, error.message
    missing = [disk.file for disk in newest.disks if not os.path.exists(place.file(newest.name, disk.file))]
    if missing:
        return None, f"{newest.name} lacks {', '.join(missing)}"
    return newest, ""


def _disks(
    connection: Connection, domain: Handle, document: xml.Element, since: str | None, written: dict[str, int] | None
) -> t.Iterator[Disk]:
    for disk in looking.disks_of(connection, document):
        told = images.chain(disk.path, disk.format) if disk.path else []
        size, allocation = _sizes(domain, disk, told)
        data = told[0].get("format-specific", {}).get("data", {}) if told else {}
        in_image = {bitmap["name"] for bitmap in data.get("bitmaps", ()) if "in-use" not in bitmap["flags"]}
        yield Disk(
            disk.target,
            disk.path,
            disk.format,
            size,
            min(size, allocation),
            tracks=disk.format == "qcow2" and data.get("compat", "1.1") != "0.10",
            known=since in in_image if written is None else disk.target in written,
            dirty=written.get(disk.target) if written is not None else None,
            source=_source(disk, told, data),
        )


def _sizes(domain: Handle, disk: state.Disk, told: list[dict[str, t.Any]]) -> tuple[int, int]:
    """Return what a guest sees of a disk, and what of it is stored. libvirt is asked only of what is no file."""
    if told:
        size = told[0]["virtual-size"]
        return size, sum(image.get("actual-size", 0) for image in told) or size
    size, allocation, _physical = domain.read.blockInfo(disk.target)
    return size, allocation or size


def _source(disk: state.Disk, told: list[dict[str, t.Any]], data: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return where a disk is, and the options of qemu-img with which such an image is made."""
    options = {name.replace("-", "_"): value for name, value in data.items() if name in _OPTIONS}
    if disk.format == "qcow2" and told:
        options["cluster_size"] = told[0]["cluster-size"]
    place = {"path": disk.path, "pool": disk.pool, "volume": disk.volume, "format": disk.format, "options": options}
    return {name: value for name, value in place.items() if value}


def writes_into(domain: Handle, directory: str) -> bool:
    """Tell whether a guest's job is a backup into a directory."""
    try:
        document = xml.parse(domain.read.backupGetXMLDesc(0))
    except OperationFailed:
        return False  # it is another job
    targets = [target.get("file") or "" for target in xml.find_all(document, "disks/disk/target")]
    return bool(targets) and all(os.path.dirname(target) == directory for target in targets)
