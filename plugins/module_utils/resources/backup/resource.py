# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups of guests, in the shape of a resource: what is there, what to do, doing it."""

from __future__ import annotations

import time
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import Point
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.repository import Repository
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup import making, recover, sight
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup.checks import check
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup.layout import Layout, lay_out
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup.state import Sight
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup.wish import OPTIONS, SLOTS, Wish, parse


class Backups:
    """Restore points, made by U(https://libvirt.org/formatbackup.html)."""

    def argument_spec(self) -> dict[str, t.Any]:
        """Return the options of the module, without the connection's and the guests."""
        return OPTIONS

    def parse(self, params: t.Mapping[str, t.Any]) -> Wish:
        """Return the wish, of no guest yet.

        :raises InvalidSpec: with every problem found.
        """
        return parse(params)

    def observe(self, connection: Connection, wish: Wish) -> Sight:
        """Return all that planning this wish needs to know."""
        return sight.look(connection, wish)

    def plan(self, wish: Wish, seen: Sight) -> Plan:
        """Return what has to be done.

        :raises Refused: where a point cannot be made, or must not be now.
        """
        plan = Plan(wish.label)
        enough = _of_period(wish, seen)
        if enough:
            plan.facts.update(making.told(enough))
            if seen.unfinished or (seen.leftovers and seen.awake):
                plan.change("unfinished", "a point that did not become one", None)
                plan.step("take back", lambda connection: _take_back(connection, wish, seen))
            return plan
        layout = lay_out(wish, seen)
        check(wish, seen, layout)
        if seen.repository is None:
            plan.change("repository", None, wish.repository)
            plan.step("make the repository", lambda _connection: _create(wish))
        plan.change("point", seen.newest.name if seen.newest else None, f"a new one ({layout.kind})")
        plan.facts.update(_foretold(layout))
        plan.step("back up", lambda connection: making.make(connection, wish, seen, plan))
        return plan


def _of_period(wish: Wish, seen: Sight) -> Point | None:
    """Return the point that is enough for now, if there is one."""
    period = SLOTS[wish.slot]
    if not period or seen.newest is None:
        return None
    is_of_now = time.strftime(period, time.localtime(seen.newest.created)) == time.strftime(period)
    return seen.newest if is_of_now else None


def _foretold(layout: Layout) -> dict[str, t.Any]:
    disks = [
        {
            "target": part.disk.target,
            "kind": part.kind,
            "virtual_size": part.disk.virtual_size,
            "stored_bytes": None,
            "dirty_bytes": part.disk.dirty,
        }
        for part in layout.parts
    ]
    return {
        "kind": layout.kind,
        "reason": layout.reason,
        "parent": layout.parent.name if layout.parent else None,
        "excluded": layout.excluded,
        "room": layout.room,
        "disks": disks,
    }


def _create(wish: Wish) -> None:
    try:
        Repository.create(wish.repository)
    except OSError as error:
        raise OperationFailed(f"repository: {wish.repository} cannot be made: {error.strerror or error}.") from error


def _take_back(connection: Connection, wish: Wish, seen: Sight) -> None:
    if seen.repository and seen.place:
        with seen.place.locked(wish.label):
            recover.take_back(connection.host.read.lookupByName(wish.domain), seen.repository, seen.place)
