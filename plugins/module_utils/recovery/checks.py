# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What speaks against bringing guests up at a site: all of it is found before anything is touched."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.placement import compatible, facts
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.model import Guest as Load
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery import phases
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.model import Plan, translate
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.situation import ABSENT, UNKNOWN, Copy, Situation

Seen = t.Mapping[str, t.Mapping[str, t.Any]]
Problem = tuple[str, str]  # who, and why

_LIMITS = facts.Limits(memory_reserve=0)


def protected(plan: Plan, situation: Situation) -> t.Iterator[str]:
    """Return why there cannot be a new point of a guest at the other site."""
    active, other = situation.copies[situation.active], situation.copies[plan.other(situation.active).name]
    yield from _reached(active)
    yield from _reached(other)
    yield from _still(situation, "")
    if active.state == ABSENT:
        yield f"it is not defined on {active.host}"
    if other.runs and not situation.run:
        yield _split(other)


def moved(plan: Plan, situation: Situation, target: str, disaster: bool, fenced: t.Collection[str]) -> t.Iterator[str]:
    """Return why a guest cannot be handed over to a site, or taken over by it."""
    source = situation.copies[plan.other(target).name]
    there = situation.copies[target]
    yield from _reached(there)
    yield from _still(situation, target)
    if disaster:
        yield from _lost(source, fenced)
        if not there.points:
            yield f"{there.host} has no restore point of it"
    else:
        yield from _reached(source)
        if source.state == ABSENT:
            yield f"it is not defined on {source.host}"
    if there.runs and not situation.run:
        yield _split(there)
    uuids = {copy.facts["uuid"] for copy in situation.copies.values() if copy.facts}
    uuids |= {point["uuid"] for point in there.points}
    if there.is_there and len(uuids) > 1:
        yield f"{there.host} has another domain of this name (UUID {there.facts['uuid']})"


def fits(plan: Plan, found: t.Sequence[Situation], target: str, seen: Seen, bubbles: bool) -> t.Iterator[Problem]:
    """Return which guests cannot run on their hosts at a site, as something is missing or too small there."""
    source = plan.other(target).name
    rooms: dict[str, int] = {}
    for each in found:
        name = each.copies[target].host
        if name not in seen:
            continue
        told = seen[name]["host"]
        load = _load(each, source)
        if load is None:
            continue  # nothing is known of it but its points
        offers = facts.host(name, told, _LIMITS, {}, False, False)
        networks = frozenset(translate(plan.networks, network, source, target) for network in load.needs.networks)
        needs = dataclasses.replace(
            load.needs, networks=frozenset() if bubbles else networks, storage_pools=frozenset()
        )
        hindrance = compatible.hindrance(needs, offers.offers)
        if hindrance:
            yield each.guest.name, f"{name} cannot run it: {hindrance}"
        if load.bound:
            yield each.guest.name, load.bound
        if each.copies[target].runs and not bubbles:
            continue  # what it takes is taken already
        rooms[name] = rooms.get(name, offers.capacity[0] - _used(told)) - load.size[0]
        if rooms[name] < 0:
            yield each.guest.name, f"{name} has too little memory for it: {-rooms[name]} bytes are missing"


def rehearsed(plan: Plan, situation: Situation, target: str) -> t.Iterator[str]:
    """Return why a guest cannot be tested at a site: what is not surely in a bubble does not start."""
    there = situation.copies[target]
    yield from _reached(there)
    if not there.points:
        yield f"{there.host} has no restore point of it"
    source = plan.other(target)
    if not _known(situation, source.name):
        yield f"nothing tells to which networks it is attached; {source.name} has to be protected first"
        return
    needs = _known(situation, source.name).get("needs") or {}
    attached = {*(needs.get("networks") or ()), *(needs.get("bridges") or ())}
    missing = attached - phases.bubbles_by_network(plan, source, plan.site(target)).keys()
    if missing:
        yield f"there is no bubble for {', '.join(sorted(missing))}, to which it is attached"


def _reached(copy: Copy) -> t.Iterator[str]:
    if copy.state == UNKNOWN:
        yield f"{copy.host} does not answer"


def _still(situation: Situation, target: str) -> t.Iterator[str]:
    run = situation.run
    if run and run["target"] != target:
        yield f"it is on its way to {run['target']} since {run['id']}: run that failover to its end first"


def _split(old: Copy) -> str:
    return f"its old copy runs on {old.host}; look at what was written there, and stop it"


def _lost(source: Copy, fenced: t.Collection[str]) -> t.Iterator[str]:
    if source.state != UNKNOWN:
        yield f"{source.host} answers; a disaster is when it does not, and without one the failover loses nothing"
    elif source.host not in fenced:
        yield f"nothing proves that {source.host} is off: state a command in fencing, or give your word in fenced"


def _load(situation: Situation, source: str) -> Load | None:
    """Return what a guest needs, as its host tells now, or told when it was last protected."""
    known = _known(situation, source)
    if not known:
        return None
    told = {"domains": [known], "storage_pools": ()}
    return facts.guests("", told, "move")[0]


def _known(situation: Situation, source: str) -> t.Mapping[str, t.Any]:
    return situation.copies[source].facts or situation.record.get("facts") or {}


def _used(told: t.Mapping[str, t.Any]) -> int:
    return sum(domain["maximum_memory"] for domain in told["domains"] if domain["state"] in facts.AWAKE)
