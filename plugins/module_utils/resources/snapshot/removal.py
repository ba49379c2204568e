# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removing snapshots, and nothing but them: what the guest wrote since stays, merged where that takes it."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.files import remove
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot import beside, metadata, remains
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.state import Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.tree import (
    EXTERNAL,
    INTERNAL,
    Snapshot,
    Tree,
)


def plan_removal(plan: Plan, guest: Guest, tree: Tree, names: t.Sequence[str]) -> Tree:
    """Plan removing some snapshots in this order, and return what is left.

    :raises Refused: where libvirt cannot, or where another snapshot would lose its data.
    """
    remains.plan_stopping_merges(plan, guest)
    in_memory = any(_needs_memory(guest, tree, tree.snapshots[name]) for name in names)
    if in_memory:
        plan.step("have the guest in memory, paused", lambda connection: _load(_domain(connection, guest)))
    for name in names:
        reason, hint = refusal(guest, tree, tree.snapshots[name])
        if reason:
            raise Refused(f"snapshot {name} of domain {guest.name} cannot be removed: {reason}.", hint, snapshot=name)
        plan.step(f"delete {name}", _delete(guest, tree.snapshots[name]))
        tree = tree.without(name)
    if in_memory:
        plan.step("let go of it", lambda connection: _domain(connection, guest).change.destroyFlags(0))
    return tree


def refusal(guest: Guest, tree: Tree, snapshot: Snapshot) -> tuple[str, str]:
    """Return why one cannot be removed and what to do instead, both empty where it can."""
    if snapshot.type == INTERNAL:
        return "", ""
    children, line = tree.children(snapshot.name), tree.line()
    inside = _inside(tree, snapshot)
    if inside:
        return f"{', '.join(inside)}, internal snapshots, are in the images it would remove", "Remove these first."
    if snapshot in line and _rests_on_internal(tree, snapshot):
        return f"{snapshot.parent}, on which it rests, is internal", "Remove that first."
    if len(children) > 1:
        return "several snapshots rest on it", "Remove all but one of these first, or set children=true."
    if children and (snapshot.current or snapshot not in line):
        return (
            "the guest was reverted, and another snapshot rests on it",
            "Remove that one first, or set children=true.",
        )
    if snapshot not in line and not guest.reverts_external:
        return "the guest's present does not rest on it, and this libvirt cannot remove it then", "Use a newer libvirt."
    if snapshot not in line and _shared(tree, snapshot):
        return "others rest on the same images", "Remove these first."
    if guest.checkpoints and not guest.awake:
        return "the guest has checkpoints and is off", "Start it, or remove the checkpoints."
    return "", ""


def _inside(tree: Tree, snapshot: Snapshot) -> list[str]:
    """Return the internal snapshots that are in the images to which the guest went on from another."""
    overlays = set(snapshot.overlays.values())
    return [other.name for other in tree if other.type == INTERNAL and overlays.intersection(other.images.values())]


def _rests_on_internal(tree: Tree, snapshot: Snapshot) -> bool:
    parent = tree.get(snapshot.parent)
    return parent is not None and parent.type == INTERNAL


def _shared(tree: Tree, snapshot: Snapshot) -> bool:
    images = set(snapshot.images.values())
    return any(images.intersection(other.images.values()) for other in tree if other.name != snapshot.name)


def _needs_memory(guest: Guest, tree: Tree, snapshot: Snapshot) -> bool:
    """Tell whether libvirt, before 9.9, merges an image only while the guest is in memory: in the middle of a chain."""
    is_off = guest.power == "stopped" and not guest.reverts_external
    return is_off and snapshot.type == EXTERNAL and bool(tree.children(snapshot.name))


def _load(domain: Handle) -> None:
    """Start a guest that does not get to do anything, and ends with us if we are killed."""
    domain.change.createWithFlags(constant("DOMAIN_START_PAUSED") | constant("DOMAIN_START_AUTODESTROY"))


def _domain(connection: Connection, guest: Guest) -> Handle:
    return t.cast("Handle", connection.host.read.lookupByName(guest.name))


def _delete(guest: Guest, snapshot: Snapshot) -> t.Callable[[Connection], None]:
    def delete(connection: Connection) -> None:
        domain = _domain(connection, guest)
        if snapshot.type == EXTERNAL:
            metadata.name_files(connection, domain, snapshot.name)
        domain.read.snapshotLookupByName(snapshot.name, 0).change.delete(0)
        if snapshot.type == EXTERNAL:
            metadata.name_volumes(connection, domain, snapshot.document)
        if connection.is_local:
            if snapshot.memory_file:
                remove(snapshot.memory_file)
            beside.forget(guest.beside, snapshot.name)(connection)

    return delete
