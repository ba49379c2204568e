# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program run inside a guest by its agent: input, output and exit code, within a time."""

from __future__ import annotations

import base64
import io
import time
import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError, OperationFailed, Timeout
from ansible_collections.hypervise.kvm.plugins.module_utils.guest_agent import streams
from ansible_collections.hypervise.kvm.plugins.module_utils.guest_agent.client import (
    Agent,
    AgentRefused,
    AgentSilent,
)

_PAUSES = (0.02, 1.0)  # seconds between two looks: the first, and the longest


@dataclass(frozen=True)
class Ended:
    """What became of a program. One that a signal ended has the exit code that a shell gives it."""

    rc: int
    stdout: bytes
    stderr: bytes


def run(agent: Agent, argv: t.Sequence[str], stdin: bytes = b"", timeout: float = 0) -> Ended:
    """Run a program, and wait for its end.

    :arg timeout: seconds after which it is killed, 0 for never.
    :raises AgentSilent: where the agent stops answering. It is waited for as long as for each of its answers.
    :raises Timeout: where it was killed.
    """
    if len(stdin) > streams.PIECE:
        argv, stdin = _reading_a_file(agent, argv, stdin), b""
    answer = agent.ask(
        "guest-exec",
        **{"path": argv[0], "arg": list(argv[1:]), "capture-output": True},
        **({"input-data": base64.b64encode(stdin).decode()} if stdin else {}),
    )
    return _end(agent, argv[0], answer["pid"], timeout)


def _reading_a_file(agent: Agent, argv: t.Sequence[str], stdin: bytes) -> list[str]:
    """Have the input in the guest, and return what gives it to a program: as a file that is gone once it is open."""
    path = run(agent, ["mktemp"]).stdout.decode().strip()
    streams.send(agent, io.BytesIO(stdin), path)
    return ["/bin/sh", "-c", 'exec <"$0" && rm -f "$0" && exec "$@"', path, *argv]


def _end(agent: Agent, name: str, pid: int, timeout: float) -> Ended:
    started = heard = time.monotonic()
    pause, longest = _PAUSES
    while True:
        try:
            told = agent.ask("guest-exec-status", pid=pid)
            heard = time.monotonic()
        except AgentSilent:
            if time.monotonic() - heard > agent.timeout:
                raise
            told = {"exited": False}
        except AgentRefused as error:
            raise OperationFailed(
                f"{agent.label}: its guest agent knows no more of {name} (process {pid}), which it had started.",
                "It was restarted meanwhile. Nobody knows what became of the program.",
                **error.details,
            ) from error
        if told["exited"]:
            return _ended(agent, name, told)
        if timeout and time.monotonic() - started > timeout:
            _kill(agent, pid)
            raise Timeout(f"{agent.label}: {name} did not end within {timeout:g} seconds and was killed.", pid=pid)
        time.sleep(pause)
        pause = min(pause * 1.3, longest)


def _ended(agent: Agent, name: str, told: dict[str, t.Any]) -> Ended:
    for stream in ("out", "err"):
        if told.get(f"{stream}-truncated"):
            raise OperationFailed(
                f"{agent.label}: {name} ended with {told.get('exitcode')} and printed more than an agent keeps.",
                "Have it write to a file, and fetch that.",
            )
    code = told["exitcode"] if "exitcode" in told else 128 + told.get("signal", 0)
    return Ended(code, *(base64.b64decode(told.get(f"{stream}-data", "")) for stream in ("out", "err")))


def _kill(agent: Agent, pid: int) -> None:
    """Kill a program and what it started: an agent gives each a session of its own."""
    try:
        agent.ask("guest-exec", path="/bin/sh", arg=["-c", f"kill -KILL -{pid} || kill -KILL {pid}"])
    except KvmError:
        pass  # that it did not end is what matters
