# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest that went on from its copy elsewhere, and comes home: what it wrote meanwhile is all that travels."""

from __future__ import annotations

from typing import Any

from harness.backups import GUEST, REPOSITORY, assert_same, backup, define, directory, keep, off, one, points, write
from harness.host import SCRATCH, Host

REPLICA = f"{SCRATCH}/replica"
MIB = 2**20


def test_failback(one_host: Host) -> None:
    host = one_host
    host.needs("rsync")
    define(host, {"vda": "64M", "vdb": "2M"}, state="running")
    write(host, "write -P 1 0 30M")
    first = backup(host)["point"]
    write(host, "write -P 2 2M 1M", "discard 8M 1M")
    keep(host, "second")
    second = backup(host)["point"]
    copied = copy(host, REPOSITORY, REPLICA)
    assert copied["copied"] == [first, second]
    write(host, "write -P 3 4M 1M")
    keep(host, "lost")
    lost = backup(host)["point"]  # which never gets there

    leave(host)
    come_back(host, REPLICA)
    assert_disks(host, "second")
    write(host, "write -P 4 5M 300k", "write -z 2M 64k")
    keep(host, "elsewhere")
    made = one(host.run("backup", domain=[GUEST], repository=REPLICA))
    assert (made["kind"], made["parent"]) == ("delta", second)
    assert sum(disk["stored_bytes"] for disk in made["disks"]) < 2 * MIB

    assert copy(host, REPLICA, REPOSITORY)["copied"] == [made["point"]]
    home = host.run("backup_info", repository=REPOSITORY, point=[made["point"]])["points"][0]
    assert home["copied"]["from"] == REPLICA
    leave(host)
    come_back(host, REPOSITORY)
    assert_disks(host, "elsewhere")
    write(host, "write -P 5 6M 64k")
    keep(host, "home")
    after = backup(host)
    assert (after["kind"], after["parent"]) == ("delta", made["point"])
    assert points(host) == [first, second, lost, made["point"], after["point"]]

    kept = [lost, made["point"], after["point"]]  # the first two of which rest on one that goes
    host.run("backup_prune", repository=REPOSITORY, keep_last=1, protected=kept[:2])
    assert points(host) == kept
    for name, what in zip(kept, ("lost", "elsewhere", "home"), strict=True):
        assert_same(host, name, what)
    host.run("backup_verify", repository=REPOSITORY)
    host.sh(f'test -z "$(ls -A {directory(host)} | grep -v -e ^2 -e lock -e readers -e notes)"')


def copy(host: Host, source: str, target: str) -> dict[str, Any]:
    """Copy the guest's points, of which no more is sent than they take."""
    told = one(host.run("backup_copy", source=source, repository=target, create=True))
    for point in told["points"]:
        assert point["sent_bytes"] < point["stored_bytes"] + MIB
    return told


def leave(host: Host) -> None:
    """Have no such guest any more."""
    off(host)
    host.run("domain", name=GUEST, state="absent")
    host.sh(f"rm {SCRATCH}/vd?.qcow2")


def come_back(host: Host, repository: str) -> None:
    """Have the guest as it was in the newest point, running."""
    host.run("restore", domain=GUEST, repository=repository, state="running")


def assert_disks(host: Host, kept: str) -> None:
    """Fail unless the guest's disks are what was kept."""
    for target in ("vda", "vdb"):
        both = f"{SCRATCH}/{target}.qcow2 {SCRATCH}/kept/{kept}/{target}.qcow2"
        assert "identical" in host.sh(f"qemu-img compare -U -f qcow2 -F qcow2 {both}")
