# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migrations that fail at any moment: one copy of the guest, all its data, and nothing left once the task ran again.

HYPERVISE_FAULTS=30 runs as many, HYPERVISE_SEED=7 other moments of them.
"""

from __future__ import annotations

import os
import random
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from harness.host import LAB, SCRATCH, Host, Result
from harness.traveller import IMAGE, NAME, Traveller, leftovers, states

#: How fast the guest moves, so that it is under way for some seconds.
SLOW = "24MiB"
SECONDS = 6.0


@dataclass
class Fault:
    """Something that goes wrong on a host, and is over later."""

    name: str
    strike: Callable[[str, str], object]  # source and target
    heal: Callable[[str, str], object] = lambda source, target: None
    before: Callable[[str, str], object] = lambda source, target: None
    at_once: bool = False  # the run itself has to leave nothing behind, not just the next one
    parts: bool = False  # our own connection to the target is lost, too


def ssh(host: str, command: str) -> str:
    """Run a command beside the module that runs through the harness's own connection."""
    return subprocess.run([LAB, "ssh", host, command], check=False, capture_output=True, text=True).stdout


def in_lab(*words: str) -> None:
    subprocess.run([LAB, *words], check=True, capture_output=True)


def kill_daemon(host: str) -> None:
    ssh(host, "systemctl kill --kill-whom=main -s KILL libvirtd.service")


def full(_source: str, target: str) -> None:
    ssh(target, f"mount -t tmpfs -o size=256k none {SCRATCH}")


#: Not once it has arrived, and is the guest itself.
KILL = f"[ $(virsh domstate {NAME}) = paused ] && kill -9 $(cat /run/libvirt/qemu/{NAME}.pid)"

#: As soon as there is something to be cancelled.
CANCEL = f"for i in $(seq 50); do virsh -q domjobabort {NAME} && break; sleep 0.2; done"

FAULTS = (
    Fault("cancel", lambda source, _target: ssh(source, CANCEL), at_once=True),
    Fault("source's daemon killed", lambda source, _target: kill_daemon(source)),
    Fault("target's daemon killed", lambda _source, target: kill_daemon(target)),
    Fault("target's QEMU killed", lambda _source, target: ssh(target, KILL)),
    Fault("module killed", lambda _source, _target: None),
    Fault(
        "network cut",
        lambda _source, target: in_lab("cut", target),
        lambda _source, target: in_lab("heal", target),
        parts=True,
    ),
    Fault(
        "target full",
        lambda _source, _target: None,
        lambda _source, target: ssh(target, f"umount {SCRATCH}"),
        full,
        at_once=True,
    ),
    Fault(
        "target powered off",
        lambda _source, target: in_lab("power-off", target),
        lambda _source, target: in_lab("power-on", target),
        parts=True,
    ),
)

#: What CI runs of them: each at another moment of each run of CI would be a test that fails now and then.
IN_CI = ("cancel", "source's daemon killed", "target's QEMU killed", "module killed", "target full")


def test_faults(one_host: Host, target: Host) -> None:
    source = one_host
    number = int(os.environ.get("HYPERVISE_FAULTS", "0"))
    moments = random.Random(int(os.environ.get("HYPERVISE_SEED", "1")))
    faults = [fault for fault in FAULTS if number or fault.name in IN_CI]
    guest = Traveller.born(source)
    for run in range(number or len(faults)):
        fault, moment = faults[run % len(faults)], moments.uniform(0.3, SECONDS)
        began = time.monotonic()
        outcome = strike(guest, target, fault, moment)
        took = time.monotonic() - began
        if fault.parts and outcome != "was done":
            target.connect()
        finishes(guest, target)
        print(f"{run + 1}: {fault.name} after {moment:.1f} s: {outcome} ({took:.0f} s)", flush=True)
        if guest.host is target:
            guest.moves(source)


def strike(guest: Traveller, target: Host, fault: Fault, moment: float) -> str:
    """Move the guest, and let something go wrong meanwhile; return what became of it."""
    source = guest.host
    fault.before(source.name, target.name)
    wish = guest.wish(target, bandwidth=SLOW)
    if fault.name == "module killed":
        return "killed" if source.killed("migrate", kill_after=moment, **wish) else "was done"
    results: list[Result] = []
    thread = threading.Thread(target=lambda: results.append(source.attempt("migrate", **wish)))
    thread.start()
    time.sleep(moment)
    if ssh(source.name, f"virsh domstate {NAME}").startswith("running"):  # what strikes later may hit the guest itself
        fault.strike(source.name, target.name)
        thread.join()
        fault.heal(source.name, target.name)
    thread.join()
    (result,) = results
    if not result.failed:
        return "was done"
    copies = [states(source)] if fault.parts else [states(source), states(target)]
    assert len([state for state in copies if state in ("running", "paused")]) == 1, copies
    if fault.at_once:
        assert states(source) == "running"
        assert not leftovers(target), leftovers(target)
        assert target.sh(f"ls {IMAGE} 2>/dev/null || true") == "", result["msg"]
    return str(result["msg"])


def finishes(guest: Traveller, target: Host) -> None:
    """The same task again ends with the guest there, working, whatever had become of it."""
    source = guest.host
    for _attempt in range(5):  # a daemon may be on its way up
        copies = [state for state in (states(source), states(target)) if state == "running"]
        assert len(copies) < 2, f"two copies run after {guest}"
        result = source.attempt("migrate", **guest.wish(target))
        if not result.failed:
            break
        time.sleep(3)
    assert not result.failed, result["msg"]
    assert not leftovers(source), leftovers(source)
    guest.arrived(target)
