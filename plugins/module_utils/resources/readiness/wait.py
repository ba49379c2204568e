# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting until a guest is ready: the levels that were wished for, one after the other, within one time."""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, OperationFailed, Timeout
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.power import power_of
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.readiness import levels
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.readiness.console import Console
from ansible_collections.hypervise.kvm.plugins.module_utils.waiting import wait_until


@dataclass(frozen=True)
class Wish:
    """How far a guest has to be."""

    looks: t.Mapping[str, levels.Look]  # by the name of the level, in their order
    timeout: int


def parse(params: t.Mapping[str, t.Any]) -> Wish:
    """Return the wish.

    :raises InvalidSpec: with every problem found.
    """
    looks: dict[str, levels.Look] = {
        name: getattr(levels, name) for name in ("disk", "agent", "address") if params[name]
    }
    if params["port"] is not None:
        looks["port"] = levels.port(params["port"])
    if params["command"]:
        looks["command"] = levels.command(params["command"])
    problems = []
    if not looks:
        problems.append(("agent", "state what to wait for: this, disk, address, port or command"))
    if params["port"] is not None and not 0 < params["port"] < 2**16:
        problems.append(("port", "is none"))
    if params["timeout"] < 1:
        problems.append(("timeout", "has to be positive"))
    if problems:
        raise InvalidSpec(problems)
    return Wish(looks, params["timeout"])


def wait(domain: Handle, wish: Wish) -> dict[str, t.Any]:
    """Wait, and return what is known of the guest then.

    :raises Timeout: where it was not ready in time.
    :raises OperationFailed: where it does not run.
    """
    began = time.monotonic()
    seconds: dict[str, float] = {}
    with Console(domain) as console:
        for level, look in wish.looks.items():
            said = ""

            def is_met(look: levels.Look = look) -> bool:
                nonlocal said
                console.listen()
                power = power_of(domain)[0]
                if power not in ("running", "paused"):
                    raise OperationFailed(
                        f"{domain.label} is {power}, so it does not become ready.",
                        "Look at the last lines of its console, in error.console, and at its log.",
                        seconds=seconds,
                        console=console.lines(),
                    )
                said = look(domain)
                return not said

            left = wish.timeout - (time.monotonic() - began)
            domain.connection.log(f"{domain.label}: waiting for its {level} up to {left:.0f} seconds.")
            if not wait_until(is_met, left, longest_pause=1):
                raise Timeout(
                    f"{domain.label} was not ready within {wish.timeout} seconds: {said}.",
                    "The last lines of its console are in error.console.",
                    level=level,
                    seconds=seconds,
                    console=console.lines(),
                )
            seconds[level] = round(time.monotonic() - began, 2)
    return {"ready": True, "seconds": seconds, "addresses": levels.known(domain)}
