# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is brought back is what was there, whatever happens meanwhile; and what is in the way is lost only on demand."""

from __future__ import annotations

import re
from typing import Any

import pytest
from harness import laws
from harness.host import SCRATCH, Host
from harness.snapshots import GUEST, assert_holds, content, define, image, scribble

REPOSITORY = f"{SCRATCH}/repository"
BACK: dict[str, Any] = {"repository": REPOSITORY, "domain": GUEST}
OVER: dict[str, Any] = {**BACK, "overwrite": True}
BESIDE: dict[str, Any] = {**BACK, "name": "law-copy", "directory": f"{SCRATCH}/copies"}


def backup(host: Host) -> str:
    """Make a point, and return its name."""
    host.needs("python3-libnbd")
    (told,) = host.run("backup", domain=[GUEST], repository=REPOSITORY, create=True)["domains"]
    return str(told["point"]["name"] if isinstance(told["point"], dict) else told["point"])


def saved(host: Host, **options: Any) -> str:
    """Have a guest of which there is a point, and which has gone on since. Return the point."""
    define(host, autostart=True, **options)
    scribble(host, 1)
    point = backup(host)
    scribble(host, 2)
    host.run("domain", name=GUEST, autostart=False, memory="48MiB")
    return point


def gone(host: Host) -> None:
    """Have no guest any more; its images stay."""
    host.run("domain", name=GUEST, state="absent", shutdown={"timeout": 0, "on_timeout": "destroy"})


def stored(host: Host, name: str = GUEST) -> str:
    """A guest's definition, but for what tells that it was brought back."""
    told = host.sh(f"virsh dumpxml --inactive --security-info {name}")
    return re.sub(r"\s*<metadata>.*?</metadata>", "", told, flags=re.DOTALL)


# -- what comes of it --------------------------------------------------------------------------------------------------


def test_over_the_guest(host: Host) -> None:
    define(host, autostart=True)
    scribble(host, 1)
    then, defined = content(host), stored(host)
    point = backup(host)
    scribble(host, 2)
    host.run("domain", name=GUEST, autostart=False, memory="48MiB")
    restored = laws.twin(host, "restore", **OVER)
    assert restored["point"] == point
    assert restored["steps"] == ["restore"]
    assert content(host) == then
    assert stored(host) == defined
    assert "Autostart:      enable" in host.sh(f"virsh dominfo {GUEST}")
    laws.assert_unchanged(host.run("restore", **BACK), "of this very point")
    assert host.sh(f"virsh -q checkpoint-list {GUEST}").strip() == ""
    scribble(host, 3)
    assert host.run("restore", **OVER).changed, "with overwrite every run restores"
    assert content(host) == then
    started = laws.twin(host, "restore", **BACK, state="running")
    assert started["steps"] == ["start"]
    assert host.sh(f"ls {SCRATCH}").split() == ["repository", "vda.qcow2", "vdb.qcow2"]


def test_a_point_in_time(host: Host) -> None:
    define(host)
    scribble(host, 1)
    first = backup(host)
    host.sh("sleep 1.1")
    scribble(host, 2)
    second = backup(host)
    instant = f"{first[:4]}-{first[4:6]}-{first[6:8]}T{first[9:11]}:{first[11:13]}:{first[13:15]}Z"
    assert laws.twin(host, "restore", **OVER, point=instant)["point"] == first
    assert_holds(host, 1)
    assert laws.twin(host, "restore", **OVER, point=second)["point"] == second
    assert_holds(host, 2)
    assert "no point 2020-01-01" in laws.refused(host, "restore", **OVER, point="2020-01-01")
    assert "latest" in laws.refused(host, "restore", **OVER, point="yesterday")


