# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many hypervisors asked for their domains at once, each by a process of its own.

A connection can hang where nothing can interrupt it, in a library or in an ssh that never answers. A process can always
be ended. Run as a program, by an interpreter that has libvirt, which the controller's own may not: it reads questions
as JSON, and prints an account of each URI as JSON.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import time
import typing as t
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import ConnectionFailed, KvmError, Timeout
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.gather import Questions, gather

#: How many are asked at once. They wait most of the time.
AT_ONCE = 64

#: C(hypervisor), its own name, and C(domains); or C(msg) and C(error), why there are none.
Account = dict[str, t.Any]

_fork = multiprocessing.get_context("fork")  # what is loaded already is there in each


@dataclass
class _Look:
    """A process that asks one hypervisor."""

    uri: str
    process: multiprocessing.process.BaseProcess
    deadline: float

    def end(self) -> None:
        """End it with all that it started."""
        try:
            os.killpg(t.cast(int, self.process.pid), signal.SIGKILL)
        except ProcessLookupError:
            self.process.kill()  # it has no group of its own yet, or any more
        self.process.join()


def survey(uris: t.Iterable[str], questions: Questions, timeout: float) -> dict[str, Account]:
    """Return an account of each hypervisor. One that does not answer within I(timeout) seconds holds up no other."""
    due = list(dict.fromkeys(uris))
    looks: dict[Pipe, _Look] = {}
    accounts: dict[str, Account] = {}
    try:
        while due or looks:
            while due and len(looks) < AT_ONCE:
                pipe, look = _begin(due.pop(0), questions, timeout)
                looks[pipe] = look
            patience = min(look.deadline for look in looks.values()) - time.monotonic()
            ready = t.cast("list[Pipe]", wait(list(looks), max(0.0, patience)))
            late = [pipe for pipe, look in looks.items() if pipe not in ready and look.deadline <= time.monotonic()]
            for pipe in (*ready, *late):
                look = looks[pipe]
                accounts[look.uri] = _received(pipe, look.uri) if pipe in ready else _late(look.uri, timeout)
                look.end()
                del looks[pipe]
    finally:
        for look in looks.values():
            look.end()
    return accounts


def _begin(uri: str, questions: Questions, timeout: float) -> tuple[Pipe, _Look]:
    reader, writer = _fork.Pipe(duplex=False)
    process = _fork.Process(target=_ask, args=(uri, questions, writer))
    process.start()
    writer.close()
    return reader, _Look(uri, process, time.monotonic() + timeout)


def _ask(uri: str, questions: Questions, pipe: Pipe) -> None:
    os.setsid()  # an ssh that it starts ends with it, and has no terminal to ask a person at
    try:
        with Connection(uri, check_mode=True) as connection:
            domains = gather(connection, questions)
            pipe.send({"hypervisor": connection.host.read.getHostname(), "domains": domains})
    except KvmError as error:
        pipe.send(error.result())


def _received(pipe: Pipe, uri: str) -> Account:
    try:
        return t.cast(Account, pipe.recv())
    except EOFError:
        return ConnectionFailed(f"What asked {uri} ended without an answer.", "What it said is above.").result()


def _late(uri: str, timeout: float) -> Account:
    return Timeout(
        f"{uri} did not answer within {timeout:g} seconds.", "Is the host up, and can it be reached?", uri=uri
    ).result()


def main() -> None:
    """Be a program."""
    asked = json.load(sys.stdin)
    json.dump(survey(asked["uris"], Questions(**asked["questions"]), asked["timeout"]), sys.stdout)


if __name__ == "__main__":
    main()
