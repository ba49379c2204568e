# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes: created, resized also under a running guest, and removed one by one, when nobody needs them any more."""

from __future__ import annotations

import fnmatch
import os
import typing as t
from dataclasses import dataclass, field

from ansible_collections.hypervise.kvm.plugins.module_utils import units, xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, NotFound, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import LIVE, STORED, Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import usage
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.storage_pool import DIRECTORIES
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.argspec import argument_spec
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import (
    Difference,
    read,
    reconcile,
    show,
    show_all,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Spec
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.parse import parse
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.volume import ALLOCATION, FORMATS, VOLUME

#: Not compared afterwards: libvirt gives an image to the guest that starts on it, and not always takes it back.
OWNERSHIP = ("permissions.owner", "permissions.group")


@dataclass(frozen=True)
class Wish:
    """What a task asks for."""

    name: str
    pool: str
    state: str
    spec: Spec
    allocation: int | None
    allow_shrink: bool
    allow_overcommit: bool


@dataclass
class Seen:
    """What is there."""

    pool: xml.Element = None  # the pool's document, C(None) where there is no such pool
    document: xml.Element = None  # the volume's, C(None) where there is none or libvirt has not seen it yet
    path: str = ""
    unseen: bool = False  # the file was there, and libvirt's list of the pool's volumes did not have it
    refreshed: bool = False  # the list was read anew and has it now
    gone: bool = False  # the list has it, and the file is not there
    same_files: bool = False  # the pool is a directory here just as it is for libvirt
    total: int = 0  # bytes in the pool
    available: int = 0
    backing_is_missing: bool = False
    uses: list[usage.Use] = field(default_factory=list)

    @property
    def exists(self) -> bool:
        """Whether there is such a volume."""
        return self.document is not None or self.unseen


class Volume:
    """U(https://libvirt.org/formatstorage.html#storage-volume-xml). It has no definition apart from itself."""

    table = VOLUME

    # -- from options to a wish ------------------------------------------------------------------------------------

    def argument_spec(self) -> dict[str, t.Any]:
        """Return the options of the state module, without the connection's."""
        return {
            "pool": {"type": "str", "required": True},
            **argument_spec((*self.table.fields, ALLOCATION)),
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "allow_shrink": {"type": "bool", "default": False},
            "allow_overcommit": {"type": "bool", "default": False},
        }

    def parse(self, params: t.Mapping[str, t.Any]) -> Wish:
        """Return the wish that some options state.

        :raises InvalidSpec: with every problem found.
        """
        spec = parse((*self.table.fields, ALLOCATION), params)
        return Wish(
            name=spec["name"],
            pool=params["pool"],
            state=params["state"],
            allocation=spec.pop("allocation", None),
            spec=spec,
            allow_shrink=params["allow_shrink"],
            allow_overcommit=params["allow_overcommit"],
        )

    # -- looking ---------------------------------------------------------------------------------------------------

    def observe(self, connection: Connection, wish: Wish) -> Seen:
        """Return all that planning this wish needs to know.

        :raises Refused: where the pool is not active, as nobody knows its volumes then.
        """
        pool = connection.lookup("storagePoolLookupByName", wish.pool)
        if pool is None:
            return Seen()
        if not pool.read.isActive():
            raise Refused(
                f"pool: the storage pool {wish.pool} is not active, so its volumes are not known.",
                "Start it first: hypervise.kvm.storage_pool with state=active.",
                option="pool",
            )
        seen = Seen(pool=xml.parse(pool.read.XMLDesc(0)))
        self._measure(connection, seen)
        self._look_for(connection, pool, wish, seen)
        backing = wish.spec.get("backing_store", {}).get("path")
        if backing and not seen.exists and seen.same_files:
            seen.backing_is_missing = not os.path.lexists(backing)
        if self._matters_who_uses_it(wish, seen):
            path = usage.real(connection, seen.path)
            seen.uses = usage.of_volume(usage.of_host(connection), path, wish.pool, wish.name)
        return seen

    @staticmethod
    def _measure(connection: Connection, seen: Seen) -> None:
        """Note the size of the pool, and whether we see the same files as libvirt.

        The daemon may live in a container or mount namespace of its own. A file system of another size is another one.
        """
        seen.total, seen.available = (int(xml.get(seen.pool, name) or 0) for name in ("capacity", "available"))
        path = xml.get(seen.pool, "target/path") or ""
        if not connection.is_local or not Volume._in_files(seen) or not os.access(path, os.X_OK):
            return
        found = os.statvfs(path)
        if found.f_blocks * found.f_frsize == seen.total:
            seen.same_files = True
            seen.available = found.f_bavail * found.f_frsize  # as it is now, not when libvirt last looked

    @staticmethod
    def _in_files(seen: Seen) -> bool:
        """Tell whether the volumes of the pool are files in a directory."""
        return xml.get(seen.pool, "@type") in DIRECTORIES

    @staticmethod
    def _look_for(connection: Connection, pool: Handle, wish: Wish, seen: Seen) -> None:
        """Note the volume, and where libvirt's list of the pool's volumes is not what the file system has."""
        if _read_volume(pool, wish.name, seen):
            return
        path = os.path.join(xml.get(seen.pool, "target/path") or "", wish.name)
        if not seen.same_files or not (os.path.isfile(path) or os.path.isdir(path)):
            return
        seen.unseen, seen.path = True, path
        if wish.state == "present" and not connection.check_mode:
            # The one change made while looking, as all else depends on what is found. It is one of libvirt's memory
            # alone; check mode leaves even that as it is and says so.
            pool.change.refresh(0)
            seen.refreshed = _read_volume(pool, wish.name, seen)
            if not seen.refreshed:
                raise Refused(f"name: {path} exists, and libvirt does not take it for a volume.", option="name")

    def _matters_who_uses_it(self, wish: Wish, seen: Seen) -> bool:
        if wish.state == "absent":
            return seen.exists
        return any(difference.path == "capacity" for difference in self._differences(wish, seen))

    def _differences(self, wish: Wish, seen: Seen) -> list[Difference]:
        if seen.document is None:
            return []
        return reconcile(self.table.fields, xml.clone(seen.document), wish.spec).differences

    # -- deciding --------------------------------------------------------------------------------------------------

    def plan(self, wish: Wish, seen: Seen) -> Plan:
        """Return what has to be done. Pure: it sees the wish and what was observed, and touches nothing.

        :raises Refused: where granting the wish would harm something or cannot work.
        """
        plan = Plan(f"volume {wish.name} of storage pool {wish.pool}")
        if wish.state == "absent":
            self._plan_removal(plan, wish, seen)
            return plan
        if seen.pool is None:
            raise Refused(
                f"pool: there is no storage pool {wish.pool}.",
                "Make it first with hypervise.kvm.storage_pool, or check the name.",
                option="pool",
            )
        target = xml.get(seen.pool, "target/path")
        if seen.path or (target and self._in_files(seen)):
            plan.facts["path"] = seen.path or os.path.join(t.cast(str, target), wish.name)
        if seen.unseen:
            plan.change("state", "not seen by libvirt", "present")
        if seen.unseen and not seen.refreshed:
            plan.warnings.append(
                f"{seen.path} exists, and libvirt has not seen it yet. What else is to be changed shows when a real "
                "run has made libvirt look again."
            )
        elif seen.exists:
            self._plan_changes(plan, wish, seen)
        else:
            self._plan_creation(plan, wish, seen)
        return plan

    def _plan_creation(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        self._refuse_creation(wish, seen)
        document = xml.build(self.table.tag)
        xml.find(document, "target", create=True)  # required, also where it states nothing
        reconcile(self.table.fields, document, wish.spec)
        if wish.allocation is not None:
            ALLOCATION.codec.write(document, ALLOCATION.path, wish.allocation)
        if wish.spec.get("format") == "qcow2" and "compat" not in wish.spec:
            # libvirt's own default is still 0.10, which can hold no bitmap and so no incremental backup
            xml.put(document, "target/compat", "1.1")
        plan.change("state", "absent", "present")
        for name, value in show_all((*self.table.fields, ALLOCATION), self._wished(wish)).items():
            plan.change(name, None, value)
        plan.documents.append(("storagevol", document))
        if seen.gone:
            self._plan_refresh(plan, wish)
        plan.step("create", lambda connection: _pool(connection, wish).change.createXML(xml.text_of(document), 0))

    @staticmethod
    def _wished(wish: Wish) -> Spec:
        return wish.spec if wish.allocation is None else {**wish.spec, "allocation": wish.allocation}

    def _refuse_creation(self, wish: Wish, seen: Seen) -> None:
        backing, kind = wish.spec.get("backing_store"), wish.spec.get("format", "raw")
        problems = []
        if "capacity" not in wish.spec and not backing:
            problems.append(("capacity", "a new volume needs it, unless it has a backing store"))
        if backing and "format" not in backing:
            problems.append(("backing_store.format", "a new volume needs it; guessing it from the content is not safe"))
        if backing and kind == "raw":
            problems.append(("format", "a volume of format raw cannot have a backing store; use qcow2"))
        in_files = self._in_files(seen)
        if in_files and kind not in FORMATS:
            problems.append(("format", f"a volume cannot be created as {kind!r}; one of {', '.join(FORMATS)}"))
        if problems:
            raise InvalidSpec(problems)
        if seen.backing_is_missing:
            raise Refused(
                f"backing_store.path: there is no {wish.spec['backing_store']['path']} on the host.",
                "Make it first, or check the path.",
                option="backing_store.path",
            )
        self._refuse_overcommit(wish, seen)
        at_once = (
            wish.allocation if wish.allocation is not None else wish.spec.get("capacity", 0) if kind == "raw" else 0
        )
        if in_files and at_once > seen.available:
            raise Refused(
                f"allocation: {units.format_size(at_once)} are to be allocated at once, and the storage pool "
                f"{wish.pool} has {units.about(seen.available)} left.",
                "Make room, or state a smaller allocation (0 allocates nothing until the guest writes).",
                option="allocation",
            )

    @staticmethod
    def _refuse_overcommit(wish: Wish, seen: Seen) -> None:
        capacity = wish.spec.get("capacity", 0)
        if capacity > seen.total and not wish.allow_overcommit:
            raise Refused(
                f"capacity: {units.format_size(capacity)} is more than the whole storage pool {wish.pool} has "
                f"({units.about(seen.total)}).",
                "Choose a smaller capacity, or set allow_overcommit=true: the guest gets write errors once it is full.",
                option="capacity",
            )

    def _plan_changes(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        for difference in self._differences(wish, seen):
            before, after = show(difference.node, difference.before), show(difference.node, difference.after)
            if difference.path == "capacity":
                live = self._plan_resize(plan, wish, seen, difference.before, difference.after)
                plan.change("capacity", before, after, LIVE if live else STORED)
            elif difference.path not in OWNERSHIP:
                self._refuse_fixed(difference.path, before, after, seen.path)

    @staticmethod
    def _refuse_fixed(option: str, before: t.Any, after: t.Any, path: str) -> None:
        hint = "Make a new volume and copy the data with qemu-img convert, or leave the option out."
        if option.startswith("permissions."):
            hint = f"Use ansible.builtin.file on {path}, or leave the option out."
        raise Refused(
            f"{option}: the volume exists with {before!r}, and libvirt cannot make it {after!r} afterwards.",
            hint,
            option=option,
        )

    def _plan_resize(self, plan: Plan, wish: Wish, seen: Seen, before: int, after: int) -> bool:
        """Plan the resize, and tell whether running guests see it at once."""
        running = [use for use in seen.uses if use.running]
        if after < before:
            self._refuse_shrink(wish, seen)
        else:
            self._refuse_overcommit(wish, seen)
        below = [use for use in running if not use.disk]
        if below:
            raise Refused(
                f"capacity: the volume cannot be resized while it is in use by {usage.tell(below)}.",
                "Only the top image of a running guest's disk can be resized; stop these guests first.",
                option="capacity",
                users=usage.names(below),
            )
        for domain, disk in dict.fromkeys((use.domain, use.disk) for use in running):
            plan.step(f"resize disk {disk} of domain {domain}", self._resize_live(domain, disk, after))
        allocated = ALLOCATION.codec.read(seen.document, ALLOCATION.path)
        if not running and after < allocated:
            raise Refused(
                f"capacity: {units.format_size(after)} is less than the {units.about(allocated)} that it occupies.",
                "libvirt does not cut that off; choose a larger capacity, or copy the data to a new volume.",
                option="capacity",
            )
        if not running:
            flags = constant("STORAGE_VOL_RESIZE_SHRINK") if after < before else 0
            plan.step("resize", lambda connection: self._get(connection, wish).change.resize(after, flags))
        return bool(running)

    @staticmethod
    def _resize_live(domain: str, disk: str, size: int) -> t.Callable[[Connection], None]:
        def run(connection: Connection) -> None:
            guest = connection.host.read.lookupByName(domain)
            guest.change.blockResize(disk, size, constant("DOMAIN_BLOCK_RESIZE_BYTES"))

        return run

    @staticmethod
    def _refuse_shrink(wish: Wish, seen: Seen) -> None:
        needing = [use for use in seen.uses if use.running or not use.disk]
        if needing:
            raise Refused(
                f"capacity: the volume cannot be made smaller while {usage.tell(needing)} needs it.",
                "What is cut off would be missing there.",
                option="capacity",
                users=usage.names(needing),
            )
        if not wish.allow_shrink:
            raise Refused(
                f"capacity: the volume has {units.format_size(_capacity(seen.document))}; making it smaller cuts off "
                "its end, with whatever a guest has stored there.",
                "Shrink the file systems inside first, then set allow_shrink=true.",
                option="capacity",
            )

    def _plan_removal(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        self._refuse_used(wish, seen)
        if seen.exists or seen.gone:
            plan.change("state", "present" if seen.exists else "listed, and its file is gone", "absent")
            self._plan_refresh(plan, wish)
        if seen.exists:
            plan.step("delete", lambda connection: self._delete(connection, wish))

    def _delete(self, connection: Connection, wish: Wish) -> None:
        """Delete, if even now that the pool was read anew nobody turns up who needs it."""
        seen = self.observe(connection, wish)
        self._refuse_used(wish, seen)
        if seen.exists:
            self._get(connection, wish).change.delete(0)

    @staticmethod
    def _refuse_used(wish: Wish, seen: Seen) -> None:
        if seen.uses:
            raise Refused(
                f"volume {wish.name} of storage pool {wish.pool} cannot be removed: in use by {usage.tell(seen.uses)}.",
                "Detach it there or remove what uses it first.",
                users=usage.names(seen.uses),
            )

    @staticmethod
    def _plan_refresh(plan: Plan, wish: Wish) -> None:
        plan.step("refresh the pool", lambda connection: _pool(connection, wish).change.refresh(0))

    @staticmethod
    def _get(connection: Connection, wish: Wish) -> Handle:
        return t.cast(Handle, _pool(connection, wish).read.storageVolLookupByName(wish.name))


def gather(
    connection: Connection, pools: t.Sequence[str], patterns: t.Sequence[str], used_by: bool
) -> list[dict[str, t.Any]]:
    """Return the volumes whose name matches one of the glob I(patterns), of the active pools that match I(pools)."""
    uses = usage.of_host(connection) if used_by else []
    found = connection.host.read.listAllStoragePools(constant("CONNECT_LIST_STORAGE_POOLS_ACTIVE"))
    told = []
    for pool in sorted(found, key=lambda pool: pool.read.name()):
        if not _matches(pool.read.name(), pools):
            continue
        for volume, document in usage.volumes(pool):
            if _matches(volume.read.name(), patterns):
                told.append(_describe(pool.read.name(), volume, document))
    if used_by:
        for volume_told in told:
            path = usage.real(connection, volume_told["path"])
            users = usage.of_volume(uses, path, volume_told["pool"], volume_told["name"])
            volume_told["used_by"] = usage.names(users)
    return told


def _describe(pool: str, volume: Handle, document: xml.Element) -> dict[str, t.Any]:
    return {
        "name": volume.read.name(),
        "pool": pool,
        "state": "present",
        "path": volume.read.path(),
        "key": volume.read.key(),
        "type": xml.get(document, "@type"),
        "allocation": ALLOCATION.codec.read(document, ALLOCATION.path),
        "pending_restart": [],
        "spec": {"pool": pool, **read(VOLUME.fields, document)},
    }


def _matches(name: str, patterns: t.Sequence[str]) -> bool:
    return not patterns or any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _pool(connection: Connection, wish: Wish) -> Handle:
    return t.cast(Handle, connection.host.read.storagePoolLookupByName(wish.pool))


def _read_volume(pool: Handle, name: str, seen: Seen) -> bool:
    """Note a volume that libvirt lists, and tell whether there is one."""
    try:
        volume = pool.read.storageVolLookupByName(name)
    except NotFound:
        return False
    try:
        seen.document, seen.path = xml.parse(volume.read.XMLDesc(0)), volume.read.path()
    except NotFound:
        seen.gone = True
    return not seen.gone


def _capacity(document: xml.Element) -> int:
    return t.cast(int, read(VOLUME.fields, document)["capacity"])
