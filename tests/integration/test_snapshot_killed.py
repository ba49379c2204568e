# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots: a run that is killed, or meets a full disk, leaves something that the next run finishes."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from harness import tiny
from harness.host import SCRATCH, Host
from harness.snapshots import GUEST, assert_holds, content, define, listed, scribble, twin

ONE: dict[str, Any] = {"domain": [GUEST], "name": "one"}
THAWED = f"""virsh qemu-agent-command {GUEST} '{{"execute": "guest-fsfreeze-status"}}' | grep -q thawed"""


def killed_at_each_change(host: Host, module: str, *, least: int, **options: Any) -> None:
    """Kill a run before its first change, let the next one finish, begin anew and kill that before its second …"""
    for number in itertools.count(1):
        if not host.killed(module, die_at=number, **options):
            assert number > least
            return
        host.run(module, **options)
        again = twin(host, module, **options)
        assert not again.changed, again["domains"]
        back = {"present": "absent", "absent": "present"}[options["state"]]
        host.run(module, **{**options, "state": back})


@pytest.mark.parametrize("firmware", ["bios", "efi"])
def test_made_and_removed(host: Host, firmware: str) -> None:
    define(host, os={"firmware": firmware} if firmware == "efi" else {}, memory="64MiB")
    if firmware == "efi":  # the variables are there from the first start on
        for state in ("running", "stopped"):
            host.run("domain", name=GUEST, state=state, shutdown={"timeout": 0, "on_timeout": "destroy"})
    scribble(host, 1)
    wish = {**ONE, "type": "external"}
    killed_at_each_change(host, "snapshot", least=2, **wish, state="present")
    scribble(host, 2)
    killed_at_each_change(host, "snapshot", least=1, **wish, state="absent")
    assert_holds(host, 2)
    assert listed(host) == []
    assert host.sh(f"ls {SCRATCH}; ls /var/lib/libvirt/qemu/nvram | grep 'law.*one' || true").split() == [
        "vda.qcow2",
        "vdb.qcow2",
    ]


def test_removed_from_the_middle(host: Host) -> None:
    """Where the guest has to be in memory for it, it is not afterwards."""
    define(host)
    for number, name in enumerate(("one", "two"), 1):
        host.run("snapshot", domain=[GUEST], name=name, type="external")
        scribble(host, number)
    for number in itertools.count(1):
        if not host.killed("snapshot", **ONE, state="absent", die_at=number):
            break
    assert listed(host) == ["two"]
    assert host.sh(f"virsh domstate {GUEST}").strip() == "shut off"
    assert_holds(host, 2)


def test_reverted(host: Host) -> None:
    define(host)
    scribble(host, 1)
    host.run("snapshot", **ONE, type="internal")
    before = content(host)
    for number in itertools.count(1):
        scribble(host, 2)
        if not host.killed("snapshot_revert", **ONE, discard=True, die_at=number):
            break
        host.run("snapshot_revert", **ONE, discard=True)
        assert content(host) == before
    assert number > 1
    assert content(host) == before


def test_disk_full(host: Host) -> None:
    """No place for the memory: no snapshot, nothing left behind, and the guest goes on."""
    define(host, memory="64MiB", state="running")
    host.sh(f"mkdir {SCRATCH}/small && mount -t tmpfs -o size=100k none {SCRATCH}/small")
    try:
        wish = {**ONE, "type": "external", "memory": True}
        failed = host.fails("snapshot", **wish, memory_file=f"{SCRATCH}/small/memory")
        assert "libvirt error" in failed["msg"]
        assert listed(host) == []
        assert host.sh(f"virsh domstate {GUEST}").strip() == "running"
        assert host.sh(f"ls {SCRATCH} {SCRATCH}/small -I small").split() == [
            f"{SCRATCH}:",
            "vda.qcow2",
            "vdb.qcow2",
            f"{SCRATCH}/small:",
        ]
        host.run("snapshot", **wish)
    finally:
        host.sh(f"umount {SCRATCH}/small")


def test_guest_is_never_left_frozen(host: Host) -> None:
    """Killed while a snapshot is made with its file systems frozen, the guest writes on; the next run takes it."""
    tiny.install(host)
    stated = define(host, memory="128MiB", **tiny.boot(), state="running")
    host.run("domain", **stated, wait_for="agent")
    tiny.sh(host, GUEST, "mkfs.ext2 /dev/vda >/dev/null && mount /dev/vda /mnt")
    for after in (0.3, 0.6):
        host.killed("snapshot", **ONE, type="external", quiesce=True, kill_after=after)
        host.sh(f"for i in $(seq 200); do {THAWED} && exit; sleep 0.1; done; false")  # libvirt ends what it began
        assert tiny.sh(host, GUEST, "echo goes on >/mnt/file; sync; cat /mnt/file") == "goes on"
    host.run("snapshot", **ONE, type="external", quiesce=True)
    assert tiny.sh(host, GUEST, "echo goes on >/mnt/file; sync; cat /mnt/file") == "goes on"
    host.run("snapshot", **ONE, state="absent")
