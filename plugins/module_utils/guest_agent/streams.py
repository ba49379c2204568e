# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Content on its way into a guest and out of it: piece by piece, never whole in memory."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError
from ansible_collections.hypervise.kvm.plugins.module_utils.guest_agent.client import Agent

#: Bytes in one message. They become a third longer, and what a socket does not take at once (200 KiB) never arrives.
PIECE = 96 * 2**10


def send(agent: Agent, source: t.IO[bytes], destination: str) -> str:
    """Write a file in the guest, and return the sum of what was sent."""
    total = hashlib.sha256()
    with _opened(agent, destination, "w") as handle:
        for piece in iter(lambda: source.read(PIECE), b""):
            total.update(piece)
            while piece:
                content = {"buf-b64": base64.b64encode(piece).decode()}
                piece = piece[agent.ask("guest-file-write", handle=handle, **content)["count"] :]
    return total.hexdigest()


def fetch(agent: Agent, source: str, destination: t.IO[bytes]) -> str:
    """Read a file of the guest, and return the sum of what came."""
    total = hashlib.sha256()
    with _opened(agent, source, "r") as handle:
        while True:
            answer = agent.ask("guest-file-read", handle=handle, count=PIECE)
            piece = base64.b64decode(answer["buf-b64"])
            total.update(piece)
            destination.write(piece)
            if answer["eof"] or not piece:
                return total.hexdigest()


@contextlib.contextmanager
def _opened(agent: Agent, path: str, mode: str) -> t.Iterator[int]:
    handle = agent.ask("guest-file-open", path=path, mode=mode)
    try:
        yield handle
    except BaseException:
        with contextlib.suppress(KvmError):
            agent.ask("guest-file-close", handle=handle)
        raise
    agent.ask("guest-file-close", handle=handle)  # what it had not written yet it does here, or says that it cannot
