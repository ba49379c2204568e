# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts that can be down together, as ganeti's hroller finds them: a colouring of the graph of those that cannot."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.placement import score, settle
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.policy import Policy
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.state import State


def groups(state: State, hosts: t.Collection[int], policy: Policy) -> list[list[int]]:
    """Return hosts in groups, one to be down after the other.

    No group has two hosts with guests that a rule keeps apart, and the guests of a group find room on the other hosts.
    A host with guests that find none is alone.
    """
    rivals = _rivals(state)
    found: list[list[int]] = []
    alone: list[list[int]] = []
    for host in sorted(hosts, key=lambda host: (-len(rivals[host]), host)):
        if not _can_be_empty(state, [host], policy):
            alone.append([host])
            continue
        for members in found:
            full = len(members) == policy.group_size or rivals[host].intersection(members)
            if not full and _can_be_empty(state, [*members, host], policy):
                members.append(host)
                break
        else:
            found.append([host])
    return sorted(sorted(members) for members in found + alone)


def _rivals(state: State) -> dict[int, set[int]]:
    """Return for each host those that have guests which a rule keeps apart from its own."""
    estate = state.estate
    holders: list[set[int]] = [set() for _apart in estate.aparts]
    for guest, host in enumerate(state.where):
        if host in state.open:
            for apart in estate.apart[guest]:
                holders[apart].add(host)
    return {host: set().union(*(held for held in holders if host in held)) - {host} for host in state.open}


def _can_be_empty(state: State, hosts: t.Sequence[int], policy: Policy) -> bool:
    """Tell whether all guests that can leave some hosts find others."""
    trial = state.copy(hosts)
    units = [unit for unit in trial.on(hosts) if not (unit.stays or unit.bound)]
    left = [state.estate.hosts[host].capacity[0] - trial.used[host][0] for host in trial.open]
    if sum(unit.size[0] for unit in units) > sum(each for each in left if each > 0):
        return False  # which is seen sooner than by trying
    scale = score.Scale(state.estate, policy.weights)
    _moves, homeless = settle.settle(trial, units, scale, policy.n_plus_one == "always")
    return not homeless
