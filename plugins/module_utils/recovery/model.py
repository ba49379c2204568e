# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan of disaster recovery: which guests of two sites are brought up where, and after whom. Pure data."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

Options = t.Mapping[str, t.Any]

#: What has one name at one site and perhaps another one at the other: a row for each, names by site.
Rows = t.Sequence[t.Mapping[str, str]]


@dataclass(frozen=True)
class Site:
    """A place that can be lost as a whole."""

    name: str
    hosts: tuple[str, ...]
    repository: str  # its path on each of the hosts


@dataclass(frozen=True)
class Guest:
    """A guest that is protected. At each site it has a host of its own, whose repository has its points."""

    name: str
    hosts: t.Mapping[str, str]  # by site
    priority: int = 3
    depends_on: tuple[str, ...] = ()
    ready: Options = field(default_factory=dict)  # options of M(domain_ready)
    shutdown: Options = field(default_factory=dict)  # as M(domain) has it
    rpo: int | None = None  # seconds of work that may be lost
    rto: int | None = None  # seconds until it is ready elsewhere


@dataclass(frozen=True)
class Plan:
    """What is protected, and how it is brought up."""

    name: str
    sites: tuple[Site, Site]  # the first one is home
    guests: tuple[Guest, ...]
    networks: Rows = ()
    directories: Rows = ()
    bubbles: t.Sequence[Options] = ()
    fencing: t.Mapping[str, str] = field(default_factory=dict)

    def site(self, name: str) -> Site:
        """Return a site."""
        return self.sites[0] if self.sites[0].name == name else self.sites[1]

    def other(self, name: str) -> Site:
        """Return the site that is not this one."""
        return self.sites[1] if self.sites[0].name == name else self.sites[0]


@dataclass(frozen=True)
class Step:
    """A module that is run on a host for a guest."""

    guest: str
    host: str
    phase: str
    module: str
    options: Options
    record: Options = field(default_factory=dict)  # what is true of the guest once it is done


def translate(rows: Rows, name: str, source: str, target: str) -> str:
    """Return what something of one site is called at another one: the same where nothing else is said."""
    return next((row[target] for row in rows if row[source] == name), name)
