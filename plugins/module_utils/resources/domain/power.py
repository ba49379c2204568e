# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starting, pausing and stopping domains, and waiting for a guest. Every wait has a limit."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed, Timeout
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.waiting import wait_until

if t.TYPE_CHECKING:
    from ansible_collections.hypervise.kvm.plugins.module_utils.resources.defined import Wish

AGENT = "org.qemu.guest_agent.0"

#: Seconds between requests to power off: a guest that is still booting does not see the first one.
SHUTDOWN_REPEAT = 10

_STATES = ("NOSTATE", "RUNNING", "BLOCKED", "PAUSED", "SHUTDOWN", "SHUTOFF", "CRASHED", "PMSUSPENDED")
_POWER = {
    "RUNNING": "running",
    "BLOCKED": "running",
    "SHUTDOWN": "running",  # on its way out, but not there yet
    "PAUSED": "paused",
    "SHUTOFF": "stopped",
    "CRASHED": "stopped",
    "PMSUSPENDED": "suspended",
}


def power_of(handle: Handle) -> tuple[str, int]:
    """Return V(running), V(paused), V(suspended) (by the guest itself) or V(stopped), and libvirt's reason."""
    state, reason = handle.read.state(0)
    return _POWER.get(_STATES[state], "stopped"), reason


def plan(plan: Plan, wish: Wish, now: str) -> None:
    """Plan what brings a domain from the state I(now) to the wished one."""
    if wish.state in ("present", now):
        return
    if now != "absent":
        plan.change("state", now, wish.state)
    if wish.state == "stopped":
        if now not in ("absent", "stopped"):
            plan_stop(plan, wish, now)
    elif now in ("absent", "stopped"):
        flags = constant("DOMAIN_START_PAUSED") if wish.state == "paused" else 0
        plan.step(
            "start" if not flags else "start paused", _on(wish, lambda domain: domain.change.createWithFlags(flags))
        )
    elif wish.state == "paused":
        plan.step("pause", _on(wish, lambda domain: domain.change.suspend()))
    else:
        plan.step(*_wake(wish, now))


def _on(wish: Wish, run: t.Callable[[Handle], t.Any]) -> t.Callable[[Connection], None]:
    return lambda connection: run(connection.host.read.lookupByName(wish.name))


def _wake(wish: Wish, now: str) -> tuple[str, t.Callable[[Connection], None]]:
    if now == "suspended":
        return "wake up", _on(wish, lambda domain: domain.change.pMWakeup(0))
    return "resume", _on(wish, lambda domain: domain.change.resume())


def plan_stop(plan: Plan, wish: Wish, now: str) -> None:
    """Plan asking the guest to power off, and what follows when it does not."""
    if now != "running":
        plan.step(*_wake(wish, now))  # a guest that does not run cannot answer
    options = wish.options["shutdown"]
    plan.step("shut down", _on(wish, lambda domain: _shut_down(domain, options["timeout"], options["on_timeout"])))


def _shut_down(domain: Handle, timeout: float, on_timeout: str) -> None:
    def off() -> bool:
        return not domain.read.isActive()

    left = float(timeout)
    while left > 0:
        try:
            domain.change.shutdownFlags(0)  # through the agent where it answers, else the ACPI power button
        except OperationFailed:
            if off():
                return
            raise
        if wait_until(off, min(left, SHUTDOWN_REPEAT)):
            return
        left -= SHUTDOWN_REPEAT
    if on_timeout == "destroy":
        domain.change.destroyFlags(0)
        return
    raise Timeout(
        f"{domain.label} was asked to power off and still runs after {timeout} seconds.",
        "Look at its console; 'shutdown: {on_timeout: destroy}' cuts its power, as pulling the plug does.",
        state=power_of(domain)[0],
    )


def plan_wait_for_agent(plan: Plan, name: str, timeout: int) -> None:
    """Plan waiting until the guest itself says that it is up."""
    plan.step("wait for the guest agent", lambda connection: _wait(connection.host.read.lookupByName(name), timeout))


def _wait(domain: Handle, timeout: int) -> None:
    def answers() -> bool:
        if not domain.read.isActive():
            raise OperationFailed(f"{domain.label} stopped while it was waited for.", "Look at its console and log.")
        return bool(ask_agent(domain))

    if not wait_until(answers, timeout, longest_pause=1):
        raise Timeout(
            f"{domain.label}: its guest agent did not answer within {timeout} seconds.",
            "Is qemu-guest-agent installed and started in the guest? Look at its console.",
            state=power_of(domain)[0],
        )


def ask_agent(domain: Handle) -> dict[str, t.Any]:
    """Return what a guest's agent tells of its operating system, C({}) while it does not answer.

    The keys are libvirt's, without their prefix: C(id), C(name), C(pretty-name), C(version), C(kernel-release) …
    """
    if xml.get(xml.parse(domain.read.XMLDesc(0)), f"devices/channel/target[@name='{AGENT}']/@state") != "connected":
        return {}  # asking would take until libvirt gives up
    try:
        told = domain.read.guestInfo(constant("DOMAIN_GUEST_INFO_OS"), 0)
    except OperationFailed:
        return {}
    return {key[len("os.") :]: value for key, value in told.items()}
