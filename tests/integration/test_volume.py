# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes: the laws for each option, resizing under a running guest, and that nothing in use is shrunk or removed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from harness import laws
from harness.host import HOME, PREFIX, SCRATCH, Host
from harness.laws import NAME, Case

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.volume import VOLUME

POOL = f"{PREFIX}pool"
PLACE = f"{SCRATCH}/pool"
GUEST = f"{PREFIX}guest"
BASE: dict[str, Any] = {"path": f"{PLACE}/base", "format": "qcow2"}
QCOW2: dict[str, Any] = {"capacity": "1MiB", "format": "qcow2"}
LAYERED: dict[str, Any] = {"format": "qcow2", "backing_store": BASE}
SECRET = "7a0a3f3e-5cf1-4ab8-9b39-0000000000b0"
ENCRYPTED: dict[str, Any] = {
    "capacity": "1MiB",
    "encryption": {"format": "luks", "secrets": [{"uuid": SECRET}]},
}


def prepare(host: Host) -> None:
    """Make a pool, and in it an image to build upon."""
    host.run("storage_pool", name=POOL, type="dir", target={"path": PLACE}, state="active")
    host.run("volume", pool=POOL, name="base", **QCOW2)


def make_secret(host: Host) -> None:
    """Make a secret with a passphrase; the sweep takes it away."""
    host.sh(
        f"""echo "<secret ephemeral='yes'><uuid>{SECRET}</uuid></secret>" >/tmp/law.xml
        virsh -q secret-define /tmp/law.xml && printf geheim >/tmp/law.txt
        virsh -q secret-set-value {SECRET} --file /tmp/law.txt --plain; rm /tmp/law.txt"""
    )


def prepare_all(host: Host) -> None:
    """Make what the laws are tried with."""
    prepare(host)
    make_secret(host)


@pytest.fixture
def pool(host: Host) -> Host:
    """A host with a pool."""
    prepare(host)
    return host


CASES = (
    Case("capacity", "1MiB", "2MiB", {"allocation": 0}, note="raw"),
    Case("capacity", 5000001, 9000001, {"allocation": 0}, note="raw-odd"),
    Case("capacity", "1MiB", "1536MiB", {"format": "qcow2"}, note="qcow2"),
    Case("capacity", 1000001, 2000001, {"format": "qcow2"}, note="qcow2-odd"),
    Case("capacity", "2MiB", "3MiB", LAYERED, note="layered"),
    Case("capacity", "2MiB", "1MiB", {"format": "qcow2", "allow_shrink": True}, note="smaller"),
    Case("capacity", "2MiB", "1MiB", {"format": "qcow2"}, refused=True, note="smaller"),
    *(Case("format", kind, "raw", {"capacity": "1MiB"}, refused=True, note=kind) for kind in ("qcow2", "vdi", "vmdk")),
    Case("format", "raw", "qcow2", {"capacity": "1MiB"}, refused=True, note="raw"),
    Case("backing_store.path", BASE["path"], "/srv/other", LAYERED, refused=True),
    Case("backing_store.format", "qcow2", "raw", LAYERED, refused=True),
    Case("permissions.mode", "0600", "0640", QCOW2),
    Case("compat", "1.1", "0.10", QCOW2, refused=True),
    Case("cluster_size", "64KiB", "128KiB", QCOW2, refused=True),
    Case("lazy_refcounts", False, True, QCOW2, refused=True),
    Case("extended_l2", False, True, QCOW2, refused=True),
    Case("encryption.format", "luks", "qcow", ENCRYPTED, refused=True),
)

SUITE = laws.Suite(
    "volume",
    "volumes",
    VOLUME,
    CASES,
    base={"pool": POOL},
    identity=("name", "pool"),
    stopped="present",
    prepare=prepare_all,
    # see test_owner_is_only_set_once, test_encryption; libvirt shows no nocow
    without_case=(
        "permissions.owner",
        "permissions.group",
        "nocow",
        "encryption.engine",
        "encryption.secrets",
        "encryption.secrets.uuid",
        "encryption.secrets.usage",
        *(f"encryption.cipher.{name}" for name in ("name", "size", "mode", "hash")),
        *(f"encryption.ivgen.{name}" for name in ("name", "hash")),
    ),
)


