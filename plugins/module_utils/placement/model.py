# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is planned with: hosts that have room, guests that need some, rules on who goes where. Facts, no decisions."""

from __future__ import annotations

import dataclasses
import typing as t

#: What a host has of, and a guest takes. Memory is in bytes, load in thousandths of a processor.
RESOURCES = ("memory", "vcpus", "load")

#: A number of each. They are whole, so that a sum is the same however one came to it: plans do not depend on the way.
Amount = tuple[int, int, int]
NOTHING: Amount = (0, 0, 0)


def add(one: Amount, other: Amount) -> Amount:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


@dataclasses.dataclass(frozen=True)
class Cpu:
    """The CPU of a guest, or the one that guests can have on a host by the mode C(host-model)."""

    model: str
    require: frozenset[str] = frozenset()
    disable: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True)
class Needs:
    """What has to be on a host so that a guest can run there. What is empty is not asked for."""

    type: str = ""
    arch: str = ""
    machine: str = ""
    networks: frozenset[str] = frozenset()
    storage_pools: frozenset[str] = frozenset()
    cpu: Cpu | None = None
    same_cpu: str = ""  # the very processor of the host that it came up on


@dataclasses.dataclass(frozen=True)
class Offers:
    """What is on a host. V(None) stands for what its facts do not tell, which hinders nobody."""

    machines: t.Mapping[tuple[str, str], frozenset[str]] | None = None  # by architecture and virtualization
    networks: frozenset[str] | None = None
    storage_pools: frozenset[str] | None = None
    cpu_models: t.Mapping[str, bool] | None = None  # whether guests with KVM can have it
    host_model: Cpu | None = None
    cpu: str = ""


@dataclasses.dataclass(frozen=True)
class Host:
    """A host, with all that may be promised to guests."""

    name: str
    capacity: Amount
    labels: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    offers: Offers = dataclasses.field(default_factory=Offers)
    domains: t.Mapping[str, str] = dataclasses.field(default_factory=dict)  # all there, also those off: name -> UUID
    drained: bool = False


@dataclasses.dataclass(frozen=True)
class Guest:
    """A guest on a host, or one that is to come, which has none."""

    name: str
    uuid: str
    host: str | None
    size: Amount
    running: bool = True
    needs: Needs = dataclasses.field(default_factory=Needs)
    labels: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    bound: str = ""  # why it cannot leave its host
    stays: bool = False  # takes its room, and nobody wishes to move it


@dataclasses.dataclass(frozen=True)
class Rule:
    """A wish about guests that is never broken, and mended where it is."""

    name: str
    type: str  # affinity, anti_affinity, hosts, pinned
    guests: frozenset[int]
    hosts: frozenset[int] = frozenset()
    across: str = ""  # the label of hosts within which guests count as being in one place; each host if empty


@dataclasses.dataclass(frozen=True)
class Move:
    """One guest goes from one host to another, by their numbers. One that is to come goes from none."""

    guest: int
    source: int | None
    target: int
    why: str = ""
    gain: float = 0.0
