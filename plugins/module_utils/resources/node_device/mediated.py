# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mediated devices: parts of a device of the host, each for a guest. libvirt has mdevctl define and start them."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, NotFound, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.defined import DefinedResource, Seen, Wish
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.node_device import users
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.node_device.listing import devices
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import Comparison
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.node_device import MEDIATED_DEVICE
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Spec
from ansible_collections.hypervise.kvm.plugins.module_utils.waiting import wait_until

#: What libvirt tells of a device, and does not take in a definition.
_TOLD = ("name", "path", "driver", "capability/iommuGroup", "capability/parent_addr")

#: Seconds until libvirt has noticed that mdevctl has removed a definition.
NOTICED = 10


class MediatedDevice(DefinedResource):
    """Found by its UUID: its name follows from that and from where its parent is."""

    noun = "mediated device"
    table = MEDIATED_DEVICE
    define_method = "nodeDeviceDefineXML"  # without its schema, which wants a name that libvirt then makes up itself

    def name_of(self, spec: Spec) -> str:
        return str(spec["uuid"])

    # -- looking ---------------------------------------------------------------------------------------------------

    def find(self, connection: Connection, name: str) -> Handle | None:
        for handle, document in devices(connection, "CAP_MDEV"):
            if xml.get(document, "capability/uuid") == name:
                return handle
        return None

    def get(self, connection: Connection, name: str) -> Handle:
        handle = self.find(connection, name)
        if handle is None:
            raise NotFound(f"{self.noun} {name}: it is gone.", object=f"{self.noun} {name}")
        return handle

    def look(self, handle: Handle, secrets: bool) -> Seen:
        seen = Seen(xml.get(xml.parse(handle.read.XMLDesc(0)), "capability/uuid") or "")
        if handle.read.isPersistent():
            seen.stored = xml.parse(handle.read.XMLDesc(constant("NODE_DEVICE_XML_INACTIVE", 0)))
            seen.autostart = bool(handle.read.autostart())
        if handle.read.isActive():
            seen.live = xml.parse(handle.read.XMLDesc(0))
        return seen

    def observe(self, connection: Connection, wish: Wish) -> Seen:
        """Add who has it, and whether its parent is there."""
        try:
            seen = super().observe(connection, wish)
        except NotFound:  # it was gone already, and libvirt has just noticed
            seen = Seen(wish.name)
        if seen.active and wish.state in ("inactive", "absent"):
            seen.facts["guests"] = users.by_guests(connection)
        parent = wish.spec.get("parent")
        seen.facts["parent"] = parent is None or connection.lookup("nodeDeviceLookupByName", parent) is not None
        return seen

    # -- deciding --------------------------------------------------------------------------------------------------

    def plan(self, wish: Wish, seen: Seen) -> Plan:
        guests = [
            use.domain for use in seen.facts.get("guests", ()) if use.running and use.place == ("mdev", wish.name)
        ]
        if guests:
            raise Refused(
                f"{self.noun} {wish.name} is in use by running guests: {', '.join(guests)}.",
                "Unplug it from them, or stop them.",
                users=guests,
            )
        return super().plan(wish, seen)

    def skeleton(self, wish: Wish, seen: Seen) -> xml.Element:
        document = super().skeleton(wish, seen)
        xml.put(document, "capability/@type", "mdev")
        return document

    def complete(self, document: xml.Element, wish: Wish, seen: Seen, stored: Comparison) -> None:
        """Refuse a new one of which mdevctl would not know what it is."""
        missing = [name for name in ("parent", "type") if not seen.exists and name not in wish.spec]
        if missing:
            raise InvalidSpec([(name, f"a new {self.noun} needs it") for name in missing])
        for path in _TOLD:
            xml.drop(document, path)

    def check(self, wish: Wish, seen: Seen, document: xml.Element) -> None:
        if not seen.facts["parent"]:
            raise Refused(
                f"parent: this host has no device {wish.spec['parent']}.",
                "'virsh nodedev-list --cap mdev_types' names those that have mediated devices.",
                option="parent",
            )

    def plan_changes(self, plan: Plan, wish: Wish, seen: Seen, stored: Comparison, document: xml.Element) -> None:
        """libvirt 9.0 defines nothing that is defined, and later ones forget the autostart: so it is defined anew."""
        super().plan_changes(plan, wish, seen, stored, document)
        if not stored.differences or seen.stored is None:
            return
        defining = plan.steps.pop()
        plan.step("undefine", lambda connection: self._undefine(connection, wish.name))
        plan.steps.append(defining)
        if seen.autostart and wish.autostart is not False:
            plan.step("set autostart", lambda connection: self.get(connection, wish.name).change.setAutostart(1))

    def plan_removal(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        if seen.active:
            plan.step("stop", lambda connection: self.get(connection, wish.name).change.destroy())
        if seen.stored is not None:
            plan.step("undefine", lambda connection: self._undefine(connection, wish.name))

    def _undefine(self, connection: Connection, name: str) -> None:
        try:
            self.get(connection, name).change.undefine()
        except NotFound:
            return  # as above
        wait_until(lambda: not self._is_defined(connection, name), NOTICED)

    def _is_defined(self, connection: Connection, name: str) -> bool:
        try:
            return bool(self.get(connection, name).read.isPersistent())
        except NotFound:
            return False
