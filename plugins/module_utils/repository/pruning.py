# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removing the points that a policy does not keep."""

from __future__ import annotations

import fnmatch
import time
import typing as t
from dataclasses import dataclass, field

from ansible_collections.hypervise.kvm.plugins.module_utils import retention
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.repository import merge, tenants
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import PRUNED, Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import Point
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.protection import is_protected
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.verification import is_verified

OPTIONS: dict[str, t.Any] = {
    "protected": {"type": "list", "elements": "str", "default": []},
    "lose_verified": {"type": "bool", "default": False},
    **retention.OPTIONS,
}


@dataclass(frozen=True)
class Wish:
    """Which points of a guest to keep."""

    protected: tuple[str, ...]
    lose_verified: bool
    policy: retention.Policy = field(default_factory=retention.Policy)


def parse(params: t.Mapping[str, t.Any]) -> Wish:
    """Return the wish.

    :raises InvalidSpec: with every problem found.
    """
    problems = [(name, "cannot be negative") for name in retention.OPTIONS if (params.get(name) or 0) < 0]
    if problems:
        raise InvalidSpec(problems)
    return Wish(tuple(params["protected"]), params["lose_verified"], retention.policy_of(params))


def work(guest: Guest, wish: Wish, check_mode: bool) -> dict[str, t.Any]:
    """Remove the points of a guest that are not kept, and return what became of it.

    :raises KvmError: where they cannot be removed.
    """
    if check_mode:
        return _account(guest, wish, guest.names(PRUNED))
    with guest.locked(f"backup_prune of {guest.name}"):
        tenants.sweep(guest)
        account = _account(guest, wish, merge.finish(guest))
        merge.remove(guest, account["removed"])
    return account


def _account(guest: Guest, wish: Wish, half: t.Sequence[str]) -> dict[str, t.Any]:
    """Return what is to be done, after everything was asked that could refuse it.

    :arg half: points whose removal a run that was killed had begun.
    """
    judged = [_judged(guest, point, wish) for point in guest.points()]
    verdicts = retention.judge(judged, wish.policy, time.time())
    in_use = {name: f"in use by {tenant}" for name, tenant in tenants.held(guest).items()}
    kept = {**in_use, **{verdict.point.name: verdict.rule for verdict in verdicts if verdict.keep}}
    names = [point.name for point in judged]
    going = [name for name in names if name not in kept]
    if not wish.lose_verified:
        _refuse_losing_verified(guest, names, kept)
    merge.rehearse(guest, going)
    return {
        "changed": bool(going or half),
        "kept": kept,
        "removed": going,
        "steps": [*(f"finish removing {name}" for name in half), *(f"remove {name}" for name in going)],
        "diff": {"before": {"points": sorted([*names, *half])}, "after": {"points": sorted(kept)}},
    }


def _judged(guest: Guest, point: Point, wish: Wish) -> retention.Point:
    protected = is_protected(guest, point.name) or any(
        fnmatch.fnmatchcase(point.name, pattern) for pattern in wish.protected
    )
    return retention.Point(point.name, point.created, protected)


def _refuse_losing_verified(guest: Guest, names: t.Sequence[str], kept: t.Container[str]) -> None:
    verified = [name for name in names if is_verified(guest.status(name))]
    if verified and not any(name in kept for name in verified):
        raise Refused(
            f"{guest.path}: {verified[-1]} would go, and none of those that are kept has been verified.",
            "Verify one that is kept with backup_verify, or set lose_verified=true.",
            option="lose_verified",
        )
