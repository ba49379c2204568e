# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network of a trial's own, without a way out: only the host is there, and gives addresses."""

from __future__ import annotations

import random

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed

#: Addresses for measuring networks (RFC 2544), which nobody else has.
_BLOCK = "198.18"

_ATTEMPTS = 5


def make(connection: Connection, name: str) -> None:
    """Make it. It is gone when it is stopped.

    :raises OperationFailed: where it cannot be made.
    """
    for attempt in range(_ATTEMPTS):
        try:
            connection.host.change.networkCreateXML(xml.text_of(_document(name, random.randrange(256))))
            return
        except OperationFailed:  # the addresses may be another trial's
            if attempt == _ATTEMPTS - 1:
                raise


def remove(connection: Connection, name: str) -> None:
    """Have it no more."""
    network = connection.lookup("networkLookupByName", name)
    if network is not None:
        network.change.destroy()


def _document(name: str, number: int) -> xml.Element:
    network = xml.build("network")
    xml.put(network, "name", name)
    xml.put(network, "ip/@address", f"{_BLOCK}.{number}.1")
    xml.put(network, "ip/@prefix", "24")
    xml.put(network, "ip/dhcp/range/@start", f"{_BLOCK}.{number}.2")
    xml.put(network, "ip/dhcp/range/@end", f"{_BLOCK}.{number}.254")
    return network
