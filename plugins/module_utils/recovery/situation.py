# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is true of a guest at both sites now, out of what the hosts tell that answer."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils.placement.facts import AWAKE
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery import records
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.model import Guest, Plan

Told = t.Mapping[str, t.Any]

UNKNOWN, ABSENT = "unknown", "absent"

#: How a run brings guests over.
PLANNED, DISASTER = "planned", "disaster"

#: Phases of it that say what is true from then on: it is another site's, what its old site had written is safe.
RESTORE, KEEP = "restore", "keep"


@dataclass(frozen=True)
class Copy:
    """A guest as it is at one of the sites."""

    site: str
    host: str
    state: str  # as M(domain_info) has it, ABSENT, or UNKNOWN where the host does not answer
    facts: Told  # of the domain, as M(host_info) has them
    points: t.Sequence[Told]  # whole ones, the oldest first

    @property
    def runs(self) -> bool:
        return self.state in AWAKE

    @property
    def is_there(self) -> bool:
        return self.state not in (ABSENT, UNKNOWN)


@dataclass(frozen=True)
class Situation:
    """A guest at both of its sites."""

    guest: Guest
    active: str  # the site whose copy is the guest; the other one is what is left of it
    record: Told
    copies: t.Mapping[str, Copy]  # by site

    @property
    def run(self) -> Told:
        """What was begun with it and is not done, empty if there is no such thing."""
        run = self.record.get("run") or {}
        return {} if run.get("ended") else run

    @property
    def done(self) -> Told:
        """The phases of the last run that are done."""
        return self.record.get("done") or {}

    @property
    def diverged(self) -> str | None:
        """The site that was lost and may have written what no point has. That is kept before it is written over."""
        run = self.record.get("run") or {}
        if run.get("mode") == DISASTER and RESTORE in self.done:
            return str(run["source"])
        return None if KEEP in self.done else run.get("diverged")

    @property
    def is_split(self) -> bool:
        """Whether it runs twice."""
        return all(copy.runs for copy in self.copies.values())


def situations(plan: Plan, seen: t.Mapping[str, Told]) -> list[Situation]:
    """Return how it is with each guest."""
    return [_situation(plan, guest, seen) for guest in plan.guests]


def _situation(plan: Plan, guest: Guest, seen: t.Mapping[str, Told]) -> Situation:
    told = [seen[host].get("records") or {} for host in guest.hosts.values() if host in seen]
    record = records.of(guest.name, told)
    copies = {site.name: _copy(guest, site.name, seen) for site in plan.sites}
    return Situation(guest, _active(plan, record, copies), record, copies)


def _active(plan: Plan, record: Told, copies: t.Mapping[str, Copy]) -> str:
    """Return where a guest is active: where the last run brought it.

    If nothing is noted, that is where it alone runs, and otherwise its home.
    """
    run = record.get("run")
    if run:
        arrived = run.get("ended") or RESTORE in record["done"]  # its old site has seen nothing but the end
        return str(run["target" if arrived else "source"])
    running = [name for name, copy in copies.items() if copy.runs]
    return running[0] if len(running) == 1 else plan.sites[0].name


def _copy(guest: Guest, site: str, seen: t.Mapping[str, Told]) -> Copy:
    host = guest.hosts[site]
    if host not in seen:
        return Copy(site, host, UNKNOWN, {}, ())
    told = seen[host]
    domains = (told.get("host") or {}).get("domains") or ()
    facts: Told = next((domain for domain in domains if domain["name"] == guest.name), {})
    points = [
        point for point in told.get("points") or () if point["domain"] == guest.name and point["state"] == "complete"
    ]
    return Copy(site, host, facts.get("state", ABSENT), facts, sorted(points, key=_created))


def _created(point: Told) -> int:
    return int(point["created"])
