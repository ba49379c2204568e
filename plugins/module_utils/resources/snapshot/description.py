# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a snapshot is like in the words of the options, and the little of it that can be changed."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot import metadata, places
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.state import Guest, Wish
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.tree import Snapshot

Spec = dict[str, t.Any]


def spec_of(snapshot: Snapshot) -> Spec:
    """Return what a snapshot is like."""
    return {"description": snapshot.description, **told(snapshot)}


def told(made: t.Any) -> Spec:
    """Return what is told of a snapshot that there is, or of the layout of a new one."""
    disks = [
        {"target": target, **({"file": made.overlays[target]} if target in made.overlays else {})}
        for target in made.disks
    ]
    found = {"type": made.type, "memory": made.memory, "disks": disks}
    return {**found, "memory_file": made.memory_file} if made.memory_file else found


def plan_changes(plan: Plan, wish: Wish, guest: Guest, there: Snapshot) -> None:
    """Plan what makes a snapshot that there is as wished.

    :raises Refused: where that would be another snapshot.
    """
    plan.facts["snapshot"] = {"current": there.current, **told(there)}
    for option, now, then in _differences(wish, there):
        raise Refused(
            f"{option}: {wish.label} exists with {now!r}; it cannot become {then!r}.",
            "Leave the option out, choose another name, or remove the snapshot first.",
            option=option,
        )
    description = wish.spec.get("description", there.description)
    if description != there.description:
        plan.change("description", there.description, description)
        plan.step("describe", lambda connection: metadata.describe(_domain(connection, wish), wish.name, description))
    exposed = [path for path in there.overlays.values() if path in guest.exposed]
    if exposed:  # by a run that was killed, or by others
        plan.change("overlays", "readable by everybody", "private")
        plan.step("keep others from reading", places.shut(exposed))


def _differences(wish: Wish, there: Snapshot) -> t.Iterator[tuple[str, t.Any, t.Any]]:
    """Return what is stated and otherwise: the option, what is there, what is wished."""
    found = spec_of(there)
    for option in ("type", "memory", "memory_file"):
        if option in wish.spec and wish.spec[option] != found.get(option):
            yield option, found.get(option), wish.spec[option]
    if "disks" in wish.spec and set(wish.spec["disks"]) != set(there.disks):
        yield "disks", list(there.disks), list(wish.spec["disks"])
    for target, path in wish.files.items():
        if there.overlays.get(target) != path:
            yield f"disks[{target}].file", there.overlays.get(target), path


def _domain(connection: Connection, wish: Wish) -> Handle:
    return t.cast("Handle", connection.host.read.lookupByName(wish.domain))
