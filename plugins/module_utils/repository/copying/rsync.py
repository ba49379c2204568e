# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""rsync, which moves the bytes."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.telling import Tell, silent

#: Seconds in which nothing arrives, after which the other end is gone.
SILENCE = 120

_DONE = re.compile(rb"(\d+) +\d+% ")
_SENT = re.compile(rb"^Literal data: (\d+)", re.MULTILINE)

#: What rsync ends with if it could not write a file.
_NOT_WRITTEN = 11

#: Before a command: it, and all that it begins, end with this process, however that ends.
_MORTAL = ["setpriv", "--pdeathsig", "KILL", "unshare", "--pid", "--fork", "--kill-child"]


class NotWritten(OperationFailed):
    """What arrived could not be written."""


def run(words: t.Sequence[str], names: t.Sequence[str] = (), size: int = 0, tell: Tell = silent) -> int:
    """Run rsync, and return how many bytes of files were sent. They are nobody's but root's here.

    :arg words: its options, and from where to where.
    :arg names: of files, for C(--files-from=-).
    :arg size: of all that there is to be, for who watches.
    :raises OperationFailed: with what it said.
    """
    options = ["--times", "--perms", "--chmod=D711,F600", f"--timeout={SILENCE}", "--stats", "--no-human-readable"]
    command = [*_MORTAL, "rsync", *options, "--info=progress2", *words]
    with _in_memory("".join(f"{name}\n" for name in names)) as listed, _in_memory() as said:
        try:
            told, status = _watched(command, listed, said, size, tell)
        except FileNotFoundError as error:
            raise OperationFailed(f"There is no {error.filename} on this host.", "Install it.") from error
        if status:
            raise _failure(status, os.pread(said, 4096, 0).decode(errors="replace"))
    sent = _SENT.search(told)
    return int(sent[1]) if sent else 0


def _watched(command: list[str], listed: int, said: int, size: int, tell: Tell) -> tuple[bytes, int]:
    """Return what a command printed last, and what it ended with."""
    last = b""
    environment = {**os.environ, "LC_ALL": "C"}
    with subprocess.Popen(command, stdin=listed, stdout=subprocess.PIPE, stderr=said, env=environment) as running:
        told = t.cast("t.IO[bytes]", running.stdout)
        while piece := told.read1(4096):  # type: ignore[attr-defined]
            last = (last + piece)[-4096:]
            done = _DONE.findall(last)
            if done:
                tell(int(done[-1]), size)
    return last, running.returncode


@contextlib.contextmanager
def _in_memory(text: str = "") -> t.Iterator[int]:
    """Have a file that is nowhere on a disk, by its descriptor."""
    descriptor = os.memfd_create("rsync")
    try:
        os.pwrite(descriptor, text.encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


def _failure(status: int, said: str) -> OperationFailed:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    reasons = [line for line in lines if not line.startswith("rsync error:")] or lines
    message = f"rsync: {' '.join(reasons[:3]) or f'it ended with {status}'}"
    return (NotWritten if status == _NOT_WRITTEN else OperationFailed)(f"{message.rstrip('.')}.")
