# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups that do not come to their end: nothing is published, and the next one has all that was written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from harness import qemu
from harness.backups import (
    GUEST,
    REPOSITORY,
    assert_same,
    assert_sound,
    backup,
    checkpoints,
    define,
    directory,
    is_awake,
    keep,
    manifest,
    off,
    one,
    points,
    write,
)
from harness.host import SCRATCH, Host

WISH: dict[str, Any] = {"domain": [GUEST], "repository": REPOSITORY}

#: A run is killed before each so many-th of its changes.
EACH = int(os.environ.get("HYPERVISE_BACKUP_KILLS", "6"))
#: At this rate, a job takes as long as a test wants it to.
SLOW: dict[str, Any] = {**WISH, "rate": "64KiB"}


def begun(host: Host) -> None:
    """Have a guest that runs, with one point, that has written something since."""
    define(host, {"vda": "500M", "vdb": "2M"}, state="running")
    write(host, "write -P 1 0 4M")
    backup(host)
    write(host, "write -P 2 1M 2M")


@pytest.fixture
def busy(host: Host) -> Iterator[int]:
    """A guest as begun has it, whose next backup takes a while; the number of the change that begins it."""
    begun(host)
    changes = host.run("backup", **WISH).changes
    write(host, *(f"write -P 2 {number}M 100M" for number in range(16, 416, 100)))
    yield begins(changes)
    off(host)


def begins(changes: list[str]) -> int:
    """The number of the change that begins libvirt's job."""
    (number,) = [number for number, change in enumerate(changes, 1) if "BackupBegin" in change]
    return number


@pytest.fixture
def slow(one_host: Host) -> Iterator[int]:
    """A guest with a disk that is read from another server, in twelve seconds on any machine; the same number."""
    one_host.sh(
        f"head -c 24M /dev/urandom >{SCRATCH}/slow.raw; systemd-run --quiet --collect --unit=law-slow"
        " qemu-nbd --persistent --shared=9 --export-name=slow --port=10810"
        " --object throttle-group,id=limit,x-bps-read=2097152 --image-opts driver=throttle,throttle-group=limit"
        f",file.driver=raw,file.file.driver=file,file.file.filename={SCRATCH}/slow.raw"
    )
    server = {"protocol": "nbd", "name": "slow", "hosts": [{"name": "localhost", "port": 10810}]}
    stated = define(one_host)
    disk = {"target": "vdc", "source": server, "driver": {"type": "raw"}}
    one_host.run("domain", name=GUEST, disks=[*stated["disks"], disk], state="running")
    write(one_host, "write -P 1 0 4M")
    one_host.run("backup", **QUICK, create=True)
    yield begins(one_host.run("backup", **QUICK).changes)
    off(one_host)
    one_host.sh("systemctl stop law-slow")


#: Without that disk, and with it.
QUICK: dict[str, Any] = {**WISH, "exclude": ["vdc"]}
LONG: dict[str, Any] = {**WISH, "untracked": "full"}


def assert_quick_is_right(host: Host) -> None:
    """Make the next point of the other disks, and fail unless nothing is left of the one before."""
    write(host, "write -P 3 2M 64k")
    keep(host, "next")
    done = one(host.run("backup", **QUICK))
    assert done["disks"][0]["kind"] == "incremental"
    assert_same(host, points(host)[-1], "next")
    assert_sound(host)


def hurry(host: Host) -> None:
    """Let the guest have less."""
    write(host, "write -z 16M 400M")


def struck(host: Host, command: str, at: int) -> None:
    """Make a backup, and run a command while libvirt works at it. Where that was faster, there is a point more."""
    before = len(points(host))
    result = host.struck("backup", f"sleep 0.2; {command}", at=at, **SLOW)
    assert len(points(host)) == before + (not result.failed)


