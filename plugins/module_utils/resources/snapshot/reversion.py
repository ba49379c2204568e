# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Going back to a snapshot, and what becomes of the present and of the snapshots that were made later."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import LIVE, STORED, Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot import (
    beside,
    checkpoints,
    metadata,
    places,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.looking import look
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.removal import plan_removal
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.state import Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.tree import EXTERNAL, INTERNAL, Snapshot

#: Words of O(power), and libvirt's flag for each.
_POWER = {
    "snapshot": "",
    "running": "DOMAIN_SNAPSHOT_REVERT_RUNNING",
    "paused": "DOMAIN_SNAPSHOT_REVERT_PAUSED",
}


@dataclass(frozen=True)
class Wish:
    """Which snapshot, and what may be lost for it."""

    domain: str
    name: str
    discard: bool
    later: str
    power: str

    @property
    def label(self) -> str:
        """The snapshot in words."""
        return f"snapshot {self.name} of domain {self.domain}"


class Reversion:
    """The verb, in the shape of a resource: what is there, what to do, doing it."""

    def argument_spec(self) -> dict[str, t.Any]:
        """Return the options of the module, without the connection's and the guests."""
        return {
            "name": {"type": "str", "required": True},
            "discard": {"type": "bool", "default": False},
            "later": {"type": "str", "choices": ["refuse", "keep", "delete"], "default": "refuse"},
            "power": {"type": "str", "choices": list(_POWER), "default": "snapshot"},
        }

    def parse(self, params: t.Mapping[str, t.Any]) -> Wish:
        """Return the wish, of no guest yet."""
        return Wish("", *(params[name] for name in ("name", "discard", "later", "power")))

    def observe(self, connection: Connection, wish: Wish) -> Guest:
        """Return all that planning this wish needs to know."""
        return look(connection, wish.domain)

    def plan(self, wish: Wish, guest: Guest) -> Plan:
        """Return what has to be done. Pure: it sees the wish and what was observed, and touches nothing.

        :raises Refused: where something would be lost that nobody gave up, or where it cannot work.
        """
        plan = Plan(wish.label)
        snapshot = guest.tree.get(wish.name)
        if snapshot is None:
            there = ", ".join(found.name for found in guest.tree) or "none"
            raise Refused(f"name: there is no {wish.label}.", f"It has {there}.", option="name")
        _refuse_unable(wish, guest, snapshot)
        later = guest.tree.descendants(wish.name)
        _refuse_loss(wish, guest, later)
        plan.change("present", guest.power, wish.label, LIVE if guest.awake else STORED)
        names = [one.name for one in later] if wish.later == "delete" else []
        if names:
            plan.change("later", names, [])
        self._plan_going_back(plan, wish, guest, snapshot)
        plan_removal(plan, guest, guest.tree.on(wish.name), names)
        plan.facts["power"] = _power_then(wish, snapshot)
        return plan

    @staticmethod
    def _plan_going_back(plan: Plan, wish: Wish, guest: Guest, snapshot: Snapshot) -> None:
        if snapshot.type == INTERNAL:
            checkpoints.plan_forgetting(plan, guest)
        copied = beside.copied(guest, wish.name)
        if copied:
            if guest.awake:
                plan.step("cut the power", lambda connection: _domain(connection, wish).change.destroyFlags(0))
            plan.step("put back what it kept beside its disks", beside.put_back(copied, wish.name))
        lost = set(beside.left_out(guest, snapshot.type, snapshot.memory)).difference(copied)
        if lost:
            plan.warnings.append(
                f"{wish.label} was made without a copy of {', '.join(sorted(lost))}; it stays as it is."
            )
        if guest.power == "saved":
            plan.step("discard the saved memory", lambda c: _domain(c, wish).change.managedSaveRemove(0))
        if snapshot.type == EXTERNAL:
            plan.step("name the images", lambda c: metadata.name_files(c, _domain(c, wish), wish.name))
        plan.step("revert", lambda connection: _revert(connection, wish, guest))
        if snapshot.type == EXTERNAL:
            plan.step(
                "name the volumes", lambda c: metadata.name_volumes(c, _domain(c, wish), snapshot.document, wish.name)
            )


def _domain(connection: Connection, wish: Wish) -> t.Any:
    return connection.host.read.lookupByName(wish.domain)


def _revert(connection: Connection, wish: Wish, guest: Guest) -> None:
    domain = _domain(connection, wish)
    places.await_new_names(guest)
    # that a running guest ends for this was granted
    flags = constant("DOMAIN_SNAPSHOT_REVERT_FORCE") | (constant(_POWER[wish.power]) if _POWER[wish.power] else 0)
    domain.change.revertToSnapshot(domain.read.snapshotLookupByName(wish.name, 0).raw, flags)


def _power_then(wish: Wish, snapshot: Snapshot) -> str:
    """Return what the guest does after reverting: without its memory it cannot go on."""
    if wish.power != "snapshot":
        return wish.power
    return snapshot.state if snapshot.memory else "stopped"


# -- what cannot be ----------------------------------------------------------------------------------------------------


def _refuse_unable(wish: Wish, guest: Guest, snapshot: Snapshot) -> None:
    if xml.find(snapshot.document, "domain") is None:
        _say(wish, "name", "libvirt did not keep what the domain was like then", "Define it anew with its images.")
    if snapshot.type == EXTERNAL and not guest.reverts_external:
        hint = "libvirt 9.9 or newer can. Until then, have snapshots of type=internal, or a backup."
        _say(wish, "name", "this libvirt cannot revert to external snapshots", hint)
    if snapshot.memory and snapshot.memory_file and snapshot.memory_file not in guest.files:
        _say(wish, "name", f"its memory, {snapshot.memory_file}, is not there", "Bring the file back.")


def _refuse_loss(wish: Wish, guest: Guest, later: t.Sequence[Snapshot]) -> None:
    if not wish.discard:
        what = "what the domain is doing, and " if guest.awake else ""
        hint = "Make a snapshot of it first if it is of use, and set discard=true."
        _say(wish, "discard", f"{what}what was written to its disks since its last snapshot would be lost", hint)
    if later and wish.later == "refuse":
        names = ", ".join(one.name for one in reversed(later))
        hint = "Set later=keep to let them stay as another branch, or later=delete."
        _say(wish, "later", f"{names} were made later", hint)
    rest = [one.name for one in later if one.type == EXTERNAL]
    if rest and guest.tree.snapshots[wish.name].type == INTERNAL:
        reason = f"{', '.join(rest)} rest on images to which the domain would write again"
        _say(wish, "later", reason, "Remove these first.")


def _say(wish: Wish, option: str, reason: str, hint: str) -> t.NoReturn:
    raise Refused(f"{option}: {wish.label} cannot be reverted to: {reason}.", hint, option=option)
