# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bringing a guest back from a restore point: what is there, what to do, doing it."""

from __future__ import annotations

import typing as t
from functools import partial

from ansible_collections.hypervise.kvm.plugins.module_utils import units
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration import pulling, rules, work
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration.choice import LATEST
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration.looking import look
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration.mark import RESTING
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration.state import (
    COPY,
    INSTANT,
    KEEP,
    NEW,
    OVERLAY,
    Seen,
    Wish,
)


class Restoration:
    """The verb, in the shape of a resource."""

    def argument_spec(self) -> dict[str, t.Any]:
        """Return the options of the module, without the connection's."""
        return {
            "repository": {"type": "path", "required": True},
            "domain": {"type": "str", "required": True},
            "point": {"type": "str", "default": LATEST},
            "name": {"type": "str"},
            "identity": {"type": "str", "choices": [KEEP, NEW]},
            "disks": {"type": "list", "elements": "str", "default": []},
            "directory": {"type": "path"},
            "destinations": {"type": "dict", "default": {}},
            "networks": {"type": "dict", "default": {}},
            "isolated": {"type": "bool", "default": False},
            "overwrite": {"type": "bool", "default": False},
            "verify": {"type": "str", "choices": ["files", "content", "none"], "default": "files"},
            "mode": {"type": "str", "choices": [COPY, INSTANT, OVERLAY], "default": COPY},
            "wait": {"type": "bool", "default": True},
            "rate": {"type": "str"},
            "state": {"type": "str", "choices": ["stopped", "running"]},
        }

    def parse(self, params: t.Mapping[str, t.Any]) -> Wish:
        """Return the wish.

        :raises InvalidSpec: with every problem found.
        """
        paths = {"repository": params["repository"], "directory": params["directory"]}
        paths.update({f"destinations[{target}]": path for target, path in params["destinations"].items()})
        problems = [
            (option, f"{path!r} is not an absolute path")
            for option, path in paths.items()
            if path and not (isinstance(path, str) and path.startswith("/"))
        ]
        name = params["name"] or params["domain"]
        identity = params["identity"] or (KEEP if name == params["domain"] else NEW)
        if params["disks"] and identity == NEW:
            problems.append(("disks", "single disks are restored into the guest that they are of"))
        if params["disks"] and (params["directory"] or params["destinations"] or params["networks"]):
            problems.append(("disks", "single disks go where the guest has them, and nothing else of it is changed"))
        if params["disks"] and params["mode"] != COPY:
            problems.append(("mode", "single disks are copied"))
        if params["mode"] == INSTANT and params["state"] == "stopped":
            problems.append(("state", "only a guest that runs can pull in its disks"))
        rate = 0
        try:
            rate = units.parse_size(params["rate"] or "0B")
        except ValueError as error:
            problems.append(("rate", str(error)))
        if problems:
            raise InvalidSpec(problems)
        kept = ("repository", "domain", "point", "overwrite", "verify", "mode", "wait")
        return Wish(
            **{key: params[key] for key in kept},
            state=params["state"] or ("running" if params["mode"] == INSTANT else "stopped"),
            rate=rate,
            name=name,
            identity=identity,
            disks=frozenset(params["disks"]),
            directory=params["directory"] or "",
            destinations=params["destinations"],
            networks=params["networks"],
            isolated=params["isolated"],
        )

    def observe(self, connection: Connection, wish: Wish) -> Seen:
        """Return all that planning this wish needs to know.

        :raises Refused: where its files cannot be looked at, or there is no such point.
        """
        if not connection.is_local:
            raise Refused(
                "uri: images are restored by the host that they are for.", "Run the task on it.", option="uri"
            )
        return look(connection, wish)

    def plan(self, wish: Wish, seen: Seen) -> Plan:
        """Return what has to be done. Pure: it sees the wish and what was observed, and touches nothing.

        :raises KvmError: where granting the wish would harm something or cannot work.
        """
        plan = Plan(wish.label)
        plan.facts = {
            "point": seen.point.name,
            "consistency": seen.point.consistency,
            "disks": [
                {"target": place.disk.target, "path": place.path, "virtual_size": place.disk.virtual_size}
                for place in seen.places
            ],
        }
        if not seen.kept:
            rules.check(wish, seen)
            plan.warnings += rules.warnings(seen)
            before = None if seen.there is None else "as it is"
            plan.change("disks" if wish.disks else "domain", before, f"as of {seen.point.name}")
            plan.step("restore", partial(work.restore, wish, seen))
        if seen.torn:
            plan.change("resting", None, f"on {seen.point.name}")
            plan.step("mend", partial(pulling.mend, seen.torn))
        power = "stopped" if plan.changed or seen.there is None else seen.there.power
        if wish.state == "running" and power != "running":
            plan.change("state", power, wish.state)
            plan.step("start", partial(_start, seen.there.name if seen.there else wish.name))
        if wish.mode == INSTANT and not _is_own(seen):
            _pull(plan, wish, seen)
        return plan


def _is_own(seen: Seen) -> bool:
    """Tell whether a guest that is there has all of its content, and is known to."""
    return bool(seen.kept and seen.there and seen.there.mark and seen.there.mark.state != RESTING)


def _pull(plan: Plan, wish: Wish, seen: Seen) -> None:
    """Plan that a guest which runs from a point does so no more."""
    everything = tuple(place.disk.target for place in seen.places)
    targets = seen.resting if seen.kept and not seen.torn else everything
    name = seen.there.name if seen.there else wish.name
    begins = bool(targets) and not seen.pulling
    if begins:
        plan.step("begin to pull", partial(pulling.begin, name, targets[0], wish.rate))
    if wish.wait or not targets:
        plan.step("pull in", partial(pulling.finish, name, seen.guest, wish.rate))
    if seen.kept and (begins or wish.wait or not targets):
        plan.change("resting", list(targets), [])


def _start(name: str, connection: Connection) -> None:
    connection.host.read.lookupByName(name).change.create()
