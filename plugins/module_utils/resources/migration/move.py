# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The move itself: libvirt's call, and what is done when it takes too long."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.jobs import watch
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration import mapping, settings, storage, yank
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.sides import Side
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.wish import Wish


def move(
    wish: Wish, source: Side, target: Side, disks: t.Sequence[storage.Disk], tls: bool, resume: bool = False
) -> None:
    """Move a guest, and return when it is there.

    :arg resume: take up what post-copy has left half done.
    :raises KvmError: where libvirt gives up.
    """
    domain = source.handle
    copied = storage.copied(disks)
    flags = settings.flags(wish.options) | _flags(source, copied, tls, resume)
    parameters: dict[str, t.Any] = {**settings.parameters(wish.options), **mapping.parameters(domain, wish)}
    if copied:
        parameters["migrate_disks"] = [disk.target for disk in copied]
    if source.active and wish.options["max_downtime"]:
        domain.change.migrateSetMaxDowntime(int(1000 * wish.options["max_downtime"]), 0)

    def work() -> None:
        if wish.options["peer2peer"]:
            domain.change.migrateToURI3(wish.dest_uri, parameters, flags)
        else:
            domain.change.migrate3(target.connection.host.raw, parameters, flags)

    watch.call(domain, work, triggers(wish))


def _flags(source: Side, copied: t.Sequence[storage.Disk], tls: bool, resume: bool) -> int:
    """Return the flags that follow from what is moved."""
    wanted = {
        "PERSIST_DEST": source.stored is not None,
        "TLS": tls,
        "NON_SHARED_DISK": bool(copied) and not _is_incremental(copied),
        "NON_SHARED_INC": _is_incremental(copied),
        "POSTCOPY_RESUME": resume,
    }
    return sum(constant(f"MIGRATE_{name}") for name, there in wanted.items() if there)


def _is_incremental(copied: t.Sequence[storage.Disk]) -> bool:
    return any(disk.copy == "incremental" for disk in copied)


def move_definition(wish: Wish, source: Side, target: Side) -> None:
    """Move a guest that is off and has nothing but its definition."""
    domain = source.handle
    told = mapping.parameters(domain, wish)
    if wish.options["peer2peer"]:
        flags = constant("MIGRATE_OFFLINE") | constant("MIGRATE_PERSIST_DEST") | constant("MIGRATE_PEER2PEER")
        domain.change.migrateToURI3(wish.dest_uri, told, flags)
    else:
        flags = constant("MIGRATE_OFFLINE") | constant("MIGRATE_PERSIST_DEST")
        domain.change.migrate3(target.connection.host.raw, told, flags)


def triggers(wish: Wish) -> list[watch.Trigger]:
    """Return what happens meanwhile."""
    found = [watch.Trigger(yank.Stalled(), yank.let_go, "yank")]
    options = wish.options
    if options["timeout"]:
        act = {"abort": _abort, "suspend": _suspend, "postcopy": _postcopy}[options["on_timeout"]]
        found.append(watch.Trigger(lambda now: now.elapsed >= options["timeout"], act, options["on_timeout"]))
    if options["postcopy"] and options["on_timeout"] != "postcopy":
        found.append(watch.Trigger(lambda now: now.iteration > options["postcopy_after"], _postcopy, "postcopy"))
    return found


def _abort(domain: Handle) -> None:
    domain.change.abortJob()


def _suspend(domain: Handle) -> None:
    domain.change.suspend()


def _postcopy(domain: Handle) -> None:
    domain.change.migrateStartPostCopy(0)