@pytest.mark.parametrize(("case", "running"), laws.parameters(SUITE))
def test_laws(host: Host, case: Case, running: bool) -> None:
    laws.obey(host, SUITE, case, running)


def test_every_row_has_a_case() -> None:
    laws.assert_complete(SUITE)


def test_owner_is_only_set_once(pool: Host) -> None:
    """libvirt gives images to guests and does not take all of them back, so a stated owner is no claim for ever."""
    owned = {"mode": "0640", "owner": 65534, "group": 65534}
    laws.twin(pool, "volume", pool=POOL, name=NAME, **QCOW2, permissions=owned)
    assert pool.sh(f"stat -c %a:%u:%g {PLACE}/{NAME}").strip() == "640:65534:65534"
    pool.sh(f"chown 0:0 {PLACE}/{NAME}")
    assert not laws.twin(pool, "volume", pool=POOL, name=NAME, **QCOW2, permissions=owned).changed


def test_a_new_image_can_hold_bitmaps(pool: Host) -> None:
    """Incremental backups need them. libvirt's own default, compat 0.10, has none."""
    assert '"compat": "1.1"' in pool.sh(f"qemu-img info --output=json {PLACE}/base")


def test_encryption(pool: Host) -> None:
    make_secret(pool)
    ivgen = {"name": "essiv", "hash": "sha256"}
    cipher = {"name": "aes", "size": 128, "mode": "cbc", "hash": "sha1"}
    spec: dict[str, Any] = {
        "pool": POOL,
        "name": NAME,
        "capacity": "3MiB",
        "encryption": {
            "format": "luks",
            "engine": "qemu",
            "secrets": [{"uuid": SECRET}],
            "cipher": cipher,
            "ivgen": ivgen,
        },
    }
    laws.twin(pool, "volume", **spec)
    told = pool.sh(f"qemu-img info -f luks {PLACE}/{NAME}")
    for word in ("aes-128", "cbc", "essiv", "sha1", "virtual size: 3 MiB"):
        assert word in told
    assert not laws.twin(pool, "volume", **spec).changed
    pool.sh(f"virsh -q pool-refresh {POOL}")  # libvirt forgets what it does not see
    assert not laws.twin(pool, "volume", **spec).changed
    (found,) = pool.run("volume_info", pool=[POOL], name=[NAME])["volumes"]
    assert found["spec"]["encryption"] == {"format": "luks"}
    assert not pool.run("volume", **found["spec"]).changed
    assert "encryption.secrets" in laws.refused(pool, "volume", **{**found["spec"], "name": "other"})


def test_the_copy_of_a_volume_is_encrypted(pool: Host) -> None:
    make_secret(pool)
    pool.run("volume", pool=POOL, name="plain", capacity="2MiB")
    pool.sh(f"head -c 2M /dev/urandom >{PLACE}/plain")
    spec = {"pool": POOL, "name": NAME, "content": {"volume": "plain"}, "encryption": ENCRYPTED["encryption"]}
    laws.twin(pool, "volume", **spec)
    assert not laws.twin(pool, "volume", **spec).changed
    images = f"driver=luks,key-secret=k,file.filename={PLACE}/{NAME} driver=raw,file.filename={PLACE}/plain"
    pool.sh(f"qemu-img compare --object secret,id=k,data=geheim --image-opts {images}")


