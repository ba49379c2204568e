# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What volumes with a content are like: as stated, as they were where they are filled again, and fit for a backup."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from harness import laws
from harness.host import PREFIX, SCRATCH, Host, far_away
from harness.laws import NAME

POOL = f"{PREFIX}pool"
PLACE = f"{SCRATCH}/pool"
IMAGES = f"{SCRATCH}/images"
SECRET = "7a0a3f3e-5cf1-4ab8-9b39-0000000000b1"
LUKS: dict[str, Any] = {"format": "luks", "secrets": [{"uuid": SECRET}]}
#: Images of 8 MiB, of two contents, and what old and foreign tools make.
MAKE_IMAGES = f"""
    mkdir -p {IMAGES} && cd {IMAGES}
    head -c 64K /dev/urandom >one && truncate -s 8M one
    head -c 64K /dev/urandom >two && truncate -s 8M two
    qemu-img convert -O qcow2 one one.qcow2
    qemu-img convert -O qcow2 two two.qcow2
    qemu-img convert -O qcow2 -o compat=0.10 one old.qcow2
    qemu-img convert -O vhdx one one.vhdx
"""


@pytest.fixture
def pool(host: Host) -> Host:
    """A host with a pool, and images beside it."""
    host.sh(MAKE_IMAGES)
    host.run("storage_pool", name=POOL, type="dir", target={"path": PLACE}, state="active")
    return host


def filled(image: str, overwrite: bool = False, **more: Any) -> dict[str, Any]:
    content = {"src": f"{IMAGES}/{image}", "remote_src": True, "overwrite": overwrite}
    return {"pool": POOL, "name": NAME, "content": content, **more}


def info(host: Host, path: str = f"{PLACE}/{NAME}") -> dict[str, Any]:
    """What qemu-img says of an image."""
    told: dict[str, Any] = json.loads(host.sh(f"qemu-img info --output=json {path}"))
    return told


def made(host: Host, **wish: Any) -> dict[str, Any]:
    """Make a volume, as check mode foretells it and once, and return what it is."""
    assert laws.twin(host, "volume", **wish).changed
    laws.assert_unchanged(laws.twin(host, "volume", **wish), "made")
    return info(host)


# -- a new one ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("image", ["old.qcow2", "one.vhdx"])
def test_what_libvirt_does_not_know_or_backups_cannot_use_is_converted(pool: Host, image: str) -> None:
    found = made(pool, **filled(image))
    assert (found["format"], found["format-specific"]["data"]["compat"]) == ("qcow2", "1.1")
    pool.sh(f"qemu-img compare -q {PLACE}/{NAME} {IMAGES}/one")


def test_an_old_version_is_kept_where_it_is_stated(pool: Host) -> None:
    assert made(pool, **filled("old.qcow2", compat="0.10"))["format-specific"]["data"]["compat"] == "0.10"


def test_what_is_to_be_allocated_is(pool: Host) -> None:
    made(pool, **filled("one", capacity="10MiB", allocation="9MiB"))
    occupied = int(pool.sh(f"stat -c %b {PLACE}/{NAME}")) * 512
    assert 9 * 2**20 <= occupied < 9.1 * 2**20
    pool.sh(f"cmp -n 8388608 {PLACE}/{NAME} {IMAGES}/one")
    pool.run("volume", pool=POOL, name=NAME, state="absent")
    for allocation, least in (("10MiB", 10 * 2**20), (0, 0)):
        wish = filled("one.qcow2", capacity="10MiB", allocation=allocation, prealloc_metadata=True)
        made(pool, **wish)
        assert int(pool.sh(f"stat -c %b {PLACE}/{NAME}")) * 512 >= least
        mapped = json.loads(pool.sh(f"qemu-img map --output=json {PLACE}/{NAME}"))
        assert sum(part["length"] for part in mapped if "offset" in part) == 10 * 2**20
        pool.run("volume", pool=POOL, name=NAME, state="absent")


@pytest.mark.parametrize(
    ("image", "more", "option"),
    [
        ("one", {"format": "raw", "cluster_size": "128KiB"}, "cluster_size"),
        ("one", {"format": "vdi", "compat": "1.1"}, "compat"),
        ("one", {"format": "qcow3"}, "format"),
        ("one", {"encryption": LUKS}, "encryption"),
        ("one", {"capacity": "900TiB", "format": "qcow2"}, "capacity"),
        ("one", {"format": "qcow2", "backing_store": {"path": f"{IMAGES}/two", "format": "raw"}}, "backing_store"),
    ],
)
def test_what_cannot_be_is_foretold(pool: Host, image: str, more: dict[str, Any], option: str) -> None:
    """Of a new volume as of one that is filled again."""
    assert option in laws.refused(pool, "volume", **filled(image, **more))
    pool.run("volume", **filled("two"))
    assert option in laws.refused(pool, "volume", **filled(image, overwrite=True, **more))


