# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups: each point is what was on the disks at its instant, whatever was written, whatever the guest's state."""

from __future__ import annotations

from typing import Any

from harness import tiny
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
from harness.firmware import install_uefi_and_tpm
from harness.host import SCRATCH, Host

#: What is written between the points of a disk of 5 GiB and a bit: to its beginning, to clusters' borders, beyond
#: 4 GiB, to the last cluster, which is a partial one; data, zeros, and what is no data any more.
ROUNDS: list[list[str]] = [
    ["write -P 1 0 2M", "write -P 1 8M 1M", "write -P 1 4608M 1M", "write -P 1 5368709120 1536"],
    ["write -P 2 130560 1024", "write -P 2 1M 3k"],
    ["write -P 0 256k 128k", "write -P 0 8M 512"],
    ["write -z 512k 128k", "write -z 4608M 70k"],
    ["write -z -u 768k 128k", "write -z -u 5368709120 1536"],
    ["discard 1280k 256k", "discard 8192k 1M"],
    [],
    ["write -P 3 4294966784 1024", "write -P 3 5368710144 512"],
    ["write -P 4 100k 700k", "write -z 200k 100k", "discard 400k 64k"],
    ["write -P 5 1536k 64k", "write -P 5 5368709120 512"],
]
#: What a point takes at most beside what was written: the tables of a qcow2 image.
ALLOWANCE = 2**20


def test_chain(host: Host) -> None:
    """Each point of a chain of ten is what the disks were at its instant; an increment has what was written alone."""
    define(host, {"vda": str(5 * 2**30 + 1536), "vdb": "2M"}, state="running")
    for number, commands in enumerate(ROUNDS):
        write(host, *commands)
        write(host, f"write -P {number + 1} {number * 128}k 64k", disk=1)
        keep(host, str(number))
        done = backup(host)
        assert done["changed"]
        assert done["kind"] == ("incremental" if number else "full")
        for disk in done["disks"] if number else ():
            assert disk["stored_bytes"] <= disk["dirty_bytes"] + ALLOWANCE
            assert disk["dirty_bytes"] <= 2 * ALLOWANCE
        if not commands:
            assert done["disks"][0]["dirty_bytes"] == 0
    made = points(host)
    assert len(made) == len(ROUNDS)
    for number, point in enumerate(made):
        assert_same(host, point, str(number))
        assert manifest(host, point)["parent"] == (made[number - 1] if number else None)
        assert manifest(host, point)["consistency"] == "crash"
    assert_sound(host)


def test_guest_that_is_off(host: Host) -> None:
    """What is written while it is off is tracked, too; it does not run for its backup, and is off afterwards."""
    define(host)
    for number in range(3):
        host.sh(f"qemu-io -c 'write -P {number + 1} {number}M 100k' {SCRATCH}/vda.qcow2 >/dev/null")
        keep(host, str(number))
        done = backup(host)
        assert (done["kind"], done["consistency"]) == ("incremental" if number else "full", "stopped")
        assert not is_awake(host)
    for number, point in enumerate(points(host)):
        assert_same(host, point, str(number))
        assert not manifest(host, point)["running"]
    assert_sound(host)


def test_guest_that_cannot_start(host: Host) -> None:
    """Its network is off, a medium is missing, its firmware, too, and it wants more memory than there is."""
    host.run("network", name="law-net", state="inactive")
    define(
        host,
        memory="4TiB",
        vcpus=4,
        interfaces=[{"source": {"network": "law-net"}}],
        os={"loader": {"path": "/nowhere", "type": "pflash", "readonly": True}},
    )
    host.sh(f"virsh -q attach-disk {GUEST} {SCRATCH}/nothing.iso sda --type cdrom --config")
    stored = host.sh(f"virsh dumpxml --inactive {GUEST}")
    assert backup(host)["kind"] == "full"
    host.sh(f"qemu-io -c 'write -P 1 1M 100k' {SCRATCH}/vda.qcow2 >/dev/null")
    keep(host, "later")
    assert backup(host)["kind"] == "incremental"
    assert_same(host, points(host)[1], "later")
    assert not is_awake(host)
    assert host.sh(f"virsh dumpxml --inactive {GUEST}") == stored


def test_saved_guest_is_refused(host: Host) -> None:
    define(host, state="running")
    host.run("domain", name=GUEST, state="saved")
    assert "the guest is saved" in host.refused("backup", domain=[GUEST], repository=REPOSITORY, create=True)["msg"]