@pytest.mark.parametrize("wipe", ["zero", "nnsa"])
def test_wipe(pool: Host, wipe: str) -> None:
    """Seen through another name of the file."""
    pool.run("volume", pool=POOL, name=NAME, capacity="2MiB")
    pool.sh(f"yes secret | head -c 2M >{PLACE}/{NAME}; ln {PLACE}/{NAME} {SCRATCH}/link; rm -f {SCRATCH}/scrub")
    if wipe == "nnsa" and not pool.sh("command -v scrub || true"):
        assert "scrub" in pool.fails("volume", pool=POOL, name=NAME, state="absent", wipe=wipe)["msg"]
        pool.sh(f"grep -q secret {PLACE}/{NAME}")
        return
    laws.twin(pool, "volume", pool=POOL, name=NAME, state="absent", wipe=wipe)
    pool.sh(f"test ! -e {PLACE}/{NAME} && ! grep -q secret {SCRATCH}/link")


def test_metadata_that_is_allocated_at_once(pool: Host) -> None:
    sizes = []
    for name, at_once in (("not", False), ("so", True)):
        pool.run("volume", pool=POOL, name=name, capacity="1GiB", format="qcow2", prealloc_metadata=at_once)
        sizes.append(int(pool.sh(f"qemu-img map --output=json {PLACE}/{name} | grep -c '\"present\": true' || true")))
    assert not sizes[0]
    assert sizes[1]


def test_allocation(pool: Host) -> None:
    for name, allocation, blocks in (("none", 0, 0), ("half", "1MiB", 2048), ("whole", None, 4096)):
        spec = {"pool": POOL, "name": name, "capacity": "2MiB", "allocation": allocation}
        laws.twin(pool, "volume", **spec)
        assert int(pool.sh(f"stat -c %b {PLACE}/{name}")) == blocks
        assert not laws.twin(pool, "volume", **spec).changed


# -- in use ------------------------------------------------------------------------------------------------------------


def disk(target: str, source: str, kind: str = "file", form: str = "qcow2", device: str = "disk") -> str:
    """A disk of a guest."""
    bus = "virtio" if device == "disk" else "sata"
    return f"""<disk type='{kind}' device='{device}'><driver name='qemu' type='{form}'/>
        <source {source}/><target dev='{target}' bus='{bus}'/></disk>"""


def define(host: Host, devices: str, start: bool, boot: str = "") -> None:
    """Define a guest that has nothing to boot."""
    host.sh(
        f"""cat >/tmp/law.xml <<'END'
        <domain type='qemu'><name>{GUEST}</name><memory unit='MiB'>64</memory>
            <os><type arch='x86_64'>hvm</type>{boot}</os><features><acpi/></features>
            <devices>{devices}</devices></domain>
END
        virsh -q define /tmp/law.xml {f"&& virsh -q start {GUEST}" if start else ""}"""
    )


@pytest.fixture
def guest(pool: Host) -> Host:
    """A host where a guest runs on a layered image, a volume of a pool, and a CD-ROM."""
    for name in ("raw", "iso"):
        pool.run("volume", pool=POOL, name=name, capacity="1MiB", allocation=0)
    pool.run("volume", pool=POOL, name="middle", **LAYERED)
    pool.run("volume", pool=POOL, name="top", format="qcow2", backing_store={**BASE, "path": f"{PLACE}/middle"})
    disks = (
        disk("vda", f"file='{PLACE}/top'"),
        disk("vdb", f"pool='{POOL}' volume='raw'", "volume", "raw"),
        disk("sda", f"file='{PLACE}/iso'", "file", "raw", "cdrom"),
    )
    define(pool, "".join(disks), start=True)
    return pool


def seen_by_guest(host: Host, target: str) -> int:
    """The size of a disk as its guest sees it."""
    return int(host.sh(f"virsh domblkinfo {GUEST} {target} | awk '/^Capacity/ {{print $2}}'"))


@pytest.mark.parametrize(("name", "target"), [("top", "vda"), ("raw", "vdb")])
def test_a_running_guest_sees_its_disk_grow(guest: Host, name: str, target: str) -> None:
    grown = laws.twin(guest, "volume", pool=POOL, name=name, capacity="5MiB")
    assert grown["steps"] == [f"resize disk {target} of domain {GUEST}"]
    assert grown["applied_live"] == ["capacity"]
    assert seen_by_guest(guest, target) == 5 * 2**20
    assert not laws.twin(guest, "volume", pool=POOL, name=name, capacity="5MiB").changed
    guest.sh(f"virsh -q destroy {GUEST}")
    assert not laws.twin(guest, "volume", pool=POOL, name=name, capacity="5MiB").changed