# -- one that is filled again ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("far", [False, True], ids=["near", "far"])
def test_what_is_not_stated_stays(pool: Host, far: bool) -> None:
    where: dict[str, Any] = far_away(pool) if far else {}
    features: dict[str, Any] = {"cluster_size": "128KiB", "lazy_refcounts": True}
    made(pool, **filled("one.qcow2", **where, format="qcow2", capacity="16MiB", **features))
    again = filled("two.qcow2", overwrite=True, **where)
    changed = laws.twin(pool, "volume", **again)
    assert changed.paths == ["content"]
    found = info(pool)
    assert (found["virtual-size"], found["format"], found["cluster-size"]) == (2**24, "qcow2", 2**17)
    assert found["format-specific"]["data"]["lazy-refcounts"]
    pool.sh(f"qemu-img compare -q {PLACE}/{NAME} {IMAGES}/two")
    laws.assert_unchanged(laws.twin(pool, "volume", **again), "filled again")


def test_a_larger_image_makes_a_volume_larger(pool: Host) -> None:
    made(pool, **filled("one"))
    pool.sh(f"truncate -s 9M {IMAGES}/two")
    assert made(pool, **filled("two", overwrite=True))["virtual-size"] == 9 * 2**20


def test_what_was_encrypted_does_not_become_plain(pool: Host) -> None:
    pool.sh(
        f"""echo "<secret ephemeral='yes'><uuid>{SECRET}</uuid></secret>" >/tmp/law.xml
        virsh -q secret-define /tmp/law.xml && printf geheim >/tmp/law.txt
        virsh -q secret-set-value {SECRET} --file /tmp/law.txt --plain; rm /tmp/law.txt"""
    )
    pool.run("volume", pool=POOL, name=NAME, capacity="8MiB", encryption=LUKS)
    before = pool.sh(f"sha256sum {PLACE}/{NAME}")
    assert "encryption" in laws.refused(pool, "volume", **filled("one", overwrite=True))
    assert "encryption" in laws.refused(pool, "volume", **filled("one", overwrite=True, encryption=LUKS))
    far = {**far_away(pool), **filled("one", overwrite=True)}
    assert "encryption" in laws.refused(pool, "volume", **far)
    assert pool.sh(f"sha256sum {PLACE}/{NAME}") == before


def test_what_it_was_layered_on_is_shown(pool: Host) -> None:
    backing = {"path": f"{IMAGES}/one", "format": "raw"}
    pool.run("volume", pool=POOL, name=NAME, format="qcow2", backing_store=backing)
    changed = laws.twin(pool, "volume", **filled("two", overwrite=True))
    assert changed["diff"]["before"]["backing_store.path"] == backing["path"]
    assert "backing-filename" not in info(pool)


# -- file systems that copy on write -----------------------------------------------------------------------------------


BTRFS = pytest.param(("btrfs", "btrfs-progs"), id="btrfs")
XFS = pytest.param(("xfs", "xfsprogs"), id="xfs")


@pytest.fixture
def copying(pool: Host, request: pytest.FixtureRequest) -> Iterator[Host]:
    """A host whose pool is on a file system that copies on write, if its kernel has one."""
    image, (kind, package) = "/var/tmp/law-copying", request.param
    pool.needs(package)
    pool.sh(f"rm -f {image} && truncate -s 320M {image} && mkfs.{kind} -q {image}")
    refusal = pool.sh(f"mount -o loop {image} {PLACE} 2>&1 || true").strip()
    if refusal:
        pool.sh(f"rm {image}")
        assert "unknown filesystem" in refusal
        pytest.skip(f"the kernel has no {kind}")
    pool.sh(f"virsh -q pool-refresh {POOL}")
    yield pool
    pool.sh(f"virsh -q pool-destroy {POOL}; umount {PLACE}; rm {image}")


@pytest.mark.parametrize("copying", [BTRFS], indirect=True)
def test_nothing_is_copied_on_write(copying: Host) -> None:
    made(copying, **filled("one.qcow2", nocow=True))
    copying.run("volume", pool=POOL, name="empty", capacity="1MiB", nocow=True)
    for name in (NAME, "empty"):
        assert "C" in copying.sh(f"lsattr {PLACE}/{name}").split()[0]


@pytest.mark.parametrize("copying", [BTRFS, XFS], indirect=True)
def test_a_copy_that_shares_its_blocks(copying: Host) -> None:
    copying.run("volume", **filled("one", format="raw"))
    copy = {"pool": POOL, "name": "copy", "content": {"volume": NAME, "reflink": True}}
    assert laws.twin(copying, "volume", **copy).changed
    assert not laws.twin(copying, "volume", **copy).changed
    assert "shared" in copying.sh(f"filefrag -v {PLACE}/copy")
