# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines of other hypervisors come, and go, with the very content of their disks."""

from __future__ import annotations

from typing import Any

import pytest
from harness import laws
from harness.host import PREFIX, SCRATCH, Host
from harness.snapshots import GUEST, define, image, scribble

POOL = f"{PREFIX}pool"
PLACE = f"{SCRATCH}/pool"
RAW = f"{SCRATCH}/disk.raw"
COPY = f"{PREFIX}copy"
OVA = f"{SCRATCH}/out.ova"
SMALL: dict[str, Any] = {"memory": "32MiB", "vcpus": 1, "type": "qemu"}

#: How qemu-img makes a disk of each hypervisor.
FORMS = {
    "vmdk": "-O vmdk",
    "stream.vmdk": "-O vmdk -o subformat=streamOptimized",
    "vhdx": "-O vhdx",
    "vhd": "-O vpc -o force_size=on",
    "vdi": "-O vdi",
    "hds": "-O parallels",
    "img": "-O raw",
}


@pytest.fixture
def pool(one_host: Host) -> Host:
    """A host with a pool, and a disk with something on it."""
    one_host.run("storage_pool", name=POOL, type="dir", target={"path": PLACE}, state="active")
    one_host.sh(
        f"mkdir -p {SCRATCH}; head -c 3000000 /dev/urandom >{RAW}; truncate -s 17M {RAW}; "
        f"printf end | dd of={RAW} bs=1 seek={17 * 2**20 - 3} conv=notrunc status=none"
    )
    return one_host


def imported(host: Host, src: str, **options: Any) -> Any:
    """Import as check mode foretells, and find it unchanged after that."""
    stated = {"src": [src], "pool": POOL, "name": COPY, "override": SMALL, **options}
    foretold, done = host.foretells("domain_import", **stated), host.run("domain_import", **stated)
    assert foretold.changed
    for part in ("changed", "diff", "totals", "unmatched"):
        assert foretold[part] == done[part], f"check mode foretold another {part}"
    assert not host.run("domain_import", **stated).changed
    return done


def remove(host: Host) -> None:
    """Have neither the guest nor its volumes."""
    host.sh(f"virsh -q undefine --nvram {COPY} >/dev/null; rm -f {PLACE}/*; virsh -q pool-refresh {POOL}")


def assert_same(host: Host, image: str, other: str) -> None:
    host.sh(f"qemu-img compare -q {image} {other}")


# -- disks -------------------------------------------------------------------------------------------------------------


def test_disks_of_other_hypervisors(pool: Host) -> None:
    for suffix, options in FORMS.items():
        pool.sh(f"qemu-img convert -f raw {options} {RAW} {SCRATCH}/there.{suffix}")
        told = imported(pool, f"{SCRATCH}/there.{suffix}")
        assert told["volumes"][0]["name"] == f"{COPY}-sda.qcow2"
        assert_same(pool, RAW, f"{PLACE}/{COPY}-sda.qcow2")
        remove(pool)


def test_disks_in_two_files(pool: Host) -> None:
    """As on an ESXi host, and of Parallels."""
    pool.sh(f"qemu-img convert -f raw -O vmdk -o subformat=monolithicFlat {RAW} {SCRATCH}/esx.vmdk")
    imported(pool, f"{SCRATCH}/esx.vmdk", format="raw")
    assert_same(pool, RAW, f"{PLACE}/{COPY}-sda.img")
    remove(pool)
    descriptor = (
        "<Parallels_disk_image><StorageData><Storage><Image><Type>Compressed</Type><File>x.hds</File></Image>"
        "</Storage></StorageData></Parallels_disk_image>"
    )
    pool.sh(
        f"mkdir {SCRATCH}/x.hdd; qemu-img convert -f raw -O parallels {RAW} {SCRATCH}/x.hdd/x.hds; "
        f"echo '{descriptor}' >{SCRATCH}/x.hdd/DiskDescriptor.xml"
    )
    imported(pool, f"{SCRATCH}/x.hdd")
    assert_same(pool, RAW, f"{PLACE}/{COPY}-sda.qcow2")


# -- there and back ----------------------------------------------------------------------------------------------------


def guest(host: Host, **options: Any) -> None:
    """Have a guest with two disks, one of which rests on another image."""
    network: dict[str, Any] = {
        "name": f"{PREFIX}net",
        "ips": [{"address": "192.168.177.1", "prefix": 24}],
        "state": "active",
    }
    host.run("network", **network)
    define(host, interfaces=[{"source": {"network": f"{PREFIX}net"}, "model": "virtio"}], **options)
    scribble(host, 1)
    top = image(host, "vdb")
    host.sh(f"mv {top} {top}.below; qemu-img create -q -f qcow2 -F qcow2 -b {top}.below {top}")
    host.sh(f"qemu-io -c 'write -P 9 64k 64k' {top} >/dev/null")


def machine(host: Host, path: str) -> str:
    """What an appliance describes, but for what tells one export from another."""
    return host.sh(
        f"tar -xOf {path} --wildcards '*.ovf' | "
        f"sed -e 's/{COPY}/{GUEST}/g' -e '/Fingerprint/d' -e 's/ovf:size=.[0-9]*.//'"
    )


