# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removing the snapshots that a policy does not keep."""

from __future__ import annotations

import fnmatch
import time
import typing as t
from dataclasses import dataclass, field

from ansible_collections.hypervise.kvm.plugins.module_utils import retention
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.looking import look
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.removal import plan_removal
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.state import Guest


@dataclass(frozen=True)
class Wish:
    """Which snapshots of one guest, and which of them to keep."""

    domain: str
    names: tuple[str, ...]
    protected: tuple[str, ...]
    policy: retention.Policy = field(default_factory=retention.Policy)


class Pruning:
    """The verb, in the shape of a resource: what is there, what to do, doing it."""

    def argument_spec(self) -> dict[str, t.Any]:
        """Return the options of the module, without the connection's and the guests."""
        return {
            "name": {"type": "list", "elements": "str", "default": []},
            "protected": {"type": "list", "elements": "str", "default": []},
            **retention.OPTIONS,
        }

    def parse(self, params: t.Mapping[str, t.Any]) -> Wish:
        """Return the wish, of no guest yet.

        :raises InvalidSpec: with every problem found.
        """
        problems = [(name, "cannot be negative") for name in retention.OPTIONS if (params.get(name) or 0) < 0]
        if problems:
            raise InvalidSpec(problems)
        return Wish("", tuple(params["name"]), tuple(params["protected"]), retention.policy_of(params))

    def observe(self, connection: Connection, wish: Wish) -> Guest:
        """Return all that planning this wish needs to know."""
        return look(connection, wish.domain)

    def plan(self, wish: Wish, guest: Guest) -> Plan:
        """Return what has to be done.

        :raises Refused: where one of those that are not kept cannot be removed.
        """
        if not guest.exists:
            raise Refused(f"domain: there is no domain {wish.domain}.", "Check the name.", option="domain")
        plan = Plan(f"snapshots of domain {wish.domain}")
        points = [
            retention.Point(snapshot.name, snapshot.created, _matches(snapshot.name, wish.protected))
            for snapshot in guest.tree
            if not wish.names or _matches(snapshot.name, wish.names)
        ]
        verdicts = retention.judge(points, wish.policy, time.time())
        plan.facts["kept"] = {verdict.point.name: verdict.rule for verdict in verdicts if verdict.keep}
        going = [verdict.point.name for verdict in reversed(verdicts) if not verdict.keep]
        if going:
            names = [point.name for point in points]
            plan.change("snapshots", names, [name for name in names if name not in going])
            plan_removal(plan, guest, guest.tree, going)
        return plan


def _matches(name: str, patterns: t.Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
