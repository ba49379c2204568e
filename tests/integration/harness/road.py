# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One network on two hosts, so that a guest keeps its address when it moves, and how many pings it misses by that."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from harness import tiny
from harness.host import PREFIX, Host

BRIDGE = f"{PREFIX}road"
_TUNNEL = f"{PREFIX}tunnel"
_HERE, _GUEST = "10.99.77.1", "10.99.77.2"
_TOLD = f"/run/{PREFIX}ping"

#: The card of a guest on it.
CARD: dict[str, Any] = {"source": {"bridge": BRIDGE}, "model": "virtio"}


@dataclass(frozen=True)
class Pings:
    """What became of those sent while something went on."""

    sent: int
    lost: int
    gap: float  # seconds between two answers, at most

    def __str__(self) -> str:
        return f"{self.lost} of {self.sent} pings lost, {self.gap:.2f} s without an answer"


@dataclass(frozen=True)
class Road:
    """The network between a host, from which the guest is pinged, and another one."""

    host: Host
    other: Host

    def build(self) -> None:
        for here, there in ((self.host, self.other), (self.other, self.host)):
            here.sh(
                f"ip link add {BRIDGE} type bridge forward_delay 0;"
                f"ip link add {_TUNNEL} type vxlan id 77 dstport 4789 dev host0"
                f" remote $(getent ahostsv4 {there.name} | awk '{{ print $1; exit }}');"
                f"ip link set {_TUNNEL} master {BRIDGE} up; ip link set {BRIDGE} up"
            )
        self.host.sh(f"ip address add {_HERE}/24 dev {BRIDGE}")

    def remove(self) -> None:
        for here in (self.host, self.other):
            here.sh(f"pkill -f 'ping .*[1]0.99.77'; ip link delete {_TUNNEL}; ip link delete {BRIDGE}; true")

    def join(self, guest: str) -> None:
        """Give a guest that runs on the first host its address."""
        tiny.sh(
            self.host,
            guest,
            f"until kill $(cat /run/udhcpc.eth0); do sleep 0.2; done; sleep 0.5; ip addr add {_GUEST}/24 dev eth0",
        )
        self.host.sh(f"ping -c 1 -w 30 {_GUEST} >/dev/null")

    def ping(self) -> None:
        """Ping it ten times a second from now on."""
        self.host.sh(f"ping -n -D -i 0.1 {_GUEST} >{_TOLD} 2>&1 & echo $! >{_TOLD}.pid")

    def pings(self) -> Pings:
        """Stop that, and return what became of it."""
        self.host.sh(f"sleep 1; kill -INT $(cat {_TOLD}.pid); sleep 0.3")
        told = self.host.sh(f"cat {_TOLD}")
        sent, received = map(int, re.search(r"(\d+) packets transmitted, (\d+) received", told).groups())  # type: ignore[union-attr]
        at = [float(time) for time in re.findall(r"^\[([\d.]+)\] \d+ bytes", told, re.MULTILINE)]
        return Pings(sent, sent - received, max(later - earlier for earlier, later in pairwise(at)))