def assert_next_is_right(host: Host, kind: str = "incremental", at_rest: bool = True) -> dict[str, Any]:
    """Make the next point, and fail unless it is what the disks are, at no more cost than needed."""
    keep(host, "next")
    done = backup(host, at_rest)
    assert done["disks"][0]["kind"] == kind
    assert_same(host, points(host)[-1], "next")
    assert_sound(host)
    return done


def test_killed_at_any_change(host: Host) -> None:
    begun(host)
    number = 1
    while host.killed("backup", **WISH, die_at=number):
        write(host, f"write -P {number + 2} {number * 64}k 64k")
        if number % (2 * EACH) == 1:
            assert_next_is_right(host)
            write(host, "write -P 2 1M 64k")
        number += EACH
    assert number > EACH
    assert_next_is_right(host)


def test_daemon_restarted(host: Host, busy: int) -> None:
    """A job that ends while no daemon is there can leave what it had in QEMU."""
    struck(host, "systemctl restart libvirtd", busy)
    hurry(host)
    host.sh(f"until virsh -q domblkinfo {GUEST} vda >/dev/null 2>&1; do sleep 0.2; done")
    assert_next_is_right(host, at_rest=False)  # the job goes on


def test_what_a_daemon_has_left_in_qemu_goes(one_host: Host) -> None:
    """It would be in the way of the next backup. What is somebody else's stays."""
    begun(one_host)
    one_host.sh(f"qemu-img create -q -f qcow2 {SCRATCH}/left 1M")
    before = sorted(qemu.images(one_host, GUEST))
    qemu.leave(one_host, GUEST, f"{SCRATCH}/left", number=7)
    disk = qemu.image_of(one_host, GUEST, f"{SCRATCH}/vdb.qcow2")
    for name in ("backup-vdb", "somebody's"):
        qemu.ask(one_host, GUEST, "block-dirty-bitmap-add", node=disk, name=name, disabled=True)
    qemu.ask(one_host, GUEST, "blockdev-add", driver="null-co", node_name="somebody")
    assert_next_is_right(one_host)
    after = qemu.images(one_host, GUEST)
    assert sorted(after) == [*before, "somebody"]
    assert {"somebody's"} == {bitmap["name"] for bitmap in after[disk]["dirty-bitmaps"] if not bitmap["persistent"]}


def test_rate_and_timeout(one_host: Host, slow: int) -> None:
    """QEMU reads no faster than it may; what is not done in time is ended, and nothing is left of it."""
    ask = f"""virsh qemu-monitor-command {GUEST} '{{"execute": "query-block-jobs"}}' >{SCRATCH}/jobs"""
    asked = f"for i in $(seq 40); do sleep 0.1; {ask} 2>/dev/null; grep -q 65536 {SCRATCH}/jobs && break; done"
    told = one_host.struck("backup", asked, at=slow, **LONG, rate="64KiB", timeout=8)
    assert "was not done after 8 s" in told["msg"]
    assert '"speed":65536' in one_host.sh(f"cat {SCRATCH}/jobs")
    assert len(points(one_host)) == 2
    assert_sound(one_host)
    assert_quick_is_right(one_host)


@pytest.mark.parametrize("slot", ["always", "daily"])
def test_job_of_a_killed_module_is_ended(one_host: Host, slow: int, slot: str) -> None:
    """By the next run, also by one that finds that there is a point already."""
    assert one_host.killed("backup", **LONG, die_at=slow + 1)
    assert "Backup" in one_host.sh(f"virsh domjobinfo {GUEST}")
    if slot == "daily":
        assert one_host.run("backup", **QUICK, slot=slot).changed
        assert_sound(one_host)
        assert not one_host.run("backup", **QUICK, slot=slot).changed
    assert_quick_is_right(one_host)


