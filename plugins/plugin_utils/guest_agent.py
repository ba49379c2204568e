# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guest agent for plugins: the program that speaks with it, asked and, where it hangs, ended."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError, Timeout
from ansible_collections.hypervise.kvm.plugins.plugin_utils import programs

#: Seconds after which libvirt gives up a silent agent by itself, at the end of the time that it is given.
_SYNC = 6

Answer = dict[str, t.Any]


class Failed(Exception):
    """What was asked did not work. C(kind) is the error's type."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer["msg"])
        self.kind = str(answer["error"]["type"])


class Service:
    """The agent of one guest.

    :arg timeout: seconds within which the hypervisor has to be reached.
    :raises Failed: where it is not, or the agent does not answer.
    """

    def __init__(self, uri: str, domain: str, agent_timeout: float, timeout: float) -> None:
        try:
            self._program = programs.start("guest_agent.server")
        except KvmError as error:
            raise Failed(error.result()) from error
        self._requests = t.cast("t.IO[bytes]", self._program.stdin)
        self._answers = t.cast("t.IO[bytes]", self._program.stdout)
        try:
            self._send({"uri": uri, "domain": domain, "agent_timeout": agent_timeout})
            if not select.select([self._answers], [], [], timeout + agent_timeout + _SYNC)[0]:
                raise Failed(
                    Timeout(
                        f"{uri} did not answer within {timeout:g} seconds.", "Is the host up, and can it be reached?"
                    ).result()
                )
            self._receive()
        except BaseException:
            self.end()
            raise

    def ask(self, **request: t.Any) -> Answer:
        """Return the answer to a request.

        :raises Failed: where it is an error.
        """
        self._send(request)
        return self._receive()

    def end(self) -> None:
        """End the program, with all that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._program.pid, signal.SIGKILL)
        self._program.communicate()

    def _send(self, request: Answer) -> None:
        with contextlib.suppress(BrokenPipeError):  # why it ended is said when it is listened to
            self._requests.write(json.dumps(request).encode() + b"\n")
            self._requests.flush()

    def _receive(self) -> Answer:
        line = self._answers.readline()
        if not line:
            said = self._program.communicate()[1].decode(errors="replace").strip()
            raise Failed(KvmError(f"What speaks with the guest agent ended: {said}").result())
        answer = t.cast(Answer, json.loads(line))
        if "msg" in answer:
            raise Failed(answer)
        return answer
