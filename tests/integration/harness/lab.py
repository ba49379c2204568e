# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts of the integration tests: up, and made KVM hosts by the collection's own role."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from harness.host import LAB, TOP
from harness.playbooks import play

#: Each oldest and newest libvirt that is supported: host -> release.
HOSTS = {"deb12": "bookworm", "deb13": "trixie"}
NEWEST = "deb13"

#: What need not be seen on both is seen on one more, so that it goes on beside what does.
ONE = "one13"

#: Where guests of all are moved to. What a test makes here it has the lock "target" for, see C(one_at_a_time).
TARGET = "dst13"

#: All that is brought up.
ALL = {**HOSTS, ONE: "trixie", TARGET: "trixie"}

#: What libvirt needs for all types of storage pools, where a release has it in packages of its own.
_STORAGE = {
    "bookworm": ["gluster", "iscsi-direct", "rbd", "zfs"],
    "trixie": ["disk", "gluster", "iscsi", "iscsi-direct", "logical", "mpath", "rbd", "scsi", "zfs"],
}
#: What QEMU has in packages of its own in the newest release, and in one in the older one. One host is left without.
_DISPLAYS = ["qemu-system-modules-opengl", "qemu-system-modules-spice"]

#: On a host: what it was bootstrapped from.
STAMP = "/var/lib/hypervise-bootstrapped"


def bring_up(directory: Path) -> None:
    """Bring the lab up and bootstrap its hosts; quick where that was done."""
    with one_at_a_time("bring-up"):  # another worker's tests need the same hosts
        _bring_up(directory)


@contextlib.contextmanager
def one_at_a_time(what: str) -> Iterator[None]:
    """Have something for oneself, among all workers."""
    with open(TOP / f".cache/{what}", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _bring_up(directory: Path) -> None:
    _run([str(LAB), "up", *(f"{name}={release}" for name, release in ALL.items())])
    made_from = _digest([TOP / "roles/host", TOP / "playbooks/bootstrap.yml", Path(__file__)])
    new = [name for name in ALL if _ssh(name, f"cat {STAMP} 2>/dev/null || true") != made_from]
    if new:
        packages = {
            name: [
                "python3-coverage",
                *(f"libvirt-daemon-driver-storage-{kind}" for kind in _STORAGE[release]),
                *(_DISPLAYS if name == NEWEST else ()),
            ]
            for name, release in ALL.items()
        }
        extra = {
            "packages": packages,
            "host_packages_extra": "{{ packages[inventory_hostname] }}",
            "host_tls": {
                "ca_directory": f"/var/lib/hypervise-lab/{os.environ['HYPERVISE_LAB']}/ca"
            },  # goes with the lab
        }
        play("hypervise.kvm.bootstrap", directory, "--limit", ",".join(new), "--extra-vars", json.dumps(extra))
    for name in new:
        _ssh(name, f"printf %s {made_from} >{STAMP}")


def _ssh(name: str, command: str) -> str:
    return _run([str(LAB), "ssh", name, command])


def _run(command: list[str]) -> str:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command} exited with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


def _digest(paths: Iterable[Path]) -> str:
    """A sum over files and the files of directories, by name and content."""
    total = hashlib.sha256()
    for top in paths:
        for path in sorted([top] if top.is_file() else (path for path in top.rglob("*") if path.is_file())):
            total.update(f"{path.relative_to(TOP)}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return total.hexdigest()