def test_paused_guest(host: Host) -> None:
    define(host, state="paused")
    assert backup(host)["consistency"] == "paused"
    assert host.sh(f"virsh domstate {GUEST}").strip() == "paused"


def test_disks_come_and_grow_and_are_replaced(host: Host) -> None:
    """Only the disk that is new, or smaller, is stored in full; one that has become larger is not."""
    stated = define(host, state="running")
    backup(host)
    host.sh(f"qemu-img create -q -f qcow2 {SCRATCH}/vdc.qcow2 2M && virsh blockresize {GUEST} vda 12M")
    added = {"target": "vdc", "source": {"file": f"{SCRATCH}/vdc.qcow2"}, "driver": {"type": "qcow2"}}
    stated["disks"] = [*stated["disks"], added]
    host.run("domain", **stated)
    write(host, "write -P 1 10M 100k")
    write(host, "write -P 2 1M 100k", disk=2)
    targets = ("vda", "vdb", "vdc")
    keep(host, "grown", *targets)
    done = backup(host)
    assert [disk["kind"] for disk in done["disks"]] == ["incremental", "incremental", "full"]
    assert done["reason"] == f"vdc: it is not in {done['parent']}"
    assert done["disks"][0]["virtual_size"] == 12 * 2**20
    write(host, "write -P 3 11M 100k")
    write(host, "write -P 4 1M 10k", disk=2)
    keep(host, "on", *targets)
    assert backup(host)["reason"] == ""
    off(host)
    host.sh(f"rm {SCRATCH}/vd[ac].qcow2; qemu-img create -q -f qcow2 {SCRATCH}/vda.qcow2 4M")
    host.sh(f"qemu-img create -q -f qcow2 {SCRATCH}/vdc.qcow2 2M; qemu-io -c 'write 0 64k' {SCRATCH}/vdc.qcow2")
    keep(host, "replaced", *targets)
    done = backup(host)
    assert [disk["kind"] for disk in done["disks"]] == ["full", "incremental", "delta"]
    assert "vda: it is smaller than in" in done["reason"]
    for point, kept in zip(points(host)[1:], ("grown", "on", "replaced"), strict=True):
        assert_same(host, point, kept, *targets)
    assert_sound(host)


def test_what_libvirt_cannot_track(host: Host) -> None:
    """A raw disk is in the point by the stated policy, or the point tells that it is not."""
    stated = define(host, {"vda": "2M"}, state="stopped")
    host.sh(f"truncate -s 4M {SCRATCH}/vdb.raw")
    raw = {"target": "vdb", "source": {"file": f"{SCRATCH}/vdb.raw"}, "driver": {"type": "raw"}}
    host.run("domain", name=GUEST, disks=[*stated["disks"], raw], state="running")
    refused = host.refused("backup", domain=[GUEST], repository=REPOSITORY, create=True, untracked="fail")
    assert "vdb: libvirt does not track writes to raw images" in refused["msg"]
    write(host, "write -P 1 0 3M", disk=1)
    backup(host)
    for policy, kinds in (("delta", ["incremental", "delta"]), ("full", ["incremental", "full"])):
        write(host, "write -P 2 1M 64k", "write -z 2M 64k", disk=1)
        done = backup(host, untracked=policy)
        assert [disk["kind"] for disk in done["disks"]] == kinds
        point = points(host)[-1]
        host.sh(f"qemu-img compare -U -f qcow2 -F raw {directory(host)}/{point}/vdb.qcow2 {SCRATCH}/vdb.raw")
        assert (done["disks"][1]["stored_bytes"] < 2**20) == (policy == "delta")
    done = backup(host, untracked="exclude")
    assert done["excluded"] == {"vdb": "libvirt does not track writes to raw images"}
    assert_sound(host)


def test_once_in_a_period(host: Host) -> None:
    define(host)
    assert backup(host, slot="monthly")["changed"]
    again = backup(host, slot="monthly")
    assert not again["changed"]
    assert again["point"] == points(host)[-1]
    assert backup(host, exclude=["vdb"])["excluded"] == {"vdb": "the task excludes it"}
    done = backup(host, kind="full")
    assert (done["kind"], done["parent"]) == ("full", None)
    assert len(points(host)) == 3


