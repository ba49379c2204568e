# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is of a guest on one host."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.jobs import stats
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.power import power_of
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration import journal
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.journal import Journal


@dataclass(frozen=True)
class Side:
    """A guest on one of the two hosts."""

    connection: Connection
    name: str
    state: str = "absent"
    reason: str = ""
    uuid: str = ""
    autostart: bool = False
    stored: xml.Element = None  # C(None) where it is not persistent
    live: xml.Element = None  # C(None) where it does not run
    job: str = ""  # the operation that libvirt is busy with
    journal: Journal | None = None

    @property
    def exists(self) -> bool:
        """Whether the host knows the guest at all."""
        return self.state != "absent"

    @property
    def active(self) -> bool:
        """Whether it is in the host's memory."""
        return self.live is not None

    @property
    def arrives(self) -> bool:
        """Whether what is in memory is nothing but the receiving end of a migration."""
        return self.state == "paused" and self.reason in ("migration", "starting_up")

    @property
    def runs(self) -> bool:
        """Whether this is a copy that runs, or would if nobody had paused it."""
        return self.active and not self.arrives

    @property
    def document(self) -> xml.Element:
        """What it is like."""
        return self.live if self.active else self.stored

    @property
    def handle(self) -> Handle:
        """The guest, looked up anew."""
        return self.connection.host.read.lookupByName(self.name)


def look(connection: Connection, name: str) -> Side:
    """Return what there is of a guest on a host."""
    domain = connection.lookup("lookupByName", name)
    if domain is None:
        return Side(connection, name)
    state, reason = power_of(domain)
    persistent, active = domain.read.isPersistent(), domain.read.isActive()
    stored = xml.parse(domain.read.XMLDesc(constant("DOMAIN_XML_INACTIVE"))) if persistent else None
    live = xml.parse(domain.read.XMLDesc(0)) if active else None
    job = stats.progress(domain) if active else None
    return Side(
        connection,
        name,
        state,
        reason,
        domain.read.UUIDString(),
        bool(domain.read.autostart()) if persistent else False,
        stored,
        live,
        job.operation if job else "",
        journal.read(live if stored is None else stored),
    )


def check_identity(source: Side, target: Side, by_uuid: Side) -> None:
    """Refuse to take another guest for this one.

    :arg by_uuid: whoever has the guest's UUID at the target.
    """
    where = target.connection.uri
    if source.exists and target.exists and source.uuid != target.uuid:
        raise Refused(
            f"domain {source.name}: {where} has another guest of the name {target.name}, with the UUID {target.uuid}.",
            "Rename one of them, or state 'dest_name'.",
            option="dest_name",
        )
    if by_uuid.exists and by_uuid.name != target.name:
        raise Refused(
            f"domain {source.name}: {where} has its UUID {source.uuid} as domain {by_uuid.name}.",
            "Remove that one, or give it a UUID of its own.",
            option="dest_uri",
        )
