# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of M(dr_plan) to its result."""

from __future__ import annotations

import time
import typing as t
from dataclasses import asdict

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery import checks, options, runs, spec
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.model import Plan, Site
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.runs import Direction, Stages
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.situation import (
    DISASTER,
    PLANNED,
    Situation,
    situations,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.status import sentence, status

Options = t.Mapping[str, t.Any]
Result = dict[str, t.Any]
Found = t.Sequence[Situation]
Problems = list[tuple[str, str]]  # who, and why


def run(stated: Options) -> Result:
    """Plan what is asked for.

    Where guests are handed over without a disaster, it has failed if anything speaks against any of them. Otherwise
    those are left out of which something does.

    :raises InvalidSpec: where the plan makes no sense.
    """
    plan = spec.parse(stated["plan"])
    now = time.time() if stated["now"] is None else stated["now"]
    every = situations(plan, stated["seen"])
    found = _chosen(every, stated["guests"])
    make = {
        options.PROTECT: _protect,
        options.TEST: _test,
        options.FAILOVER: _move,
        options.FAILBACK: _move,
        options.CLEANUP: _cleanup,
        options.STATUS: _nothing,
    }
    stages, problems, about = make[stated["mode"]](plan, found, stated, now)
    told = [status(plan, each, now) for each in found]
    result: Result = {
        "plan": plan.name,
        "mode": stated["mode"],
        "run": about,
        "guests": told,
        "stages": [[asdict(step) for step in stage] for stage in stages if stage],
        "problems": [{"guest": guest, "why": why} for guest, why in problems],
    }
    result["summary"] = _summary(result)
    whole = about.get("mode") == PLANNED
    if problems and (whole or not result["stages"]):
        sentences = " ".join(f"{guest}: {why}." for guest, why in problems)
        what = "and none was touched" if whole else "and there are no others"
        refused = Refused(
            f"{len({guest for guest, _why in problems})} of the guests cannot be done, {what}. {sentences}"
        )
        return {**result, "stages": [], "failed": True, **refused.result()}
    return result


def _chosen(every: Found, names: t.Sequence[str]) -> Found:
    known = {each.guest.name for each in every}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise InvalidSpec([("guests", f"{', '.join(unknown)}: not in the plan, which has {', '.join(sorted(known))}")])
    return [each for each in every if not names or each.guest.name in names]


def _without(found: Found, problems: Problems) -> Found:
    names = {name for name, _why in problems}
    return [each for each in found if each.guest.name not in names]


def _nothing(plan: Plan, found: Found, stated: Options, now: float) -> tuple[Stages, Problems, Result]:
    return [], [], {}


def _protect(plan: Plan, found: Found, stated: Options, now: float) -> tuple[Stages, Problems, Result]:
    problems = [(each.guest.name, why) for each in found for why in checks.protected(plan, each)]
    left = _without(found, problems)
    some = [
        runs.protect(_direction(plan, site, stated), [each for each in left if each.active == site.name])
        for site in plan.sites
    ]
    return runs.side_by_side(some), problems, {}


def _test(plan: Plan, found: Found, stated: Options, now: float) -> tuple[Stages, Problems, Result]:
    problems: Problems = []
    some = []
    for site in plan.sites:
        here = [each for each in found if each.active != site.name]
        wrong = [(each.guest.name, why) for each in here for why in checks.rehearsed(plan, each, site.name)]
        wrong += checks.fits(plan, _without(here, wrong), site.name, stated["seen"], True)
        problems += wrong
        some.append(runs.rehearse(plan, site, _without(here, wrong)))
    return runs.side_by_side(some), problems, {"mode": "test", "id": _name(now), "begun": now}


def _cleanup(plan: Plan, found: Found, stated: Options, now: float) -> tuple[Stages, Problems, Result]:
    return runs.cleanup(plan, found, stated["seen"].keys(), stated["discard"]), [], {}


def _move(plan: Plan, found: Found, stated: Options, now: float) -> tuple[Stages, Problems, Result]:
    home, away = plan.sites
    source, target = (home, away) if stated["mode"] == options.FAILOVER else (away, home)
    to_go = [each for each in found if each.active == source.name or each.run]
    lost = stated["disaster"]
    problems: Problems = [
        (each.guest.name, why)
        for each in to_go
        for why in checks.moved(plan, each, target.name, lost, stated["fenced"])
    ]
    problems += checks.fits(plan, _without(to_go, problems), target.name, stated["seen"], False)
    left = _without(to_go, problems) if lost else to_go
    serial = max((each.record.get("serial", 0) for each in found), default=0)
    goes_on = _begun(left)
    if not goes_on:
        serial += 1
    about: Result = {
        "id": f"{_name(now)}-{serial}",
        "source": source.name,
        "target": target.name,
        "begun": now,
        **goes_on,
        "mode": DISASTER if lost else PLANNED,
    }
    direction = _direction(plan, source, stated)
    stages = runs.disaster(plan, direction, left) if lost else runs.planned(plan, direction, left)
    return runs.noted(runs.remaining(stages, left), left, about, serial), problems, about


def _begun(found: Found) -> Result:
    """Return the run that goes on, of guests that are on their way."""
    return next((dict(each.run) for each in found if each.run), {})


def _direction(plan: Plan, source: Site, stated: Options) -> Direction:
    return Direction(source, plan.other(source.name), stated["addresses"])


def _name(now: float) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))


def _summary(result: Result) -> list[str]:
    lines = [sentence(told) for told in result["guests"]]
    lines += [f"{number}. {_stage(stage)}" for number, stage in enumerate(result["stages"], 1)]
    return [*lines, *(f"{problem['guest']}: {problem['why']}." for problem in result["problems"])]


def _stage(stage: t.Sequence[Result]) -> str:
    told = [f"{step['phase']} {step['guest']}".strip() + f" on {step['host']}" for step in stage]
    return ", ".join(dict.fromkeys(told))
