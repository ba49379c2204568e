# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PCI devices: the host's, or kept for guests."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.node_device import users
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.stored import Seen, Wish

_ADDRESS = re.compile(r"([0-9a-fA-F]{4}):([0-9a-fA-F]{2}):([0-9a-fA-F]{2})\.([0-7])")


class PciDevice:
    """A device that there is; what can be wished for is whose it is."""

    noun = "PCI device"

    def parse(self, params: t.Mapping[str, t.Any]) -> Wish:
        """Return the wish.

        :raises InvalidSpec: where options of a mediated device are stated, too.
        """
        strange = [
            name for name in ("uuid", "parent", "type", "attributes", "autostart") if params.get(name) is not None
        ]
        if strange:
            raise InvalidSpec([(name, "only a mediated device has it, which is found by uuid") for name in strange])
        name = str(params["name"])
        match = _ADDRESS.fullmatch(name)
        if match:  # as lspci writes it
            name = "pci_" + "_".join(match.groups()).lower()
        return Wish(name, params["state"], {}, options={"driver": params.get("driver")})

    def observe(self, connection: Connection, wish: Wish) -> Seen:
        """Return the device, and who has it."""
        handle = connection.lookup("nodeDeviceLookupByName", wish.name)
        if handle is None:
            return Seen(wish.name)
        seen = Seen(wish.name, xml.parse(handle.read.XMLDesc(0)))
        if address(seen.stored) is not None and wish.state != state_of(seen.stored):
            seen.facts["guests"] = users.by_guests(connection)
            seen.facts["host"] = users.by_host(connection, wish.name)
        return seen

    def plan(self, wish: Wish, seen: Seen) -> Plan:
        """Return what has to be done.

        :raises Refused: where there is no such device, or it is in use.
        """
        plan = Plan(f"{self.noun} {wish.name}")
        if not seen.exists:
            raise Refused(
                f"{plan.label}: there is none.", "'virsh nodedev-list' names those that there are.", option="name"
            )
        place = address(seen.stored)
        if wish.state != "present" and place is None:
            raise Refused(f"name: {wish.name} is not a PCI device; no other can be {wish.state}.", option="name")
        if wish.state == "present" or wish.state == state_of(seen.stored):
            self._refuse_other_driver(plan, wish, seen)
            return plan
        if is_bridge(seen.stored):
            raise Refused(f"name: {wish.name} is a bridge; guests are given what is behind one.", option="name")
        plan.change("state", state_of(seen.stored), wish.state)
        if wish.state == "detached":
            self._refuse(plan, seen.facts["host"], "the host", "Unmount it, or take it down, before it is given away.")
            driver = wish.options["driver"]
            plan.change("driver", driver_of(seen.stored), driver or "vfio-pci")
            plan.step("detach", lambda connection: self._get(connection, wish.name).change.detachFlags(driver, 0))
        else:
            guests = [use.domain for use in seen.facts["guests"] if use.running and use.place == place]
            self._refuse(plan, guests, "running guests", "Unplug it from them, or stop them, before the host takes it.")
            plan.step("reattach", lambda connection: self._get(connection, wish.name).change.reAttach())
        return plan

    @staticmethod
    def _refuse_other_driver(plan: Plan, wish: Wish, seen: Seen) -> None:
        stated, now = wish.options["driver"], driver_of(seen.stored)
        if stated is not None and wish.state == "detached" and stated not in (now, "vfio"):
            raise Refused(
                f"driver: {plan.label} is detached already, with the driver {now}.",
                "Attach it first, then detach it with the other one.",
                option="driver",
            )

    @staticmethod
    def _refuse(plan: Plan, holders: t.Sequence[str], who: str, hint: str) -> None:
        if holders:
            raise Refused(f"{plan.label} is in use by {who}: {', '.join(holders)}.", hint, users=list(holders))

    @staticmethod
    def _get(connection: Connection, name: str) -> t.Any:
        return connection.host.read.nodeDeviceLookupByName(name)


def address(document: xml.Element) -> users.Place | None:
    """Return where a PCI device is, C(None) of another."""
    found = xml.find(document, "capability[@type='pci']")
    if found is None:
        return None
    return ("pci", *(str(int(xml.get(found, part) or "0", 0)) for part in ("domain", "bus", "slot", "function")))


def is_bridge(document: xml.Element) -> bool:
    """Tell whether a PCI device is a part of the machine that others are plugged into, by its class."""
    return (xml.get(document, "capability/class") or "").startswith("0x06")


def driver_of(document: xml.Element) -> str | None:
    """Return the driver that a device has, C(None) where it has none."""
    return xml.get(document, "driver/name")


def state_of(document: xml.Element) -> str:
    """Return whether a device is kept for guests, by its driver: vfio-pci, or a vendor's of its kind."""
    driver = driver_of(document) or ""
    return "detached" if "vfio" in driver or driver == "pci-stub" else "attached"
