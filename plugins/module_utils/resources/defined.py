# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What domains, networks and storage pools have in common: a stored definition, a running object, a power state.

See domain, network and storage_pool beside this file.
"""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InternalError
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import LIVE, RESTART, STORED, Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import told
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.stored import Seen, StoredResource, Wish
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import Comparison, Difference, identify

__all__ = ["DefinedResource", "Seen", "Wish"]


class DefinedResource(StoredResource):
    """A kind of object; the subclasses say which."""

    states: tuple[str, ...] = ("present", "active", "inactive", "absent")
    inactive_flag = ""  # libvirt's constant for the stored document

    def argument_spec(self) -> dict[str, t.Any]:
        return {**super().argument_spec(), "autostart": {"type": "bool"}}

    def look(self, handle: Handle, secrets: bool) -> Seen:
        extra = self.secure(secrets)
        persistent = bool(handle.read.isPersistent())
        seen = Seen(handle.read.name())
        if persistent:
            seen.stored = xml.parse(handle.read.XMLDesc(constant(self.inactive_flag) | extra))
            seen.autostart = bool(handle.read.autostart())
        if handle.read.isActive():
            seen.live = xml.parse(handle.read.XMLDesc(extra))
        return seen

    # -- deciding ----------------------------------------------------------------------------------------------------

    def plan(self, wish: Wish, seen: Seen) -> Plan:
        plan = super().plan(wish, seen)
        if wish.state == "absent":
            return plan
        self.plan_power(plan, wish, seen)
        if wish.autostart is not None and wish.autostart != seen.autostart:
            plan.change("autostart", seen.autostart, wish.autostart)
            flag = int(wish.autostart)
            plan.step("set autostart", lambda connection: self.get(connection, wish.name).change.setAutostart(flag))
        return plan

    def plan_changes(self, plan: Plan, wish: Wish, seen: Seen, stored: Comparison, document: xml.Element) -> None:
        live = Comparison()
        then = xml.clone(seen.live) if seen.active else None  # what the running object will be like
        if self.goes_on(wish, seen):
            wish = replace(wish, spec=identify(self.table.fields, self.definition(seen), wish.spec))
            live = self.reconcile(then, wish, live=True)
            live.differences = self.within_reach(seen, live.differences)
        running = {difference.path: difference for difference in live.differences}
        if seen.stored is None:
            plan.change("persistent", False, True)
        for difference in stored.differences:
            now = running.get(difference.path)
            when = STORED if now is None else LIVE if now.live else RESTART
            self.note(plan, difference, when)
        known = {difference.path for difference in stored.differences}
        for difference in live.differences:  # what an earlier run stored and did not live to apply
            if difference.live and difference.path not in known and not difference.eventual:
                self.note(plan, difference, LIVE)
        self.plan_live(plan, wish, [difference for difference in live.differences if difference.live], document)
        if self.goes_on(wish, seen):
            plan.pending_restart = [
                difference.path
                for difference in live.differences
                if not difference.live or (difference.eventual and difference.path not in known)
            ]
            plan.running = then
            after = replace(seen, stored=document, live=then)
            plan.pending_restart += [path for path in self.pending(after) if not live.covers(path)]

    def pending(self, seen: Seen) -> list[str]:
        """Return what is stored and not true of the running object."""
        return told.pending(self.table.fields, seen.stored, seen.live, self.takes_xml)

    # -- what a kind of object adds ----------------------------------------------------------------------------------

    def within_reach(self, seen: Seen, differences: list[Difference]) -> list[Difference]:
        """Return the differences of the running object; those for which this one has no place, without a way to it."""
        return differences

    def plan_live(self, plan: Plan, wish: Wish, differences: list[Difference], document: xml.Element) -> None:
        """Plan the steps that change the running object. All I(differences) have a way to reach it."""
        if differences:
            raise InternalError(f"{self.noun}: rows have a way to the running object, and there is no plan_live.")

    def power(self, seen: Seen) -> str:
        return "absent" if not seen.exists else "active" if seen.active else "inactive"

    def power_wished(self, wish: Wish) -> str:
        return "active" if wish.state == "active" else "inactive"

    def goes_on(self, wish: Wish, seen: Seen) -> bool:
        """Whether the object runs and will not be stopped, so that it has a part in what changes."""
        return seen.active and wish.state != "inactive"

    def plan_power(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        """Plan starting or stopping. A change of state is noted unless the object is new."""
        if wish.state == "present" or self.power(seen) == wish.state:
            return
        if seen.exists:
            plan.change("state", self.power(seen), wish.state)
        if wish.state == "active":
            self.plan_start(plan, wish, seen)
        elif seen.active:
            plan.step("stop", lambda connection: self.get(connection, wish.name).change.destroy())

    def plan_start(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        """Plan the start of an object that does not run."""
        plan.step("start", lambda connection: self.get(connection, wish.name).change.create())

    def plan_removal(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        """Plan stopping and undefining."""
        if seen.active:
            plan.step("stop", lambda connection: self.get(connection, wish.name).change.destroy())
        if seen.stored is not None:
            plan.step("undefine", lambda connection: self.get(connection, wish.name).change.undefine())

    # -- gathering ---------------------------------------------------------------------------------------------------

    def describe(self, handle: Handle, seen: Seen) -> dict[str, t.Any]:
        described = super().describe(handle, seen)
        if seen.stored is not None:
            described["spec"]["autostart"] = seen.autostart
        return {
            **described,
            "persistent": seen.stored is not None,
            "autostart": seen.autostart,
            "pending_restart": self.pending(seen),
        }
