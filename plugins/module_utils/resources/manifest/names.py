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
    """Return the name of an object, whatever else is wrong with it, C('') where none is stated."""
    if kind == "secret":
        return _purpose(given.get("usage")) or _uuid(str(given.get("uuid") or ""))
    parts = [str(given.get(option) or "") for option in (("pool", "name") if kind == "volume" else ("name",))]
    return "/".join(parts) if all(parts) else ""


def _purpose(usage: t.Any) -> str:
    if not isinstance(usage, dict):
        return ""
    of = str(usage.get("type") or "")
    what = usage.get(_SECRETS.get(of, "name"))
    return f"{of} {what}" if what else ""


def _uuid(text: str) -> str:
    from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import UUID  # for secrets alone

    try:
        return UUID.parse(text)
    except ValueError:
        return text


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


def volumes_of(given: Given) -> set[str]:
    """Return the volumes that one is made from: POOL/NAME, or the end of a path, as nobody knows yet whose that is."""
    found = set()
    for place in (given.get("backing_store"), given.get("content")):
        if isinstance(place, dict) and place.get("volume"):
            found.add(f"{place.get('pool') or given.get('pool')}/{place['volume']}")
        elif isinstance(place, dict) and place.get("path"):
            found.add(str(place["path"]).rpartition("/")[2])
    return found


def filters_of(given: Given) -> set[str]:
    """Return all that could be the name of a filter that one refers to."""
    return _words([value for option, value in given.items() if option != "name"])


def _words(value: t.Any) -> set[str]:
    if isinstance(value, (dict, list)):
        return set().union(*map(_words, value.values() if isinstance(value, dict) else value))
    return {value} if isinstance(value, str) else set()