def test_a_new_guest_beside(host: Host) -> None:
    host.run("network", name="law-net", state="active")
    saved(host, interfaces=[{"source": {"network": "law-net"}, "mac": "52:54:00:00:00:17"}])
    host.sh(f"mkdir {SCRATCH}/copies")
    before = content(host)
    host.run("restore", **BESIDE, check=True)
    restored = laws.twin(host, "restore", **BESIDE)
    assert [disk["path"] for disk in restored["disks"]] == [
        f"{SCRATCH}/copies/law-copy-{end}.qcow2" for end in ("vda", "vdb")
    ]
    assert content(host) == before, "the guest itself was touched"
    for target in ("vda", "vdb"):
        host.sh(f"! qemu-io -r -c 'read -P 1 1M 300k' {image(host, target, 'law-copy')} | grep failed")
    mine, its = host.sh("virsh dumpxml law-copy"), host.sh(f"virsh dumpxml {GUEST}")
    for what in (r"<uuid>.*</uuid>", r"<mac address=.*/>"):
        (a,), (b,) = re.findall(what, mine), re.findall(what, its)
        assert a != b
    laws.assert_unchanged(host.run("restore", **BESIDE), "there")
    laws.twin(host, "restore", **BESIDE, state="running")
    assert "is running" in laws.refused(host, "restore", **BESIDE, overwrite=True)


def test_one_disk(host: Host) -> None:
    saved(host)
    defined = stored(host)
    laws.twin(host, "restore", **OVER, disks=["vdb"])
    host.sh(f"! qemu-io -r -c 'read -P 2 1M 300k' {SCRATCH}/vda.qcow2 | grep failed")
    host.sh(f"! qemu-io -r -c 'read -P 1 1M 300k' {SCRATCH}/vdb.qcow2 | grep failed")
    assert stored(host) == defined


def test_a_guest_that_is_lost(host: Host) -> None:
    """All that is left of it is in the repository, as on another host that has it mounted."""
    define(host)
    scribble(host, 1)
    then, defined = content(host), stored(host)
    backup(host)
    gone(host)
    host.sh(f"rm {SCRATCH}/*.qcow2; rm -rf /var/lib/libvirt/qemu/checkpoint/{GUEST}")
    laws.twin(host, "restore", **BACK, verify="content", state="running")
    host.run("domain", name=GUEST, state="stopped", shutdown={"timeout": 0, "on_timeout": "destroy"})
    assert content(host) == then
    assert stored(host) == defined


def test_firmware(host: Host) -> None:
    """UEFI variables and the state of the TPM come back, too, and go to a new guest."""
    define(
        host,
        os={"firmware": "efi"},
        tpms=[{"model": "tpm-crb", "backend": {"type": "emulator", "version": "2.0"}}],
        state="running",
    )
    host.run("domain", name=GUEST, state="stopped", shutdown={"timeout": 0, "on_timeout": "destroy"})
    uuid = host.sh(f"virsh domuuid {GUEST}").strip()
    variables, tpm = f"/var/lib/libvirt/qemu/nvram/{GUEST}_VARS.fd", f"/var/lib/libvirt/swtpm/{uuid}"
    sums = f"sha256sum <{variables}; find {tpm} -type f ! -name .lock -exec sha256sum {{}} + | sort"
    then = host.sh(sums)
    backup(host)
    host.sh(f"printf x | dd of={variables} bs=1 seek=264192 conv=notrunc status=none")
    host.sh(f"find {tpm} -name tpm2-00.permall -delete")
    assert host.sh(sums) != then
    host.run("restore", **OVER)
    assert host.sh(sums) == then
    host.run("domain", name=GUEST, state="running")
    host.run("domain", name=GUEST, state="stopped", shutdown={"timeout": 0, "on_timeout": "destroy"})
    host.sh(f"mkdir {SCRATCH}/copies")
    host.run("restore", **BESIDE, state="running")


