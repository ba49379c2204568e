# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many more guests of a kind there is room for, as ganeti's hspace tells it."""

from __future__ import annotations

import collections
import dataclasses

from ansible_collections.hypervise.kvm.plugins.module_utils.placement import planner
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.estate import Estate
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.policy import Policy

#: More of a kind are not tried, so that nobody waits for an answer that is "many".
MANY = 1000


def room(estate: Estate, guest: int, policy: Policy) -> dict[str, int]:
    """Return by host how many guests like a new one would find a place, each without the other new ones' kinds.

    A rule on that one is a rule on each of them, but that they do not have to be together.
    """
    there = [each for each in estate.guests if each.host is not None]  # before those that are new
    kind = estate.guests[guest]
    more = [dataclasses.replace(kind, name=f"{kind.name}-{number}", uuid="") for number in range(MANY)]
    new = range(len(there), len(there) + MANY)
    rules = []
    for rule in estate.rules:
        like_it = new if guest in rule.guests and rule.type != "affinity" else ()
        members = rule.guests.intersection(range(len(there))).union(like_it)
        rules.append(dataclasses.replace(rule, guests=members))
    planned = planner.place(Estate(estate.hosts, [*there, *more], rules), dataclasses.replace(policy, partial=True))
    found = collections.Counter(estate.hosts[move.target].name for move in planned.moves)
    return {host.name: found[host.name] for host in estate.hosts}