def test_qemu_killed(host: Host) -> None:
    """What was tracked is lost: the content is compared, and from there on it is tracked again."""
    begun(host)
    host.sh(f"kill -9 $(cat /run/libvirt/qemu/{GUEST}.pid)")
    host.sh(f"until virsh domstate {GUEST} | grep -q 'shut off'; do sleep 0.1; done")
    host.run("domain", name=GUEST, state="running")
    write(host, "write -P 3 5M 64k", "write -z 128k 64k")
    done = assert_next_is_right(host, "delta")
    assert "is not known" in done["reason"]
    assert done["disks"][0]["stored_bytes"] < 3 * 2**20, "more than what differs was stored"
    write(host, "write -P 4 6M 64k")
    assert_next_is_right(host)


def test_qemu_killed_in_the_middle(host: Host, busy: int) -> None:
    struck(host, f"kill -9 $(cat /run/libvirt/qemu/{GUEST}.pid)", busy)
    host.sh(f"until virsh domstate {GUEST} | grep -q 'shut off'; do sleep 0.1; done")
    host.run("domain", name=GUEST, state="running")
    hurry(host)
    assert_next_is_right(host, "delta")


def test_no_room(host: Host) -> None:
    """The guest notices nothing, and nothing is published; where it can be seen coming, nothing is even begun."""
    define(host)
    image = f"{SCRATCH}/vda.qcow2"  # packed, so that nobody can tell how much a copy takes
    host.sh(f"qemu-img create -q -f qcow2 {image} 64M && qemu-io -c 'write -P 1 0 60M' {image} >/dev/null")
    host.sh(f"qemu-img convert -c -O qcow2 {image} {SCRATCH}/packed && mv {SCRATCH}/packed {image}")
    host.run("domain", name=GUEST, state="running")
    host.sh(f"mkdir {SCRATCH}/small && mount -t tmpfs -o size=30M none {SCRATCH}/small")
    small: dict[str, Any] = {**WISH, "repository": f"{SCRATCH}/small", "create": True}
    try:
        assert "are free" in host.refused("backup", **small, keep_free="30MiB")["msg"]
        said = host.fails("backup", **small)["msg"]
        assert "No space left" in said
        assert host.sh(f"find {SCRATCH}/small -name '*.qcow2'") == ""
        assert checkpoints(host) == [], said
    finally:
        host.sh(f"umount {SCRATCH}/small")
    write(host, "write -P 3 2M 64k")
    assert_next_is_right(host, "full")


def test_somebody_else_is_at_work(host: Host) -> None:
    """It fails at once, and tells who; the other one is not disturbed."""
    begun(host)
    document = (
        "<domainbackup mode='pull'><server transport='unix' socket='/var/lib/libvirt/qemu/law-socket'/></domainbackup>"
    )
    host.sh(f'echo "{document}" >{SCRATCH}/foreign.xml; virsh backup-begin {GUEST} {SCRATCH}/foreign.xml')
    refused = host.refused("backup", **WISH, quiesce="never")
    assert "another job of the guest: backup" in refused["msg"]
    assert refused.milliseconds < 10_000
    assert "Backup" in host.sh(f"virsh domjobinfo {GUEST}")
    host.sh(f"virsh domjobabort {GUEST}")
    lock = f"{directory(host)}/.lock"
    host.sh(f"(flock -x {lock} sh -c 'echo somebody else >{lock}; sleep 4') >/dev/null 2>&1 & sleep 0.3")
    failed = host.fails("backup", **WISH)
    assert "somebody else is at work there" in failed["msg"]
    host.sh(f"flock -x {lock} true")
    assert_next_is_right(host)


def test_killed_with_a_guest_that_is_off(host: Host) -> None:
    """It is off again, whatever happens."""
    define(host)
    backup(host)
    for after in (0.4, 0.8):
        host.sh(f"qemu-io -c 'write -P {int(10 * after)} 1M 300k' {SCRATCH}/vda.qcow2 >/dev/null")
        host.killed("backup", **WISH, kill_after=after)
        host.sh(f"until virsh domstate {GUEST} | grep -q 'shut off'; do sleep 0.1; done")
        assert_next_is_right(host)
        assert not is_awake(host)
    assert manifest(host, points(host)[-1])["consistency"] == "stopped"
