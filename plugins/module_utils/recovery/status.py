# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How each guest is protected: where it is active, how old its newest point at the other site is, what is wrong."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.model import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.situation import UNKNOWN, Situation

Told = dict[str, t.Any]


def status(plan: Plan, situation: Situation, now: float) -> Told:
    """Return what is to be told of a guest."""
    guest = situation.guest
    standby = situation.copies[plan.other(situation.active).name]
    newest = standby.points[-1] if standby.points else None
    lag = round(now - newest["created"], 1) if newest else None
    unknown = standby.state == UNKNOWN
    return {
        "name": guest.name,
        "priority": guest.priority,
        "home": plan.sites[0].name,
        "active": situation.active,
        "states": {name: copy.state for name, copy in situation.copies.items()},
        "hosts": dict(guest.hosts),
        "split": situation.is_split,
        "diverged": situation.diverged,
        "run": dict(situation.run),
        "point": newest["name"] if newest else None,
        "lag": lag,
        "rpo": guest.rpo,
        "rto": guest.rto,
        "rpo_met": None if guest.rpo is None or unknown else lag is not None and lag <= guest.rpo,
    }


def sentence(told: Told) -> str:
    """Return the same for a person to read."""
    states = ", ".join(f"{state} at {site}" for site, state in told["states"].items())
    lag = "no point at the other site" if told["lag"] is None else f"its replica is {duration(told['lag'])} old"
    target = f" (may be {duration(told['rpo'])})" if told["rpo"] is not None else ""
    late = " TOO OLD" if told["rpo_met"] is False else ""
    notes = []
    if told["split"]:
        notes.append("IT RUNS TWICE.")
    if told["run"]:
        notes.append(f"It is on its way to {told['run']['target']} since {told['run']['id']}.")
    if told["diverged"]:
        notes.append(f"What {told['diverged']} had written and nobody else has is still there.")
    return " ".join([f"{told['name']}: active at {told['active']}; {states}; {lag}{target}{late}.", *notes])


def duration(seconds: float) -> str:
    """Return a time for people to read."""
    whole = int(seconds)
    if whole < 120:
        return f"{seconds:.3g} s" if seconds < 10 else f"{whole} s"
    if whole < 7200:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
