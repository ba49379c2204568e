# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long plans take to make: estates of 10, 30 and 100 hosts with 50 guests each, drawn by a fixed seed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from ansible_collections.hypervise.kvm.plugins.module_utils.placement import planner
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.estate import Estate
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.model import Guest, Host, Needs, Rule
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.policy import Policy
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.steps import steps

GIB = 2**30
PER_HOST = 50


def estate(number: int, drained: int = 0) -> Estate:
    """Return hosts with guests as they come to be when nobody looks: where there was room."""
    draw = random.Random(number)
    hosts = [Host(f"hv{index:03}", (512 * GIB, 256, 64000), drained=index < drained) for index in range(number)]
    guests = []
    used = [0] * number
    for index in range(number * PER_HOST):
        memory = draw.choice([2, 4, 4, 8, 8, 16]) * GIB
        host = min(draw.sample(range(number), 2), key=lambda one: used[one])
        host = host if used[host] + memory < 500 * GIB else min(range(number), key=lambda one: used[one])
        used[host] += memory
        size = (memory, draw.choice([1, 2, 2, 4, 8]), draw.randrange(20, 1500))
        guests.append(Guest(f"guest{index:05}", "", f"hv{host:03}", size, needs=Needs(machine=draw.choice("abc"))))
    rules = [
        Rule(f"apart {index}", "anti_affinity", frozenset(draw.sample(range(len(guests)), 3)))
        for index in range(number * 5)
    ]
    rules += [
        Rule(f"together {index}", "affinity", frozenset(draw.sample(range(len(guests)), 2))) for index in range(number)
    ]
    return Estate(hosts, guests, rules)


def timed(name: str, number: int, plan: Callable[[int], planner.Planned]) -> None:
    """Print what a plan takes of a processor, which is what one waits for where nothing else runs."""
    start = time.process_time()
    planned = plan(number)
    took = time.process_time() - start
    estate = planned.before.estate
    start = time.process_time()
    ordered = steps(estate, planned.moves, 1)
    stepped = time.process_time() - start
    print(
        f"{len(estate.hosts):4} hosts {len(estate.guests):5} guests {name:20} {took:7.2f} s"
        f" {len(planned.moves):5} moves, {len(planned.refused)} refused; in {len(ordered)} steps {stepped:.2f} s",
        flush=True,
    )


PLANS: list[tuple[str, Callable[[int], planner.Planned]]] = [
    ("balance", lambda number: planner.balance(estate(number), Policy())),
    ("balance, to the end", lambda number: planner.balance(estate(number), Policy(threshold=0))),
    ("evacuate one", lambda number: planner.evacuate(estate(number, 1), Policy())),
    ("evacuate a tenth", lambda number: planner.evacuate(estate(number, number // 10), Policy(n_plus_one="always"))),
    ("groups", lambda number: planner.group(estate(number), Policy(group_size=0))),
]


def main() -> None:
    for number in (10, 30, 100):
        for name, plan in PLANS:
            timed(name, number, plan)


if __name__ == "__main__":
    main()
