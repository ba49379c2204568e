# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done with a lab."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from hvlab import archives, cache, containers, network, registry, roots, settings, ssh, state, supervisor
from hvlab.commands import say
from hvlab.errors import LabError
from hvlab.hosts import Extras, Host
from hvlab.locks import locked_directory
from hvlab.state import Lab

T = TypeVar("T")


def up(lab: Lab, systems: Mapping[str, str], extras: Extras) -> None:
    """Bring hosts up: make those that do not exist, switch on those that are off, wait for all."""
    with lab.locked():
        wanted = registry.wanted(lab, systems)
        network.ensure(lab)
        _keep_packages(lab)  # so that new hosts need not download what the others did
        lab.login  # noqa: B018  # made before hosts are made side by side
        _start(lab, wanted, extras)


def power_on(lab: Lab, name: str) -> None:
    with _locked_host(lab, name) as host:
        network.ensure(lab)
        _start(lab, [host], Extras())


def power_off(lab: Lab, name: str) -> None:
    """A power cut: nothing in the host gets to know."""
    with _locked_host(lab, name) as host:
        host.power_off()
        say(f"{name}: off")


def cut(lab: Lab, name: str) -> None:
    """Part a host from the network: it runs on and does not see that its link is gone."""
    with _locked_host(lab, name) as host:
        _check_running(host)
        host.cut()
        say(f"{name}: cut off the network")


def heal(lab: Lab, name: str) -> None:
    with _locked_host(lab, name) as host:
        _check_running(host)
        host.heal()
        say(f"{name}: on the network again")


def down(lab: Lab) -> None:
    """Destroy the lab, and whatever may be left of it after a crash."""
    with lab.locked():
        _keep_packages(lab)
        _side_by_side(Host.down, registry.load(lab))
        # What no record speaks of: found by name.
        _side_by_side(supervisor.kill, supervisor.units(lab.unit_prefix))
        for note in lab.runtime.glob("*.device"):
            containers.release_loop_devices(note)
        network.remove(lab)
        shutil.rmtree(lab.directory)
        shutil.rmtree(lab.runtime)
    with locked_directory(state.RUNTIME, "waiting for another lab's network"):
        if not any(path.is_dir() for path in state.RUNTIME.iterdir()):
            settings.restore(state.RUNTIME)
        for place in (state.RUNTIME, state.STATE):
            with contextlib.suppress(OSError):  # another lab is there
                place.rmdir()


def status(lab: Lab) -> str:
    """A table for a person."""
    rows = [("HOST", "SYSTEM", "KIND", "ADDRESS", "STATE")]
    for host in registry.load(lab):
        condition = "off" if not host.is_running() else "cut off" if network.is_cut(host.port) else "running"
        rows.append((host.name, host.release, host.kind, str(host.address.ip), condition))
    if len(rows) == 1:
        return f"lab {lab.name} is not up"
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def purge() -> None:
    """Drop the caches."""
    if state.STATE.is_dir() and (labs := sorted(path.name for path in state.STATE.iterdir())):
        raise LabError(f"the caches are in use by: {', '.join(labs)} (lab down)")
    shutil.rmtree(cache.directory(), ignore_errors=True)


def _start(lab: Lab, hosts: Sequence[Host], extras: Extras) -> None:
    began = time.monotonic()

    def bring_up(host: Host) -> None:
        if not host.is_running():
            say(f"{host.name}: starting {host.release} ({host.kind}) at {host.address.ip}")
        host.up(extras)

    def settle(host: Host) -> None:
        if network.is_cut(host.port):
            say(f"{host.name}: is cut off the network, not waited for (lab heal {host.name})")
            return
        unwell = ssh.settle(host, everyone)
        say(f"{host.name}: up" + (f", but {', '.join(unwell)}" if unwell else ""))

    _side_by_side(bring_up, hosts)
    everyone = registry.load(lab)
    ssh.write_known_hosts(lab, everyone)
    # The others too: they learn the names of new hosts.
    _side_by_side(settle, [host for host in everyone if host in hosts or host.is_running()])
    say(f"lab {lab.name}: {', '.join(host.name for host in hosts)} up after {time.monotonic() - began:.1f} s")


@contextlib.contextmanager
def _locked_host(lab: Lab, name: str) -> Iterator[Host]:
    registry.find(lab, name)  # so that the lock leaves no trace of a lab that is not there
    with lab.locked():
        yield registry.find(lab, name)


def _check_running(host: Host) -> None:
    if not host.is_running():
        raise LabError(f"{host.name} is off (lab power-on {host.name})")


def _keep_packages(lab: Lab) -> None:
    for host in registry.load(lab):
        if isinstance(host, containers.Container):
            archives.share(host.archive_directory, roots.archive_directory(host.release))


def _side_by_side(act: Callable[[T], None], things: Iterable[T]) -> None:
    """Do it for all at the same time; the first failure is raised when all are done."""
    with ThreadPoolExecutor(max_workers=16) as pool:
        for result in [pool.submit(act, thing) for thing in things]:
            result.result()
