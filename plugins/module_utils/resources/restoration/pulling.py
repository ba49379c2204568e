# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pulling in what a guest that runs from a point still reads from there. QEMU does it, and goes on if this ends.

QEMU 7.2 writes to an image that it rests on nothing before the last of what was pulled in is on the disk. Who kills it
then has a guest that lacks something. So it is told to write all of it; and if it has ended before that was known, the
image is told to rest on the point again: whatever the guest has written or discarded since is in the image itself.
"""

from __future__ import annotations

import os
import time
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.jobs import report
from ansible_collections.hypervise.kvm.plugins.module_utils.jobs.stats import Progress
from ansible_collections.hypervise.kvm.plugins.module_utils.repository import images, tenants
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.errors import Damaged
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import Point
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import monitor
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration import mark
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration.mark import DONE, Mark

#: Seconds between two looks, and between two reports.
_LOOK, _REPORT = 0.2, 2.0


def images_of(document: xml.Element) -> dict[str, str]:
    """Return the files of the disks in a definition, by their targets."""
    disks = xml.find_all(document, "devices/disk")
    found = {xml.get(disk, "target/@dev"): xml.get(disk, "source/@file") for disk in disks}
    return {str(target): path for target, path in found.items() if path and os.path.exists(path)}


def resting(guest: Guest, document: xml.Element) -> tuple[str, ...]:
    """Return the disks in a definition which rest on the repository."""
    return tuple(target for target, path in images_of(document).items() if _rests(guest, path))


def torn(guest: Guest, point: Point, document: xml.Element) -> dict[str, str]:
    """Return the images of a guest that was pulled in, maybe not as a whole, each with that which it rested on."""
    paths, noted = images_of(document), {path for tenant in tenants.living(guest) for path in tenant.images}
    sources = {disk.target: guest.file(point.name, disk.file) for disk in point.disks}
    return {
        path: sources[target]
        for target, path in paths.items()
        if target in sources and path in noted and not _rests(guest, path)
    }


def mend(images_by_path: t.Mapping[str, str], _connection: Connection) -> None:
    """Have images rest on a point again."""
    for path, source in images_by_path.items():
        images.rest_on(path, source)


def begin(name: str, target: str, rate: int, connection: Connection) -> None:
    """Have QEMU pull in a disk."""
    _begin(connection.host.read.lookupByName(name), target, rate)


def finish(name: str, guest: Guest, rate: int, connection: Connection) -> None:
    """Wait until a guest rests on its point no more, and have the point know it.

    One disk after the other: QEMU 7.2 crashes now and then when it is done with two at the same time.

    :raises OperationFailed: where that is not so though QEMU has ended.
    """
    domain = connection.host.read.lookupByName(name)
    targets = resting(guest, xml.parse(domain.read.XMLDesc(constant("DOMAIN_XML_INACTIVE"))))
    for target in sorted(targets, key=lambda target: not _job(domain, target)):  # what has begun comes first
        if not _job(domain, target):
            _begin(domain, target, rate)
        _follow(domain, target)
    document = xml.parse(domain.read.XMLDesc(constant("DOMAIN_XML_INACTIVE")))
    left = resting(guest, document)
    if left:
        raise OperationFailed(
            f"{domain.label}: {', '.join(left)} could not be pulled in as a whole, and still rests on {guest.path}.",
            "Is there room for it? The next run goes on.",
        )
    _flush(domain)
    tenants.release(guest, images_of(document).values())
    origin = mark.read(document)
    if origin is not None:
        mark.write(domain, Mark(**{**vars(origin), "state": DONE}))


def _rests(guest: Guest, image: str) -> bool:
    try:
        backing = images.inspect(image).backing
    except Damaged:
        return False  # it is no qcow2
    return backing is not None and os.path.realpath(backing).startswith(os.path.realpath(guest.path) + os.sep)


def _flush(domain: Handle) -> None:
    """Have all that QEMU has pulled in on the disk."""
    for device in monitor.ask(domain, "query-block") or ():
        node = device.get("inserted", {}).get("node-name")
        if node and not device["inserted"]["ro"]:
            said = monitor.ask(domain, "human-monitor-command", command_line=f'qemu-io {node} "flush"')
            if said is None or said.strip():
                raise OperationFailed(f"{domain.label}: {node} could not be written: {said or 'QEMU refused it'}.")


def _begin(domain: Handle, target: str, rate: int) -> None:
    domain.change.blockPull(target, rate, constant("DOMAIN_BLOCK_PULL_BANDWIDTH_BYTES"))


def _follow(domain: Handle, target: str) -> None:
    began = told = time.monotonic()
    while job := _job(domain, target):
        time.sleep(_LOOK)
        now = time.monotonic()
        if now - told >= _REPORT:
            told = now
            total, done = job["end"], job["cur"]
            rate = int(done / (now - began))
            report.tell(f"{domain.label}, {target}", Progress("pull", now - began, total, done, total - done, rate, 0))


def _job(domain: Handle, target: str) -> dict[str, int]:
    try:
        return t.cast("dict[str, int]", domain.read.blockJobInfo(target, 0) or {})
    except OperationFailed as error:
        if domain.read.isActive():
            raise
        hint = "What it has written is there. The next run starts it and goes on."
        raise OperationFailed(f"{domain.label} was stopped before {target} had been pulled in.", hint) from error
