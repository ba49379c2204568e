# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage pools: defined, built where that destroys nothing, started, and let go of without touching their data."""

from __future__ import annotations

import os
import stat
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, OperationFailed, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import usage
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.defined import DefinedResource, Seen, Wish
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import read
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Spec
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.storage_pool import NEEDS, STORAGE_POOL

#: Types whose target is a directory of the host; libvirt's build makes it, and gives it the stated permissions.
DIRECTORIES = ("dir", "fs", "netfs", "vstorage")
#: Types whose target shows another file system when the pool is active; libvirt cannot set the permissions of that.
MOUNTED = ("fs", "netfs")
#: Types whose target path libvirt makes from the name of the source, whatever is stated.
DERIVED = {"logical": "/dev/{}", "zfs": "/dev/zvol/{}"}
#: Types for which libvirt's build also makes a file system, a partition table or a volume group.
FORMATTED = ("fs", "disk", "logical")

START, BUILD, NO_OVERWRITE, OVERWRITE = (
    f"STORAGE_POOL_CREATE_{name}"
    for name in ("NORMAL", "WITH_BUILD", "WITH_BUILD_NO_OVERWRITE", "WITH_BUILD_OVERWRITE")
)


class StoragePool(DefinedResource):
    """U(https://libvirt.org/formatstorage.html#storage-pool-xml)."""

    noun = "storage pool"
    table = STORAGE_POOL
    list_method = "listAllStoragePools"
    lookup_method = "storagePoolLookupByName"
    define_method = "storagePoolDefineXML"
    schema = "storagepool"
    inactive_flag = "STORAGE_XML_INACTIVE"
    own_options: t.ClassVar[dict[str, t.Any]] = {
        "build": {
            "type": "str",
            "choices": ["if_needed", "never", "no_overwrite", "overwrite"],
            "default": "if_needed",
        },
    }

    def __init__(self, list_volumes: bool = False) -> None:
        self.list_volumes = list_volumes

    # -- looking ---------------------------------------------------------------------------------------------------

    def observe(self, connection: Connection, wish: Wish) -> Seen:
        """Add what is known of the target path, of the other pools, and of who uses this one."""
        seen = super().observe(connection, wish)
        if seen.exists and wish.state in ("absent", "inactive"):
            seen.facts["users"] = self._users(connection, wish.name, seen.active)
        if wish.state == "absent":
            return seen
        if not seen.exists:
            seen.facts["supported"] = [
                xml.get(pool, "@type")
                for pool in xml.find_all(xml.parse(connection.host.read.getStoragePoolCapabilities()), "pool")
                if xml.get(pool, "@supported") == "yes"
            ]
        kind, path = self._target(wish, seen)
        if kind in DIRECTORIES and path:
            self._observe_directory(connection, wish.name, path, seen)
        return seen

    def _observe_directory(self, connection: Connection, name: str, path: str, seen: Seen) -> None:
        path = usage.real(connection, path)
        seen.facts["sharing"] = [
            other for other, target in _targets(connection).items() if other != name and target == path
        ]
        shown = usage.real(connection, xml.get(seen.live, "target/path") or "") if seen.active else ""
        if connection.is_local and path != shown:  # what an active pool shows is a directory, maybe a slow one
            seen.facts.update(_look_at(path))

    def _users(self, connection: Connection, name: str, active: bool) -> list[usage.Use]:
        """Return what running guests use of a pool: by its name, or by a path in it and in no other pool below it."""
        targets = _targets(connection)
        volumes = self.get(connection, name).read.listAllVolumes(0) if active else []
        paths = {usage.real(connection, volume.read.path()) for volume in volumes}

        def used(use: usage.Use) -> bool:
            around = [pool for pool, target in targets.items() if use.path.startswith(target.rstrip("/") + "/")]
            nearest = max(around, key=lambda pool: len(targets[pool]), default="")
            return name in (use.pool, nearest) or use.path in paths

        return [use for use in usage.by_domains(connection) if use.running and used(use)]

    def _target(self, wish: Wish, seen: Seen) -> tuple[str, str]:
        """Return the pool's type and target path, as they will be."""
        now: Spec = read(self.table.fields, self.definition(seen)) if seen.exists else {}
        path = wish.spec.get("target", {}).get("path") or now.get("target", {}).get("path", "")
        return now.get("type") or wish.spec.get("type", ""), path

    # -- deciding --------------------------------------------------------------------------------------------------

    def plan(self, wish: Wish, seen: Seen) -> Plan:
        """Refuse to take a pool away from the guests that run on it."""
        users = seen.facts.get("users")
        if users and (wish.state == "absent" or seen.active):
            raise Refused(
                f"storage pool {wish.name} cannot become {wish.state}: in use by {usage.tell(users)}.",
                "Stop these guests, or move their disks to another pool.",
                users=usage.names(users),
            )
        return super().plan(wish, seen)

    def skeleton(self, wish: Wish, seen: Seen) -> xml.Element:
        """Add the target, which libvirt's schema wants to see also where there is nothing to choose."""
        document = super().skeleton(wish, seen)
        if wish.spec.get("type") in DERIVED:
            xml.find(document, "target", create=True)
        return document

    def check(self, wish: Wish, seen: Seen, document: xml.Element) -> None:
        """Refuse a definition that libvirt would take and that could never be started."""
        kind, path = self._target(wish, seen)
        if not seen.exists:
            _refuse_incomplete(wish.spec, kind, seen.facts["supported"])
        for other in seen.facts.get("sharing", ()):
            raise Refused(
                f"target.path: {path} is already the target of the storage pool {other}.",
                "Use that pool, or choose another directory.",
                option="target.path",
            )
        self._refuse_obstacle(path, seen)
        if kind in DERIVED:
            derived = DERIVED[kind].format(xml.get(document, "source/name") or wish.name)
            if wish.spec.get("target", {}).get("path", derived) != derived:
                raise Refused(
                    f"target.path: that of a pool of type {kind} is always {derived}.",
                    "Leave the option out.",
                    option="target.path",
                )
        stated = wish.spec.get("target", {}).get("permissions", {})
        if kind in MOUNTED and not stated.items() <= self._permissions(seen).items():
            raise Refused(
                f"target.permissions: a pool of type {kind} shows the permissions of the file system it mounts, and "
                "libvirt cannot change those.",
                "Leave the option out, and set them on the mounted file system where they matter.",
                option="target.permissions",
            )

    @staticmethod
    def _refuse_obstacle(path: str, seen: Seen) -> None:
        obstacle = seen.facts.get("obstacle")
        if obstacle:
            where = path if obstacle == path else f"{path} cannot be made, as {obstacle}"
            raise Refused(f"target.path: {where} is not a directory.", "Choose another path.", option="target.path")

    def plan_start(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        """Plan the start, with what has to be built before it."""
        kind, path = self._target(wish, seen)
        self._refuse_obstacle(path, seen)
        build = wish.options["build"]
        formats = kind in FORMATTED and not seen.exists and build == "overwrite"
        makes_directory = kind in DIRECTORIES and build != "never" and self._directory_is_due(kind, wish, seen)
        attempts = [(formats and OVERWRITE) or (makes_directory and BUILD) or START]
        if kind in FORMATTED and build == "no_overwrite":
            attempts.append(NO_OVERWRITE)  # not before the start failed: it fails on what was built long ago
        label = "format, build and start" if formats else "build and start" if makes_directory else "start"
        plan.step(label, lambda connection: self._start(connection, wish, attempts, new=not seen.exists))

    def _directory_is_due(self, kind: str, wish: Wish, seen: Seen) -> bool:
        """Tell whether the target directory is missing, or has not the permissions that the definition states."""
        if "directory" not in seen.facts:
            return True  # not to be seen from here; building what is there already does no harm
        found = seen.facts["directory"]
        if found is None or kind in MOUNTED:
            return found is None
        stated = {**self._permissions(seen), **wish.spec.get("target", {}).get("permissions", {})}
        is_now = {
            "mode": format(stat.S_IMODE(found.st_mode), "04o"),
            "owner": found.st_uid,
            "group": found.st_gid,
        }
        return not stated.items() <= is_now.items()

    def _permissions(self, seen: Seen) -> Spec:
        now: Spec = read(self.table.fields, self.definition(seen)) if seen.exists else {}
        permissions: Spec = now.get("target", {}).get("permissions", {})
        return permissions

    def _start(self, connection: Connection, wish: Wish, attempts: t.Sequence[str], new: bool) -> None:
        pool = self.get(connection, wish.name)
        failures: list[OperationFailed] = []
        for flag in attempts:
            try:
                pool.change.create(constant(flag))
                return
            except OperationFailed as error:
                failures.append(error)
        first, *later = failures
        hints = [f"Building it was tried too: {error.message}" for error in later]
        if new:
            pool.change.undefine()
            hints.append("Its definition was removed again.")
        elif wish.options["build"] == "overwrite":
            hints.append("build=overwrite formats only for a pool that the task itself defines; this one exists.")
        first.hint = " ".join(hints)
        raise first

    # -- gathering -------------------------------------------------------------------------------------------------

    def describe(self, handle: Handle, seen: Seen) -> dict[str, t.Any]:
        """Add the sizes and volumes, which are known of an active pool."""
        told = super().describe(handle, seen)
        if told["spec"]["type"] in MOUNTED:
            told["spec"].get("target", {}).pop("permissions", None)
        _state, *sizes = handle.read.info() if seen.active else (0, None, None, None)
        told.update(zip(("capacity", "allocation", "available"), sizes))
        if self.list_volumes:
            volumes = handle.read.listAllVolumes(0) if seen.active else []
            told["volumes"] = sorted(volume.read.name() for volume in volumes)
        return told


def _targets(connection: Connection) -> dict[str, str]:
    """Return the target paths of the pools that have one, as they are after symbolic links."""
    documents = {
        pool.read.name(): xml.parse(pool.read.XMLDesc(0)) for pool in connection.host.read.listAllStoragePools(0)
    }
    return {
        name: usage.real(connection, path)
        for name, path in ((name, xml.get(document, "target/path")) for name, document in documents.items())
        if path
    }


def _look_at(path: str) -> dict[str, t.Any]:
    """Return what is at I(path): C(directory) (C(None): nothing yet), or the C(obstacle) in the way to it.

    Nothing is returned where we are not allowed to look.
    """
    at = path
    while True:
        try:
            found = os.stat(at)
        except (FileNotFoundError, NotADirectoryError):
            at = os.path.dirname(at)
            continue
        except OSError:
            return {}
        if not stat.S_ISDIR(found.st_mode):
            return {"obstacle": at}
        return {"directory": found if at == path else None}


def _refuse_incomplete(spec: Spec, kind: str, supported: t.Collection[str]) -> None:
    """Refuse a new pool that libvirt could not make, with all that is missing."""
    if not kind:
        raise InvalidSpec([("type", f"a new pool needs one; one of {', '.join(NEEDS)}")])
    missing = [need for need in NEEDS[kind] if not _stated(spec, need)]
    if missing:
        raise InvalidSpec([(need, f"a new pool of type {kind} needs it") for need in missing])
    if kind not in supported:
        raise Refused(
            f"type: this libvirt cannot handle pools of type {kind}; it can {', '.join(supported)}.",
            f"Install its storage driver (a package like libvirt-daemon-driver-storage-{kind}).",
            option="type",
        )


def _stated(spec: Spec, path: str) -> bool:
    value: t.Any = spec
    for name in path.split("."):
        value = value.get(name, {})
    return bool(value)
