# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a manifest made and no longer states, and when that stays all the same.

A domain says whose it is in its definition, with the UUID of its host: it may move to another one, where a manifest of
the same label did not make it. For other objects, which stay where they are, see journal.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import usage
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.guests import guests
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.listed import described
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.items import Item
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.journal import Journal
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.kinds import KINDS
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.names import removal_of
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.storage_pool import places

#: Files beside a definition that nobody said a word about stay, as disks do.
_KEEP = {"undefine": ["keep_nvram", "keep_tpm"]}

_SOURCES = "devices/interface/source"

#: Where a domain's definition says whose it is: the option C(metadata.manifest).
_MARK = "metadata/hv:domain/hv:manifest"


def mark(connection: Connection, label: str) -> str:
    """Return what the domains of a manifest carry on this host."""
    return f"{label}@{xml.get(connection.capabilities(), 'host/uuid')}"


def surplus(
    connection: Connection, label: str, options: t.Collection[str], items: t.Iterable[Item], journal: Journal
) -> list[Item]:
    """Return the objects of some kinds that the label owns and the document does not state, to be removed."""
    stated = {item.key for item in items}
    found = []
    for kind in (kind for kind in KINDS if kind.option in options):
        more = _KEEP if kind.name == "domain" else {}
        if kind.name == "domain":
            names = _domains(connection, label, {name for is_a, name in stated if is_a == "domain"})
        else:
            names = journal.owned(kind.name, label)
        found += [
            Item(kind, f"prune.{kind.option}[{name}]", {**removal_of(kind.name, name), **more}, name, pruned=True)
            for name in names
            if (kind.name, name) not in stated
        ]
    return found


def _domains(connection: Connection, label: str, others_than: t.Container[str]) -> list[str]:
    wanted, stored = mark(connection, label), constant("DOMAIN_XML_INACTIVE")
    return sorted(
        domain.read.name()
        for domain, document in described(connection.host.read.listAllDomains(0), stored)
        if domain.read.name() not in others_than and xml.get(document, _MARK) == wanted
    )


def refuse_used(connection: Connection, item: Item, seen: t.Any) -> None:
    """Leave alone what runs, and what guests hold: nobody has said that it should go.

    :raises Refused: with the names of the users.
    """
    if item.kind.name == "domain" and seen.active:
        raise Refused(
            f"{item.label} belongs to the manifest and is not stated any more, but runs; prune stops no guest.",
            "Shut it down, or state it with state=absent.",
        )
    users = _users(connection, item, seen)
    if users:
        raise Refused(
            f"{item.label} belongs to the manifest and is not stated any more, but is in use by {', '.join(users)}.",
            "Have these domains use another one, or remove them first.",
            users=users,
        )


def _users(connection: Connection, item: Item, seen: t.Any) -> list[str]:
    """Return the guests that will have an interface of a network, or a disk in a pool."""
    if item.kind.name == "network":
        return [
            guest.label
            for guest in guests(connection)
            if any(
                xml.get(source, "@network") == item.name
                for document in guest.documents
                for source in xml.find_all(document, _SOURCES)
            )
        ]
    if item.kind.name == "storage_pool" and seen.exists:
        pool = connection.lookup("storagePoolLookupByName", item.name) if seen.active else None
        return usage.names(places.users(connection, item.name, pool))
    return []
