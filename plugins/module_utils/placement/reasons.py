# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a guest moves, and why one has no host: in words."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.placement.estate import Estate, Unit
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.spare import Spare
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.state import State


@dataclasses.dataclass(frozen=True)
class Refusal:
    """A guest that finds no host: why, and what speaks against each."""

    guest: int
    host: int | None
    why: str
    hosts: dict[str, str]


def of_balance(mends: int, gain: float) -> str:
    if mends:
        return f"It mends {'what is broken' if mends == 1 else f'{mends} things that are broken'}, see before.broken."
    return f"It makes hosts more even, by {gain:.2f} points."


def of_settling(before: State, guest: int, target: int) -> str:
    estate, source = before.estate, before.where[guest]
    name = estate.hosts[target].name
    if source is None:
        return f"Of the hosts that can take it, {name} is the one that it leaves most even."
    return f"{estate.hosts[source].name} is drained, and {name} is the host that can take it and is left most even."


def of_return(estate: Estate, home: int) -> str:
    return f"It comes home to {estate.hosts[home].name}."


def refusal(state: State, unit: Unit, hosts: t.Sequence[int], keep_spare: bool = False) -> Refusal:
    """Return why none of some hosts can take a unit, in the state of things when all others have found theirs."""
    estate, source = state.estate, state.host_of(unit)
    if unit.bound:
        return Refusal(unit.guests[0], source, f"It cannot leave its host: {unit.bound}.", {})
    told = {}
    for host in hosts:
        if host == source:
            continue
        reason = state.refusal(unit, host)
        if not reason and keep_spare and not Spare(state).bears(unit, host):
            reason = "another host could then no more fail without its guests finding memory elsewhere"
        told[estate.hosts[host].name] = reason
    listed = "; ".join(f"{name}: {reason}" for name, reason in told.items())
    others = f" together with {len(unit.guests) - 1} others" if len(unit.guests) > 1 else ""
    return Refusal(unit.guests[0], source, f"No host can take it{others}. {listed}.", told)
