# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listening to a guest's console, for who wants to know why it does not come up."""

from __future__ import annotations

import contextlib
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError

#: Lines that are kept.
LINES = 20

_NOTHING_YET = -2
_PIECE = 4096


class Console:
    """What a guest has said since somebody listens. One without a console, or with a busy one, says nothing."""

    def __init__(self, domain: Handle) -> None:
        self._heard = b""
        self._stream: Handle | None = None
        with contextlib.suppress(KvmError):
            raw = domain.connection.host.change.newStream(constant("STREAM_NONBLOCK"))
            domain.change.openConsole(None, raw, 0)
            self._stream = Handle(domain.connection, raw, f"console of {domain.label}")

    def __enter__(self) -> Console:
        return self

    def __exit__(self, *exc: t.Any) -> None:
        if self._stream is not None:
            with contextlib.suppress(KvmError):
                self._stream.change.abort()

    def listen(self) -> None:
        """Hear what was said; that it came with the answers to other questions is why this takes no time."""
        with contextlib.suppress(KvmError):
            while self._stream is not None:
                piece = self._stream.change.recv(_PIECE)
                if not piece or piece == _NOTHING_YET:
                    break
                self._heard = (self._heard + piece)[-_PIECE:]

    def lines(self) -> list[str]:
        """Return the last lines."""
        self.listen()
        text = self._heard.decode(errors="replace")
        clean = "".join(sign for sign in text if sign.isprintable() or sign == "\n")
        return [line.strip() for line in clean.splitlines() if line.strip()][-LINES:]
