# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How uneven hosts are, and what a move does to it.

Of each resource, a host's I(share) is what it has promised of what it may promise. The unevenness is the root mean
square of how far the shares are from their mean, in percent of a host; a large host counts as much as several small
ones. The mean is then the same wherever guests are, so that what a move changes depends on its two hosts alone:

    variance = sum over hosts of used * used / capacity, over all capacity, minus the mean share squared
"""

from __future__ import annotations

import math
import operator
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.placement.estate import Estate
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.model import RESOURCES, Amount
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.state import State

#: What a unit would cost at a host: per piece of each resource, and per piece squared.
Price = tuple[float, float, float, float, float, float]

#: By more than sums of floating point differ that are taken in another order.
_ROUNDED_UP = 1 + 1e-9


class Scale:
    """How much each resource counts, on the hosts that are not drained."""

    def __init__(self, estate: Estate, weights: t.Sequence[float]) -> None:
        self.hosts = sorted(estate.active)
        capacities = [estate.hosts[host].capacity for host in self.hosts]
        self.capacity = [sum(capacity[resource] for capacity in capacities) for resource in range(len(RESOURCES))]
        counted = [weight if total else 0.0 for weight, total in zip(weights, self.capacity)]
        whole = sum(counted) or 1.0
        self.weights = [weight / whole for weight in counted]
        # What one piece of a resource adds to a host's part of the variance, but for how much is there already.
        self._unit = [
            [
                weight / (total * size) if total and size else 0.0
                for weight, total, size in zip(self.weights, self.capacity, host.capacity)
            ]
            for host in estate.hosts
        ]

    def variances(self, state: State) -> list[float]:
        """Return the variance of each resource's shares."""
        found = []
        for resource, total in enumerate(self.capacity):
            if not total:
                found.append(0.0)
                continue
            capacities = [state.estate.hosts[host].capacity[resource] for host in self.hosts]
            used = [state.used[host][resource] for host in self.hosts]
            squares = math.fsum(use * use / size for use, size in zip(used, capacities) if size)
            found.append(max(0.0, squares / total - (sum(used) / total) ** 2))
        return found

    def variance(self, state: State) -> float:
        """Return all of them as one number."""
        return math.fsum(weight * each for weight, each in zip(self.weights, self.variances(state)))

    def prices(self, state: State) -> list[Price]:
        """Return what a further unit costs at each host."""
        found = []
        for used, (memory, vcpus, load) in zip(state.used, self._unit):
            found.append((2 * used[0] * memory, 2 * used[1] * vcpus, 2 * used[2] * load, memory, vcpus, load))
        return found


def cost(size: Amount, price: Price) -> float:
    """Return what a unit adds to the variance where it goes."""
    memory, vcpus, load = size
    return (
        memory * (price[0] + memory * price[3])
        + vcpus * (price[1] + vcpus * price[4])
        + load * (price[2] + load * price[5])
    )


def relief(size: Amount, price: Price) -> float:
    """Return what a unit takes off the variance where it leaves."""
    memory, vcpus, load = size
    return (
        memory * (price[0] - memory * price[3])
        + vcpus * (price[1] - vcpus * price[4])
        + load * (price[2] - load * price[5])
    )


def hope(sizes: t.Sequence[Amount], source: Price, target: Price) -> float:
    """Return what none of some units exceeds if it goes from one price to the other: each resource by itself at best.

    That of one resource is a parabola of how much of it moves; which is at most what the unit with most of it has.
    """
    total = 0.0
    for resource, most in enumerate(map(max, zip(*sizes))):
        slope = source[resource] - target[resource]
        bend = source[resource + 3] + target[resource + 3]
        if slope > 0:
            peak = min(most, slope / (2 * bend)) if bend else most
            total += peak * (slope - peak * bend)
    return total * _ROUNDED_UP


def front(prices: t.Iterable[Price]) -> list[Price]:
    """Return the prices that no other one undercuts in all parts: what is cheapest for a unit is one of these."""
    found: list[Price] = []
    for price in sorted(set(prices)):  # what undercuts a price comes before it
        if not any(all(map(operator.le, other, price)) for other in found):
            found.append(price)
    return found


def lowest(prices: t.Iterable[Price]) -> Price:
    """Return a price that none of others undercuts in any part."""
    return t.cast(Price, tuple(map(min, zip(*prices))) or (0.0,) * 6)


def points(variance: float) -> float:
    """Return a variance as people are told it: a root mean square in percent of a host."""
    return 100 * math.sqrt(max(0.0, variance))
