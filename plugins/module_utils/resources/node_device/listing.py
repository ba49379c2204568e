# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices of a host with their documents. libvirt notices late what has come and gone, maybe while it is asked."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.listed import described


def devices(connection: Connection, *kinds: str) -> list[tuple[Handle, xml.Element]]:
    """Return all devices of some kinds in the order of their names, also those that are only defined."""
    flags = 0
    for name in ("ACTIVE", "INACTIVE", *kinds):
        flags |= constant(f"CONNECT_LIST_NODE_DEVICES_{name}")
    return list(described(sorted(connection.host.read.listAllDevices(flags), key=lambda handle: handle.read.name())))
