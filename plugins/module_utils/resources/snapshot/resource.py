# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots of a guest: made, described and removed."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot import beside, remains
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.creation import plan_creation
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.description import plan_changes
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.looking import look_at
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.removal import plan_removal
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.state import Guest, Wish
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.tree import EXTERNAL, INTERNAL


class Snapshots:
    """U(https://libvirt.org/formatsnapshot.html)."""

    def argument_spec(self) -> dict[str, t.Any]:
        """Return the options of the state module, without the connection's and the guests."""
        return {
            "name": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "description": {"type": "str"},
            "type": {"type": "str", "choices": [INTERNAL, EXTERNAL]},
            "memory": {"type": "bool"},
            "memory_file": {"type": "path"},
            "disks": {
                "type": "list",
                "elements": "dict",
                "options": {"target": {"type": "str", "required": True}, "file": {"type": "path"}},
            },
            "quiesce": {"type": "bool", "default": False},
            "children": {"type": "bool", "default": False},
        }

    def parse(self, params: t.Mapping[str, t.Any]) -> Wish:
        """Return the wish, of no guest yet.

        :raises InvalidSpec: with every problem found.
        """
        words = ("description", "type", "memory", "memory_file")
        stated = {word: params[word] for word in words if params.get(word) is not None}
        disks = params.get("disks")
        if disks is not None:
            stated["disks"] = tuple(disk["target"] for disk in disks)
        files = {disk["target"]: disk["file"] for disk in disks or () if disk.get("file")}
        problems = [*_bad_name(params["name"]), *_bad_paths({**files, "": stated.get("memory_file")})]
        if stated.get("type") == INTERNAL and (files or "memory_file" in stated):
            problems.append(("type", "an internal snapshot has no files of its own"))
        if problems:
            raise InvalidSpec(problems)
        return Wish("", params["name"], params["state"], stated, files, params["quiesce"], params["children"])

    def observe(self, connection: Connection, wish: Wish) -> Guest:
        """Return all that planning this wish needs to know."""
        return look_at(connection, wish)

    def plan(self, wish: Wish, guest: Guest) -> Plan:
        """Return what has to be done. Pure: it sees the wish and what was observed, and touches nothing.

        :raises Refused: where granting the wish would harm something or cannot work.
        """
        plan = Plan(wish.label)
        remains.plan_waking(plan, guest)
        there = guest.tree.get(wish.name)
        if wish.state == "absent":
            self._plan_absence(plan, wish, guest)
        elif not guest.exists:
            raise Refused(f"domain: there is no domain {wish.domain}.", "Check the name.", option="domain")
        elif there is None:
            plan_creation(plan, wish, guest)
        else:
            plan_changes(plan, wish, guest, there)
        return plan

    @staticmethod
    def _plan_absence(plan: Plan, wish: Wish, guest: Guest) -> None:
        copied = beside.copied(guest, wish.name)
        if guest.tree.get(wish.name):
            lower = [snapshot.name for snapshot in guest.tree.descendants(wish.name)] if wish.children else []
            plan.change("state", "present", "absent")
            if lower:
                plan.change("children", lower, [])
            plan_removal(plan, guest, guest.tree, [*lower, wish.name])
        elif guest.unknown:
            remains.plan_forgetting(plan, wish, guest)
        elif copied:  # by a run that was killed
            plan.change("state", "a copy of what the domain keeps beside its disks", "absent")
            plan.step("remove the copy", beside.forget(copied, wish.name))


def _bad_name(name: str) -> t.Iterator[tuple[str, str]]:
    if not name or "/" in name or name.startswith("."):
        yield "name", f"{name!r} cannot be the name of a snapshot: it is empty, begins with a dot or has a slash"


def _bad_paths(paths: t.Mapping[str, str | None]) -> t.Iterator[tuple[str, str]]:
    for target, path in paths.items():
        if path and (not path.startswith("/") or path.endswith("/")):
            yield f"disks[{target}].file" if target else "memory_file", f"{path!r} is not the absolute path of a file"
