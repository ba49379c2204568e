# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run: what is done with the guests of a plan, stage by stage. A stage begins when the one before it has ended."""

from __future__ import annotations

import itertools
import typing as t
from dataclasses import dataclass, replace

from ansible_collections.hypervise.kvm.plugins.module_utils.recovery import order, phases
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.model import Guest, Plan, Site, Step
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.situation import RESTORE, Situation

Stages = list[list[Step]]


@dataclass(frozen=True)
class Direction:
    """From one site to the other."""

    source: Site
    target: Site
    addresses: t.Mapping[str, str]  # of hosts, as other hosts reach them

    def copy(self, guest: Guest, phase: str = "copy", **record: t.Any) -> Step:
        """Have at the target the points of the source."""
        host = guest.hosts[self.source.name]
        return phases.copy(guest, self.source, self.target, self.addresses.get(host, host), phase, **record)


def protect(direction: Direction, found: t.Sequence[Situation]) -> Stages:
    """Have points of all guests at the other site."""
    old = [each for each in found if each.copies[direction.target.name].facts.get("autostart")]
    return [
        [phases.retire(each.guest, direction.target) for each in old],
        [phases.backup(each.guest, direction.source) for each in found],
        [direction.copy(each.guest, **_as_it_is(each, direction)) for each in found],
    ]


def _as_it_is(situation: Situation, direction: Direction) -> dict[str, t.Any]:
    """Return all that is known of a guest: the other site may have to do with that alone, and may have been away."""
    return {"serial": 0, **situation.record, "facts": situation.copies[direction.source.name].facts}


def planned(plan: Plan, direction: Direction, found: t.Sequence[Situation]) -> Stages:
    """Hand guests over: nothing of what they wrote is lost, and the first error ends it.

    What was written by the time that it begins is brought over while they run.
    """
    source, target = direction.source, direction.target
    by_name = {each.guest.name: each for each in found}
    guests = [each.guest for each in found]
    waves = order.waves(guests)
    running = [guest for guest in guests if by_name[guest.name].copies[source.name].runs]
    return [
        [phases.backup(guest, source, "sync") for guest in running],
        [direction.copy(guest, "sync copy") for guest in running],
        *([phases.stop(guest, source) for guest in wave] for wave in reversed(waves)),
        [phases.backup(guest, source, "final backup") for guest in guests],
        [direction.copy(guest, "final copy") for guest in guests],
        *_brought_up(plan, target, waves, by_name),
        [phases.retire(guest, source) for guest in guests],
    ]


def disaster(plan: Plan, direction: Direction, found: t.Sequence[Situation]) -> Stages:
    """Take guests over from their newest points: what the lost site wrote since is left there, and kept."""
    by_name = {each.guest.name: each for each in found}
    waves = order.waves([each.guest for each in found])
    return _brought_up(plan, direction.target, waves, by_name)


def _brought_up(
    plan: Plan,
    target: Site,
    waves: t.Sequence[t.Sequence[Guest]],
    by_name: t.Mapping[str, Situation],
) -> Stages:
    diverged = [each.guest for each in by_name.values() if each.diverged == target.name]
    stages: Stages = [[phases.keep(guest, target) for guest in diverged]]
    for wave in waves:
        found = [by_name[guest.name] for guest in wave]
        stages.append([_restore(plan, each, target) for each in found])
        stages.append([phases.ready(guest, target) for guest in wave])
    return stages


def _restore(plan: Plan, situation: Situation, target: Site) -> Step:
    """An old copy is written over. One that runs already was restored by a run that did not get to note it."""
    there = situation.copies[target.name]
    return phases.restore(plan, situation, target, overwrite=there.is_there and not there.runs)


def rehearse(plan: Plan, target: Site, found: t.Sequence[Situation]) -> Stages:
    """Bring guests up in bubbles, and touch nothing else."""
    stages: Stages = [[step for host in hosts(target, found) for step in phases.bubble(plan, host)]]
    for wave in order.waves([each.guest for each in found]):
        stages.append([phases.rehearse(plan, guest, target) for guest in wave])
        stages.append([phases.ready(guest, target, phases.TEST + guest.name) for guest in wave])
    return stages


def cleanup(plan: Plan, found: t.Sequence[Situation], reached: t.Collection[str], discard: bool) -> Stages:
    """Have nothing of tests, wherever they were; and nothing that was kept after a disaster, on request."""
    guests = [(each.guest, site) for each in found for site in plan.sites if each.guest.hosts[site.name] in reached]
    at = [(site, host) for site in plan.sites for host in hosts(site, found) if host in reached]
    return [
        [phases.forget(guest, site) for guest, site in guests],
        [step for _site, host in at for step in phases.unbubble(plan, host)],
        [phases.discard(plan, site, host) for site, host in at if discard],
    ]


def hosts(site: Site, found: t.Sequence[Situation]) -> list[str]:
    """Return the hosts of some guests at a site."""
    return sorted({each.guest.hosts[site.name] for each in found})


def remaining(stages: Stages, found: t.Sequence[Situation]) -> Stages:
    """Leave out what was done before the run was interrupted, and what is empty."""
    by_name = {each.guest.name: each for each in found}
    left = [[step for step in stage if not _is_done(step, by_name.get(step.guest))] for stage in stages]
    return [stage for stage in left if stage]


def _is_done(step: Step, situation: Situation | None) -> bool:
    return situation is not None and bool(situation.run) and step.phase in _done(situation)


def _done(situation: Situation) -> t.Mapping[str, t.Any]:
    """Return what is done of the run and still true: a guest that was started again has to be stopped again."""
    source = situation.copies[situation.run["source"]]
    started_again = "stop" in situation.done and RESTORE not in situation.done and source.runs
    return {} if started_again else situation.done


def noted(stages: Stages, found: t.Sequence[Situation], about: t.Mapping[str, t.Any], serial: int) -> Stages:
    """Have each step note on its host that it was done, and the last one of a guest that its run has ended."""
    runs = {each.guest.name: {**about, "diverged": each.diverged} for each in found}
    last = {step.guest: step for stage in stages for step in stage}
    return [[_noted(step, runs[step.guest], last[step.guest] is step, serial) for step in stage] for stage in stages]


def _noted(step: Step, run: dict[str, t.Any], is_last: bool, serial: int) -> Step:
    return replace(step, record={"serial": serial, "run": {**run, "ended": True} if is_last else run})


def side_by_side(some: t.Sequence[Stages]) -> Stages:
    """Return the stages of several runs that do not concern each other."""
    return [[step for stage in each for step in stage] for each in itertools.zip_longest(*some, fillvalue=())]
