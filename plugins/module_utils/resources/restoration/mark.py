# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a guest's definition tells of the point that it was brought back from.

So a run that was killed half way is known to the next one, and a guest that is there to be that of the point.
"""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle, constant

URI = "urn:hypervise:kvm:restore:1"
_TAG = f"{{{URI}}}restore"
#: Half done; done, but its disks rest on the repository; done.
BEGUN, RESTING, DONE = "begun", "resting", "done"


@dataclass(frozen=True)
class Mark:
    """Where the content of a guest's disks came from."""

    repository: str
    uuid: str
    point: str
    state: str = DONE


def read(document: xml.Element) -> Mark | None:
    """Return the mark in a definition."""
    metadata = xml.find(document, "metadata")
    entry = None if metadata is None else next(metadata.iterchildren(_TAG), None)
    return None if entry is None else Mark(**{name: entry.get(name, "") for name in Mark.__dataclass_fields__})


def strip(document: xml.Element) -> None:
    """Take the mark out of a definition."""
    metadata = xml.find(document, "metadata")
    for entry in [] if metadata is None else list(metadata.iterchildren(_TAG)):
        metadata.remove(entry)
        xml.prune(metadata, document)


def write(domain: Handle, mark: Mark) -> None:
    """Keep it with the stored definition."""
    entry = xml.build("restore")
    entry.attrib.update(vars(mark))
    element, stored = constant("DOMAIN_METADATA_ELEMENT"), constant("DOMAIN_AFFECT_CONFIG")
    domain.change.setMetadata(element, xml.text_of(entry), "restore", URI, stored)
