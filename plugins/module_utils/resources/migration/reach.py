# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection to the other host, in a time that a person would wait."""

from __future__ import annotations

import threading
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, have_events
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import ConnectionFailed

#: Seconds after which a host that does not answer counts as unreachable; libvirt itself waits for minutes.
PATIENCE = 20

#: After how many seconds of silence libvirt asks whether the host is there, and how often, before calls fail.
_KEEPALIVE = (5, 5)


def reach(source: Connection, uri: str) -> Connection:
    """Return a connection to another host that changes as little as I(source) may.

    :raises ConnectionFailed: where there is none.
    """
    found: list[Connection] = []
    failed: list[ConnectionFailed] = []

    def run() -> None:
        try:
            there = Connection(uri, source.check_mode, source.log)
            there.host.read.setKeepAlive(*_KEEPALIVE)
            found.append(there)
        except ConnectionFailed as error:
            failed.append(error)

    have_events()
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    if found:
        return found[0]
    details: dict[str, t.Any] = failed[0].details if failed else {"uri": uri}
    said = failed[0].message if failed else f"Cannot connect to {uri}: it did not answer within {PATIENCE} seconds."
    raise ConnectionFailed(
        said,
        "Try it on the source host, as the user of the task: virsh -c DEST_URI uri. For qemu+ssh that user needs a key "
        "that the other host accepts, and has to know that host's own key.",
        **details,
    )
