# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that an agent carries into a guest and out of it, checked at the end."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.files import replacing
from ansible_collections.hypervise.kvm.plugins.module_utils.guest_agent import streams
from ansible_collections.hypervise.kvm.plugins.module_utils.guest_agent.client import Agent
from ansible_collections.hypervise.kvm.plugins.module_utils.guest_agent.execution import run

#: Seconds for the sum of a file to be worked out in a guest.
_SUM_TIMEOUT = 3600


def put(agent: Agent, source: str, destination: str) -> None:
    """Copy a file into a guest.

    :raises OperationFailed: where what arrived is not what was sent.
    """
    with open(source, "rb") as file:
        _check(agent, destination, streams.send(agent, file, destination))


def get(agent: Agent, source: str, destination: str) -> None:
    """Copy a file out of a guest. It has its name when it is whole.

    :raises OperationFailed: where what arrived is not what the guest has.
    """
    with replacing(destination) as file:
        _check(agent, source, streams.fetch(agent, source, file))


def _check(agent: Agent, path: str, expected: str) -> None:
    """Have the guest add a file up."""
    ended = run(agent, ["sha256sum", path], timeout=_SUM_TIMEOUT)
    found = ended.stdout.decode(errors="replace").lstrip("\\").partition(" ")[0]
    if ended.rc or found != expected:
        said = ended.stderr.decode(errors="replace").strip()
        raise OperationFailed(
            f"{agent.label}: {path} was copied, and is not the same in the guest: its sha256 is {expected} here, "
            f"{found or said} there.",
            "Was it changed meanwhile? Is there room in the guest?",
        )
