# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at the point, at the guest that is there, and at where the disks go."""

from __future__ import annotations

import os
import shutil
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.repository import chain, verify
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import Point
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.repository import Repository
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import usage
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.power import power_of
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration import (
    choice,
    definition,
    mark,
    pulling,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration.state import (
    KEEP,
    OVERLAY,
    Place,
    Seen,
    There,
    Wish,
    is_kept,
)

DEFINITION = "domain.xml"


def look(connection: Connection, wish: Wish) -> Seen:
    """Return all that planning needs to know. The point, and what it rests on, is read as a whole."""
    repository = Repository.open(wish.repository)
    guest = choice.guest_of(repository, wish.domain)
    point = choice.point_of(guest, wish.point)
    there, namesake = _there(connection, wish, point)
    kept = is_kept(wish, there, (repository.id, guest.uuid, point.name))
    problems = () if kept else _problems(guest, point, wish.verify)
    document = _document(guest, point, problems)
    where = document if there is None or not wish.disks else there.document
    found = definition.places(where, point, wish, _pools(connection, where))
    name = there.name if there else wish.name
    uuid = there.uuid if there else ""
    rests = kept and there is not None and there.mark is not None and there.mark.state == mark.RESTING
    resting = pulling.resting(guest, there.document) if rests and there else ()
    is_off = there is not None and there.power == "stopped"
    torn = pulling.torn(guest, point, there.document) if rests and is_off and there else {}
    left_out = definition.rebuilt(document, wish, found, name, uuid)
    paths = [place.path for place in found if place.path]
    files = [place for place in found if place.path and not place.is_device]
    return Seen(
        repository.id,
        guest,
        point,
        problems,
        document,
        found,
        there,
        namesake,
        frozenset(filter(os.path.lexists, paths)),
        _users(connection, paths, there),
        tuple(sorted({os.path.dirname(place.path) for place in files if not _has_directory(place)})),
        {} if wish.mode == OVERLAY else _room(guest, point, [place for place in files if _has_directory(place)]),
        {place.path: _size(place.path) for place in found if place.is_device and os.path.exists(place.path)},
        _unknown_networks(connection, document),
        left_out,
        kept,
        all(link.is_settled for link in chain.links(guest, point.name)),
        resting,
        _pulling(connection, there, resting),
        torn,
    )


def _problems(guest: Guest, point: Point, how: str) -> tuple[str, ...]:
    with guest.still():
        if how == "none":
            chain.links(guest, point.name)
            return ()
        return tuple(str(found) for found in verify.Check(guest).point(point.name, content=how == "content"))


def _document(guest: Guest, point: Point, problems: t.Sequence[str]) -> xml.Element:
    path = guest.file(point.name, DEFINITION)
    try:
        with open(path, encoding="utf-8") as file:
            return xml.parse(file.read())
    except (OSError, ValueError, xml.SyntaxProblem) as error:
        if problems:
            return xml.build("domain")  # they are told
        raise OperationFailed(f"{path} cannot be read: {error}.") from error


def _there(connection: Connection, wish: Wish, point: Point) -> tuple[There | None, str]:
    """Return the guest that the wish is about, and the UUID of another one that has its name."""
    named = connection.lookup("lookupByName", wish.name)
    if wish.identity != KEEP:
        return (None if named is None else _guest(named)), ""
    same = connection.lookup("lookupByUUIDString", point.uuid)
    namesake = "" if named is None or named.read.UUIDString() == point.uuid else named.read.UUIDString()
    return (None if same is None else _guest(same)), namesake


def _guest(domain: Handle) -> There:
    document = xml.parse(domain.read.XMLDesc(constant("DOMAIN_XML_INACTIVE")))
    snapshots = tuple(snapshot.read.getName() for snapshot in domain.read.listAllSnapshots(0))
    told = domain.read.name(), domain.read.UUIDString(), power_of(domain)[0]
    return There(*told, document, mark.read(document), snapshots)


def _pulling(connection: Connection, there: There | None, targets: t.Sequence[str]) -> frozenset[str]:
    """Return those of some disks that QEMU has a job for."""
    if there is None or there.power == "stopped":
        return frozenset()
    domain = connection.host.read.lookupByUUIDString(there.uuid)
    return frozenset(target for target in targets if domain.read.blockJobInfo(target, 0))


def _pools(connection: Connection, document: xml.Element) -> dict[str, str]:
    names = {xml.get(disk, "source/@pool") for disk in xml.find_all(document, "devices/disk")} - {None}
    found = {}
    for name in names:
        pool = connection.lookup("storagePoolLookupByName", str(name))
        path = None if pool is None else xml.get(xml.parse(pool.read.XMLDesc(0)), "target/path")
        if path:
            found[str(name)] = path
    return found


def _users(connection: Connection, paths: t.Sequence[str], there: There | None) -> dict[str, list[usage.Use]]:
    """Return who else has the paths."""
    own = {f"domain {there.name}"} if there else set()
    uses = [use for use in usage.of_host(connection) if use.owner not in own]
    found = {path: [use for use in uses if use.path == usage.real(connection, path)] for path in paths}
    return {path: users for path, users in found.items() if users}


def _has_directory(place: Place) -> bool:
    return os.path.isdir(os.path.dirname(place.path))


def _room(guest: Guest, point: Point, files: t.Sequence[Place]) -> dict[str, tuple[int, int]]:
    """Return what each directory gets at most, and what it has free. Old images stay until the new ones are whole."""
    points = [link.point for link in chain.links(guest, point.name)] if files else []
    room: dict[str, tuple[int, int]] = {}
    for place in files:
        directory = os.path.dirname(place.path)
        stored = sum(disk.stored_bytes for link in points for disk in link.disks if disk.target == place.disk.target)
        coming = room.get(directory, (0, 0))[0] + min(stored, place.disk.virtual_size)
        room[directory] = (coming, shutil.disk_usage(directory).free)
    return room


def _size(device: str) -> int:
    with open(device, "rb") as file:
        return file.seek(0, os.SEEK_END)


def _unknown_networks(connection: Connection, document: xml.Element) -> tuple[str, ...]:
    names = {xml.get(interface, "source/@network") for interface in xml.find_all(document, "devices/interface")}
    needed = sorted(str(name) for name in names - {None})
    return tuple(name for name in needed if connection.lookup("networkLookupByName", name) is None)
