# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""After a migration, however it ended: both hosts are looked at anew, and what is found is brought to an end.

Connections are opened anew, too: a daemon may have been killed and be back by now.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import (
    ConnectionFailed,
    KvmError,
    OperationFailed,
    Refused,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.jobs import stats, watch
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration import move, sides, situation
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.finish import finish
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.reach import reach
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.sides import Side
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.undo import undo
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.wish import Wish

_STAYS = "What has begun stays noted with the guest; run the task again, it finishes that or takes it back."


def guarded(run: t.Callable[[Connection], None], wish: Wish, plan: Plan) -> t.Callable[[Connection], None]:
    """Return a step that leaves nothing behind if it fails."""

    def step(connection: Connection) -> None:
        try:
            run(connection)
        except KvmError as error:
            settle(connection, wish, plan, error)

    return step


def settle(connection: Connection, wish: Wish, plan: Plan, error: KvmError | None = None) -> None:
    """Bring a migration to its end: the guest is there and nothing is left here, or it is here and nothing is there.

    :arg error: why it failed, if it is known that it did.
    :raises KvmError: where the guest is not at the target: I(error), with what became of it.
    """
    error = error or OperationFailed(f"{wish.label}: the migration that was under way has failed.", "Run it again.")
    try:
        with reach(connection, connection.uri) as here, reach(connection, wish.dest_uri) as there:
            source, target = _at_rest(here, there, wish)
            now = situation.situation(source, target)
            if now in (situation.FINISH, situation.THERE):
                told_by = source if source.exists else target  # the source knows of the disks, too
                plan.facts["statistics"] = stats.completed(told_by.handle)
                if now == situation.FINISH:
                    finish(wish, source, target, plan)
                return
            if now == situation.RESUME:
                error.hint = "Its memory is on both hosts: post-copy was interrupted. Run the task again to resume it."
                raise error
            undo(source, target)
    except ConnectionFailed as unreachable:
        error.hint = f"{unreachable.message} {_STAYS}"
        raise error from unreachable
    except KvmError as another:
        if another is not error:
            error.hint = f"And cleaning up failed: {another.message} {_STAYS}"
        raise error from another
    error.hint = " ".join((error.hint, f"The guest is here as before, and nothing is left at {wish.dest_uri}.")).strip()
    raise error


def check_way(source: Side, wish: Wish) -> None:
    """Refuse to send a guest elsewhere while it is on its way, or may have arrived where it was sent before.

    :raises Refused: with where that is.
    """
    begun = source.journal
    if begun is None or begun.dest_uri == wish.dest_uri:
        return
    try:
        with reach(source.connection, begun.dest_uri) as there:
            stays = situation.situation(source, sides.look(there, begun.dest_name)) == situation.CLEAN
    except ConnectionFailed:
        stays = source.state == "running" and not source.job
    if not stays:
        raise Refused(
            f"{wish.label} is on its way to {begun.dest_uri}, or there already.",
            "Run the task with that 'dest_uri' first, and move the guest on from there.",
            option="dest_uri",
        )


def clean(connection: Connection, wish: Wish, plan: Plan) -> None:
    """Take back what an earlier migration has begun, maybe to another target."""
    source = sides.look(connection, wish.name)
    uri, name = wish.dest_uri, wish.dest_name
    if source.journal:
        uri, name = source.journal.dest_uri, source.journal.dest_name
    try:
        with reach(connection, uri) as there:
            undo(source, sides.look(there, name))
    except ConnectionFailed as error:
        if source.state != "running":
            raise  # its copy may run there
        places = ", ".join(map(str, source.journal.volumes)) if source.journal else ""
        plan.warnings.append(f"{error.message} An earlier migration to there may have left: {places or 'nothing'}.")


def _at_rest(here: Connection, there: Connection, wish: Wish) -> tuple[Side, Side]:
    """Return both sides once libvirt is not at it any more."""
    while True:
        source = sides.look(here, wish.name)
        if source.job != "migration_out" or source.reason == "postcopy_failed":
            return source, sides.look(there, wish.dest_name)
        watch.follow(source.handle, "migration_out", move.triggers(wish))
