# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checkpoints, without which the next incremental backup would be none.

libvirt moves what they stand for, the bitmaps in the images, and forgets the checkpoints.
"""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle, constant


def of(domain: Handle) -> list[tuple[str, str]]:
    """Return a domain's checkpoints with their documents, parents before children."""
    topological = constant("DOMAIN_CHECKPOINT_LIST_TOPOLOGICAL")
    return [(found.read.getName(), found.read.getXMLDesc(0)) for found in domain.read.listAllCheckpoints(topological)]


def carry(documents: list[tuple[str, str]], domain: Handle) -> list[str]:
    """Have checkpoints at a domain that has the same disks, and return those that it did not have yet.

    :raises KvmError: where an image lacks what one stands for.
    """
    there = {name for name, _document in of(domain)}
    redefine = constant("DOMAIN_CHECKPOINT_CREATE_REDEFINE")
    if domain.read.isActive():
        redefine |= constant("DOMAIN_CHECKPOINT_CREATE_REDEFINE_VALIDATE")
    missing = [(name, document) for name, document in documents if name not in there]
    for _name, text in missing:
        document = xml.parse(text)
        for definition in xml.find_all(document, "domain"):
            document.remove(definition)  # as another release of libvirt writes it, which this one may not accept
        document.append(xml.parse(domain.read.XMLDesc(constant("DOMAIN_XML_INACTIVE"))))
        domain.change.checkpointCreateXML(xml.text_of(document), redefine)
    return [name for name, _document in missing]
