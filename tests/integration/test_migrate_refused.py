# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps a guest where it is, each in turn, is told before anything moves.

Devices of the host, and processors and releases of libvirt that do not fit, the lab has none of: see test_migration.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from harness import tiny
from harness.host import PREFIX, SCRATCH, Host
from harness.traveller import IMAGE, NAME, OS, OWN, leftovers, states

NETWORK = f"{PREFIX}travel"
POOL = f"{PREFIX}travel"
OFFICE = f"<network><name>{NETWORK}</name><bridge name='{PREFIX}br'/></network>"
FULL: Mapping[str, Any] = {"copy_storage": "full"}
INTO_POOL: Mapping[str, Any] = {"disks": [{"target": "vda", "copy": "full", "pool": POOL, "volume": "a"}]}


@dataclass(frozen=True)
class Case:
    """Something in the way."""

    check: str
    says: str
    guest: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=lambda: FULL)
    here: str = ""  # shell commands that put it there
    there: str = ""
    gone: str = ""  # at the target, what a sweep does not
    dest: str = ""  # instead of the target


def pool_of(size: str) -> str:
    return (
        f"mkdir {SCRATCH}/pool && mount -t tmpfs -o size={size} none {SCRATCH}/pool;"
        f"virsh pool-create-as {POOL} dir --target {SCRATCH}/pool"
    )


NO_POOL = f"virsh pool-destroy {POOL}; umount {SCRATCH}/pool"
PORT = "INPUT -p tcp --dport 49215 -j DROP"

CASES = (
    Case("saved", "memory is saved on this host", here=f"virsh managedsave {NAME}"),
    Case("snapshots", "it has 1 snapshot, and", here=f"virsh snapshot-create-as {NAME} one"),
    Case(
        "busy",
        "a block job is at work on its disk vda",
        here=f"virsh blockcopy {NAME} vda --dest {SCRATCH}/copy.qcow2 --transient-job",
    ),
    Case("local_disks", "is on this host alone", options={}),
    Case(
        "caches",
        "cached by this host (cache writeback)",
        {"disks": [{**OWN, "driver": {"type": "qcow2", "cache": "writeback"}}]},
        {"disks": [{"target": "vda", "copy": "none"}]},
    ),
    Case("copies", "copies no disks through a tunnel", options={**FULL, "tunnelled": True}),
    Case("kind", "knows no machine pc-q35-10.0", {"os": {"machine": "pc-q35-10.0"}}, dest="deb12"),
    Case("networks", f"no network {NETWORK}", {"interfaces": [{"source": {"network": NETWORK}}]}),
    Case(
        "networks",
        "network default is not active",
        {"interfaces": [{"source": {"network": NETWORK}}]},
        {**FULL, "networks": {NETWORK: "default"}},
    ),
    Case("room", f"no storage pool {POOL}", options=INTO_POOL),
    Case(
        "room",
        f"storage pool {POOL} is not active",
        options=INTO_POOL,
        there=f"virsh pool-define-as {POOL} dir --target {SCRATCH}",
    ),
    Case("room", "1.0MiB left", options=INTO_POOL, there=pool_of("1M"), gone=NO_POOL),
    Case(
        "room",
        "would be overwritten",
        options=INTO_POOL,
        there=f"{pool_of('64M')}; virsh vol-create-as {POOL} a 1M",
        gone=NO_POOL,
    ),
    Case("ports", "does not answer at port 49215", there=f"iptables -I {PORT}", gone=f"iptables -D {PORT}"),
    Case("ports", "does not know the name nobody", options={**FULL, "migrate_uri": "tcp://nobody.invalid"}),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.check}-{case.says.split()[-1]}")