@pytest.mark.parametrize("name", ["top", "middle", "base", "raw"])
def test_what_a_running_guest_needs_is_not_shrunk(guest: Host, name: str) -> None:
    said = laws.refused(guest, "volume", pool=POOL, name=name, capacity="512KiB", allow_shrink=True)
    assert said.startswith("capacity:")
    assert GUEST in said


def test_what_a_guest_needs_whose_memory_is_saved(guest: Host) -> None:
    """It goes on with what it knew of its disks, also of one that its definition has no more."""
    guest.sh(f"virsh -q managedsave {GUEST} && virsh -q detach-disk {GUEST} vdb --config")
    needed = f"the saved state of domain {GUEST} (disk vdb)"
    shrunk: dict[str, Any] = {"pool": POOL, "name": "raw", "capacity": "512KiB", "allow_shrink": True}
    filled = {"pool": POOL, "name": "raw", "content": {"volume": "iso", "overwrite": True}}
    for wish in (shrunk, filled, {"pool": POOL, "name": "raw", "state": "absent"}):
        assert needed in laws.refused(guest, "volume", **wish)
    guest.sh(f"virsh -q managedsave-remove {GUEST}")
    assert laws.twin(guest, "volume", **shrunk).changed


def test_a_backing_file_is_not_resized_under_a_guest(guest: Host) -> None:
    assert "backing file of disk vda" in laws.refused(guest, "volume", pool=POOL, name="base", capacity="5MiB")
    guest.sh(f"virsh -q destroy {GUEST}")
    said = laws.refused(guest, "volume", pool=POOL, name="base", capacity="512KiB", allow_shrink=True)
    assert "volume middle" in said


@pytest.mark.parametrize("running", [True, False])
@pytest.mark.parametrize(
    ("name", "user"),
    [
        ("top", "disk vda"),
        ("middle", "volume top"),
        ("base", "volume middle"),
        ("raw", "disk vdb"),
        ("iso", "disk sda"),
    ],
)
def test_what_a_guest_needs_is_not_removed(guest: Host, name: str, user: str, running: bool) -> None:
    if not running:
        guest.sh(f"virsh -q destroy {GUEST}")
    said = laws.refused(guest, "volume", pool=POOL, name=name, state="absent")
    assert user in said
    assert (GUEST in said) == (running or "disk" in user)


def test_a_pool_is_not_taken_from_a_running_guest(guest: Host) -> None:
    for state in ("inactive", "absent"):
        assert GUEST in laws.refused(guest, "storage_pool", name=POOL, state=state)
    guest.sh(f"virsh -q destroy {GUEST}")
    laws.twin(guest, "storage_pool", name=POOL, state="inactive")
    laws.twin(guest, "storage_pool", name=POOL, state="absent")
    guest.sh(f"test -e {PLACE}/top")


def test_a_pool_below_another_is_not_that_one(guest: Host) -> None:
    laws.twin(guest, "storage_pool", name=f"{POOL}-above", type="dir", target={"path": SCRATCH}, state="active")
    laws.twin(guest, "storage_pool", name=f"{POOL}-above", state="absent")


