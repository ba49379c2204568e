# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many of the host's processors guests keep busy: what libvirt has counted, twice."""

from __future__ import annotations

import time

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, constant


def loads(connection: Connection, seconds: float) -> dict[str, float]:
    """Return by UUID how many processors each running guest keeps busy, on average over some time."""
    before, start = _times(connection), time.monotonic()
    time.sleep(seconds)
    after, took = _times(connection), time.monotonic() - start
    return {
        uuid: round(max(0, used - before[uuid]) / (took * 10**9), 3) for uuid, used in after.items() if uuid in before
    }


def _times(connection: Connection) -> dict[str, int]:
    """Return for how long guests that run have used processors, in nanoseconds."""
    flags = constant("CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT") | constant("CONNECT_GET_ALL_DOMAINS_STATS_RUNNING")
    counted = connection.host.read.getAllDomainStats(constant("DOMAIN_STATS_CPU_TOTAL"), flags)
    return {raw.UUIDString(): told["cpu.time"] for raw, told in counted if "cpu.time" in told}
