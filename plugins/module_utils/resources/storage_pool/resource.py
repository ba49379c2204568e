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
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.storage_pool import (
    devices,
    listing,
    login,
    places,
    removal,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import read
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Spec
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.storage_pool import (
    DIRECTORIES,
    NEEDS,
    STORAGE_POOL,
    UNKEPT,
)

#: Types whose target shows another file system when the pool is active; libvirt cannot set the permissions of that.
MOUNTED = ("fs", "netfs")
#: Types whose target path libvirt makes from the name of the source, whatever is stated.
DERIVED = {"logical": "/dev/{}", "zfs": "/dev/zvol/{}"}

#: What libvirt takes for the format of a source where none is stated.
DEFAULT_FORMAT = {"disk": "dos", "logical": "lvm2"}
#: What O(build) says where devices may be formatted.
FORMATTING = ["no_overwrite", "overwrite"]

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
    takes_xml = True
    own_options: t.ClassVar[dict[str, t.Any]] = {
        "build": {
            "type": "str",
            "choices": ["if_needed", "never", "no_overwrite", "overwrite"],
            "default": "if_needed",
        },
        "restart": {"type": "str", "choices": ["if_needed", "never"], "default": "never"},
        "refresh": {"type": "bool", "default": False},
        "delete_empty": {"type": "bool", "default": False},
    }

    def __init__(self, list_volumes: bool = False) -> None:
        self.list_volumes = list_volumes

    def settle(self, stated: xml.Element) -> None:
        """Take out sizes and the like, and an owner that means nobody in particular."""
        for path in UNKEPT:
            xml.drop(stated, path)
        for path in ("target/permissions/owner", "target/permissions/group"):
            if xml.get(stated, path) == "-1":
                xml.drop(stated, path)

    # -- looking ---------------------------------------------------------------------------------------------------

    def look(self, handle: Handle, secrets: bool) -> Seen:
        """Leave out sizes and the like: they are no part of a definition, and never the same in two documents."""
        seen = super().look(handle, secrets)
        for document in filter(lambda found: found is not None, (seen.stored, seen.live)):
            self.settle(document)
        return seen

    def observe(self, connection: Connection, wish: Wish) -> Seen:
        """Add what planning needs to know of the host: of files, devices, other pools and guests."""
        seen = super().observe(connection, wish)
        if not seen.exists and wish.state == "absent":
            return seen
        pool = self.get(connection, wish.name) if seen.exists else None
        if pool and (wish.state in ("absent", "inactive") or wish.options["restart"] == "if_needed"):
            found = places.users(connection, wish.name, pool if seen.active else None)
            seen.facts["users"] = [use for use in found if use.running]
        if wish.state == "absent":
            if pool and wish.options["delete_empty"] and removal.is_for(seen.stored):
                seen.facts["remains"] = removal.contents(connection, pool, seen.stored)
            return seen
        if pool is None:
            seen.facts["supported"] = [
                xml.get(kind, "@type")
                for kind in xml.find_all(xml.parse(connection.host.read.getStoragePoolCapabilities()), "pool")
                if xml.get(kind, "@supported") == "yes"
            ]
        elif seen.active and wish.options["refresh"]:
            seen.facts["listing"] = listing.look(connection, pool, seen.live)
        self._observe_places(connection, wish, seen)
        return seen

    def _observe_places(self, connection: Connection, wish: Wish, seen: Seen) -> None:
        document = self._wished(wish, seen)
        others = {name: other for name, other in places.documents(connection).items() if name != wish.name}
        seen.facts["same_source"] = places.with_source(connection, others, document)
        if wish.state == "active" and not seen.active:
            seen.facts["missing_secret"] = login.missing_secret(connection, document)
        kind, path = self._target(wish, seen)
        if kind in DIRECTORIES and path:
            path = usage.real(connection, path)
            seen.facts["sharing"] = places.with_target(connection, others, path)
            shown = usage.real(connection, xml.get(seen.live, "target/path") or "") if seen.active else ""
            if connection.is_local and path != shown:  # what an active pool shows is a directory, maybe a slow one
                seen.facts.update(_look_at(path))
        if self._may_format(wish, seen, kind):
            uses = usage.by_domains(connection)
            paths = [xml.get(device, "@path") or "" for device in xml.find_all(document, "source/device")]
            seen.facts["devices"] = [devices.look_at(connection, path, uses) for path in paths]

    def _wished(self, wish: Wish, seen: Seen) -> xml.Element:
        """Return the definition as it will be."""
        document = xml.clone(self.definition(seen)) if seen.exists else self.skeleton(wish, seen)
        self.reconcile(document, wish)
        return document

    @staticmethod
    def _may_format(wish: Wish, seen: Seen, kind: str) -> bool:
        """Tell whether libvirt would make a file system, a partition table or a volume group."""
        build = wish.options["build"]
        starts = wish.state == "active" and not seen.active
        return starts and kind in places.ON_DEVICES and build in (["no_overwrite"] if seen.exists else FORMATTING)

    def _target(self, wish: Wish, seen: Seen) -> tuple[str, str]:
        """Return the pool's type and target path, as they will be."""
        now: Spec = read(self.table.fields, self.definition(seen)) if seen.exists else {}
        path = wish.spec.get("target", {}).get("path") or now.get("target", {}).get("path", "")
        return now.get("type") or wish.spec.get("type", ""), path

    # -- deciding --------------------------------------------------------------------------------------------------

    def plan(self, wish: Wish, seen: Seen) -> Plan:
        """Refuse to take a pool away from the guests that run on it."""
        if wish.state == "absent" or (wish.state == "inactive" and seen.active):
            self._refuse_used(wish, seen, f"become {wish.state}")
        plan = super().plan(wish, seen)
        if "listing" in seen.facts and self.goes_on(wish, seen):
            listing.plan_refresh(plan, seen.facts["listing"], lambda connection: self.get(connection, wish.name))
        return plan

    @staticmethod
    def _refuse_used(wish: Wish, seen: Seen, what: str) -> None:
        users = seen.facts.get("users")
        if users:
            raise Refused(
                f"storage pool {wish.name} cannot {what}: in use by {usage.tell(users)}.",
                "Stop these guests, or move their disks to another pool.",
                users=usage.names(users),
            )

    def plan_power(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        """Plan the restart that the user allowed, where something waits for it."""
        super().plan_power(plan, wish, seen)
        if wish.options["restart"] != "if_needed" or not plan.pending_restart:
            return
        self._refuse_used(wish, seen, f"be restarted, for which {', '.join(plan.pending_restart)} waits")
        restart = Plan(plan.label)
        restart.step("stop", lambda connection: self.get(connection, wish.name).change.destroy())
        self.plan_start(restart, wish, seen)
        plan.restart = restart.steps
        plan.let_restart(plan.pending_restart)

    def plan_removal(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        """Plan the removal; what held the volumes goes before the definition, by which libvirt knows it."""
        super().plan_removal(plan, wish, seen)
        if not wish.options["delete_empty"] or seen.stored is None:
            return
        kind, _path = self._target(wish, seen)
        remains = seen.facts.get("remains")
        removal.refuse(kind, wish.name, remains)
        if remains is None:
            return  # an earlier run deleted it
        *stop, undefine = plan.steps
        plan.steps = stop
        plan.step(
            f"delete the empty {'volume group' if kind == 'logical' else 'directory'}",
            lambda connection: removal.delete(connection, self.get(connection, wish.name), seen.stored),
        )
        plan.steps.append(undefine)

    def skeleton(self, wish: Wish, seen: Seen) -> xml.Element:
        """Add the target, which libvirt's schema wants to see also where there is nothing to choose."""
        document = super().skeleton(wish, seen)
        if wish.spec.get("type") == "logical":
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
        for other in seen.facts.get("same_source", ()):
            raise Refused(
                f"source: the storage pool {other} takes its volumes from there already.",
                "Use that pool, or choose another source.",
                option="source",
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
        shown = self._permissions(seen) if seen.active else {}
        mounts = seen.active or wish.state == "active"
        if kind in MOUNTED and mounts and not stated.items() <= shown.items():
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
        login.refuse_without(seen.facts.get("missing_secret", ""))
        build = wish.options["build"]
        if self._may_format(wish, seen, kind) and build == "overwrite":
            self._plan_formatting(plan, wish, seen)
            return
        makes_directory = kind in DIRECTORIES and build != "never" and self._directory_is_due(kind, wish, seen)
        attempts = [BUILD if makes_directory else START]
        if self._may_format(wish, seen, kind):
            form = xml.get(self._wished(wish, seen), "source/format/@type") or DEFAULT_FORMAT.get(kind, "")
            for device in seen.facts.get("devices", ()):
                devices.refuse_to_format(device, kind, form)
            attempts.append(NO_OVERWRITE)  # not before the start failed: it fails on what was built long ago
        label = "build and start" if makes_directory else "start"
        plan.step(label, lambda connection: self._start(connection, wish, attempts, new=not seen.exists))

    def _plan_formatting(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        """Plan to format for a new pool, and to store its definition when that is done.

        So a run that is killed before leaves no pool, which the next one makes; and no run formats for one that exists.
        """
        found = seen.facts.get("devices", ())
        for device in found:
            devices.refuse_to_overwrite(device)
            devices.refuse_unseen(device)
        lost = {device.path: device.content for device in found if device.content}
        if lost:
            plan.change("build", lost, "overwrite")
        ((_schema, document),) = plan.documents
        plan.steps = [step for step in plan.steps if step.name != "define"]

        def run(connection: Connection) -> None:
            connection.host.change.storagePoolCreateXML(xml.text_of(document), constant(OVERWRITE))
            xml.put(document, "uuid", self.get(connection, wish.name).read.UUIDString())

        plan.step("format, build and start", run)
        plan.step("define", lambda connection: self.define(connection, document))

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
        if seen.active and told["spec"]["type"] in MOUNTED:
            told["spec"].get("target", {}).pop("permissions", None)
        _state, *sizes = handle.read.info() if seen.active else (0, None, None, None)
        told.update(zip(("capacity", "allocation", "available"), sizes))
        if self.list_volumes:
            volumes = handle.read.listAllVolumes(0) if seen.active else []
            told["volumes"] = sorted(volume.read.name() for volume in volumes)
        return told


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
