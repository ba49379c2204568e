# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which objects belong to which manifest.

A domain carries that in its definition, with the UUID of its host: it may move to another one, where a manifest of
the same label did not make it. Other objects stay where they are, and most have no place for such a word, so a file
on the host tells. It is a journal: a line says who owns an object from then on. The line is written before the
object is made, so that whatever instant a run is killed at, nothing is left that no one knows.
"""

from __future__ import annotations

import json
import os
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, constant

#: Of a domain's definition, as the option C(metadata.manifest) has it.
PLACE = "metadata/hv:domain/hv:manifest"

Key = tuple[str, str]


def mark(connection: Connection, label: str) -> str:
    """Return what a domain carries."""
    return f"{label}@{host_uuid(connection)}"


def host_uuid(connection: Connection) -> str:
    """Return what tells the hypervisor from others."""
    return xml.get(connection.capabilities(), "host/uuid") or ""


def place() -> str:
    """Return the directory for what is to be known of this host by the next run."""
    if os.geteuid() == 0:
        return "/var/lib/hypervise-kvm"
    return os.path.join(os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state"), "hypervise-kvm")


class Journal:
    """The owners of all objects of one hypervisor, but of its domains."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.owners: dict[Key, str] = {}
        for line in self._lines():
            try:
                kind, name, label = json.loads(line)
            except ValueError:
                continue  # the end of a line whose writer was killed; what it was about has not been begun
            self._note((kind, name), label)

    def _lines(self) -> list[str]:
        try:
            with open(self.path, encoding="utf-8") as journal:
                return journal.read().split("\n")
        except FileNotFoundError:
            return []

    def _note(self, key: Key, label: str) -> None:
        if label:
            self.owners[key] = label
        else:
            self.owners.pop(key, None)

    def write(self, key: Key, label: str) -> None:
        """Say who owns an object from now on, C('') where it is nobody."""
        self._note(key, label)
        os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
        # in one call, beginning with a line's end: another run may write at the same time or have been killed
        entry = f"\n{json.dumps([*key, label])}\n".encode()
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, entry)
        finally:
            os.close(handle)

    def owned(self, kind: str, label: str) -> list[str]:
        """Return the objects of a kind that a label owns."""
        return sorted(name for (is_a, name), owner in self.owners.items() if is_a == kind and owner == label)


def journal(connection: Connection) -> Journal:
    """Return the journal of a hypervisor."""
    return Journal(os.path.join(place(), f"{host_uuid(connection) or 'host'}.journal"))


def domains(connection: Connection, label: str, others_than: t.Container[str]) -> list[str]:
    """Return the domains that carry a label of this host, without those in I(others_than)."""
    wanted, stored = mark(connection, label), constant("DOMAIN_XML_INACTIVE")
    return sorted(
        domain.read.name()
        for domain in connection.host.read.listAllDomains(0)
        if domain.read.name() not in others_than and xml.get(xml.parse(domain.read.XMLDesc(stored)), PLACE) == wanted
    )
