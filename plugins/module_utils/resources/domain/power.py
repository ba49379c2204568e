# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starting, pausing, saving and stopping domains, and waiting for a guest.

Every wait for a guest has a limit, and tells in the host's log what it waits for.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed, Refused, Timeout
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import states
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.agent import ask_agent
from ansible_collections.hypervise.kvm.plugins.module_utils.waiting import wait_until

if t.TYPE_CHECKING:
    from ansible_collections.hypervise.kvm.plugins.module_utils.resources.defined import Wish

#: Seconds between requests to power off: a guest that is still booting does not see the first one.
SHUTDOWN_REPEAT = 10

#: Words of O(shutdown.mode), and libvirt's flag for each.
_MODES = {"agent": "DOMAIN_SHUTDOWN_GUEST_AGENT", "acpi": "DOMAIN_SHUTDOWN_ACPI_POWER_BTN"}

#: States in which a guest is in memory.
AWAKE = ("running", "paused", "suspended")


def power_of(handle: Handle) -> tuple[str, str]:
    """Return the state of a domain and why it is in it. One that is saved is off, but its memory waits on disk."""
    state, reason = states.words(*handle.read.state(0))
    if state == "stopped" and handle.read.hasManagedSaveImage():
        return "saved", "saved"
    return state, reason


def check(wish: Wish, now: str) -> None:
    """Refuse a state that cannot be reached from the state I(now)."""
    if wish.state == "saved" and now in ("absent", "stopped"):
        raise Refused(
            f"state: the domain {wish.name} is {now}; it has no memory that could be saved.",
            "Only a guest that runs or is paused can be saved; start it first with 'state: running'.",
            option="state",
        )


def plan(plan: Plan, wish: Wish, now: str) -> None:
    """Plan what brings a domain from the state I(now) to the wished one."""
    then = wish.state
    if then in ("present", now):
        return
    if now != "absent":
        plan.change("state", now, then)
    if then == "stopped":
        if now != "absent":
            plan_stop(plan, wish, now)
    elif then == "saved":
        if now == "suspended":
            plan.step(*_wake(wish, now))
        plan.step("save", _on(wish, lambda domain: domain.change.managedSave(0)))
    elif now in AWAKE and then == "paused":
        plan.step("pause", _on(wish, lambda domain: domain.change.suspend()))
    else:
        plan.step(*_start(wish, now, then))


def plan_restart(plan: Plan, wish: Wish, now: str) -> None:
    """Plan stopping a guest and starting it again as it was, running or paused."""
    plan_stop(plan, wish, now)
    plan.step(*_start(wish, "stopped", now))


def _on(wish: Wish, run: t.Callable[[Handle], t.Any]) -> t.Callable[[Connection], None]:
    return lambda connection: run(connection.host.read.lookupByName(wish.name))


def _start(wish: Wish, now: str, then: str) -> tuple[str, t.Callable[[Connection], None]]:
    """Return the step after which a domain that is off, or stands still, is as I(then) says."""
    if then != "paused":
        return _wake(wish, now)
    flags = constant("DOMAIN_START_PAUSED")
    word = "restore paused" if now == "saved" else "start paused"
    return word, _on(wish, lambda domain: domain.change.createWithFlags(flags))


def _wake(wish: Wish, now: str) -> tuple[str, t.Callable[[Connection], None]]:
    """Return the step that makes a domain run."""
    if now == "suspended":
        return "wake up", _on(wish, lambda domain: domain.change.pMWakeup(0))
    if now == "paused":
        return "resume", _on(wish, lambda domain: domain.change.resume())
    if now == "saved":
        return "restore", _on(wish, _restore)
    return "start", _on(wish, lambda domain: domain.change.createWithFlags(0))


def _restore(domain: Handle) -> None:
    domain.change.createWithFlags(0)
    if power_of(domain)[0] == "paused":  # as it was when it was saved
        domain.change.resume()


def plan_stop(plan: Plan, wish: Wish, now: str) -> None:
    """Plan asking the guest to power off, and what follows when it does not.

    One that stands still is woken up for it, as it could not answer otherwise; so is one that was saved, as what it
    has in memory would be lost otherwise.
    """
    options = wish.options["shutdown"]
    if now == "saved" and not options["timeout"] and options["on_timeout"] == "destroy":
        plan.step("discard the saved memory", _on(wish, lambda domain: domain.change.managedSaveRemove(0)))
        return
    if now != "running":
        plan.step(*_wake(wish, now))
    plan.step("shut down", _on(wish, lambda domain: _shut_down(domain, **options)))


def _shut_down(domain: Handle, timeout: float, on_timeout: str, mode: t.Sequence[str]) -> None:
    def off() -> bool:
        return not domain.read.isActive()

    flags = sum(constant(_MODES[word]) for word in mode)  # without: the agent where it answers, else ACPI
    left = float(timeout)
    while left > 0:
        domain.connection.log(f"{domain.label}: asked to power off, waiting for it up to {left:.0f} seconds.")
        try:
            domain.change.shutdownFlags(flags)
        except OperationFailed as error:
            if off():
                return
            if error.details["libvirt"]["name"] != "AGENT_UNRESPONSIVE":  # it may be on its way up
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

    domain.connection.log(f"{domain.label}: waiting for its guest agent up to {timeout} seconds.")
    if not wait_until(answers, timeout, longest_pause=1):
        raise Timeout(
            f"{domain.label}: its guest agent did not answer within {timeout} seconds.",
            "Is qemu-guest-agent installed and started in the guest? Look at its console.",
            state=power_of(domain)[0],
        )
