# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest's place: both hosts are looked at, what has to be done is decided, and done so that it can be taken back."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from functools import partial

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.jobs import watch
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import LIVE, STORED, Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration import (
    files,
    journal,
    move,
    preflight,
    recover,
    sides,
    situation,
    storage,
    tls,
    volumes,
    wish,
    yank,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.reach import reach
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.sides import Side
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.sight import Sight
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.undo import undone
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.wish import Wish


@dataclass(frozen=True)
class Seen:
    """A guest on both hosts."""

    source: Side
    target: Side
    by_uuid: Side  # whoever has the guest's UUID at the target


class Migration:
    """The verb, in the shape of a resource: what is there, what to do, doing it."""

    def argument_spec(self) -> dict[str, t.Any]:
        """Return the options of the module, without the connection's."""
        return wish.argument_spec()

    def parse(self, params: t.Mapping[str, t.Any]) -> Wish:
        """Return the wish.

        :raises InvalidSpec: with every problem found.
        """
        return wish.parse(params)

    def observe(self, connection: Connection, wish: Wish) -> Seen:
        """Return what there is on both hosts.

        :raises KvmError: where one cannot be asked.
        """
        there = reach(connection, wish.dest_uri)
        source, target = sides.look(connection, wish.name), sides.look(there, wish.dest_name)
        named = there.lookup("lookupByUUIDString", source.uuid) if source.exists else None
        return Seen(source, target, sides.look(there, named.read.name()) if named else Side(there, ""))

    def plan(self, wish: Wish, seen: Seen) -> Plan:
        """Return what has to be done.

        :raises Refused: where it cannot be done.
        """
        plan = Plan(wish.label)
        source, target = seen.source, seen.target
        if source.exists and preflight.is_same_host(source.connection, target.connection):
            return plan
        sides.check_identity(source, target, seen.by_uuid)
        recover.check_way(source, wish)
        now = situation.situation(source, target)
        if now == situation.FINISH:
            _plan_rest(plan, wish, source)
        if now in (situation.THERE, situation.FINISH):
            return plan
        before, after = (side.connection.host.read.getHostname() for side in (source, target))
        plan.change("host", before, after, LIVE if source.active else STORED)
        if now == situation.WAIT:
            plan.step("wait for the migration that is under way", partial(_wait, wish))
        elif now == situation.RESUME:
            resume = partial(_resume, wish, source, target, tls.wanted(source.connection, wish))
            plan.step("resume the migration", recover.guarded(resume, wish, plan))
        else:
            if now == situation.CLEAN:
                plan.step("take back an earlier migration", lambda here: recover.clean(here, wish, plan))
            _plan_move(plan, wish, undone(source), target)
        plan.step("finish the migration", lambda here: recover.settle(here, wish, plan))
        return plan


def _plan_rest(plan: Plan, wish: Wish, source: Side) -> None:
    """Plan what is left to be done of a guest that is there already."""
    if wish.options["undefine_source"]:
        plan.change("undefine_source", "defined", "undefined")
    elif source.journal:
        plan.change("undefine_source", "on its way", "defined")
    else:
        return
    plan.step("finish the migration", lambda here: recover.settle(here, wish, plan))


def _plan_move(plan: Plan, wish: Wish, source: Side, target: Side) -> None:
    """Plan the move of a guest, in steps that are taken back if one fails."""

    def step(name: str, run: t.Callable[[Connection], None]) -> None:
        plan.step(name, recover.guarded(run, wish, plan))

    disks = storage.disks(source.document, wish, source.connection)
    encrypted = tls.wanted(source.connection, wish)
    preflight.check(Sight(wish, source, target, disks))
    copied = storage.copied(disks)
    plan.facts["copied"] = [disk.target for disk in copied]
    made = [(disk, disk.place) for disk in copied if disk.place is not None]
    plan.step("note the migration", lambda here: _note(wish, source, target, made))
    for disk, place in made:
        step(f"make {place}", partial(_make, wish, source, target, disk, place))
    if not source.active and not copied:
        step("migrate the definition", lambda here: move.move_definition(wish, source, target))
        return
    if not source.active:
        paused = constant("DOMAIN_START_PAUSED")
        step("start paused", lambda here: source.handle.change.createWithFlags(paused))
    step("migrate", lambda here: move.move(wish, sides.look(here, wish.name), target, disks, encrypted))


def _note(wish: Wish, source: Side, target: Side, made: t.Sequence[tuple[storage.Disk, storage.Place]]) -> None:
    if source.active or made:
        files.check(target.connection, wish, source)
    for disk, place in made:
        volumes.check_room(target.connection, disk, place, wish.options["overwrite"])
    places = tuple(place for _disk, place in made)
    noted = journal.Journal(wish.dest_uri, wish.dest_name, source.state, source.autostart, places)
    journal.write(source.handle, noted)


def _make(wish: Wish, source: Side, target: Side, disk: storage.Disk, place: storage.Place, _here: Connection) -> None:
    capacity, _allocated, _physical = source.handle.read.blockInfo(disk.target)
    volumes.make(target.connection, disk, place, capacity, wish.options["overwrite"])
    journal.note_made(source.handle, place)


def _wait(wish: Wish, here: Connection) -> None:
    watch.follow(here.host.read.lookupByName(wish.name), "migration_out", move.triggers(wish))


def _resume(wish: Wish, source: Side, target: Side, encrypted: bool, _here: Connection) -> None:
    yank.let_go(source.handle)  # for QEMU, it may not have ended yet
    move.move(wish, source, target, (), encrypted, resume=True)