@pytest.mark.parametrize(
    ("name", "devices", "boot"),
    [
        ("kernel", "", f"<kernel>{PLACE}/kernel</kernel>"),
        ("initrd", "", f"<kernel>/boot/x</kernel><initrd>{PLACE}/initrd</initrd>"),
        ("loader", "", f"<loader readonly='yes' type='pflash'>{PLACE}/loader</loader>"),
        ("nvram", "", f"<loader readonly='yes' type='pflash'>/x</loader><nvram>{PLACE}/nvram</nvram>"),
        ("block", disk("vda", f"dev='{PLACE}/block'", "block", "raw"), ""),
        ("linked", disk("vda", f"file='{SCRATCH}/link'", "file", "raw"), ""),
        ("log", f"<serial type='file'><source path='{PLACE}/log'/></serial>", ""),
    ],
    ids=lambda value: value if value.isalpha() else "",
)
def test_whatever_a_guest_names_is_not_removed(pool: Host, name: str, devices: str, boot: str) -> None:
    pool.run("volume", pool=POOL, name=name, capacity="1MiB")
    pool.sh(f"ln -s {PLACE}/{name} {SCRATCH}/link")
    define(pool, devices, start=False, boot=boot)
    assert GUEST in laws.refused(pool, "volume", pool=POOL, name=name, state="absent")
    pool.sh(f"virsh -q undefine {GUEST} --keep-nvram")
    laws.twin(pool, "volume", pool=POOL, name=name, state="absent")


def test_what_a_snapshot_needs_is_not_removed(pool: Host) -> None:
    pool.run("volume", pool=POOL, name="old", **QCOW2)
    define(pool, disk("vda", f"file='{PLACE}/old'"), start=False)
    pool.sh(f"virsh -q snapshot-create-as {GUEST} before --disk-only --diskspec vda,file={PLACE}/new")
    pool.sh(f"virsh -q detach-disk {GUEST} vda --config && rm {PLACE}/new && virsh -q pool-refresh {POOL}")
    said = laws.refused(pool, "volume", pool=POOL, name="old", state="absent")
    assert f"snapshot before of domain {GUEST}" in said


def test_what_an_image_outside_all_pools_is_layered_on(pool: Host) -> None:
    """libvirt looks below the images of a guest only when it starts, so we look ourselves."""
    pool.sh(f"qemu-img create -q -f qcow2 -b {PLACE}/base -F qcow2 {SCRATCH}/middle")
    pool.sh(f"qemu-img create -q -f qcow2 -b {SCRATCH}/middle -F qcow2 {SCRATCH}/top")
    define(pool, disk("vda", f"file='{SCRATCH}/top'"), start=False)
    said = laws.refused(pool, "volume", pool=POOL, name="base", state="absent")
    assert f"domain {GUEST} (backing file of disk vda)" in said


def test_what_a_volume_is_layered_on_by_way_of_an_image_outside_all_pools(pool: Host) -> None:
    pool.sh(f"qemu-img create -q -f qcow2 -b {PLACE}/base -F qcow2 {SCRATCH}/middle")
    middle = {"path": f"{SCRATCH}/middle", "format": "qcow2"}
    pool.run("volume", pool=POOL, name="top", format="qcow2", backing_store=middle)
    said = laws.refused(pool, "volume", pool=POOL, name="base", state="absent")
    assert "volume top" in said


def test_a_volume_that_the_host_has_as_a_loop_device(pool: Host) -> None:
    name = f"loop-{pool.name}"  # hosts of a lab see the loop devices of each other
    pool.run("volume", pool=POOL, name=name, capacity="1MiB")
    device = pool.sh(f"losetup --find --show {PLACE}/{name}").strip()
    try:
        assert device.split("/")[-1] in laws.refused(pool, "volume", pool=POOL, name=name, state="absent")
    finally:
        pool.sh(f"losetup --detach {device}")
    laws.twin(pool, "volume", pool=POOL, name=name, state="absent")


def test_an_overlay_that_libvirt_has_not_seen_is_found_in_time(pool: Host) -> None:
    pool.sh(f"qemu-img create -q -f qcow2 -b {PLACE}/base -F qcow2 {PLACE}/unseen")
    failed = pool.fails("volume", pool=POOL, name="base", state="absent")
    assert "volume unseen" in failed["msg"]
    pool.sh(f"test -e {PLACE}/base")


# -- libvirt's list and the files --------------------------------------------------------------------------------------


