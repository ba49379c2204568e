# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of the inside of guests that run: their addresses, and what their agents tell.

The host answers at once. An agent may be silent, and then libvirt waits for it: so agents are asked at the same time,
and none beyond a limit that holds for all of them.
"""

from __future__ import annotations

import functools
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import addresses
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.agent import ask_agent
from ansible_collections.hypervise.kvm.plugins.module_utils.waiting import answers_within

#: How many agents are asked at once: as many calls as a daemon takes from one client (C(max_client_requests)).
AT_ONCE = 5

Told = dict[str, t.Any]


def known(
    running: t.Mapping[str, Handle], sources: t.Sequence[str], with_system: bool, agent_timeout: float
) -> dict[str, Told]:
    """Return C(addresses) and C(guest) of each guest that runs.

    :arg sources: of addresses, in the order in which they are believed.
    :arg with_system: ask agents for the operating system.
    :arg agent_timeout: seconds for all agents together.
    """
    questions = {
        name: functools.partial(_agent, handle, "agent" in sources, with_system) for name, handle in running.items()
    }
    told = answers_within(questions, agent_timeout, AT_ONCE) if with_system or "agent" in sources else {}
    found = {}
    for name, handle in running.items():
        agent = told.get(name, {})
        answers = [
            (source, agent.get("addresses", {}) if source == "agent" else addresses.ask_host(handle, source))
            for source in sources
        ]
        found[name] = {"addresses": addresses.merged(answers), "guest": agent.get("guest", {})}
    return found


def _agent(handle: Handle, with_addresses: bool, with_system: bool) -> Told:
    """Return what an agent tells. One that was silent once is not asked again."""
    told: Told = {}
    try:
        if with_addresses:
            told["addresses"] = addresses.ask(handle, "agent")
        if with_system:
            told["guest"] = ask_agent(handle)
    except OperationFailed:
        pass
    return told
