# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest runs from a restore point at once: it reads what was there, and the repository stays as it is."""

from __future__ import annotations

import os
from typing import Any

from harness import laws
from harness.backups import GUEST, REPOSITORY, assert_same, assert_sound, backup, define, directory, keep, points, write
from harness.host import SCRATCH, Host

INSTANT: dict[str, Any] = {"repository": REPOSITORY, "domain": GUEST, "mode": "instant"}
BESIDE: dict[str, Any] = {
    "repository": REPOSITORY,
    "domain": GUEST,
    "mode": "overlay",
    "name": "law-copy",
    "directory": SCRATCH,
}
#: At this rate, pulling in takes as long as a test wants it to.
SLOW: dict[str, Any] = {**INSTANT, "rate": "64KiB", "wait": False}

#: A run is killed before each so many-th of its changes.
EACH = int(os.environ.get("HYPERVISE_RESTORE_KILLS", "4"))


def saved(host: Host) -> None:
    """Have a chain of two points of a guest that is lost since, kept as "then"."""
    define(host, {"vda": "24M", "vdb": "2M"})
    host.sh(f"qemu-io -c 'write -P 1 0 12M' {SCRATCH}/vda.qcow2 >/dev/null")
    backup(host)
    host.sh(f"qemu-io -c 'write -P 2 4M 8M' -c 'write -P 3 20M 64k' {SCRATCH}/vda.qcow2 >/dev/null; sleep 1")
    keep(host, "then")
    backup(host)
    lose(host)


def lose(host: Host) -> None:
    host.sh(
        f"virsh -q destroy {GUEST} 2>/dev/null; virsh -q undefine --checkpoints-metadata {GUEST} 2>/dev/null;"
        f"rm -f {SCRATCH}/vd*.qcow2"
    )


def sums(host: Host) -> str:
    """What the repository has, but for what was found out since."""
    return host.sh(f"cd {directory(host)} && find 2* -type f ! -name status.json -exec sha256sum {{}} + | sort")


def owners(host: Host) -> set[str]:
    """Whose the images of the points are, and who may read them."""
    return set(host.sh(f"stat -c %u:%a {directory(host)}/*/*.qcow2").split())


def rests(host: Host, target: str = "vda") -> bool:
    """Whether the guest's image rests on another one."""
    return "backing" in host.sh(f"qemu-img info --force-share {SCRATCH}/{target}.qcow2")


def tenants(host: Host) -> int:
    """How many guests the points know to run from them."""
    return len(host.sh(f"ls {directory(host)}/.tenants").split())


def assert_own(host: Host) -> None:
    """Fail unless the guest has all of its content, and the repository is as it would be without it."""
    assert not rests(host)
    assert not rests(host, "vdb")
    assert (owners(host), tenants(host)) == ({"0:600"}, 0)
    assert_same_disks(host)


def assert_same_disks(host: Host) -> None:
    for target in ("vda", "vdb"):
        pair = f"{SCRATCH}/{target}.qcow2 {SCRATCH}/kept/then/{target}.qcow2"
        assert "identical" in host.sh(f"qemu-img compare --force-share -f qcow2 -F qcow2 {pair}")


def test_instant(host: Host) -> None:
    saved(host)
    before = sums(host)
    done = laws.twin(host, "restore", **INSTANT)
    assert done["steps"] == ["restore", "start", "begin to pull", "pull in"]
    assert host.sh(f"virsh domstate {GUEST}").strip() == "running"
    assert_own(host)
    assert sums(host) == before
    laws.assert_unchanged(host.run("restore", **INSTANT), "of this very point")
    laws.assert_unchanged(host.run("restore", **{**INSTANT, "mode": "copy"}), "it is all there")
    assert backup(host)["kind"] == "delta"
    assert_sound(host)


def test_it_works_while_it_is_pulled_in(host: Host) -> None:
    """What it writes stays, though it is stopped, and the run that waits is killed; and its point is not pruned."""
    saved(host)
    before, (first, second) = sums(host), points(host)
    done = laws.twin(host, "restore", **SLOW)
    assert done["steps"] == ["restore", "start", "begin to pull"]
    laws.assert_unchanged(host.run("restore", **SLOW), "it goes on")
    write(host, "write -P 9 5M 1M")
    for check in (True, False):
        pruned = host.run("backup_prune", check=check, repository=REPOSITORY, keep_last=1)["domains"][0]
        assert (pruned["changed"], sorted(pruned["kept"])) == (False, [first, second])
        assert pruned["kept"][first].startswith(f"in use by {GUEST} on ")
    host.killed("restore", kill_after=1, **{**SLOW, "wait": True})
    host.sh(f"virsh -q destroy {GUEST}")
    assert rests(host)
    assert tenants(host) == 1
    host.run("backup_verify", repository=REPOSITORY)
    done = laws.twin(host, "restore", **INSTANT, overwrite=True)  # nothing is overwritten: it goes on
    assert done["steps"] == ["start", "begin to pull", "pull in"]
    host.sh(f"qemu-io -c 'write -P 9 5M 1M' {SCRATCH}/kept/then/vda.qcow2")
    assert_own(host)
    assert sums(host) == before
    assert host.run("backup_prune", repository=REPOSITORY, keep_last=1).changed
    assert_same(host, second, "then", "vdb")


