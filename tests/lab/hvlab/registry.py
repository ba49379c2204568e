# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts a lab has, and which are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hvlab.containers import Container
from hvlab.errors import LabError
from hvlab.hosts import RELEASES, Host, Record
from hvlab.state import Lab, checked_name
from hvlab.vm import VM

KINDS: dict[str, type[Host]] = {kind.kind: kind for kind in (Container, VM)}
DEFAULT_HOSTS = ("hv1", "hv2")
DEFAULT_RELEASE = "trixie"
LAST_INDEX = 99


def load(lab: Lab) -> list[Host]:
    """The hosts that the lab has; one whose creation was cut short is none yet."""
    found = [
        KINDS[record.kind](lab, directory.name, record.release, record.index)
        for directory in lab.hosts_directory.glob("*")
        if (record := Record.read(directory))
    ]
    return sorted(found, key=lambda host: host.index)


def find(lab: Lab, name: str) -> Host:
    known = {host.name: host for host in load(lab)}
    if name not in known:
        there = f"its hosts are {', '.join(known)}" if known else "it has no hosts (lab up)"
        raise LabError(f"lab {lab.name} has no host {name!r}; {there}")
    return known[name]


def asked(specs: Sequence[str]) -> dict[str, str]:
    """What NAME[=SYSTEM] arguments say: host name -> system, or nothing; refused before anything is done."""
    systems: dict[str, str] = {}
    for spec in specs or DEFAULT_HOSTS:
        name, equals, system = spec.partition("=")
        checked_name("the host name", name)
        if name in systems:
            raise LabError(f"host {name} is asked for twice")
        if equals:
            _system(system)
        systems[name] = system
    return systems


def wanted(lab: Lab, systems: Mapping[str, str]) -> list[Host]:
    """The hosts that are asked for: those that exist, and new ones with a free address."""
    known = {host.name: host for host in load(lab)}
    hosts: list[Host] = []
    for name, system in systems.items():
        release, kind = _system(system or DEFAULT_RELEASE)
        if host := known.get(name):
            if system and (host.release, host.kind) != (release, kind):
                raise LabError(f"{name} exists and is not {system}; take the lab down first, or give another name")
            hosts.append(host)
        else:
            hosts.append(KINDS[kind](lab, name, release, _free_index([*known.values(), *hosts])))
    return hosts


def _system(text: str) -> tuple[str, str]:
    """RELEASE or RELEASE-vm -> release, kind."""
    release, dash, suffix = text.partition("-")
    if release not in RELEASES or (dash and suffix != "vm"):
        allowed = [*RELEASES, *(f"{r}-vm" for r in RELEASES)]
        raise LabError(f"{text!r} is no system that a host can have; use one of {', '.join(allowed)}")
    return release, suffix or Container.kind


def _free_index(there: Sequence[Host]) -> int:
    used = {host.index for host in there}
    for index in range(1, LAST_INDEX + 1):
        if index not in used:
            return index
    raise LabError(f"a lab has {LAST_INDEX} hosts at most")
