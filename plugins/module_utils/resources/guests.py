# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guests of a host, for whoever asks what they use: each as it will be when the object at hand has its turn."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import NotFound, OperationFailed, Unsupported


@dataclass(frozen=True)
class Guest:
    """A domain by its documents, which are shared: nobody writes to them."""

    name: str
    stored: xml.Element = None  # C(None) where it is not persistent
    running: xml.Element = None  # C(None) where it does not run
    saved: xml.Element = None  # what it goes on as when it is started, C(None) where its memory was not saved

    @property
    def label(self) -> str:
        """The guest in words."""
        return f"domain {self.name}"

    @property
    def documents(self) -> list[xml.Element]:
        """All that there is of it."""
        return [document for document in (self.running, self.stored, self.saved) if document is not None]


def guests(connection: Connection) -> list[Guest]:
    """Return all guests, defined or running. They are read once for all that is planned.

    Those that the same task changes, starts or makes are as it will have made them; those that it removes are gone.
    """
    coming = connection.coming.of("domain")
    then = {guest.name: guest for guest in connection.meanwhile("guests", lambda: list(_there(connection)))}
    for name, promise in coming.items():
        goes_on_as = None if promise.active or name not in then else then[name].saved
        then[name] = Guest(name, promise.document, promise.runs_as, goes_on_as)
    return [guest for name, guest in then.items() if not connection.coming.gone("domain", name)]


def _there(connection: Connection) -> t.Iterator[Guest]:
    stored = constant("DOMAIN_XML_INACTIVE")
    for domain in connection.host.read.listAllDomains(0):
        try:
            yield Guest(
                domain.read.name(),
                xml.parse(domain.read.XMLDesc(stored)) if domain.read.isPersistent() else None,
                xml.parse(domain.read.XMLDesc(0)) if domain.read.isActive() else None,
                _saved(domain),
            )
        except NotFound:
            continue  # it has just ended


def _saved(domain: Handle) -> xml.Element:
    """Return what a guest was like when its memory was saved; as it is stored where that cannot be read."""
    try:
        if not domain.read.hasManagedSaveImage(0):
            return None
        return xml.parse(domain.read.managedSaveGetXMLDesc(0))
    except Unsupported:
        return None
    except OperationFailed:
        return xml.parse(domain.read.XMLDesc(constant("DOMAIN_XML_INACTIVE")))
