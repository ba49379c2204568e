# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection to the other host, in a time that a person would wait."""

from __future__ import annotations

import ctypes
import threading
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import ConnectionFailed

#: Seconds after which a host that does not answer counts as unreachable; libvirt itself waits for minutes.
PATIENCE = 20


def _let_alone(connection: Connection) -> None:
    """Let the end of the process end a connection: libvirt would wait for a host that may be gone by then."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(connection.host.raw))


def reach(source: Connection, uri: str) -> Connection:
    """Return a connection to another host that changes as little as I(source) may.

    :raises ConnectionFailed: where there is none.
    """
    found: list[Connection] = []
    failed: list[ConnectionFailed] = []

    def run() -> None:
        try:
            found.append(Connection(uri, source.check_mode, source.log))
        except ConnectionFailed as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    if found:
        _let_alone(found[0])
        return found[0]
    details: dict[str, t.Any] = failed[0].details if failed else {"uri": uri}
    said = failed[0].message if failed else f"Cannot connect to {uri}: it did not answer within {PATIENCE} seconds."
    raise ConnectionFailed(
        said,
        "Try it on the source host, as the user of the task: virsh -c DEST_URI uri. For qemu+ssh that user needs a key "
        "that the other host accepts, and has to know that host's own key.",
        **details,
    )