def test_a_file_that_libvirt_has_not_seen(pool: Host) -> None:
    pool.sh(f"qemu-img create -q -f qcow2 {PLACE}/copied 1M")
    foretold = pool.run("volume", check=True, pool=POOL, name="copied", capacity="2MiB")
    assert foretold.changed
    made = pool.run("volume", pool=POOL, name="copied", capacity="2MiB")
    assert made.paths == ["state", "capacity"]
    assert not laws.twin(pool, "volume", pool=POOL, name="copied", capacity="2MiB").changed
    pool.sh(f"touch {PLACE}/other")
    assert laws.twin(pool, "volume", pool=POOL, name="other", state="absent").changed
    pool.sh(f"test ! -e {PLACE}/other")
    assert not laws.twin(pool, "volume", pool=POOL, name="other", state="absent").changed


def test_a_volume_whose_file_is_gone(pool: Host) -> None:
    for name in ("one", "two"):
        pool.run("volume", pool=POOL, name=name, **QCOW2)
    pool.sh(f"rm {PLACE}/one {PLACE}/two")
    assert [found["name"] for found in pool.run("volume_info", pool=[POOL])["volumes"]] == ["base"]
    assert pool.run("volume", pool=POOL, name="one", **QCOW2).changed
    pool.sh(f"test -e {PLACE}/one")
    assert not laws.twin(pool, "volume", pool=POOL, name="two", state="absent").changed


# -- a full disk, a killed run -----------------------------------------------------------------------------------------


@pytest.fixture
def small(host: Host) -> Iterator[Host]:
    """A host with a pool of 64 MiB on a file system of its own."""
    image = "/var/tmp/law-small"
    device = host.sh(
        f"rm -f {image} && truncate -s 64M {image} && mkfs.ext4 -qF -m 0 {image} && losetup --find --show {image}"
    ).strip()
    source = {"devices": [{"path": device}], "format": "ext4"}
    host.run("storage_pool", name=POOL, type="fs", source=source, target={"path": PLACE}, state="active")
    assert host.sh(f"findmnt -no SOURCE {PLACE}").strip() == device
    yield host
    host.sweep()
    host.sh(f"losetup --detach {device} && rm {image}")


def test_a_volume_larger_than_the_pool(small: Host) -> None:
    spec = {"pool": POOL, "name": NAME, "capacity": "1GiB", "format": "qcow2"}
    assert laws.refused(small, "volume", **spec).startswith("capacity:")
    laws.twin(small, "volume", **spec, allow_overcommit=True)
    assert not laws.twin(small, "volume", **spec).changed
    assert laws.refused(small, "volume", **{**spec, "capacity": "2GiB"}).startswith("capacity:")
    said = laws.refused(small, "volume", pool=POOL, name="thick", capacity="1GiB", allow_overcommit=True)
    assert said.startswith("allocation:")
    assert "allocation:" in laws.refused(small, "volume", pool=POOL, name="x", capacity="4MiB", allocation="60MiB")


def test_a_full_pool_keeps_no_half_volume(small: Host) -> None:
    """What is left is not enough for the image's own tables, so that it fails while it is written."""
    small.sh(f"fallocate -l $(($(df --output=avail -B1 {PLACE} | tail -n1) - 100000)) {PLACE}/filler")
    spec = {"pool": POOL, "name": NAME, "capacity": "10MiB", "format": "qcow2"}
    assert "No space left" in small.fails("volume", **spec)["msg"]
    small.sh(f"test ! -e {PLACE}/{NAME}")
    small.sh(f"rm {PLACE}/filler")
    laws.twin(small, "volume", **spec)
    assert not laws.twin(small, "volume", **spec).changed


def test_what_a_volume_group_has_left(one_host: Host) -> None:
    """LVM says so also where there is no device mapper, and so no volume. Debian 12 need not have it at all."""
    image, group = "/var/tmp/law-group", f"law-{one_host.name}"
    device = one_host.sh(f"truncate -s 64M {image} && losetup --find --show {image}").strip()
    try:
        one_host.sh(f"vgcreate -q {group} {device} 2>/dev/null")
        module = "ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.lvm"
        asked = f"from {module} import extent, free; print(free('{group}', 1), extent('{group}'), free('nothing', 1))"
        told = one_host.sh(f'PYTHONPATH={HOME} python3 -c "{asked}"')
        assert [int(size) for size in told.split()] == [60 * 2**20, 4 * 2**20, 1]
    finally:
        one_host.sh(f"vgremove -q -f {group} 2>/dev/null; losetup --detach {device}; rm {image}")


