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
    named: dict[str, set[str]] = {}  # the paths of those that a reference may mean
    for item in left:
        for name in (item.name, item.name.rpartition("/")[2]):
            named.setdefault(name, set()).add(item.path)
    needs = {
        item.path: set().union(*(named.get(name, set()) for name in kind.refers(item.given))) - {item.path}
        for item in left
    }
    layers: list[Batch] = []
    while left:
        waiting = {item.path for item in left}
        free = [item for item in left if needs[item.path].isdisjoint(waiting)]
        free = free or left  # a circle is libvirt's to refuse
        layers.append(free)
        placed = {item.path for item in free}
        left = [item for item in left if item.path not in placed]
    return layers