def test_it_is_told(one_host: Host, target: Host, case: Case) -> None:
    """In check mode, and what was in the way is as it was."""
    one_host.sh(f"qemu-img create -q -f qcow2 {IMAGE} 8M && qemu-io -c 'write -P 7 0 4M' {IMAGE} >/dev/null")
    one_host.sh(f'echo "{OFFICE}" >{SCRATCH}/net.xml && virsh net-create {SCRATCH}/net.xml')
    guest = {"type": "qemu", "memory": "64MiB", "disks": [OWN], "os": OS, **case.guest}
    one_host.run("domain", name=NAME, state="paused", **guest)
    one_host.sh(case.here)
    before = states(one_host)
    try:
        target.sh(case.there)
        dest = f"qemu+tls://{case.dest or target.name}/system"
        told = one_host.refused("migrate", check=True, name=NAME, dest_uri=dest, **case.options)
    finally:
        target.sh(case.gone)
    (refusal,) = told["error"]["refusals"]
    assert refusal["check"] == case.check
    assert case.says in refusal["message"]
    assert refusal["hint"]
    assert (states(one_host), leftovers(target)) == (before, "")


def test_what_it_starts_from_is_not_there(one_host: Host, target: Host) -> None:
    """A kernel is looked for when the task acts; then nothing is left, and nothing is noted.

    Another task that has a pool of the directory for a moment is waited for.
    """
    tiny.install(one_host)
    one_host.sh(f"cp {tiny.HOME}/vmlinuz {SCRATCH}/kernel; qemu-img create -q -f qcow2 {IMAGE} 8M")
    boots = {**OS, "kernel": f"{SCRATCH}/kernel", "initrd": f"{tiny.HOME}/initrd.img"}
    guest: dict[str, Any] = {"type": "qemu", "memory": "64MiB", "disks": [OWN], "os": boots, "state": "paused"}
    one_host.run("domain", name=NAME, **guest)
    others = "hypervise-migration-others"
    gone = f"(sleep 3; virsh pool-destroy {others}) >/dev/null 2>&1 &"
    target.sh(f"virsh pool-create-as {others} dir --target {SCRATCH}; {gone}")
    told = one_host.fails("migrate", name=NAME, dest_uri=f"qemu+tls://{target.name}/system", **FULL)
    assert told["error"]["files"] == [f"kernel {SCRATCH}/kernel"], told["msg"]
    assert told.milliseconds > 2000
    assert (states(one_host), leftovers(target)) == ("paused", "")
    assert "migration" not in one_host.sh(f"virsh dumpxml {NAME} --inactive")


def test_what_a_killed_daemon_leaves_is_removed(one_host: Host, target: Host) -> None:
    """QEMU's end of a copy, which would be in the way of all further ones."""
    one_host.sh(f"qemu-img create -q -f qcow2 {IMAGE} 8M")
    one_host.run("domain", name=NAME, type="qemu", memory="64MiB", disks=[OWN], os=OS, state="paused")
    left = '{"execute":"blockdev-add","arguments":{"driver":"null-co","node-name":"migration-vda-storage"}}'
    one_host.sh(f"virsh qemu-monitor-command {NAME} '{left}'")
    wish: dict[str, Any] = {"name": NAME, "dest_uri": f"qemu+tls://{target.name}/system", **FULL}
    assert "Duplicate nodes" in one_host.fails("migrate", **wish)["msg"]
    one_host.run("migrate", **wish)
    assert (states(one_host), states(target)) == ("", "paused")


def test_nothing_goes_in_plain_unless_somebody_says_so(one_host: Host, target: Host) -> None:
    """Without certificates the task says what to do."""
    one_host.sh(f"qemu-img create -q -f qcow2 {IMAGE} 8M")
    one_host.run("domain", name=NAME, type="qemu", memory="64MiB", disks=[OWN], os=OS, state="paused")
    wish: dict[str, Any] = {"name": NAME, "dest_uri": f"qemu+tls://{target.name}/system", **FULL}
    one_host.sh("mv /etc/pki/qemu /etc/pki/qemu.law")
    try:
        told = one_host.refused("migrate", check=True, **wish)
        assert told["error"]["option"] == "tls", told["msg"]
        assert "in plain" in told["msg"]
        assert one_host.run("migrate", check=True, **wish, tls=False).changed
    finally:
        one_host.sh("mv /etc/pki/qemu.law /etc/pki/qemu")
