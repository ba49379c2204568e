# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Protecting points from being removed."""

from __future__ import annotations

import fnmatch
import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import Guest

OPTIONS: dict[str, t.Any] = {
    "point": {"type": "list", "elements": "str", "required": True},
    "protected": {"type": "bool", "default": True},
}


@dataclass(frozen=True)
class Wish:
    """Which points of a guest are to be protected, or are not to be."""

    points: tuple[str, ...]
    protected: bool


def parse(params: t.Mapping[str, t.Any]) -> Wish:
    """Return the wish."""
    return Wish(tuple(params["point"]), params["protected"])


def is_protected(guest: Guest, name: str) -> bool:
    """Tell whether a point is never removed."""
    return bool(guest.status(name).get("protected"))


def work(guest: Guest, wish: Wish, check_mode: bool) -> dict[str, t.Any]:
    """Protect the points of a guest, or do not any more, and return what became of it.

    :raises Refused: where one is stated that is not there.
    """
    before = {name: is_protected(guest, name) for name in guest.names()}
    after = {**before, **dict.fromkeys(_meant(guest, wish.points), wish.protected)}
    changing = [name for name in before if before[name] != after[name]]
    for name in [] if check_mode else changing:
        guest.note(name, protected=wish.protected)
    verb = "protect" if wish.protected else "stop protecting"
    return {
        "changed": bool(changing),
        "protected": [name for name in after if after[name]],
        "steps": [f"{verb} {name}" for name in changing],
        "diff": {"before": {"protected": before}, "after": {"protected": after}},
    }


def _meant(guest: Guest, wished: t.Sequence[str]) -> list[str]:
    names = guest.names()
    unknown = [name for name in wished if name not in names and not any(sign in name for sign in "*?[")]
    if unknown:
        known = ", ".join(names) or "none"
        raise Refused(f"point: {guest.name} has no point {unknown[0]}; there are {known}.", option="point")
    return [name for name in names if any(fnmatch.fnmatchcase(name, pattern) for pattern in wished)]