@pytest.mark.parametrize("kind", ["raw", "volume", "block"])
def test_where_disks_can_be(host: Host, kind: str) -> None:
    if kind == "block":
        host.sh(f"truncate -s 2M {SCRATCH}/device")
        source: dict[str, Any] = {"dev": host.sh(f"losetup -f --show {SCRATCH}/device").strip()}
    elif kind == "volume":
        host.run(
            "storage_pool",
            name="law-pool",
            type="dir",
            target={"path": f"{SCRATCH}/pool"},
            state="active",
            build="if_needed",
        )
        host.run("volume", pool="law-pool", name="disk", capacity="2MiB", format="qcow2")
        source = {"pool": "law-pool", "volume": "disk"}
    else:
        source = {"file": f"{SCRATCH}/disk"}
        host.sh(f"truncate -s 2M {SCRATCH}/disk")
    path = source.get("dev") or (f"{SCRATCH}/pool/disk" if kind == "volume" else f"{SCRATCH}/disk")
    form = "qcow2" if kind == "volume" else "raw"
    host.run(
        "domain",
        name=GUEST,
        type="qemu",
        memory="32MiB",
        disks=[{"target": "vda", "source": source, "driver": {"type": form}}],
    )
    try:
        host.sh(f"qemu-io -f {form} -c 'write -P 1 1M 300k' {path}")
        backup(host)
        host.sh(f"qemu-io -f {form} -c 'write -P 2 1M 300k' {path}")
        laws.twin(host, "restore", **OVER)
        host.sh(f"! qemu-io -r -f {form} -c 'read -P 1 1M 300k' {path} | grep failed")
        assert image(host, "vda") == source.get("volume", path)
    finally:
        if kind == "block":
            host.sh(f"losetup -d {path}")


# -- interruption ------------------------------------------------------------------------------------------------------

_FALL = "kill -9 $(pidof libvirtd); systemctl reset-failed libvirtd; systemctl restart libvirtd"


def test_killed_at_each_change(host: Host) -> None:
    saved(host)
    number = 1
    while host.killed("restore", die_at=number, **OVER):
        done = laws.twin(host, "restore", **BACK) if _is_half(host) else laws.twin(host, "restore", **OVER)
        assert done.changed
        assert_holds(host, 1)
        assert host.sh(f"ls -A {SCRATCH}").split() == ["repository", "vda.qcow2", "vdb.qcow2"]
        scribble(host, 2)
        number += 1
    assert number > 2


def _is_half(host: Host) -> bool:
    """Whether the guest tells that it is half restored, so that the next run needs no word for going on."""
    return 'state="begun"' in host.sh(f"virsh dumpxml --inactive {GUEST}").replace("'", '"')


@pytest.mark.parametrize("seconds", [0.15, 0.3, 0.5])
def test_killed_at_some_instant(host: Host, seconds: float) -> None:
    saved(host)
    host.killed("restore", kill_after=seconds, **OVER)
    host.run("restore", **OVER)
    assert_holds(host, 1)
    assert host.sh(f"ls -A {SCRATCH}").split() == ["repository", "vda.qcow2", "vdb.qcow2"]


def test_daemon_falls(one_host: Host) -> None:
    """At each thing that libvirt is asked to do: the next run has it as it was."""
    saved(one_host)
    changes = one_host.run("restore", **OVER).changes
    asked = [number for number, change in enumerate(changes, 1) if change.startswith("vir")]
    assert asked
    for number in asked:
        scribble(one_host, 2)
        one_host.struck("restore", _FALL, at=number, **OVER)
        one_host.sh("until virsh list >/dev/null 2>&1; do sleep 0.2; done")
        one_host.run("restore", **(BACK if _is_half(one_host) else OVER))
        assert_holds(one_host, 1)
        assert one_host.sh(f"ls -A {SCRATCH}").split() == ["repository", "vda.qcow2", "vdb.qcow2"]


def test_no_room(host: Host) -> None:
    saved(host)
    host.sh(f"mkdir {SCRATCH}/copies && mount -t tmpfs -o size=100k law {SCRATCH}/copies")
    try:
        assert "left, and up to" in laws.refused(host, "restore", **BESIDE)
    finally:
        host.sh(f"umount {SCRATCH}/copies")


# -- what is refused ---------------------------------------------------------------------------------------------------


def test_a_damaged_point(host: Host) -> None:
    point = saved(host)
    place = host.sh(f"ls -d {REPOSITORY}/guests/*/{point}").strip()
    host.sh(f"printf x | dd of={place}/vdb.qcow2 bs=1 seek=300000 conv=notrunc status=none")
    refused = host.refused("restore", **OVER)
    assert refused["error"]["type"] == "Damaged"
    assert "vdb.qcow2" in refused["msg"]
    assert_holds(host, 2)


