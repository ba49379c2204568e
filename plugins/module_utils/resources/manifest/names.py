# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the objects of a manifest are called, and how one of a name is stated when it is to go."""

from __future__ import annotations

import typing as t

Given = dict[str, t.Any]

#: Where a secret of a usage says what it is for; it has no other name.
_SECRETS = {"volume": "volume", "iscsi": "target"}


def name_of(kind: str, given: Given) -> str:
    """Return the name of an object, whatever else is wrong with it."""
    if kind == "secret":
        usage = given.get("usage")
        if not isinstance(usage, dict):
            return str(given.get("uuid") or "")
        return f"{usage.get('type', '')} {usage.get(_SECRETS.get(str(usage.get('type')), 'name'), '')}"
    name = str(given.get("name", ""))
    return f"{given.get('pool', '')}/{name}" if kind == "volume" else name


def removal_of(kind: str, name: str) -> Given:
    """Return what is stated of an object of that name that is to go."""
    if kind == "volume":
        pool, _separator, volume = name.partition("/")
        return {"pool": pool, "name": volume, "state": "absent"}
    if kind == "secret":
        usage, _separator, purpose = name.partition(" ")
        what = {"usage": {"type": usage, _SECRETS.get(usage, "name"): purpose}} if purpose else {"uuid": name}
        return {**what, "state": "absent"}
    return {"name": name, "state": "absent"}