def test_killed_when_all_is_pulled_in(host: Host) -> None:
    """QEMU 7.2 says so before it is on the disk; nothing is missing though, and nobody has pruned it."""
    saved(host)
    host.run("restore", **INSTANT, wait=False)
    host.sh(f"while virsh blockjob {GUEST} vda | grep -q Pull; do sleep 0.1; done")
    write(host, "write -z -u 5M 1M")
    assert not rests(host)
    host.sh(f"kill -9 $(cat /run/libvirt/qemu/{GUEST}.pid); until virsh domstate {GUEST} | grep off; do :; done")
    assert not host.run("backup_prune", repository=REPOSITORY, keep_last=1).changed
    done = laws.twin(host, "restore", **INSTANT)
    assert done["steps"] == ["mend", "start", "begin to pull", "pull in"]
    host.sh(f"qemu-io -c 'write -z 5M 1M' {SCRATCH}/kept/then/vda.qcow2")
    assert_own(host)


def test_overlay(host: Host) -> None:
    saved(host)
    before, newest = sums(host), points(host)[-1]
    laws.twin(host, "restore", **BESIDE, state="running")
    host.sh(
        "virsh qemu-monitor-command law-copy --hmp"
        " 'qemu-io -d virtio-disk0/virtio-backend \"write -P 7 0 20M\"' >/dev/null"
    )
    laws.assert_unchanged(host.run("restore", **BESIDE), "there")
    assert not host.run("backup_prune", repository=REPOSITORY, keep_last=1).changed
    host.sh("virsh -q destroy law-copy")
    assert sums(host) == before
    assert_same(host, newest, "then")
    pulled = laws.twin(host, "restore", **{**BESIDE, "mode": "instant"})
    assert pulled["steps"] == ["start", "begin to pull", "pull in"]
    assert tenants(host) == 0
    host.run("restore", **{**BESIDE, "name": "law-another"}, state="running")
    host.sh(f"virsh -q destroy law-another; virsh -q undefine law-another; rm {SCRATCH}/law-another-*")
    assert host.run("backup_prune", repository=REPOSITORY, keep_last=1).changed, "the guest is gone"
    assert (owners(host), tenants(host)) == ({"0:600"}, 0)


def test_killed_at_each_change(one_host: Host) -> None:
    host = one_host
    saved(host)
    before, number = sums(host), 1
    while host.killed("restore", die_at=number, **INSTANT):
        host.run("restore", **INSTANT, overwrite=True)
        assert_own(host)
        assert sums(host) == before
        assert host.sh(f"ls -A {SCRATCH}").split() == ["kept", "repository", "vda.qcow2", "vdb.qcow2"]
        lose(host)
        number += EACH
    assert number > 2 * EACH


def test_no_room(one_host: Host) -> None:
    """The guest goes on, and so does the next run, when there is room."""
    host = one_host
    saved(host)
    host.sh(f"mkdir {SCRATCH}/small && mount -t tmpfs -o size=24M law {SCRATCH}/small")
    wish = {**INSTANT, "directory": f"{SCRATCH}/small"}
    try:
        host.run("restore", **wish, rate="64KiB", wait=False)
        host.sh(f"head -c 18M /dev/zero >{SCRATCH}/small/filling || true")
        host.sh(f"virsh blockjob {GUEST} vda --bandwidth 0")
        assert "could not be pulled in as a whole" in host.fails("restore", **wish)["msg"]
        assert tenants(host) == 1
        host.sh(f"mount -o remount,size=100M {SCRATCH}/small")
        assert host.run("restore", **wish)["steps"] == ["begin to pull", "pull in"]
        assert tenants(host) == 0
    finally:
        host.sh(f"virsh -q destroy {GUEST}; umount {SCRATCH}/small")


def test_refused(one_host: Host) -> None:
    saved(one_host)
    refusals: dict[str, dict[str, Any]] = {
        "only a guest that runs can pull in": {"state": "stopped"},
        "single disks are copied": {"disks": ["vda"]},
        "rate": {"rate": "fast"},
        "only an image can rest on a point": {"destinations": {"vda": "/dev/zero"}},
    }
    for said, options in refusals.items():
        assert said in laws.refused(one_host, "restore", **{**INSTANT, **options})
