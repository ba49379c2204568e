# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a manifest's document to its objects: each is checked as its own module would check it."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, KvmError
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.kinds import Kind

if t.TYPE_CHECKING:
    from ansible_collections.hypervise.kvm.plugins.module_utils.module import Resource

Given = dict[str, t.Any]


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

    @property
    def key(self) -> tuple[str, str]:
        """What tells the object from all others of a host."""
        return self.kind.name, self.name

    @property
    def label(self) -> str:
        """The object in words."""
        return f"{self.kind.name.replace('_', ' ')} {self.name}".rstrip()

    @property
    def goes(self) -> bool:
        """Whether the object is to be removed."""
        return self.given.get("state") == "absent"


def stated(kinds: t.Iterable[Kind], params: t.Mapping[str, t.Any]) -> list[Item]:
    """Return the objects of a document, in its order within each kind."""
    return [
        Item(kind, f"{kind.option}[{index}]", given, _name(kind, given))
        for kind in kinds
        for index, given in enumerate(params.get(kind.option) or ())
    ]


def _name(kind: Kind, given: Given) -> str:
    name = str(given.get("name", ""))
    return f"{given.get('pool', '')}/{name}" if kind.name == "volume" else name


def parse(items: t.Iterable[Item]) -> set[str]:
    """Give each item its wish, or the error that it is; and return the values that must not be told to anybody."""
    secrets: set[str] = set()
    ways: dict[str, tuple[Resource, ArgumentSpecValidator]] = {}
    for item in items:
        if item.kind.name not in ways:
            resource = item.kind.load()
            ways[item.kind.name] = resource, ArgumentSpecValidator(resource.argument_spec())
        item.resource, validator = ways[item.kind.name]
        found = validator.validate(item.given)
        secrets |= found._no_log_values  # as AnsibleModule does
        if found.error_messages:
            item.error = InvalidSpec([(item.path, message) for message in found.error_messages])
            continue
        try:
            item.wish = item.resource.parse(found.validated_parameters)
            if item.kind.name != "volume":
                item.name = item.wish.name  # a secret has one that its options make up
        except InvalidSpec as error:
            item.error = InvalidSpec(
                [(f"{item.path}.{problem['option']}", problem["message"]) for problem in error.details["problems"]]
            )
        except KvmError as error:
            item.error = error
    return secrets


def refuse_duplicates(items: t.Iterable[Item]) -> None:
    """Let no two items state the same object."""
    first: dict[tuple[str, str], Item] = {}
    for item in items:
        other = first.setdefault(item.key, item)
        if other is not item and item.error is None:
            item.error = InvalidSpec([(item.path, f"the {item.label} is stated already, by {other.path}")])
