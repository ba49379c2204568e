# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is brought up after whom: priorities one after the other, and within one those first on which others depend."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.model import Guest


def waves(guests: t.Sequence[Guest]) -> list[list[Guest]]:
    """Return groups of guests. Each group starts once those before it are ready.

    Guests that are not among these are nobody's concern.
    """
    left = sorted(guests, key=lambda guest: (guest.priority, guest.name))
    found: list[list[Guest]] = []
    while left:
        waiting = {guest.name for guest in left}
        first = left[0].priority
        wave = [guest for guest in left if guest.priority == first and not waiting.intersection(guest.depends_on)]
        found.append(wave)
        left = [guest for guest in left if guest not in wave]
    return found


def problems(guests: t.Sequence[Guest]) -> t.Iterator[tuple[str, str]]:
    """Return what makes it impossible to order guests."""
    known = {guest.name: guest for guest in guests}
    for index, guest in enumerate(guests):
        for name in guest.depends_on:
            if known[name].priority > guest.priority:
                told = f"{guest.name} has priority {guest.priority}, and waits for {name}, which has"
                yield f"plan.guests[{index}].depends_on", f"{told} {known[name].priority}"
    cycle = _cycle(known)
    if cycle:
        yield "plan.guests", f"they wait for each other: {' -> '.join(cycle)}"


def _cycle(known: t.Mapping[str, Guest]) -> list[str]:
    """Return the names in a circle, the first one again at its end; nothing if there is none."""
    sound: set[str] = set()
    for start in known:
        path: list[str] = []
        found = _walk(start, known, path, sound)
        if found:
            return found
    return []


def _walk(name: str, known: t.Mapping[str, Guest], path: list[str], sound: set[str]) -> list[str]:
    if name in path:
        return [*path[path.index(name) :], name]
    if name not in sound:
        path.append(name)
        for other in known[name].depends_on:
            found = _walk(other, known, path, sound)
            if found:
                return found
        path.pop()
        sound.add(name)
    return []
