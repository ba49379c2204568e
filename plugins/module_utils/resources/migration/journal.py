# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a migration that has begun would leave behind, kept with the guest's definition at the source.

So whoever comes next knows it: the same task again, after its module, a daemon or a host was killed in the middle.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

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
    volumes: tuple[Place, ...] = ()  # at the target, to be made for it
    made: tuple[Place, ...] = ()  # of those


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
        tuple(map(_place, found)),
        tuple(_place(entry) for entry in found if entry.get("made") == "yes"),
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
    _set(domain, _text(journal))
    if journal.autostart:
        domain.change.setAutostart(0)


def note_made(domain: Handle, place: Place) -> None:
    """Note that a volume was made, and is ours to remove."""
    noted = read(xml.parse(domain.read.XMLDesc(constant("DOMAIN_XML_INACTIVE") if domain.read.isPersistent() else 0)))
    if noted is not None:
        _set(domain, _text(replace(noted, made=(*noted.made, place))))


def remove(domain: Handle) -> None:
    """Forget it, as nothing is left to be done."""
    _set(domain, None)


def take_back(domain: Handle, journal: Journal) -> None:
    """Forget it, as the guest stays."""
    if journal.autostart:
        domain.change.setAutostart(1)
    remove(domain)


def _text(journal: Journal) -> str:
    entry = xml.build("migration")
    entry.set("to", journal.dest_uri)
    entry.set("name", journal.dest_name)
    entry.set("state", journal.state)
    entry.set("autostart", "yes" if journal.autostart else "no")
    for place in journal.volumes:
        volume = xml.build("volume")
        volume.attrib.update({name: value for name, value in vars(place).items() if value})
        if place in journal.made:
            volume.set("made", "yes")
        entry.append(volume)
    return xml.text_of(entry)


def _place(entry: xml.Element) -> Place:
    return Place(entry.get("name"), entry.get("pool", ""), entry.get("directory", ""))


def _set(domain: Handle, text: str | None) -> None:
    place = constant("DOMAIN_AFFECT_CONFIG" if domain.read.isPersistent() else "DOMAIN_AFFECT_LIVE")
    domain.change.setMetadata(constant("DOMAIN_METADATA_ELEMENT"), text, "migration", URI, place)


def _entry(document: xml.Element) -> xml.Element:
    metadata = None if document is None else xml.find(document, "metadata")
    return None if metadata is None else next(metadata.iterchildren(_TAG), None)
