# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots: libvirt's daemon is killed in the midst of the work. Nothing is lost, and the next run finishes.

What it can leave is made by hand, too, as a kill does not always leave all of it.
"""

from __future__ import annotations

import time
from typing import Any

import pytest
from harness import laws, qemu, tiny
from harness.host import SCRATCH, Host
from harness.snapshots import GUEST, assert_holds, content, define, listed, scribble, twin

ONE: dict[str, Any] = {"domain": [GUEST], "name": "one"}
KILL = "kill -9 $(pidof libvirtd); systemctl reset-failed libvirtd; systemctl restart libvirtd"
#: Waits until the guest is paused, which may be for less long than it takes to see it.
PAUSED = f"for i in $(seq 50); do virsh domstate {GUEST} | grep -q paused && break; done"
OVERLAY = f"{SCRATCH}/{GUEST}-vda.one.qcow2"


def age(host: Host) -> None:
    """Let some time pass in which nobody used what there is."""
    host.sh(f"touch -d '1 minute ago' {SCRATCH}/*")


def finishes(host: Host, module: str, **wish: Any) -> None:
    """Run a module as foretold. The daemon is at work meanwhile, so that what it touches is not looked at."""
    for _attempt in range(5):  # the daemon may fall once more, over what the one before has left
        foretold = host.attempt(module, check=True, **wish)
        if not foretold.failed or "SYSTEM_ERROR" not in foretold["msg"]:
            break
        time.sleep(1)
    assert not foretold.failed, foretold["msg"]
    assert host.run(module, **wish)["domains"] == foretold["domains"]


def off(host: Host) -> None:
    host.run("domain", name=GUEST, state="stopped", shutdown={"timeout": 0, "on_timeout": "destroy"})


@pytest.mark.parametrize("power", ["stopped", "running"])
def test_killed_while_it_is_made(host: Host, power: str) -> None:
    define(host)
    scribble(host, 1)
    host.run("domain", name=GUEST, state=power)
    wish = {**ONE, "type": "external"}
    host.struck("snapshot", f"until [ -e {OVERLAY} ]; do sleep 0.01; done; {KILL}", **wish)
    age(host)
    finishes(host, "snapshot", **wish)
    assert not twin(host, "snapshot", **wish).changed
    off(host)
    assert_holds(host, 1)


def test_killed_while_it_is_merged(host: Host) -> None:
    define(host)
    for target in ("vda", "vdb"):
        host.sh(f"qemu-img resize -q {SCRATCH}/{target}.qcow2 200M")
    host.run("snapshot", **ONE, type="external")
    scribble(host, 1)
    host.sh(f"qemu-io -c 'write -P 2 2M 198M' {OVERLAY} >/dev/null")
    host.run("domain", name=GUEST, state="running")
    host.struck("snapshot", f"sleep 0.05; {KILL}", **ONE, state="absent")
    assert host.sh(f"virsh domstate {GUEST}").strip() == "running"
    finishes(host, "snapshot", **ONE, state="absent")
    assert listed(host) == []
    off(host)
    assert_holds(host, 1)
    assert host.sh(f"ls {SCRATCH}").split() == ["vda.qcow2", "vdb.qcow2"]


def test_killed_while_memory_is_written(host: Host) -> None:
    """The guest, which stands still for that, runs again at the latest when the task is run again."""
    tiny.install(host)
    stated = define(host, memory="128MiB", **tiny.boot(), state="running")
    host.run("domain", **stated, wait_for="agent")
    wish = {**ONE, "type": "internal"}
    host.struck("snapshot", f"{PAUSED}; {KILL}", **wish)
    outcome = host.attempt("snapshot", **wish)
    if outcome.failed:
        assert "state=absent" in outcome["msg"]
        finishes(host, "snapshot", **ONE, state="absent")
        finishes(host, "snapshot", **wish)
    assert host.sh(f"virsh domstate {GUEST}").strip() == "running"
    assert tiny.sh(host, GUEST, "echo goes on") == "goes on"
    twin(host, "snapshot_revert", **ONE, discard=True)
    assert tiny.sh(host, GUEST, "echo goes on") == "goes on"
    twin(host, "snapshot", **ONE, state="absent")


def test_killed_while_it_is_reverted_to(host: Host) -> None:
    define(host)
    scribble(host, 1)
    before = content(host)
    host.run("snapshot", **ONE, type="internal" if host.release == "bookworm" else "external")
    scribble(host, 2)
    host.struck("snapshot_revert", f"sleep 0.03; {KILL}", **ONE, discard=True)
    assert listed(host) == ["one"]
    finishes(host, "snapshot_revert", **ONE, discard=True)
    assert content(host) == before


def test_images_that_qemu_has_open_for_nobody(one_host: Host) -> None:
    """What a daemon that was killed had begun to make for a guest that runs."""
    define(one_host, state="running")
    one_host.sh(f"qemu-img create -q -f qcow2 -u -F qcow2 -b {SCRATCH}/vda.qcow2 {OVERLAY} 2M")
    before = sorted(qemu.images(one_host, GUEST))
    qemu.leave(one_host, GUEST, OVERLAY, number=3)  # the next that libvirt takes
    age(one_host)
    wish = {**ONE, "type": "external"}
    twin(one_host, "snapshot", **wish)
    twin(one_host, "snapshot", **ONE, state="absent")
    assert sorted(qemu.images(one_host, GUEST)) == before


def test_guest_that_goes_on_where_libvirt_does_not_know(one_host: Host) -> None:
    """The daemon was killed just when QEMU had begun to write there: nothing is touched, and it is told."""
    define(one_host, state="running")
    one_host.sh(f"qemu-img create -q -f qcow2 -u -F qcow2 -b {SCRATCH}/vda.qcow2 {OVERLAY} 2M")
    qemu.leave(one_host, GUEST, OVERLAY, number=3)
    node = qemu.image_of(one_host, GUEST, f"{SCRATCH}/vda.qcow2")
    qemu.ask(one_host, GUEST, "blockdev-snapshot", node=node, overlay="libvirt-3-format")
    age(one_host)
    assert f"goes on in {OVERLAY}" in one_host.fails("snapshot", **ONE, type="external")["msg"]
    off(one_host)
    one_host.sh(f"qemu-img commit -q {OVERLAY}")
    age(one_host)
    twin(one_host, "snapshot", **ONE, type="external")


def test_files_that_hold_nothing_are_replaced(host: Host) -> None:
    define(host, state="running")
    memory = f"{SCRATCH}/{GUEST}.one.memory"
    host.sh(f"qemu-img create -q -f qcow2 -F qcow2 -b {SCRATCH}/vda.qcow2 {OVERLAY}")
    host.sh(f"printf LibvirtQemudPart.and.so.on >{memory}")
    wish = {**ONE, "type": "external", "memory": True}
    assert "exists" in laws.refused(host, "snapshot", **wish), "somebody may be about to use them"
    age(host)
    made = twin(host, "snapshot", **wish)["domains"][0]
    assert made["steps"][0] == "remove what holds nothing"


@pytest.mark.parametrize(
    "content",
    [
        f"qemu-img create -q -f qcow2 {OVERLAY} 1M && qemu-io -c 'write 0 64k' {OVERLAY} >/dev/null",
        f"printf LibvirtQemudSave.and.so.on >{OVERLAY}",
    ],
    ids=["image", "memory"],
)
def test_files_that_hold_something_stay(one_host: Host, content: str) -> None:
    define(one_host)
    one_host.sh(content)
    age(one_host)
    assert "exists" in laws.refused(one_host, "snapshot", **ONE, type="external")


@pytest.mark.parametrize("power", ["stopped", "running"])
def test_internal_one_that_libvirt_does_not_know(host: Host, power: str) -> None:
    """QEMU would replace it, or refuse; it goes when that is said."""
    define(host)
    host.sh(f"qemu-img snapshot -c one {SCRATCH}/vdb.qcow2")
    host.run("domain", name=GUEST, state=power)
    assert "in vdb there is one of that name" in laws.refused(host, "snapshot", **ONE, type="internal")
    twin(host, "snapshot", **ONE, state="absent")
    assert listed(host) == []
    assert host.sh(f"qemu-img snapshot -U -l {SCRATCH}/vdb.qcow2") == ""
    twin(host, "snapshot", **ONE, type="internal")


def test_merge_at_whose_end_nobody_waits(host: Host) -> None:
    define(host)
    host.run("snapshot", **ONE, type="external")
    scribble(host, 1)
    host.run("domain", name=GUEST, state="running")
    host.sh(f"virsh blockcommit {GUEST} vda --active --wait >/dev/null")
    gone = twin(host, "snapshot", **ONE, state="absent")["domains"][0]
    assert gone["steps"] == ["stop the merge that nobody waits for", "delete one"]
    off(host)
    assert_holds(host, 1)


def test_no_place_for_images(host: Host) -> None:
    """Of two disks in two places one has no room: neither goes on in a new image, and the next run finishes."""
    define(host, state="running")
    host.sh(f"mkdir {SCRATCH}/small && mount -t tmpfs -o size=100k none {SCRATCH}/small")
    try:
        disks = [{"target": "vda"}, {"target": "vdb", "file": f"{SCRATCH}/small/vdb"}]
        wish = {**ONE, "type": "external", "disks": disks}
        assert "libvirt error" in host.fails("snapshot", **wish)["msg"]
        assert listed(host) == []
        assert host.sh(f"virsh -q domblklist {GUEST} | awk '{{print $2}}'").split() == [
            f"{SCRATCH}/vda.qcow2",
            f"{SCRATCH}/vdb.qcow2",
        ]
        host.sh(f"mount -o remount,size=1m {SCRATCH}/small")
        age(host)
        twin(host, "snapshot", **wish)
        twin(host, "snapshot", **ONE, state="absent")
    finally:
        off(host)
        host.sh(f"umount {SCRATCH}/small")
