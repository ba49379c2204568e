# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what a playbook states to a typed spec, with every problem named by its option's path."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, Group, List, Node, Spec, Values

Problems = list[tuple[str, str]]


def parse(fields: t.Iterable[Node], params: t.Mapping[str, t.Any]) -> Spec:
    """Return the typed spec of some options; what is C(None) is not stated and left out.

    :arg params: options that already passed the argument spec.
    :raises InvalidSpec: with all problems, each with its option's path.
    """
    problems: Problems = []
    spec = _group(fields, params, "", problems)
    if problems:
        raise InvalidSpec(problems)
    return spec


def _group(fields: t.Iterable[Node], params: t.Mapping[str, t.Any], where: str, problems: Problems) -> Spec:
    spec: Spec = {}
    for node in fields:
        value = params.get(node.name)
        if value is not None:
            spec[node.name] = _node(node, value, where + node.name, problems)
    return spec


def _node(node: Node, value: t.Any, where: str, problems: Problems) -> t.Any:
    if isinstance(node, Field):
        return _value(node, value, where, problems)
    if isinstance(node, Values):
        return [_value(node, entry, f"{where}[{index}]", problems) for index, entry in enumerate(value)]
    if isinstance(node, Group):
        return _group(node.fields, value, where + ".", problems)
    items = [_group(node.fields, item, f"{where}[{index}].", problems) for index, item in enumerate(value)]
    _unique(node, items, where, problems)
    return items


def _value(node: Field | Values, value: t.Any, where: str, problems: Problems) -> t.Any:
    try:
        parsed = node.codec.parse(value)
    except (ValueError, TypeError) as error:
        problems.append((where, str(error)))
        return None
    if node.codec.choices and parsed not in node.codec.choices:
        problems.append((where, f"{value!r} is not one of {', '.join(node.codec.choices)}"))
    return parsed


def _unique(node: List, items: t.Sequence[Spec], where: str, problems: Problems) -> None:
    seen: dict[t.Any, int] = {}
    for index, item in enumerate(items):
        key = stated_key(node, item)
        if key is None or key in node.repeats:
            continue
        value = label(key_of(item, key) or ())
        if (key, value) in seen:
            problems.append((f"{where}[{index}].{key}", f"{value!r} is already used by {where}[{seen[key, value]}]"))
        seen.setdefault((key, value), index)


def stated_key(node: List, item: Spec) -> str | None:
    """Return the first key that an item states: the one that identifies it."""
    return next((key for key in node.keys if key_of(item, key) is not None), None)


def key_of(item: Spec, key: str) -> tuple[t.Any, ...] | None:
    """Return the value of a key, C('name') or C('start+end'); C(None) unless all its options are stated."""
    values = tuple(item.get(name) for name in key.split("+"))
    return None if None in values else values


def label(value: tuple[t.Any, ...]) -> str:
    """Return a key's value as it stands in a path."""
    return "-".join(str(part) for part in value)
