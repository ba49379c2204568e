# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting a guest from a point, with another identity and in a network of its own, to see whether it comes up.

It is gone with the process that started it, and what else was made for it is noted beside it: the next trial of the
guest takes that away.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import typing as t
import uuid

from ansible_collections.hypervise.kvm.plugins.module_utils import units, xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import (
    InvalidSpec,
    KvmError,
    OperationFailed,
    Refused,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.files import replacing
from ansible_collections.hypervise.kvm.plugins.module_utils.repository import tenants
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.errors import Busy
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import Point
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import beside
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.readiness import wait
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration import definition as restored
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration import firmware, images
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration.state import NEW, OVERLAY
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration.state import Wish as Restored
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.trial import isolation
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.trial.definition import Trial, definition

_DIRECTORY, _JOURNAL = ".trial", "journal.json"


class Wish(t.NamedTuple):
    """How a guest is tried."""

    ready: wait.Wish
    network: str | None
    memory: int
    vcpus: int
    uri: str


def parse(params: t.Mapping[str, t.Any]) -> Wish:
    """Return the wish.

    :raises InvalidSpec: with every problem found.
    """
    try:
        memory = units.parse_size(params["memory"] or "0B")
    except ValueError as error:
        raise InvalidSpec([("boot.memory", str(error))]) from error
    return Wish(wait.parse(params), params["network"], memory, params["vcpus"] or 0, params["uri"])


def attempt(guest: Guest, name: str, wish: Wish) -> dict[str, t.Any]:
    """Start a guest from a point, wait until it is ready, and have nothing of it any more. Return what was found.

    :raises KvmError: where that cannot be tried.
    """
    with _one(guest) as directory, guest.still(), Connection(wish.uri, check_mode=False) as connection:
        if not connection.is_local:
            raise Refused("boot.uri: a point is started by the host that has the repository.", option="boot")
        _clear(connection, guest, directory)
        try:
            return _tried(connection, guest, guest.point(name), directory, wish)
        finally:
            _clear(connection, guest, directory)


@contextlib.contextmanager
def _one(guest: Guest) -> t.Iterator[str]:
    """Be the only one who tries a guest."""
    path = os.path.join(guest.path, _DIRECTORY)
    with open(f"{path}.lock", "a", encoding="utf-8", opener=lambda file, flags: os.open(file, flags, 0o600)) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(f"{guest.path}: a point is being started there.", "Wait until that has ended.") from error
        yield path


def _tried(connection: Connection, guest: Guest, point: Point, directory: str, wish: Wish) -> dict[str, t.Any]:
    number = str(uuid.uuid4())
    name = f"{guest.name}-trial-{number[:8]}"
    document = _definition(guest, point, directory, name)
    has_card = xml.find(document, "devices/interface") is not None
    network = wish.network or (name if has_card else None)
    trial = Trial(name, number, os.path.join(directory, "nvram"), network, wish.memory, wish.vcpus)
    made = definition(document, {disk.target for disk in point.disks}, trial)
    os.mkdir(directory)
    os.chmod(directory, 0o711)
    with replacing(os.path.join(directory, _JOURNAL)) as file:
        file.write(json.dumps({"uuid": number, "name": name, "tpm": beside.tpm_state(made)}).encode())
    paths = {disk.target: os.path.join(directory, f"{name}-{disk.target}.qcow2") for disk in point.disks}
    tenants.note(guest, point.name, name, paths.values())
    for disk in point.disks:
        images.overlay(guest.file(point.name, disk.file), paths[disk.target])
        os.chmod(paths[disk.target], 0o600)
    firmware.bring(guest, point, made)
    if network and not wish.network:
        isolation.make(connection, network)
    domain = connection.host.change.createXML(xml.text_of(made), constant("DOMAIN_START_AUTODESTROY"))
    return _found(domain, wish.ready)


def _found(domain: Handle, ready: wait.Wish) -> dict[str, t.Any]:
    try:
        told = wait.wait(domain, ready)
        return {"seconds": told["seconds"], "problems": [], "console": []}
    except KvmError as error:
        seconds, console = (error.details.get(name, kind()) for name, kind in (("seconds", dict), ("console", list)))
        return {"seconds": seconds, "problems": [error.message], "console": console}


def _definition(guest: Guest, point: Point, directory: str, name: str) -> xml.Element:
    with open(guest.file(point.name, "domain.xml"), encoding="utf-8") as file:
        document = xml.parse(file.read())
    wish = Restored(guest.path, guest.name, name, point.name, NEW, directory=directory, mode=OVERLAY)
    restored.rebuilt(document, wish, restored.places(document, point, wish, {}), name)
    return document


def _clear(connection: Connection, guest: Guest, directory: str) -> None:
    """Remove all that was made for a trial, whoever has made it."""
    try:
        with open(os.path.join(directory, _JOURNAL), encoding="utf-8") as file:
            made = json.load(file)
    except (FileNotFoundError, ValueError):
        made = None  # nothing had been begun
    if made:
        domain = connection.lookup("lookupByUUIDString", made["uuid"])
        if domain is not None:
            with contextlib.suppress(OperationFailed):  # it ended just now
                domain.change.destroy()
        isolation.remove(connection, made["name"])
        if made["tpm"]:
            shutil.rmtree(made["tpm"], ignore_errors=True)
    if os.path.isdir(directory):
        kept = [os.path.join(directory, name) for name in os.listdir(directory) if name.endswith(".qcow2")]
        for path in kept:
            os.unlink(path)
        tenants.release(guest, kept)
        shutil.rmtree(directory)
