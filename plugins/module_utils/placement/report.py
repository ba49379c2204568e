# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan as the result of M(placement): data for a playbook, and sentences for a person."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.placement import broken, score
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.model import RESOURCES, Move
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.planner import Planned
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.policy import Policy
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.spare import Spare
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.state import State
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.steps import steps

Result = dict[str, t.Any]


def result(planned: Planned, policy: Policy) -> Result:
    """Return all that there is to tell."""
    estate = planned.before.estate
    in_steps = [[_move(planned, move, number) for move in step] for number, step in _steps(planned, policy)]
    scale = score.Scale(estate, policy.weights)
    both = {"before": planned.before, "after": planned.after}
    sentences = {when: broken.broken(state) for when, state in both.items()}
    told = {
        "steps": in_steps,
        "moves": [move for step in in_steps for move in step],
        "refused": [
            {
                "domain": estate.guests[refusal.guest].name,
                "host": _name(planned, refusal.host),
                "why": refusal.why,
                "hosts": refusal.hosts,
            }
            for refusal in planned.refused
        ],
        "homes": {estate.guests[move.guest].name: _name(planned, move.source) for move in reversed(planned.moves)},
        "groups": [[estate.hosts[host].name for host in group] for group in planned.groups],
        "score": {when: _score(scale, state, sentences[when]) for when, state in both.items()},
        "broken": sentences,
        "no_spare": {
            when: [estate.hosts[host].name for host in sorted(Spare(state).lost)] for when, state in both.items()
        },
        "hosts": [_host(planned, index) for index in range(len(estate.hosts))],
    }
    return {**told, "summary": _summary(told)}


def _steps(planned: Planned, policy: Policy) -> t.Iterable[tuple[int, list[Move]]]:
    return enumerate(steps(planned.before.estate, planned.moves, policy.parallel), 1)


def _name(planned: Planned, host: int | None) -> str | None:
    return None if host is None else planned.before.estate.hosts[host].name


def _move(planned: Planned, move: Move, step: int) -> Result:
    guest = planned.before.estate.guests[move.guest]
    return {
        "domain": guest.name,
        "uuid": guest.uuid,
        "from": _name(planned, move.source),
        "to": _name(planned, move.target),
        "running": guest.running,
        "why": move.why,
        "step": step,
    }


def _score(scale: score.Scale, state: State, sentences: list[str]) -> Result:
    parts = {name: round(score.points(each), 2) for name, each in zip(RESOURCES, scale.variances(state))}
    total = broken.POINTS * len(sentences) + score.points(scale.variance(state))
    return {"total": round(total, 2), "broken": len(sentences), **parts}


def _host(planned: Planned, host: int) -> Result:
    told = planned.before.estate.hosts[host]
    found: Result = {"name": told.name, "drained": told.drained}
    both = {"before": planned.before, "after": planned.after}
    found["guests"] = {when: state.where.count(host) for when, state in both.items()}
    for resource, name in enumerate(RESOURCES):
        found[name] = {
            when: _percent(state.used[host][resource], told.capacity[resource]) for when, state in both.items()
        }
    return found


def _percent(used: int, capacity: int) -> float | None:
    """Return the share of what may be promised that is, V(None) of what there is nothing of or nothing known."""
    return round(100 * used / capacity, 1) if capacity else None


def _summary(told: Result) -> list[str]:
    count, before, after = len(told["moves"]), told["score"]["before"], told["score"]["after"]
    lines = [
        f"{move['step']}. {move['domain']}: {move['from'] or 'new'} -> {move['to']}"
        f"{'' if move['running'] else ' (off)'}. {move['why']}"
        for move in told["moves"]
    ]
    lines += [f"{entry['domain']} on {entry['host'] or 'no host'}: {entry['why']}" for entry in told["refused"]]
    lines += [f"Group {number}: {', '.join(group)}" for number, group in enumerate(told["groups"], 1)]
    lines += [f"Still broken: {sentence}." for sentence in told["broken"]["after"]]
    if told["no_spare"]["after"]:
        hosts = ", ".join(told["no_spare"]["after"])
        lines.append(f"The memory of the other hosts cannot take the guests of any of these if it fails: {hosts}.")
    amount = f"{_count(count, 'move')} in {_count(len(told['steps']), 'step')}"
    return [*lines, f"{amount}; score {before['total']:.2f} -> {after['total']:.2f}."]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def refused(planned: Planned) -> str:
    """Return in one sentence who finds no host."""
    estate = planned.before.estate
    told = [f"{estate.guests[refusal.guest].name}: {refusal.why}" for refusal in planned.refused]
    return f"{len(told)} of the guests find no host, so none is moved. {' '.join(told)}"
