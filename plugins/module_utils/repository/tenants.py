# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guests that run from a point: their images rest on those in the repository, which have to stay as they are.

Each is noted before its images are there, as no lock outlives the process that made them. It is forgotten when they
are found to be gone, or when who has pulled in or replaced them says so. That an image names nothing below it is not
enough: QEMU 7.2 writes that before the last of what it has pulled in is on the disk.
"""

from __future__ import annotations

import contextlib
import glob
import json
import os
import secrets
import socket
import typing as t
from dataclasses import asdict, dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.files import remove, replacing
from ansible_collections.hypervise.kvm.plugins.module_utils.repository import chain
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.errors import Busy, Damaged
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import Guest

_DIRECTORY = ".tenants"


@dataclass(frozen=True)
class Tenant:
    """A guest that runs from a point."""

    point: str
    domain: str
    host: str
    machine: str  # the host's own number, as hosts may be called the same
    images: t.Mapping[str, str]  # of the guest, each with the mount point of the file system that it is on

    def __str__(self) -> str:
        return f"{self.domain} on {self.host}"

    @property
    def is_here(self) -> bool:
        """Whether it is a guest of this host."""
        return (self.host, self.machine) == _here()

    @property
    def is_gone(self) -> bool:
        """Whether none of its images is there any more, as far as that can be seen here."""
        return self.is_here and all(
            _mount_of(path) == mount and not os.path.lexists(path) for path, mount in self.images.items()
        )


def note(guest: Guest, point: str, domain: str, paths: t.Iterable[str]) -> str:
    """Note that images are about to rest on a point, and return where. C(guest.still()) is held until they do.

    :raises Busy: where what the point rests on is about to change.
    """
    directory = os.path.join(guest.path, _DIRECTORY)
    noted = os.path.join(directory, f"{secrets.token_hex(8)}.json")
    tenant = Tenant(point, domain, *_here(), {path: _mount_of(path) for path in paths})
    try:
        os.makedirs(directory, mode=0o700, exist_ok=True)
        with replacing(noted) as file:
            file.write(json.dumps(asdict(tenant), indent=2).encode() + b"\n")
    except OSError as error:
        raise OperationFailed(f"{directory}: nothing can be noted: {error.strerror or error}.") from error
    if not all(link.is_settled for link in chain.links(guest, point)):  # who prunes looks the other way round
        raise Busy(f"{guest.path}: what {point} rests on is being merged.", "Let backup_prune finish that.")
    return noted


def living(guest: Guest) -> list[Tenant]:
    """Return those that may still rest on a point."""
    return [tenant for tenant in _noted(guest).values() if not tenant.is_gone]


def held(guest: Guest) -> dict[str, str]:
    """Return the points on which guests rest, directly or not, each with one of the guests."""
    return {link.point.name: str(tenant) for tenant in living(guest) for link in chain.links(guest, tenant.point)}


def sweep(guest: Guest) -> None:
    """Forget those that are gone; not while somebody reads, who may be about to note one."""
    with contextlib.suppress(Busy), guest.alone():
        _forget(guest, [path for path, tenant in _noted(guest).items() if tenant.is_gone])


def release(guest: Guest, paths: t.Collection[str], but: str = "") -> None:
    """Forget those of this host whose images are these, as they rest on nothing any more.

    :arg but: what was noted of the images as they are now.
    """
    ours = {path: tenant for path, tenant in _noted(guest).items() if path != but and tenant.is_here}
    _forget(guest, [path for path, tenant in ours.items() if not tenant.images.keys().isdisjoint(paths)])


def _forget(guest: Guest, noted: t.Collection[str]) -> None:
    """Forget some, after the images were taken back that libvirt gave to their QEMU."""
    if not noted:
        return
    others = [tenant for path, tenant in _noted(guest).items() if path not in noted and not tenant.is_gone]
    in_use = {link.point.name for tenant in others for link in chain.links(guest, tenant.point)}
    for point in guest.points():
        for disk in () if point.name in in_use else point.disks:
            _take_back(guest.file(point.name, disk.file))
    for path in noted:
        remove(path)


def _take_back(image: str) -> None:
    with contextlib.suppress(FileNotFoundError):  # verifying tells that
        if os.stat(image).st_uid:
            os.chown(image, 0, 0)
            os.chmod(image, 0o600)


def _noted(guest: Guest) -> dict[str, Tenant]:
    found = {}
    for path in sorted(glob.glob(os.path.join(glob.escape(guest.path), _DIRECTORY, "*.json"))):
        try:
            with open(path, encoding="utf-8") as file:
                found[path] = Tenant(**json.load(file))
        except FileNotFoundError:
            continue  # it is gone by now
        except (OSError, ValueError, TypeError) as error:
            raise Damaged(f"{path} cannot be read: {error}.", "It tells of a guest that runs from a point.") from error
    return found


def _mount_of(path: str) -> str:
    place = os.path.dirname(os.path.realpath(path))
    while not os.path.ismount(place):
        place = os.path.dirname(place)
    return place


def _here() -> tuple[str, str]:
    """Return the name of this host, and its own number."""
    number = ""
    with contextlib.suppress(OSError), open("/etc/machine-id", encoding="ascii") as file:
        number = file.read().strip()
    return socket.gethostname(), number
