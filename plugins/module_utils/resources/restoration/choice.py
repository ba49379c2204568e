# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of a guest's points is meant."""

from __future__ import annotations

import datetime

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import Point
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.repository import Repository

LATEST = "latest"


def guest_of(repository: Repository, domain: str) -> Guest:
    """Return the place of a guest.

    :raises Refused: where there is none, or several have the name.
    """
    found = repository.find(domain)
    if len(found) == 1:
        return found[0]
    if found:
        uuids = ", ".join(guest.uuid for guest in found)
        raise Refused(f"domain: several guests are called {domain}: {uuids}.", "State the UUID.", option="domain")
    known = ", ".join(sorted({guest.name for guest in repository.guests()})) or "nobody"
    raise Refused(f"domain: {repository.path} has points of {known}, not of {domain}.", option="domain")


def point_of(guest: Guest, wished: str) -> Point:
    """Return the point of a name, the newest, or the newest that is not later than an instant.

    :raises Refused: where there is none.
    """
    names = guest.names()
    if wished in names:
        return guest.point(wished)
    instant = None if wished == LATEST else instant_of(wished)
    for name in reversed(names):
        point = guest.point(name)
        if instant is None or point.created <= instant:
            return point
    known = ", ".join(names) or "none"
    raise Refused(f"point: {guest.name} has no point {wished}; there are {known}.", option="point")


def instant_of(wished: str) -> float:
    """Return an instant in seconds since 1970; the host's local time where it tells no zone.

    :raises Refused: where it is none.
    """
    try:
        return datetime.datetime.fromisoformat(wished.replace("Z", "+00:00")).timestamp()
    except ValueError as error:
        accepted = f"the name of a point, {LATEST}, or an instant like 2026-11-22T20:00 or 2026-11-22T19:00:00Z"
        raise Refused(f"point: there is no point {wished!r}; use {accepted}.", option="point") from error
