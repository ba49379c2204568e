# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a lab has on the machine, as the kernel tells it: for comparing before and after."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from hvlab import settings
from hvlab.state import RUNTIME, STATE, Lab


@dataclass(frozen=True)
class Footprint:
    """Everything that a lab may leave behind.

    What belongs to other labs of the machine is left out: they live their own life meanwhile.
    """

    processes: frozenset[str]
    mounts: frozenset[str]
    interfaces: frozenset[str]
    namespaces: frozenset[str]
    tables: frozenset[str]
    loop_devices: frozenset[str]
    cgroups: frozenset[str]
    files: frozenset[str]
    settings: frozenset[str]

    @classmethod
    def take(cls, lab: str) -> Footprint:
        others = {path.name for path in RUNTIME.glob("*") if path.is_dir()} - {lab}
        return cls(
            processes=frozenset(_processes(lab)),
            mounts=frozenset(Path("/proc/self/mounts").read_text().splitlines()),
            interfaces=frozenset(_interfaces(Lab(lab).tag)),
            namespaces=frozenset(_lines("ip", "netns", "list")),
            tables=frozenset(_tables(lab)),
            loop_devices=frozenset(_loop_devices(others)),
            cgroups=frozenset(_cgroups(lab)),
            files=frozenset(str(path) for root in (STATE, RUNTIME) for path in (root / lab).rglob("*")),
            settings=frozenset()
            if others
            else frozenset(Path("/proc/sys", name).read_text() for name in settings.LEAST),
        )


def _processes(lab: str) -> set[str]:
    """Those that carry the lab's name in their environment, their cgroup or the mounts they see.

    Processes inside a host see the host's disk as their root, which is an overlay on the lab's directory.
    """
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            marks = ((process / name).read_bytes() for name in ("environ", "cgroup", "mountinfo"))
            names = (f"HYPERVISE_LAB={lab}\0", f"hypervise-lab.{lab}.", f"{STATE}/{lab}/")
            if any(name.encode() in mark for name, mark in zip(names, marks, strict=True)):
                found.add((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:  # it ended while we looked, or is nothing that root may have started
            continue
    return found


def _interfaces(tag: str) -> set[str]:
    names = {link["ifname"] for link in json.loads("".join(_lines("ip", "-json", "link")))}
    return {name for name in names if tag in name or not name.startswith(("hvl", "vb-hvl"))}


def _tables(lab: str) -> set[str]:
    name = "table ip hypervise-lab-"
    return {table for table in _lines("nft", "list", "tables") if table == name + lab or not table.startswith(name)}


def _loop_devices(others: set[str]) -> set[str]:
    """Those on files of other places than the machine's own file systems and those of other labs' hosts."""
    elsewhere = {line.split()[2] for line in Path("/proc/self/mountinfo").read_text().splitlines()}
    for other in others:
        elsewhere.update(word for note in (RUNTIME / other).glob("*.device") for word in note.read_text().split())
    listed = _lines("losetup", "--list", "--noheadings", "--output", "BACK-MAJ:MIN,NAME,BACK-FILE")
    return {line for line in listed if line.split()[0] not in elsewhere}


def _cgroups(lab: str) -> set[str]:
    return {str(path) for path in Path("/sys/fs/cgroup").rglob(f"hypervise-lab.{lab}.*")}


def _settings() -> set[str]:
    return {f"{name} = {Path('/proc/sys', name).read_text()}" for name in settings.LEAST}


def _lines(*command: str) -> list[str]:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
