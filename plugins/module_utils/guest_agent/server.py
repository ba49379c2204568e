# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent of one guest, at the service of a connection plugin: a program that reads requests and prints answers.

Each is a line of JSON. It runs on the controller, with an interpreter that has libvirt.
"""

from __future__ import annotations

import base64
import json
import sys
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, have_events
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError, OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.guest_agent import execution, files
from ansible_collections.hypervise.kvm.plugins.module_utils.guest_agent.client import Agent

#: Every how many seconds another host is asked for a sign of life, and how often in vain: then a call fails.
_KEEPALIVE = (5, 3)

Request = dict[str, t.Any]


def _run(agent: Agent, request: Request) -> Request:
    stdin = base64.b64decode(request["stdin"])
    ended = execution.run(agent, request["argv"], stdin, request["timeout"])
    return {
        "rc": ended.rc,
        "stdout": base64.b64encode(ended.stdout).decode(),
        "stderr": base64.b64encode(ended.stderr).decode(),
    }


def _put(agent: Agent, request: Request) -> Request:
    files.put(agent, request["source"], request["destination"])
    return {}


def _get(agent: Agent, request: Request) -> Request:
    files.get(agent, request["source"], request["destination"])
    return {}


_DOES: dict[str, t.Callable[[Agent, Request], Request]] = {"run": _run, "put": _put, "get": _get}


def main() -> None:
    """Be a program. The first request is where the guest is, and how patient to be."""
    where = json.loads(sys.stdin.readline())
    have_events()
    try:
        with Connection(where["uri"], check_mode=False) as connection:
            _keep_alive(connection)
            agent = Agent(connection.host.read.lookupByName(where["domain"]), where["agent_timeout"])
            agent.wait()
            _say({})
            for line in sys.stdin:
                request = json.loads(line)
                _say(_answer(agent, request))
    except KvmError as error:
        _say(error.result())


def _answer(agent: Agent, request: Request) -> Request:
    try:
        return _DOES[request["do"]](agent, request)
    except KvmError as error:
        return error.result()
    except OSError as error:
        return KvmError(f"{error.filename}: {error.strerror}.").result()


def _keep_alive(connection: Connection) -> None:
    try:
        connection.host.read.setKeepAlive(*_KEEPALIVE)
    except OperationFailed:
        pass  # nothing is between us and this hypervisor that could fall silent


def _say(answer: Request) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
