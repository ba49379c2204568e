# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which order the objects of a manifest have their turn."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.items import Item
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.kinds import KINDS, Kind

#: Items that do not need each other.
Batch = list[Item]


def batches(items: t.Sequence[Item]) -> list[Batch]:
    """Return the items in batches: each needs nothing of a later one.

    Guests that go make room for all else. What guests may still hold goes last, when their changes were made.
    """
    going = [item for item in items if item.goes]
    coming = [item for item in items if not item.goes]
    first = [item for item in going if item.kind.name == "domain"]
    last = [item for item in going if item.kind.name != "domain"]
    ordered = [first] if first else []
    for kind in KINDS:
        ordered += _layers(kind, coming)
    for kind in reversed(KINDS):
        ordered += reversed(_layers(kind, last))
    return ordered


def _layers(kind: Kind, items: t.Iterable[Item]) -> list[Batch]:
    """Return the items of a kind, those that others name before these."""
    left = [item for item in items if item.kind is kind]
    names = {_last(item.name) for item in left}
    needs = {item.path: (_words(item.given) & names) - {_last(item.name)} if kind.layered else set() for item in left}
    layers: list[Batch] = []
    while left:
        names = {_last(item.name) for item in left}
        free = [item for item in left if needs[item.path].isdisjoint(names)] or left  # a circle is libvirt's to refuse
        layers.append(free)
        placed = {item.path for item in free}
        left = [item for item in left if item.path not in placed]
    return layers


def _words(value: t.Any) -> set[str]:
    """Return the last parts of all texts in a value: an object is named by its name, a volume also by its path."""
    if isinstance(value, dict):
        return set().union(*(_words(entry) for entry in value.values()))
    if isinstance(value, list):
        return set().union(*(_words(entry) for entry in value))
    return {_last(value)} if isinstance(value, str) else set()


def _last(name: str) -> str:
    return name.rpartition("/")[2]
