# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts a lab has, and which are asked for."""

from __future__ import annotations

from collections.abc import Sequence

from hvlab import hosts
from hvlab.containers import Container
from hvlab.errors import LabError
from hvlab.hosts import Host
from hvlab.state import Lab, checked_name

DEFAULT_HOSTS = ("hv1", "hv2")
DEFAULT_RELEASE = "trixie"
LAST_INDEX = 99


def load(lab: Lab) -> list[Host]:
    """The hosts that the lab has; one whose creation was cut short is none yet."""
    found = [
        _kind(record.kind)(lab, directory.name, record.release, record.index)
        for directory in lab.hosts_directory.glob("*")
        if (record := hosts.Record.read(directory))
    ]
    return sorted(found, key=lambda host: host.index)


def find(lab: Lab, name: str) -> Host:
    known = {host.name: host for host in load(lab)}
    if name not in known:
        there = f"its hosts are {', '.join(known)}" if known else "it has no hosts (lab up)"
        raise LabError(f"lab {lab.name} has no host {name!r}; {there}")
    return known[name]


def wanted(lab: Lab, specs: Sequence[str]) -> list[Host]:
    """The hosts that NAME[=RELEASE] arguments ask for: those that exist, and new ones with a free address."""
    known = {host.name: host for host in load(lab)}
    asked: dict[str, Host] = {}
    for spec in specs or DEFAULT_HOSTS:
        name, system = spec.partition("=")[::2]
        checked_name("the host name", name)
        release, kind = _system(system or DEFAULT_RELEASE)
        if name in asked:
            raise LabError(f"host {name} is asked for twice")
        if host := known.get(name):
            if system and (host.release, host.kind) != (release, kind):
                raise LabError(f"{name} exists and is not {system}; take the lab down first, or give another name")
            asked[name] = host
        else:
            index = _free_index([*known.values(), *asked.values()])
            asked[name] = _kind(kind)(lab, name, release, index)
    return list(asked.values())


def _system(text: str) -> tuple[str, str]:
    """RELEASE or RELEASE-vm -> release, kind."""
    release, dash, suffix = text.partition("-")
    if release not in hosts.RELEASES or (dash and suffix != "vm"):
        allowed = [*hosts.RELEASES, *(f"{r}-vm" for r in hosts.RELEASES)]
        raise LabError(f"{text!r} is no system that a host can have; use one of {', '.join(allowed)}")
    return release, suffix or Container.kind


def _kind(kind: str) -> type[Host]:
    if kind == Container.kind:
        return Container
    from hvlab.vm import VM  # only who asks for a VM needs what it needs

    return VM


def _free_index(there: Sequence[Host]) -> int:
    used = {host.index for host in there}
    for index in range(1, LAST_INDEX + 1):
        if index not in used:
            return index
    raise LabError(f"a lab has {LAST_INDEX} hosts at most")
