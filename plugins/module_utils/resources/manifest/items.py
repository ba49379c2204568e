# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects that a manifest's document states."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, KvmError
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.kinds import Kind
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.names import Given, name_of

if t.TYPE_CHECKING:
    from ansible_collections.hypervise.kvm.plugins.module_utils.module import Resource


@dataclass(eq=False)
class Item:
    """One object of a manifest, and what became of it."""

    kind: Kind
    path: str  # where the document states it: domains[3]
    given: Given
    name: str
    resource: Resource = None  # type: ignore[assignment]  # until its kind is loaded
    wish: t.Any = None
    plan: Plan = field(default_factory=lambda: Plan(""))
    provisional: bool = False  # whether the plan rests on what other objects will be like
    error: KvmError | None = None
    done: bool = False
    pruned: bool = False  # not in the document, and to be removed for that
    settled: bool = False  # known to be as stated
    said: t.Any = None  # all that is stated of it, the manifest's own options included

    @property
    def key(self) -> tuple[str, str]:
        """What tells the object from all others of a host."""
        return self.kind.name, self.name

    @property
    def label(self) -> str:
        """The object in words."""
        return f"{self.kind.name.replace('_', ' ')} {self.name}".rstrip()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is to be done to it, now or later, and nothing to be said."""
        plan = self.plan
        return not (
            self.error or self.provisional or plan.changes or plan.steps or plan.warnings or plan.pending_restart
        )

    def settle(self, facts: t.Mapping[str, t.Any]) -> None:
        """Take it for granted that there is nothing to do."""
        self.settled = True
        self.plan.label, self.plan.facts = self.label, dict(facts)

    @property
    def goes(self) -> bool:
        """Whether the object is to be removed."""
        return self.given.get("state") == "absent"


def stated(kinds: t.Iterable[Kind], params: t.Mapping[str, t.Any]) -> list[Item]:
    """Return the objects of a document, in its order within each kind."""
    return [
        Item(kind, f"{kind.option}[{index}]", given, name_of(kind.name, given))
        for kind in kinds
        for index, given in enumerate(params.get(kind.option) or ())
    ]


def refuse_duplicates(items: t.Iterable[Item]) -> bool:
    """Let no two items state the same object, and tell whether any did."""
    first: dict[tuple[str, str], Item] = {}
    found = False
    for item in items:
        other = first.setdefault(item.key, item) if item.name else item
        if other is not item:
            item.error = InvalidSpec([(item.path, f"the {item.label} is stated already, by {other.path}")])
            found = True
    return found
