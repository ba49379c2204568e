# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups that do not come to their end: nothing is published, and the next one has all that was written."""

from __future__ import annotations

import os
from typing import Any

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
    points,
    write,
)
from harness.host import SCRATCH, Host

WISH: dict[str, Any] = {"domain": [GUEST], "repository": REPOSITORY}

#: A run is killed before each so many-th of its changes.
EACH = int(os.environ.get("HYPERVISE_BACKUP_KILLS", "6"))


def begun(host: Host, much: bool = True) -> None:
    """Have a guest that runs, with one point, that has written since: as much as a slow job takes its time for."""
    define(host, {"vda": "17G", "vdb": "2M"}, state="running")
    write(host, "write -P 1 0 4M")
    backup(host)
    zeros = [f"write -z {number}G 1G" for number in range(1, 17)]  # which costs the test nothing, and the job its time
    write(host, "write -P 2 1M 2M", *(zeros if much else []))


def assert_next_is_right(host: Host, kind: str = "incremental") -> dict[str, Any]:
    """Make the next point, and fail unless it is what the disks are, at no more cost than needed."""
    keep(host, "next")
    done = backup(host)
    assert done["kind"] == kind
    assert_same(host, points(host)[-1], "next")
    assert_sound(host)
    return done


def test_killed_at_any_change(host: Host) -> None:
    begun(host, much=False)
    number = 1
    while host.killed("backup", **WISH, die_at=number):
        write(host, f"write -P {number + 2} {number * 64}k 64k")
        if number % (2 * EACH) == 1:
            assert_next_is_right(host)
            write(host, "write -P 2 1M 64k")
        number += EACH
    assert number > EACH
    assert_next_is_right(host)


def test_killed_while_libvirt_works(host: Host) -> None:
    """Its job goes on; the next run ends it, as it is ours, and has all that was written before and since."""
    begun(host)
    assert host.killed("backup", **WISH, rate="64KiB", kill_after=1.5)
    assert "Backup" in host.sh(f"virsh domjobinfo {GUEST}")
    assert len(points(host)) == 1
    assert len(checkpoints(host)) == 2
    write(host, "write -P 3 5M 1M")
    assert_next_is_right(host)


def test_daemon_restarted(host: Host) -> None:
    begun(host)
    host.sh("(sleep 1.5; systemctl restart libvirtd) >/dev/null 2>&1 &")
    host.fails("backup", **WISH, rate="64KiB")
    assert len(points(host)) == 1
    host.sh("until virsh -q list >/dev/null 2>&1; do sleep 0.2; done")
    assert_next_is_right(host)


def test_qemu_killed(host: Host) -> None:
    """What was tracked is lost: the content is compared, and from there on it is tracked again."""
    begun(host, much=False)
    host.sh(f"kill -9 $(cat /run/libvirt/qemu/{GUEST}.pid)")
    host.sh(f"until virsh domstate {GUEST} | grep -q 'shut off'; do sleep 0.1; done")
    host.run("domain", name=GUEST, state="running")
    write(host, "write -P 3 5M 64k", "write -z 128k 64k")
    done = assert_next_is_right(host, "delta")
    assert "is not known" in done["reason"]
    assert done["disks"][0]["stored_bytes"] < 3 * 2**20, "more than what differs was stored"
    write(host, "write -P 4 6M 64k")
    assert_next_is_right(host)


def test_qemu_killed_in_the_middle(host: Host) -> None:
    begun(host)
    host.sh(f"(sleep 1.5; kill -9 $(cat /run/libvirt/qemu/{GUEST}.pid)) >/dev/null 2>&1 &")
    host.fails("backup", **WISH, rate="64KiB")
    assert len(points(host)) == 1
    host.run("domain", name=GUEST, state="running")
    assert_next_is_right(host, "delta")


def test_no_room(host: Host) -> None:
    """The guest notices nothing, and nothing is published; where it can be seen coming, nothing is even begun."""
    host.sh(f"mkdir -p {REPOSITORY} && mount -t tmpfs -o size=40M none {REPOSITORY}")
    try:
        begun(host)
        refused = host.refused("backup", **WISH, kind="full", keep_free="30MiB")
        assert "are free" in refused["msg"]
        host.sh(f"(sleep 1; head -c 40M /dev/zero >{REPOSITORY}/fill) >/dev/null 2>&1 &")
        failed = host.fails("backup", **WISH, rate="64KiB")
        assert "No space left" in failed["msg"]
        assert len(points(host)) == 1
        assert len(checkpoints(host)) == 1
        write(host, "write -P 3 2M 64k")
        host.sh(f"rm {REPOSITORY}/fill")
        assert_next_is_right(host)
    finally:
        off(host)
        host.sh(f"umount {REPOSITORY}")


def test_too_late(host: Host) -> None:
    begun(host)
    failed = host.fails("backup", **WISH, rate="64KiB", timeout=1)
    assert "was not done after 1 s" in failed["msg"]
    assert_next_is_right(host)


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
