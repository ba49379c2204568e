# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a migration that has begun would leave behind, kept with the guest's definition at the source.

So whoever comes next knows it: the same task again, after its module, a daemon or a host was killed in the middle.
"""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.storage import Place

URI = "urn:hypervise:kvm:migration:1"
_TAG = f"{{{URI}}}migration"


@dataclass(frozen=True)
class Journal:
    """A migration that has begun."""

    dest_uri: str
    dest_name: str
    state: str  # of the guest before
    autostart: bool  # before; meanwhile it has none, as the source's next start would make a second copy
    volumes: tuple[Place, ...] = ()  # at the target, made for it


def read(document: xml.Element) -> Journal | None:
    """Return what a definition says of a migration that has begun."""
    found = _entry(document)
    if found is None:
        return None
    return Journal(
        found.get("to"),
        found.get("name"),
        found.get("state"),
        found.get("autostart") == "yes",
        tuple(Place(**entry.attrib) for entry in found),
    )


def strip(document: xml.Element) -> None:
    """Take the journal out of a definition: at the target it means nothing."""
    found = _entry(document)
    if found is not None:
        metadata = found.getparent()
        metadata.remove(found)
        xml.prune(metadata, document)


def write(domain: Handle, journal: Journal) -> None:
    """Keep it."""
    entry = xml.build("migration")
    entry.set("to", journal.dest_uri)
    entry.set("name", journal.dest_name)
    entry.set("state", journal.state)
    entry.set("autostart", "yes" if journal.autostart else "no")
    for place in journal.volumes:
        volume = xml.build("volume")
        volume.attrib.update({name: value for name, value in vars(place).items() if value})
        entry.append(volume)
    _set(domain, xml.text_of(entry))
    if journal.autostart:
        domain.change.setAutostart(0)


def remove(domain: Handle) -> None:
    """Forget it, as nothing is left to be done."""
    _set(domain, None)


def take_back(domain: Handle, journal: Journal) -> None:
    """Forget it, as the guest stays."""
    if journal.autostart:
        domain.change.setAutostart(1)
    remove(domain)


def _set(domain: Handle, text: str | None) -> None:
    place = constant("DOMAIN_AFFECT_CONFIG" if domain.read.isPersistent() else "DOMAIN_AFFECT_LIVE")
    domain.change.setMetadata(constant("DOMAIN_METADATA_ELEMENT"), text, "migration", URI, place)


def _entry(document: xml.Element) -> xml.Element:
    metadata = None if document is None else xml.find(document, "metadata")
    return None if metadata is None else next(metadata.iterchildren(_TAG), None)
