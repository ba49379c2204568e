# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest that is up on a network of the host, and talks to it."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator
from typing import Any

from harness import tiny
from harness.host import Host

TALKING = "52:54:00:00:1c:63"

#: Takes the address that it is given.
LEASE = "#!/bin/sh\ncase $1 in bound|renew) ip addr flush dev $interface; ip addr add $ip/$mask dev $interface;; esac"


class Talker:
    """The guest, whose first interface is attached to the network C(law-net)."""

    def __init__(self, host: Host, *more_cards: dict[str, Any]) -> None:
        self.host = host
        tiny.install(host)
        host.run(
            "domain",
            name="law-guest",
            type="qemu",
            memory="192MiB",
            **tiny.boot(),
            interfaces=[{"mac": TALKING, "source": {"network": "law-net"}}, *more_cards],
            state="running",
            wait_for="agent",
        )
        self.sh(f"printf %s '{LEASE}' >/tmp/lease && chmod +x /tmp/lease && ip link set eth0 up")

    def sh(self, command: str) -> str:
        return tiny.sh(self.host, "law-guest", command)

    def renew(self) -> str:
        """Ask for an address, and return the one that the guest has then."""
        self.sh("udhcpc -i eth0 -s /tmp/lease -n -q -t 10 >/dev/null 2>&1")
        return self.sh("ip -4 -o addr show dev eth0 | awk '{ print $4 }'").partition("/")[0]

    def reaches(self, address: str) -> None:
        """Wait until an address answers."""
        self.sh(f"for turn in $(seq 50); do ping -c 1 -W 1 {address} && exit; done >/dev/null; exit 1")

    @contextlib.contextmanager
    def pinging(self, address: str) -> Iterator[dict[str, int]]:
        """Ping ten times a second, and tell how many answers were missing before the last one."""
        told: dict[str, int] = {}
        self.sh(f"ping -i 0.1 {address} >/tmp/ping 2>&1 & echo $! >/tmp/pid")
        time.sleep(0.5)
        yield told
        time.sleep(0.5)
        answered = [int(number) for number in re.findall(r"seq=(\d+)", self.sh("kill $(cat /tmp/pid); cat /tmp/ping"))]
        told.update(sent=answered[-1] + 1, lost=answered[-1] + 1 - len(answered))
