# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of M(placement) to its result."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.placement import capacity, facts, planner, report, specs
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.estate import Estate
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.policy import Policy
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.rules import rules
from ansible_collections.hypervise.kvm.plugins.module_utils.units import parse_size

Options = t.Mapping[str, t.Any]
Result = dict[str, t.Any]


def run(options: Options) -> Result:
    """Plan what is asked for.

    It has failed where guests find no host and a part is not enough.

    :raises KvmError: where options are wrong.
    """
    _refuse_unknown_hosts(options)
    estate, policy = _estate(options), _policy(options)
    if options["mode"] == "capacity":
        return _capacity(options, estate, policy)
    planned = _plan(options, estate, policy)
    result = report.result(planned, policy)
    if options["mode"] == "return":
        result["summary"] = [*_away(options, result), *result["summary"]]
    if options["mode"] == "place":
        result["placed"] = {**_there(options), **{move["domain"]: move["to"] for move in result["moves"]}}
    if planned.refused and not policy.partial:
        refused = Refused(report.refused(planned), "With partial, the others are planned for.")
        return {**result, "failed": True, **refused.result()}
    return result


def _plan(options: Options, estate: Estate, policy: Policy) -> planner.Planned:
    mode = options["mode"]
    if mode == "return":
        return planner.go_home(estate, policy, options["homes"])
    if mode == "group":
        return planner.group(estate, policy, options["group_hosts"])
    modes = {"balance": planner.balance, "evacuate": planner.evacuate, "place": planner.place}
    return modes[mode](estate, policy)


def _capacity(options: Options, estate: Estate, policy: Policy) -> Result:
    new = [index for index, guest in enumerate(estate.guests) if guest.host is None]
    found = []
    for index in new:
        room = capacity.room(estate, index, policy)
        found.append({"name": estate.guests[index].name, "total": sum(room.values()), "hosts": room})
    return {"capacity": found}


def _estate(options: Options) -> Estate:
    told = options["hosts"]
    facts.refuse_gaps(told)
    limits = _limits(options["limits"])
    with_load = facts.watched(told)
    hosts = [
        facts.host(
            name, told[name], limits, options["host_labels"].get(name) or {}, name in options["drained"], with_load
        )
        for name in sorted(told)
    ]
    guests = [guest for name in sorted(told) for guest in facts.guests(name, told[name], options["stopped"])]
    there = _there(options) if options["mode"] == "place" else {}
    new = [specs.guest(spec, f"guests[{index}]") for index, spec in enumerate(options["guests"])]
    guests += [guest for guest in new if guest.name not in there]
    return Estate(hosts, guests, rules(options["rules"], hosts, guests))


def _there(options: Options) -> dict[str, str]:
    """Return the hosts of guests that are to come and have come already."""
    asked = {spec.get("name") for spec in options["guests"]}
    told = options["hosts"]
    return {each["name"]: name for name in sorted(told) for each in told[name]["domains"] if each["name"] in asked}


def _away(options: Options, result: Result) -> t.Iterator[str]:
    """Return a sentence for each guest that does not come home, and of which nothing else is told."""
    told = {entry["domain"] for entry in (*result["moves"], *result["refused"])}
    there = {each["name"]: (name, each["state"]) for name, host in options["hosts"].items() for each in host["domains"]}
    for guest, home in sorted(options["homes"].items()):
        host, state = there.get(guest, ("", ""))
        if not host:
            yield f"{guest} does not come home to {home}: it is on none of the hosts."
        elif host != home and guest not in told:
            yield f"{guest} stays on {host} and does not come home to {home}: it is {state}."


def _limits(stated: Options) -> facts.Limits:
    try:
        reserve = parse_size(stated["memory_reserve"])
    except ValueError as error:
        raise InvalidSpec([("limits.memory_reserve", str(error))]) from error
    wrong = [name for name in ("memory_overcommit", "vcpus_per_cpu") if stated[name] <= 0]
    if wrong:
        raise InvalidSpec([(f"limits.{name}", "it has to be more than 0") for name in wrong])
    return facts.Limits(stated["memory_overcommit"], reserve, stated["vcpus_per_cpu"])


def _policy(options: Options) -> Policy:
    weights = options["weights"]
    problems = [(f"weights.{name}", "it is negative") for name, weight in weights.items() if weight < 0]
    if options["min_gain"] <= 0:
        problems.append(("min_gain", "it has to be more than 0, or guests would be moved for nothing"))
    if options["parallel"] < 1:
        problems.append(("parallel", "it has to be at least 1"))
    if problems:
        raise InvalidSpec(problems)
    alike = ("n_plus_one", "partial", "threshold", "min_gain", "max_moves", "parallel", "group_size")
    return Policy((weights["memory"], weights["vcpus"], weights["load"]), **{name: options[name] for name in alike})


def _refuse_unknown_hosts(options: Options) -> None:
    named = [
        *((f"drained[{index}]", name) for index, name in enumerate(options["drained"])),
        *((f"group_hosts[{index}]", name) for index, name in enumerate(options["group_hosts"])),
        *((f"host_labels.{name}", name) for name in options["host_labels"]),
        *((f"homes.{guest}", name) for guest, name in options["homes"].items()),
    ]
    problems = [(where, f"{name} is none of the hosts") for where, name in named if name not in options["hosts"]]
    if problems:
        raise InvalidSpec(problems)
