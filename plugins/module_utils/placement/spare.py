# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""N+1: whether the memory of the other hosts can take the guests of any one host that fails."""

from __future__ import annotations

import heapq

from ansible_collections.hypervise.kvm.plugins.module_utils.placement.estate import Unit
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.state import State


class Spare:
    """Tells whether moves take away what is kept for the failure of a host."""

    def __init__(self, state: State) -> None:
        self._state = state
        hosts = state.estate.hosts
        self._free = {host: hosts[host].capacity[0] - state.used[host][0] for host in sorted(state.open)}
        self._guests = {host: list(state.memories[host]) for host in self._free}
        self._slot = state.estate.largest or 1
        self.lost = self._lost()  # those whose guests find no room now

    def bears(self, unit: Unit, target: int) -> bool:
        """Tell whether any host can fail after a move. Where that is not so now, there is nothing to keep."""
        if self.lost:
            return True
        source = self._state.host_of(unit)
        self._move(unit, source, target)
        lost = self._lost()
        self._move(unit, source=target, target=source)
        return not lost

    def _lost(self) -> frozenset[int]:
        slots = {host: max(0, free) // self._slot for host, free in self._free.items()}
        all_slots = sum(slots.values())
        return frozenset(
            host
            for host, guests in self._guests.items()
            # each finds a place also if all were as large as the largest there is; or else it is tried
            if len(guests) > all_slots - slots[host] and not self._bears(host)
        )

    def _size(self, guest: int) -> int:
        return self._state.estate.guests[guest].size[0]

    def _move(self, unit: Unit, source: int | None, target: int | None) -> None:
        for size in map(self._size, unit.guests):
            if source in self._guests:
                self._free[source] += size
                self._guests[source].remove(size)
            if target in self._guests:
                self._free[target] -= size
                self._guests[target].append(size)

    def _bears(self, failed: int) -> bool:
        """Tell whether the guests of a host fit elsewhere: the largest first, each to where the most is left."""
        heap = [-free for host, free in self._free.items() if host != failed]
        heapq.heapify(heap)
        for size in sorted(self._guests[failed], reverse=True):
            if not heap or -heap[0] < size:
                return False
            heapq.heapreplace(heap, heap[0] + size)
        return True