def test_what_would_be_lost(host: Host) -> None:
    saved(host)
    assert "overwrite=true" in laws.refused(host, "restore", **BACK)
    host.run("domain", name=GUEST, state="running")
    assert "is running" in laws.refused(host, "restore", **OVER)
    gone(host)
    assert "exists, and would be overwritten" in laws.refused(host, "restore", **BACK)
    disks = [{"target": "vda", "source": {"file": f"{SCRATCH}/vdb.qcow2"}, "driver": {"type": "qcow2"}}]
    host.run("domain", name="law-other", type="qemu", memory="32MiB", disks=disks)
    assert "used by domain law-other" in laws.refused(host, "restore", **OVER)
    host.run("domain", name="law-other", state="absent")
    host.run("domain", name=GUEST, type="qemu", memory="32MiB")
    assert "another guest" in laws.refused(host, "restore", **OVER)


def test_snapshots_are_of_the_disks(host: Host) -> None:
    define(host)
    host.run("snapshot", domain=[GUEST], name="one", type="internal")
    backup(host)
    assert "snapshots" in laws.refused(host, "restore", **OVER)


def test_into_a_pool_that_does_not_know_the_image(one_host: Host) -> None:
    """As on another host, to which the pool's other volumes never came: the guest starts."""
    one_host.run("storage_pool", name="law-pool", type="dir", target={"path": f"{SCRATCH}/pool"}, state="active")
    one_host.run("volume", pool="law-pool", name="vdc.qcow2", format="qcow2", capacity="2MiB")
    disks = [{"target": "vda", "source": {"pool": "law-pool", "volume": "vdc.qcow2"}}]
    one_host.run("domain", name=GUEST, type="qemu", memory="32MiB", disks=disks)
    backup(one_host)
    gone(one_host)
    one_host.sh(f"rm {SCRATCH}/pool/vdc.qcow2; virsh -q pool-refresh law-pool")
    laws.twin(one_host, "restore", **BACK, state="running")
    assert "running" in one_host.sh(f"virsh domstate {GUEST}")


def test_a_copy_that_is_to_be_alone(one_host: Host) -> None:
    """Nothing of it reaches beyond the network that was chosen for it, or there is no copy."""
    one_host.run("network", name="law-net", state="active")
    one_host.run("network", name="law-bubble", state="active")
    saved(one_host, interfaces=[{"source": {"network": "law-net"}}])
    one_host.sh(f"mkdir {SCRATCH}/copies")
    alone = {**BESIDE, "isolated": True}
    assert "law-net" in laws.refused(one_host, "restore", **alone)
    laws.twin(one_host, "restore", **alone, networks={"law-net": "law-bubble"})
    assert "law-bubble" in one_host.sh("virsh -q domiflist law-copy")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"domain": "nobody"}, "not of nobody"),
        ({"repository": f"{SCRATCH}/nothing"}, "there is none at"),
        ({"repository": "nothing"}, "is not an absolute path"),
        ({"disks": ["vdc"]}, "no disk vdc"),
        ({"disks": ["vda"], "name": "law-copy"}, "into the guest that they are of"),
        ({"name": "law-copy"}, "State 'directory'"),
        ({"name": "law-copy", "directory": "copies"}, "is not an absolute path"),
        ({"name": "law-copy", "directory": f"{SCRATCH}/nothing"}, "There is no directory"),
        ({"name": "law-copy", "destinations": {"vda": "/dev/law", "vdb": f"{SCRATCH}/x"}}, "no device /dev/law"),
        ({"networks": {"law-net": "nowhere"}}, "no network nowhere"),
    ],
)
def test_refused(one_host: Host, options: dict[str, Any], said: str) -> None:
    one_host.run("network", name="law-net", state="active")
    saved(one_host, interfaces=[{"source": {"network": "law-net"}}])
    assert said in laws.refused(one_host, "restore", **{**OVER, **options})
