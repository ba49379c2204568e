# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run amounts to: for each guest what was measured and what was promised. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.recovery import options
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.situation import DISASTER, UNKNOWN

Told = t.Mapping[str, t.Any]

#: Modes in which guests are brought up, so that it is measured how long that takes.
_TIMED = (options.TEST, options.FAILOVER, options.FAILBACK)

_READY, _STOP = "ready", "stop"


def outcome(planned: Told, steps: t.Sequence[Told], now: float) -> dict[str, t.Any]:
    """Return a run as data, with C(ok) where nothing failed, nothing was left out and each target was met."""
    run = planned["run"]
    guests = [
        _guest(guest, planned, [step for step in steps if step["guest"] == guest["name"]])
        for guest in planned["guests"]
    ]
    begun = run.get("begun") or min((step["started"] for step in steps), default=now)
    ended = max((step["ended"] for step in steps), default=now)
    problems = [
        *(f"{problem['guest']}: {problem['why']}." for problem in planned["problems"]),
        *(f"{_name(step)}: {step['msg']}" for step in steps if step["failed"]),
        *_not_done(planned, steps),
        *_silent(planned),
        *(() if planned["mode"] == options.CLEANUP else _missed(guests)),
    ]
    return {
        "plan": planned["plan"],
        "mode": planned["mode"],
        "run": run,
        "at": now,
        "seconds": round(ended - begun, 1) if steps else 0.0,
        "ok": not problems,
        "problems": problems,
        "guests": guests,
        "steps": [{name: step[name] for name in _SHOWN} for step in steps],
    }


def _name(step: Told) -> str:
    return f"{step['phase']} {step['guest']} on {step['host']}".replace("  ", " ")


def _not_done(planned: Told, steps: t.Sequence[Told]) -> t.Iterator[str]:
    """Return what was planned and had no turn, as it waited for what failed, or its host was lost."""
    taken = [(step["guest"], step["host"], step["phase"]) for step in steps]
    for step in (step for stage in planned["stages"] for step in stage):
        if (step["guest"], step["host"], step["phase"]) not in taken:
            yield f"{_name(step)}: it had no turn."


_SHOWN = ("guest", "host", "phase", "started", "ended", "changed", "failed", "msg")


def _guest(guest: Told, planned: Told, steps: t.Sequence[Told]) -> dict[str, t.Any]:
    measured: dict[str, t.Any] = {"lag": guest["lag"], "rpo_met": guest["rpo_met"]}
    if planned["mode"] == options.PROTECT:
        measured = _copied(guest, steps)
    if planned["mode"] in _TIMED and steps:
        measured = {**_lost(guest, planned, steps), **_brought_up(guest, planned, steps)}
    phases = {step["phase"]: round(step["ended"] - step["started"], 1) for step in steps}
    return {**guest, **measured, "phases": phases, "failed": any(step["failed"] for step in steps)}


def _copied(guest: Told, steps: t.Sequence[Told]) -> dict[str, t.Any]:
    """Return how old the newest point was when it had arrived at the other site."""
    backup = next((step for step in steps if step["phase"] == "backup"), None)
    copied = next((step for step in steps if step["phase"] == "copy" and not step["failed"]), None)
    if not backup or not copied:
        return {"lag": guest["lag"], "rpo_met": False if guest["rpo"] is not None else None}
    lag = round(copied["ended"] - backup["started"], 1)
    return {"lag": lag, "rpo_met": None if guest["rpo"] is None else lag <= guest["rpo"]}


def _lost(guest: Told, planned: Told, steps: t.Sequence[Told]) -> dict[str, t.Any]:
    """Return for how long it had been writing what is not in the point that it runs from now.

    After a disaster that is since then until the failover began, which is later than the disaster itself.
    """
    if planned["mode"] == options.TEST or planned["run"].get("mode") == DISASTER:
        return {"lag": guest["lag"], "rpo_met": guest["rpo_met"]}
    return {"lag": 0.0, "rpo_met": None if guest["rpo"] is None else True}


def _brought_up(guest: Told, planned: Told, steps: t.Sequence[Told]) -> dict[str, t.Any]:
    """Return for how long it was away, as far as this run knows, or how long it took where it was not away."""
    ready = next((step for step in steps if step["phase"] == _READY), None)
    stopped = next((step for step in steps if step["phase"] == _STOP), None)
    if ready is None or ready["failed"]:
        return {"away": None, "rto_met": None if guest["rto"] is None else False}
    away = round(ready["ended"] - (stopped["started"] if stopped else planned["run"]["begun"]), 1)
    return {"away": away, "rto_met": None if guest["rto"] is None else away <= guest["rto"]}


def _silent(planned: Told) -> t.Iterator[str]:
    """Return which hosts do not answer, where nobody is there to have expected that."""
    if planned["mode"] == options.STATUS:
        for guest in planned["guests"]:
            silent = [site for site, state in guest["states"].items() if state == UNKNOWN]
            yield from (f"{guest['name']}: {guest['hosts'][site]} does not answer." for site in silent)


def _missed(guests: t.Iterable[Told]) -> t.Iterator[str]:
    for guest in guests:
        if guest["split"]:
            yield f"{guest['name']} runs at both sites."
        if guest["rpo_met"] is False:
            target = f"its target is {guest['rpo']} s"
            if guest["lag"] is None:
                yield f"{guest['name']} has no point at the other site; {target}."
            else:
                yield f"{guest['name']}: its newest point at the other site is {guest['lag']:.0f} s old; {target}."
        if guest.get("rto_met") is False:
            known = "was not ready" if guest["away"] is None else f"was ready after {guest['away']:.0f} s"
            yield f"{guest['name']} {known}; its target is {guest['rto']} s."