@pytest.mark.parametrize("hardware", ["portable", "keep"])
def test_there_and_back(pool: Host, hardware: str) -> None:
    guest(pool)
    exported = laws.twin(pool, "domain_export", name=GUEST, dest=OVA, hardware=hardware)
    assert bool(exported["unmatched"]) == (hardware == "portable")
    assert not pool.run("domain_export", name=GUEST, dest=OVA, hardware=hardware).changed
    told = imported(
        pool, OVA, networks={f"{PREFIX}net": f"{PREFIX}net"}, macs="keep", override={"type": "qemu"}, state="stopped"
    )
    for disk, target in zip(told["domains"][0]["disks"], ("vda", "vdb"), strict=True):
        assert_same(pool, image(pool, target), f"{PLACE}/{disk['source']['volume']}")
    again = f"{SCRATCH}/again.ova"
    pool.run("domain_export", name=COPY, dest=again, hardware=hardware)
    assert machine(pool, OVA) == machine(pool, again)
    # the archive is as the standard wants it: the descriptor first, then its checksums, which are right
    listed = pool.sh(f"tar -tf {OVA}").split()
    assert listed == ["out.ovf", "out.mf", "disk1.vmdk", "disk2.vmdk"]
    pool.sh(f"mkdir {SCRATCH}/open && cd {SCRATCH}/open && tar -xf {OVA} && sha256sum -c --quiet out.mf")


def test_what_changed_is_exported_again(pool: Host) -> None:
    guest(pool)
    pool.run("domain_export", name=GUEST, dest=OVA)
    pool.sh(f"qemu-io -c 'write -P 7 0 64k' {image(pool, 'vda')} >/dev/null")
    assert "overwrite" in laws.refused(pool, "domain_export", name=GUEST, dest=OVA)
    laws.twin(pool, "domain_export", name=GUEST, dest=OVA, overwrite=True)
    assert not pool.run("domain_export", name=GUEST, dest=OVA, overwrite=True).changed
    pool.run("domain", name=GUEST, memory="48MiB")
    assert pool.foretells("domain_export", name=GUEST, dest=OVA, overwrite=True).changed


def test_exports_that_are_refused(pool: Host) -> None:
    guest(pool)
    export = {"name": GUEST, "dest": OVA}
    assert "no disk vdz" in laws.refused(pool, "domain_export", **export, exclude=["vdz"])
    assert "cannot be a file" in laws.refused(pool, "domain_export", name=GUEST, dest="/nowhere/x.ova")
    assert "*.ova" in laws.refused(pool, "domain_export", name=GUEST, dest=f"{SCRATCH}/x.zip")
    pool.sh(f"echo something >{OVA}")
    assert "overwrite" in laws.refused(pool, "domain_export", **export)
    pool.run("domain", name=GUEST, state="paused")
    assert "runs" in laws.refused(pool, "domain_export", **export, overwrite=True)
    assert pool.sh(f"cat {OVA}").strip() == "something"


# -- what goes wrong ---------------------------------------------------------------------------------------------------


def test_appliances_that_are_refused(pool: Host) -> None:
    """Nothing is there after it, neither volume nor guest."""
    guest(pool)
    pool.run("domain_export", name=GUEST, dest=OVA)
    take: dict[str, Any] = {
        "pool": POOL,
        "name": COPY,
        "networks": {f"{PREFIX}net": f"{PREFIX}net"},
        "override": {"type": "qemu"},
    }
    bad = f"{SCRATCH}/bad.ova"
    pool.sh(
        f"cp {OVA} {bad}; printf X | dd of={bad} bs=1 seek=$(($(stat -c %s {bad}) - 20480)) conv=notrunc status=none"
    )
    assert "checksum" in laws.refused(pool, "domain_import", src=[bad], **take)
    pool.sh(f"head -c 40000 {OVA} >{bad}")
    laws.refused(pool, "domain_import", src=[bad], **take)
    assert "networks" in laws.refused(pool, "domain_import", src=[OVA], **{**take, "networks": {}})
    assert "no file" in laws.refused(pool, "domain_import", src=[f"{SCRATCH}/nothing.vmdk"], **take)
    pool.sh(f"touch {PLACE}/{COPY}-sda.qcow2; virsh -q pool-refresh {POOL}")
    assert "was not made by an import" in laws.refused(pool, "domain_import", src=[OVA], **take)
    pool.sh(f"rm {PLACE}/*; virsh -q pool-refresh {POOL}")
    assert COPY not in pool.sh("virsh -q list --all --name")


def test_little_that_becomes_very_much(pool: Host) -> None:
    """A disk that is compressed, and says that it is small: what comes out of it is not awaited."""
    pool.sh(f"head -c 1G /dev/zero | gzip >{SCRATCH}/bomb.gz")
    content = {"src": f"{SCRATCH}/bomb.gz", "remote_src": True, "format": "raw"}
    volume = {"pool": POOL, "name": "x", "capacity": "16MiB", "format": "raw", "content": content}
    assert "far more than a disk of 16MiB" in pool.fails("volume", **volume)["msg"]
    assert not pool.sh(f"ls -A {PLACE}").strip()


def test_killed(pool: Host) -> None:
    """At each change, and while a disk is converted: the next run finishes it."""
    pool.sh(f"qemu-img convert -f raw -O vhdx {RAW} {SCRATCH}/there.vhdx")
    stated: dict[str, Any] = {"src": [f"{SCRATCH}/there.vhdx"], "pool": POOL, "name": COPY, "override": SMALL}
    died = 0
    for at in range(1, 9):
        if not pool.killed("domain_import", die_at=at, **stated):
            break
        died += 1
        assert pool.run("domain_import", **stated).changed or COPY in pool.sh("virsh -q list --all --name")
        assert_same(pool, RAW, f"{PLACE}/{COPY}-sda.qcow2")
        assert not pool.run("domain_import", **stated).changed
        remove(pool)
    assert died
