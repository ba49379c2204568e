# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a guest would read from an image, through all that the image rests on. qemu-nbd reads it."""

from __future__ import annotations

import contextlib
import os
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.repository.errors import Damaged

try:
    import nbd
except ImportError:
    pass  # module.py says so, after it looked for an interpreter that has it

#: NBD's flag of base:allocation for what reads as zeros, and the depth at which an image itself is.
_ZERO, _OWN = 2, 1

#: Bytes of which one question asks what they are.
_ASKED = 2**30


class Content:
    """The content of an image that is open."""

    def __init__(self, handle: t.Any) -> None:
        self._handle = handle
        self.size: int = handle.get_size()

    def read(self, offset: int, length: int) -> bytes:
        """Return some of it."""
        return t.cast(bytes, self._handle.pread(length, offset))

    def marks(self, unit: int) -> tuple[bytearray, bytearray]:
        """Return, for each unit of so many bytes, whether the image itself has any of it, and whether it is not zero.

        What the image does not have comes from those that it rests on.
        """
        count = -(-self.size // unit)
        own, data = bytearray(count), bytearray(count)
        offset = 0
        while offset < self.size:
            offset = self._mark(offset, unit, own, data)
        return own, data

    def _mark(self, offset: int, unit: int, own: bytearray, data: bytearray) -> int:
        """Mark what is behind an offset, and return how far that went."""
        reached: dict[str, int] = {}

        def heard(context: str, at: int, told: t.Sequence[int], _error: t.Any) -> int:
            is_depth = context != nbd.CONTEXT_BASE_ALLOCATION
            for length, state in zip(told[::2], told[1::2]):
                end = min(at + length, self.size)
                if state == _OWN if is_depth else not state & _ZERO:
                    first, last = at // unit, -(-end // unit)
                    (own if is_depth else data)[first:last] = b"\1" * (last - first)
                at = end
            reached[context] = at
            return 0

        self._handle.block_status(min(_ASKED, self.size - offset), offset, heard)
        return min(reached.values())


@contextlib.contextmanager
def opened(path: str) -> t.Iterator[Content]:
    """Open an image for reading. Its server ends with the connection to it, however this process ends.

    :raises Damaged: where it, or what it rests on, cannot be read.
    """
    handle = nbd.NBD()
    with open(os.memfd_create("said", 0), encoding="utf-8", errors="replace") as said:  # which the server inherits
        command = ["qemu-nbd", "--read-only", "--allocation-depth", "--format=qcow2", path]
        try:
            handle.add_meta_context(nbd.CONTEXT_BASE_ALLOCATION)
            handle.add_meta_context("qemu:allocation-depth")
            handle.connect_systemd_socket_activation(
                ["/bin/sh", "-c", 'exec "$@" 2>"$0"', f"/proc/self/fd/{said.fileno()}", *command]
            )
            yield Content(handle)
        except nbd.Error as error:
            said.seek(0)
            reason = " ".join(said.read().split()) or error.string
            raise Damaged(f"{path} cannot be read: {reason}.", image=path) from error
        finally:
            del handle  # which waits for the server's end
