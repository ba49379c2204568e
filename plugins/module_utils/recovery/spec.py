# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan as it is stated becomes one that makes sense, or all that is wrong with it is told."""

from __future__ import annotations

import collections
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery import order
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.model import Guest, Options, Plan, Rows, Site

Problem = tuple[str, str]


def parse(stated: Options) -> Plan:
    """Return the plan that is stated.

    :raises InvalidSpec: with every problem found.
    """
    sites = [Site(site["name"], tuple(site["hosts"]), site["repository"]) for site in stated["sites"]]
    problems = list(_sites(sites))
    if problems:
        raise InvalidSpec(problems)
    plan = Plan(
        stated["name"],
        (sites[0], sites[1]),
        tuple(_guest(guest, stated) for guest in stated["guests"]),
        **{rows: stated[rows] for rows in ("networks", "directories", "bubbles", "fencing")},
    )
    problems = [*_guests(plan), *_rows(plan, "networks", plan.networks), *_rows(plan, "directories", plan.directories)]
    hosts = {host for site in sites for host in site.hosts}
    problems += [(f"plan.fencing.{host}", "it is no host of a site") for host in plan.fencing if host not in hosts]
    problems += [
        (f"plan.bubbles[{index}]", "it has no name") for index, each in enumerate(plan.bubbles) if not each.get("name")
    ]
    problems += [
        (f"plan.bubbles[{index}].forward", "nothing may leave a bubble")
        for index, each in enumerate(plan.bubbles)
        if (each.get("forward") or {}).get("mode") not in (None, "none") or each.get("xml")
    ]
    if not problems:
        problems = list(order.problems(plan.guests))
    if problems:
        raise InvalidSpec(problems)
    return plan


def _guest(stated: Options, plan: Options) -> Guest:
    targets = {name: plan[name] if stated[name] is None else stated[name] for name in ("rpo", "rto")}
    return Guest(
        stated["name"],
        stated["hosts"],
        stated["priority"],
        tuple(stated["depends_on"]),
        ready=plan["ready"] or {} if stated["ready"] is None else stated["ready"],
        shutdown=stated["shutdown"] or {},
        **targets,
    )


def _sites(sites: t.Sequence[Site]) -> t.Iterator[Problem]:
    if len({site.name for site in sites}) != 2 or len(sites) != 2:
        yield "plan.sites", "two sites are needed, with names of their own"
    for index, site in enumerate(sites):
        if not site.repository.startswith("/"):
            yield f"plan.sites[{index}].repository", f"{site.repository!r} is not an absolute path"
        if not site.hosts:
            yield f"plan.sites[{index}].hosts", "it has no hosts"
    for host, count in collections.Counter(host for site in sites for host in site.hosts).items():
        if count > 1:
            yield "plan.sites", f"host {host} is named {count} times"


def _guests(plan: Plan) -> t.Iterator[Problem]:
    names = collections.Counter(guest.name for guest in plan.guests)
    for index, guest in enumerate(plan.guests):
        where = f"plan.guests[{index}]"
        if names[guest.name] > 1:
            yield f"{where}.name", f"{guest.name} is named {names[guest.name]} times"
        for site in plan.sites:
            host = guest.hosts.get(site.name)
            if host not in site.hosts:
                known = ", ".join(site.hosts)
                told = f"{host} is no host of {site.name}" if host else f"no host of {site.name} is named"
                yield f"{where}.hosts", f"{told}; there are {known}"
        unknown = sorted(guest.hosts.keys() - {site.name for site in plan.sites})
        if unknown:
            yield f"{where}.hosts", f"there is no site {', '.join(unknown)}"
        for other in guest.depends_on:
            if other not in names:
                yield f"{where}.depends_on", f"{other} is no guest of the plan"


def _rows(plan: Plan, name: str, rows: Rows) -> t.Iterator[Problem]:
    sites = {site.name for site in plan.sites}
    for index, row in enumerate(rows):
        if set(row) != sites:
            yield f"plan.{name}[{index}]", f"it needs a name for each of the sites: {', '.join(sorted(sites))}"
