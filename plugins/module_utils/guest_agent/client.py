# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The QEMU guest agent inside a guest: one question at a time, with an answer or a sentence why there is none."""

from __future__ import annotations

import json
import time
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed

_HINTS = {
    "is not running": "Start it, or let it go on, first.",
    "not configured": "Give the domain a channel: channels: [{type: unix, name: org.qemu.guest_agent.0}].",
    "not connected": "Is qemu-guest-agent installed and started in the guest? Is the guest up already?",
}
_FORBIDDEN = ("has been disabled", "not allowed", "CommandNotFound", "has not been found", "not found")


class AgentSilent(OperationFailed):
    """The agent does not answer, or there is none. It may yet."""


class AgentRefused(OperationFailed):
    """The agent answered that it does not do this."""


class Agent:
    """The agent of one guest.

    :arg timeout: seconds within which each answer has to come.
    """

    def __init__(self, domain: Handle, timeout: float) -> None:
        self.domain = domain
        self.timeout = timeout

    @property
    def label(self) -> str:
        """The guest in words."""
        return self.domain.label

    def ask(self, command: str, **arguments: t.Any) -> t.Any:
        """Return the answer to a command of the agent (U(https://qemu-project.gitlab.io/qemu/interop/qemu-ga-ref.html)).

        :raises AgentSilent: where none came, so that nobody knows whether it was carried out.
        :raises AgentRefused: where the agent said no.
        """
        question = json.dumps({"execute": command, "arguments": arguments})
        try:
            answer = self.domain.change.qemuAgentCommand(question, max(1, round(self.timeout)), 0)
        except OperationFailed as error:
            if error.details["libvirt"]["name"] == "NO_SUPPORT":
                raise  # this hypervisor's guests have no agents
            raise self._told(error, command) from error
        return json.loads(answer)["return"]

    def wait(self) -> None:
        """Wait for a sign of life; libvirt itself gives up after 5 seconds.

        :raises AgentSilent: where there was none.
        """
        deadline = time.monotonic() + self.timeout
        while True:
            try:
                self.ask("guest-ping")
                return
            except AgentSilent:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def _told(self, error: OperationFailed, command: str) -> OperationFailed:
        libvirt = error.details["libvirt"]
        said = libvirt["message"].rsplit(f"'{command}': ", 1)[-1]
        details = {"object": self.label, "operation": command, "libvirt": libvirt}
        hint = next((hint for words, hint in _HINTS.items() if words in said), "")
        if libvirt["name"].startswith("AGENT_UN") or "command timed out" in said or hint:
            hint = hint or "Is the guest busy, or its agent stopped?"
            return AgentSilent(f"{self.label}: its guest agent did not answer to {command}: {said}.", hint, **details)
        if any(words in said for words in _FORBIDDEN) and "handle" not in said.lower():
            hint = (
                f"The agent's configuration in the guest forbids {command}, or it is too old to know it: see "
                "--allow-rpcs and --block-rpcs of qemu-ga, and /etc/sysconfig/qemu-ga in guests of the RHEL family."
            )
        return AgentRefused(f"{self.label}: its guest agent refused {command}: {said}.", hint, **details)