@pytest.mark.parametrize("when", [{"die_at": 1}, {"kill_after": 0.05}, {"kill_after": 0.1}])
def test_a_killed_run_is_finished_by_the_next(pool: Host, when: dict[str, Any]) -> None:
    spec: dict[str, Any] = {"pool": POOL, "name": NAME, "capacity": "100MiB"}
    pool.killed("volume", **when, **spec)
    pool.run("volume", **spec)
    assert not laws.twin(pool, "volume", **spec).changed
    pool.killed("volume", **when, pool=POOL, name=NAME, state="absent")
    pool.run("volume", pool=POOL, name=NAME, state="absent")
    pool.sh(f"test ! -e {PLACE}/{NAME}")


# -- bad input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "spec"),
    [
        ("capacity", {}),
        ("capacity", {"capacity": "10GB"}),
        ("capacity", {"capacity": -1}),
        ("capacity", {"capacity": "1000PiB"}),
        ("allocation", {"capacity": "1MiB", "allocation": "1000PiB"}),
        ("allocation", {"capacity": "1MiB", "allocation": "much"}),
        ("format", {"capacity": "1MiB", "format": "qcow3"}),
        ("format", {"backing_store": BASE}),
        ("backing_store.format", {"format": "qcow2", "backing_store": {"path": BASE["path"]}}),
        ("backing_store.path", {"format": "qcow2", "backing_store": {"path": "/nothing/here", "format": "qcow2"}}),
        ("backing_store.path", {"format": "qcow2", "backing_store": {"path": "base", "format": "qcow2"}}),
        ("permissions.mode", {"capacity": "1MiB", "permissions": {"mode": "rw"}}),
        ("compat", {"capacity": "1MiB", "format": "qcow2", "compat": "2.0"}),
        ("name", {"name": "a/b", "capacity": "1MiB"}),
        ("name", {"name": "", "capacity": "1MiB"}),
        ("pool", {"pool": "nowhere", "capacity": "1MiB"}),
        ("sise", {"sise": "1MiB"}),
        ("wipe", {"capacity": "1MiB", "wipe": "zero"}),
        ("encryption.secrets", {"capacity": "1MiB", "encryption": {"format": "luks"}}),
        ("name", {"name": "1st", "capacity": "1MiB", "encryption": ENCRYPTED["encryption"]}),
        ("ivgen", {"capacity": "1MiB", "encryption": {"format": "luks", "cipher": {"name": "aes", "size": 256}}}),
        ("backing_store", {"format": "qcow2", "backing_store": {"format": "qcow2"}}),
    ],
)
def test_bad_input_is_refused(pool: Host, option: str, spec: dict[str, Any]) -> None:
    assert option in laws.refused(pool, "volume", **{"pool": POOL, "name": NAME, **spec})


def test_a_pool_that_is_not_active(pool: Host) -> None:
    pool.run("storage_pool", name=POOL, state="inactive")
    for state in ("present", "absent"):
        assert "not active" in laws.refused(pool, "volume", pool=POOL, name="base", state=state)
    assert pool.run("volume_info", pool=[POOL])["volumes"] == []


def test_who_uses_a_volume_is_told(guest: Host) -> None:
    found = guest.run("volume_info", pool=[POOL], used_by=True)["volumes"]
    below = f"domain {GUEST} (backing file of disk vda, running)"
    assert {volume["name"]: volume["used_by"] for volume in found} == {
        "base": [below, f"volume middle of storage pool {POOL} (backing file)"],
        "iso": [f"domain {GUEST} (disk sda, running)"],
        "middle": [below, f"volume top of storage pool {POOL} (backing file)"],
        "raw": [f"domain {GUEST} (disk vdb, running)"],
        "top": [f"domain {GUEST} (disk vda, running)"],
    }
