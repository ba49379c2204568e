# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A volume as a file of the host: whole, or not there."""

from __future__ import annotations

import os
import stat
import typing as t
from dataclasses import dataclass, field

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, OperationFailed, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import usage
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume import images, looking, origin, pools
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.content import FORMATS
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.images import Image
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.stage import Stage
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.state import capacity_of
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import MODE
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.storage_pool import TRANSFERS_VOLUMES


@dataclass(frozen=True)
class Wish:
    """Which volume, and where to."""

    name: str
    pool: str
    dest: str
    format: str
    mode: str
    overwrite: bool
    allow_running: bool

    @property
    def label(self) -> str:
        """The volume, for messages."""
        return f"volume {self.name} of storage pool {self.pool}"


@dataclass
class Seen:
    """What there is of both."""

    document: xml.Element
    kind: str = "dir"  # the type of the pool
    path: str = ""  # of the volume, where we can read it
    checksum: str = ""  # of the file that is there
    same: bool = False  # that file is the volume
    users: list[usage.Use] = field(default_factory=list)  # who needs that file
    writers: list[usage.Use] = field(default_factory=list)

    @property
    def format(self) -> str:
        """The format of the volume; what is no format of images is taken as it is."""
        found = xml.get(self.document, "target/format/@type") or "raw"
        return found if found in FORMATS else "raw"


class Download:
    """The verb, in the shape of a resource: what is there, what to do, doing it."""

    def argument_spec(self) -> dict[str, t.Any]:
        """Return the options of the module, without the connection's."""
        return {
            "pool": {"type": "str", "required": True},
            "name": {"type": "str", "required": True},
            "dest": {"type": "path", "required": True},
            "format": {"type": "str", "choices": list(FORMATS)},
            "mode": {"type": "str", "default": "0600"},
            "overwrite": {"type": "bool", "default": False},
            "allow_running": {"type": "bool", "default": False},
        }

    def parse(self, params: t.Mapping[str, t.Any]) -> Wish:
        """Return the wish.

        :raises InvalidSpec: with every problem found.
        """
        problems = []
        if not params["dest"].startswith("/") or params["dest"].endswith("/"):
            problems.append(("dest", f"{params['dest']!r} is not the absolute path of a file"))
        try:
            mode = MODE.parse(params["mode"])
        except ValueError as error:
            problems.append(("mode", str(error)))
        if problems:
            raise InvalidSpec(problems)
        names = ("name", "pool", "dest", "overwrite", "allow_running")
        return Wish(**{name: params[name] for name in names}, format=params["format"] or "", mode=mode)

    def observe(self, connection: Connection, wish: Wish) -> Seen:
        """Return what there is.

        :raises KvmError: where there is nothing to be read, or no place for it.
        """
        seen = Seen(looking.volume_document(connection, wish.pool, wish.name, "name"))
        seen.kind = xml.get(xml.parse(pools.get(connection, wish.pool).read.XMLDesc(0)), "@type") or ""
        volume = pools.volume(connection, wish.pool, wish.name)
        path = usage.real(connection, volume.read.path())
        if connection.is_local and os.access(path, os.R_OK):
            seen.path = path
        uses = usage.of_volume(usage.by_domains(connection), path, wish.pool, wish.name)
        seen.writers = [use for use in uses if use.writes]
        try:
            self._look_at_dest(connection, wish, seen)
        except OSError as error:
            raise OperationFailed(f"dest: {wish.dest} cannot be read: {error.strerror}.") from error
        return seen

    @staticmethod
    def _look_at_dest(connection: Connection, wish: Wish, seen: Seen) -> None:
        """Note what is in the file that is there, and who needs that."""
        exists = os.path.lexists(wish.dest)
        is_file = os.path.exists(wish.dest) and stat.S_ISREG(os.stat(wish.dest).st_mode)
        if not os.path.isdir(os.path.dirname(wish.dest)) or (exists and not is_file):
            raise Refused(
                f"dest: {wish.dest} cannot be a file: its directory is not there, or it is something else.",
                "Make the directory first, or choose another path.",
                option="dest",
            )
        if exists:
            seen.same = bool(seen.path) and images.are_same(
                seen.path, seen.format, wish.dest, wish.format or seen.format
            )
            seen.checksum = origin.sum_of(wish.dest, "sha256")
        if exists and not seen.same and connection.is_local:
            seen.users = usage.of_volume(usage.of_host(connection), os.path.realpath(wish.dest), "", "")

    def plan(self, wish: Wish, seen: Seen) -> Plan:
        """Return what has to be done.

        :raises Refused: where that would be no true copy, or would cost another file.
        """
        plan = Plan(f"file {wish.dest}")
        plan.facts["dest"] = wish.dest
        if seen.kind not in TRANSFERS_VOLUMES:
            raise Refused(
                f"{wish.label} cannot be copied: libvirt does not read those of a storage pool of type {seen.kind}.",
                "Copy it with 'qemu-img convert' or the tools of its storage.",
                option="pool",
            )
        if seen.writers and not wish.allow_running:
            raise Refused(
                f"{wish.label} cannot be copied while {usage.tell(seen.writers)} writes to it.",
                "Stop these guests, or set allow_running=true to have what a power failure would leave.",
                users=usage.names(seen.writers),
            )
        if seen.same:
            plan.facts["checksum"] = f"sha256:{seen.checksum}"
            return plan
        if seen.checksum and not wish.overwrite:
            raise Refused(
                f"dest: {wish.dest} exists, and is not {wish.label}.",
                "Set overwrite=true to replace it, or choose another path.",
                option="dest",
            )
        if seen.users:
            raise Refused(
                f"dest: {wish.dest} cannot be replaced: in use by {usage.tell(seen.users)}.",
                "Choose another path, or remove what uses it first.",
                option="dest",
                users=usage.names(seen.users),
            )
        plan.change("dest", f"sha256:{seen.checksum}" if seen.checksum else None, f"{wish.label}")
        plan.step("download", lambda connection: self._bring(connection, wish, seen, plan))
        return plan

    @staticmethod
    def _bring(connection: Connection, wish: Wish, seen: Seen, plan: Plan) -> None:
        try:
            with Stage(os.path.dirname(wish.dest)) as stage:
                made, source = stage.path, seen.path
                if not source:
                    with open(stage.path, "wb") as file:
                        pools.download(connection, pools.volume(connection, wish.pool, wish.name), file.write)
                    source = stage.path
                elif not wish.format:
                    with open(source, "rb") as opened:
                        stage.fill(iter(lambda: opened.read(origin.PIECE), b""))
                if wish.format:
                    made = stage.another(create=True)
                    images.convert(source, Image(seen.format, capacity_of(seen.document)), made, wish.format, {})
                os.chmod(made, int(wish.mode, 8))
                plan.facts["checksum"] = f"sha256:{origin.sum_of(made, 'sha256')}"
                stage.publish(made, wish.dest)
        except OSError as error:
            raise OperationFailed(f"dest: {wish.dest} could not be written: {error.strerror or error}.") from error
