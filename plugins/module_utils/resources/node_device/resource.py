# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices of the host: the two kinds of them that something can be wished of, in one module as in libvirt."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.node_device.mediated import MediatedDevice
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.node_device.pci import PciDevice
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.stored import Seen, Wish

PCI_STATES = ("attached", "detached")


class NodeDevice:
    """U(https://libvirt.org/formatnode.html)."""

    def __init__(self) -> None:
        self._pci, self._mediated = PciDevice(), MediatedDevice()

    def argument_spec(self) -> dict[str, t.Any]:
        """Return the options of the state module, without the connection's."""
        mediated = self._mediated.argument_spec()
        return {
            **mediated,
            "name": {"type": "str"},
            "driver": {"type": "str"},
            "state": {**mediated["state"], "choices": [*mediated["state"]["choices"], *PCI_STATES]},
        }

    def parse(self, params: t.Mapping[str, t.Any]) -> Wish:
        """Return the wish: of a device with a name, or of a mediated one with a UUID.

        :raises InvalidSpec: where that does not go with the state.
        """
        named, mediated = params.get("name") is not None, params.get("uuid") is not None
        if named == mediated:
            raise InvalidSpec([("name", "state it for a PCI device, or uuid for a mediated device, and not both")])
        state = params["state"]
        if mediated and (state in PCI_STATES or params.get("driver") is not None):
            option = "state" if state in PCI_STATES else "driver"
            raise InvalidSpec([(option, "this is for PCI devices, which are found by name")])
        if named and state not in ("present", *PCI_STATES):
            raise InvalidSpec([("state", f"{state} is for mediated devices, which are found by uuid")])
        return (self._pci if named else self._mediated).parse(params)

    def observe(self, connection: Connection, wish: Wish) -> Seen:
        """Return all that planning this wish needs to know."""
        return self._kind(wish).observe(connection, wish)

    def plan(self, wish: Wish, seen: Seen) -> Plan:
        """Return what has to be done."""
        return self._kind(wish).plan(wish, seen)

    def _kind(self, wish: Wish) -> PciDevice | MediatedDevice:
        return self._mediated if "uuid" in wish.spec else self._pci