def test_two_repositories(host: Host) -> None:
    """Each has its own chain, and another program's checkpoint stays."""
    define(host, state="running")
    host.sh(f"virsh checkpoint-create-as {GUEST} foreign")
    for number in range(3):
        write(host, f"write -P {number + 1} {number}M 100k")
        keep(host, str(number))
        for name in ("one", "two")[: 2 - number % 2]:
            done = backup(host, repository=f"{SCRATCH}/{name}")
            assert done["kind"] == ("incremental" if number else "full")
    for name in ("one", "two"):
        newest = host.sh(f"ls -d {SCRATCH}/{name}/guests/*/2*/ | tail -1").strip()
        images = f"{newest}/vda.qcow2 {SCRATCH}/kept/2/vda.qcow2"
        assert "identical" in host.sh(f"qemu-img compare -f qcow2 -F qcow2 {images}")
    assert len(checkpoints(host)) == 3
    assert "foreign" in checkpoints(host)


def test_whole_machine(host: Host) -> None:
    """The definition with its secrets, UEFI variables, the TPM's state: as they are, and only root reads them."""
    install_uefi_and_tpm(host)
    define(
        host,
        memory="64MiB",
        os={"firmware": "efi"},
        tpms=[{"model": "tpm-crb", "backend": {"type": "emulator", "version": "2.0"}}],
        graphics=[{"type": "vnc", "passwd": "secret1"}],
        autostart=True,
        state="running",
    )
    host.sh(f"virsh suspend {GUEST}")  # its firmware writes variables while it starts
    backup(host)
    top = f"{directory(host)}/{points(host)[0]}"
    uuid = host.sh(f"virsh domuuid {GUEST}").strip()
    host.sh(f"virsh dumpxml --inactive --security-info {GUEST} | diff -B - {top}/domain.xml")
    assert "secret1" in host.sh(f"cat {top}/domain.xml")
    host.sh(f"cmp {top}/nvram /var/lib/libvirt/qemu/nvram/{GUEST}_VARS.fd")
    host.sh(f"mkdir {SCRATCH}/tpm && tar -xf {top}/tpm.tar -C {SCRATCH}/tpm")
    host.sh(f"diff -r -x .lock {SCRATCH}/tpm /var/lib/libvirt/swtpm/{uuid}")
    told = manifest(host, points(host)[0])
    assert (told["autostart"], told["running"], told["nvram"], told["tpm"]) == (True, True, "nvram", "tpm.tar")
    assert set(told["host"]) == {"name", "libvirt", "qemu"}
    assert host.sh(f"find {top} -type f -perm /077; find {REPOSITORY} ! -user root; true") == ""
    assert host.sh(f"find {REPOSITORY} -type d -perm /066") == ""
    host.run(
        "domain",
        name=GUEST,
        state="absent",
        undefine=["nvram", "tpm"],
        shutdown={"timeout": 0, "on_timeout": "destroy"},
    )


def test_file_systems_at_rest(host: Host) -> None:
    """The agent freezes them for the instant; without one, it is refused where that is required."""
    tiny.install(host)
    stated = define(host, memory="128MiB", **tiny.boot(), state="running")
    host.run("domain", **stated, wait_for="agent")
    tiny.sh(host, GUEST, "mkfs.ext2 /dev/vda >/dev/null && mount /dev/vda /mnt && echo one >/mnt/file")
    done = backup(host, quiesce="required")
    assert done["consistency"] == "agent"
    assert 0 < done["freeze"] < 10
    image = f"{directory(host)}/{points(host)[0]}/vda.qcow2"
    host.sh(f"qemu-img convert -O raw {image} {SCRATCH}/raw && e2fsck -fn {SCRATCH}/raw")
    assert host.sh(f"debugfs -R 'cat file' {SCRATCH}/raw 2>/dev/null").strip() == "one"
    wish: dict[str, Any] = {"domain": [GUEST], "repository": REPOSITORY}
    changes = host.run("backup", **wish).changes
    for last in ("virDomainFSFreeze", "virDomainBackupBegin"):  # whatever happens, it writes on
        assert host.killed("backup", **wish, die_at=changes.index(last) + 2)
        assert tiny.sh(host, GUEST, "echo two >/mnt/file; sync; cat /mnt/file") == "two"
    assert backup(host, quiesce="never")["consistency"] == "crash"
    off(host)
    host.run("domain", name=GUEST, state="paused")
    assert "it is paused" in host.refused("backup", **wish, quiesce="required")["msg"]
    assert backup(host)["consistency"] == "paused"
