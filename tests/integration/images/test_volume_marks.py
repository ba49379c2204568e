# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of what is in a volume: of that very one, and never that a half one is whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from harness import laws
from harness.host import SCRATCH, Host, far_away
from harness.laws import NAME

from images.served import (
    GUEST,
    PLACE,
    POOL,
    URL,
    WEB,
    assert_holds,
    assert_nothing_else,
    define,
    make_pool,
    spec,
    sum_of,
)

RAW: dict[str, Any] = {"url": f"{URL}/good/raw"}
OTHER: dict[str, Any] = {"url": f"{URL}/good/other", "overwrite": True}


def holds(host: Host, image: str) -> bool:
    return not host.sh(f"cmp {PLACE}/{NAME} {WEB}/images/{image} 2>&1 || true")


def is_known(host: Host, **options: Any) -> bool:
    """Tell whether a run says of a volume that it is what it should be, and nothing else."""
    said = host.attempt("volume", check=True, **options)
    return not said.failed and not said.changed and not said.data.get("warnings")


# -- a file system that grows ------------------------------------------------------------------------------------------


@pytest.fixture
def growing(host: Host, images: None) -> Iterator[Host]:
    """A host with a pool on a file system that can be made larger, which libvirt does not notice."""
    host.sh(f"mkdir -p {PLACE} && mount -t tmpfs -o size=48m law {PLACE}")
    yield make_pool(host)
    host.sh(f"virsh -q pool-destroy {POOL}; umount {PLACE}")


def grow(host: Host) -> None:
    host.sh(f"mount -o remount,size=64m {PLACE}")


def test_a_volume_is_known_when_its_file_system_has_grown(growing: Host) -> None:
    wish = spec({**RAW, "checksum": sum_of(growing, "raw"), "overwrite": True})
    growing.run("volume", **wish)
    growing.sh(f"echo of a guest >{PLACE}/{NAME}")
    grow(growing)
    assert not laws.twin(growing, "volume", **wish).changed
    moded = laws.twin(growing, "volume", **wish, permissions={"mode": "0640"})
    assert moded.paths == ["permissions.mode"]
    assert growing.sh(f"cat {PLACE}/{NAME}").strip() == "of a guest"


def test_a_new_volume_in_a_file_system_that_has_grown(growing: Host) -> None:
    grow(growing)
    assert growing.killed("volume", kill_after=0.7, **spec({"url": f"{URL}/slow/raw"}))
    growing.sh(f"test ! -e {PLACE}/{NAME}")
    laws.twin(growing, "volume", **spec(RAW))
    assert_holds(growing, "raw", "raw")
    assert not laws.twin(growing, "volume", **spec({**RAW, "overwrite": True})).changed


# -- a file system without attributes ----------------------------------------------------------------------------------


@pytest.fixture
def plain(pool: Host) -> Iterator[Host]:
    """A host with a second pool, plain, where a file has no attributes, and two volumes to copy into it."""
    pool.sh(f"mkdir {SCRATCH}/plain && mount -t ramfs law {SCRATCH}/plain")
    pool.run("storage_pool", name="law-plain", type="dir", target={"path": f"{SCRATCH}/plain"}, state="active")
    for image in ("raw", "other"):
        pool.run("volume", pool=POOL, name=image, content={"url": f"{URL}/good/{image}"})
    yield pool
    pool.sh(f"virsh -q destroy {GUEST} 2>/dev/null; virsh -q pool-destroy law-plain; umount {SCRATCH}/plain")


def copy_of(image: str, overwrite: bool = False) -> dict[str, Any]:
    content = {"volume": image, "pool": POOL, "overwrite": overwrite}
    return {"pool": "law-plain", "name": NAME, "content": content}


def test_where_files_have_no_attributes(plain: Host) -> None:
    """At whatever instant a run is killed: a volume is not taken for what it is not."""
    laws.twin(plain, "volume", **copy_of("raw"))
    assert not laws.twin(plain, "volume", **copy_of("raw")).changed
    number = 1
    while plain.killed("volume", die_at=number, **copy_of("other", overwrite=True)):
        for image in ("raw", "other"):
            if is_known(plain, **copy_of(image)):
                plain.sh(f"cmp {SCRATCH}/plain/{NAME} {WEB}/images/{image}")
        plain.run("volume", **copy_of("other", overwrite=True))
        plain.sh(f"cmp {SCRATCH}/plain/{NAME} {WEB}/images/other")
        assert is_known(plain, **copy_of("other"))
        plain.run("volume", **copy_of("raw", overwrite=True))
        number += 1
    assert number > 5
    plain.sh(f"rm {SCRATCH}/plain/{NAME}; cp {WEB}/images/raw {SCRATCH}/plain/{NAME}; virsh -q pool-refresh law-plain")
    assert not is_known(plain, **copy_of("other"))  # it is somebody else's file


def test_a_refusal_at_the_last_moment_leaves_the_mark(plain: Host) -> None:
    """A guest starts while the other content is on its way."""
    plain.run("volume", **copy_of("raw"))
    define(plain, f"{SCRATCH}/plain/{NAME}", "raw", start=False)
    plain.sh(f"(sleep 1; virsh -q start {GUEST}) >/dev/null 2>&1 &")
    slow = {"pool": "law-plain", "name": NAME, "content": {"url": f"{URL}/slow/other", "overwrite": True}}
    # ramfs does not tell that it has room, so the content is on its way to the other pool's directory
    assert GUEST in plain.fails("volume", **{**slow, **far_away(plain)})["msg"]
    assert is_known(plain, **copy_of("raw"))


# -- two at once -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("far", [False, True], ids=["near", "far"])
def test_what_somebody_else_makes_meanwhile_stays(pool: Host, far: bool) -> None:
    where = far_away(pool) if far else {}
    pool.sh(f"(sleep 1; virsh -q vol-create-as {POOL} {NAME} 1M) >/dev/null 2>&1 &")
    said = pool.fails("volume", **where, **spec({"url": f"{URL}/slow/raw"}))["msg"]
    assert "somebody else" in said
    left = laws.twin(pool, "volume", **where, **spec(RAW))
    assert not left.changed
    assert "not known" in str(left["warnings"])
    assert pool.sh(f"stat -c %s {PLACE}/{NAME}").strip() == str(2**20)
    assert_nothing_else(pool, NAME)


# -- begun, and not whole ----------------------------------------------------------------------------------------------


@pytest.fixture
def begun(host: Host, images: None) -> Iterator[Host]:
    """A host where libvirt made a volume, and there was no room for what is to be in it."""
    host.sh(f"mkdir -p {PLACE} && mount -t tmpfs -o size=2m law {PLACE}")
    make_pool(host)
    host.fails("volume", **far_away(host), **spec(RAW, allocation=0, capacity="8MiB"), allow_overcommit=True)
    host.sh(f"test -e {PLACE}/{NAME} && mount -o remount,size=40m {PLACE} && virsh -q pool-refresh {POOL}")
    yield host
    host.sh(f"virsh -q pool-destroy {POOL}; umount {PLACE}")


def test_a_half_volume_is_not_copied(begun: Host) -> None:
    here = far_away(begun)
    new = {**here, "pool": POOL, "name": "new"}
    assert "did not come to its end" in laws.refused(begun, "volume", **new, content={"volume": NAME})
    layered: dict[str, Any] = {"format": "qcow2", "backing_store": {"volume": NAME, "format": "raw"}}
    assert "did not come to its end" in laws.refused(begun, "volume", **new, **layered)
    file = {**here, "pool": POOL, "name": NAME, "dest": f"{SCRATCH}/file"}
    assert "did not come to its end" in laws.refused(begun, "volume_download", **file)
    begun.run("volume", **here, **spec(RAW))
    laws.twin(begun, "volume", **new, content={"volume": NAME})


def test_a_half_volume_that_a_guest_has_by_now_is_left_as_it_is(begun: Host) -> None:
    """Who defined it may have finished the volume by hand."""
    wish = {**far_away(begun), **spec(RAW)}
    define(begun, f"{PLACE}/{NAME}", "raw", start=False)
    said = laws.refused(begun, "volume", **wish)
    assert GUEST in said
    assert "overwrite=true" in said
    laws.twin(begun, "volume", **{**wish, "content": {**RAW, "overwrite": True}})
    assert_holds(begun, "raw", "raw")


SMALL: dict[str, Any] = {"url": f"{URL}/good/small"}
LITTLE: dict[str, Any] = {"url": f"{URL}/good/little", "overwrite": True}


def test_a_run_killed_at_each_change_far_away(pool: Host) -> None:
    """The next run finishes, or says that it cannot know."""
    here, number = far_away(pool), 1
    while pool.killed("volume", die_at=number, **here, **spec(SMALL)):
        done = pool.attempt("volume", **here, **spec(SMALL))
        if done.failed:
            assert "did not come to its end" in done["msg"]
            pool.run("volume", **here, **spec({**SMALL, "overwrite": True}))
        assert holds(pool, "small")
        pool.run("volume", pool=POOL, name=NAME, state="absent", **here)
        number += 1
    assert number > 8


def test_a_refill_killed_at_each_change_far_away(pool: Host) -> None:
    """Nor is one on the host itself told that the volume is what it was."""
    here, number = far_away(pool), 1
    pool.run("volume", **spec(SMALL))
    while pool.killed("volume", die_at=number, **here, **spec(LITTLE)):
        assert holds(pool, "small") or not is_known(pool, **spec(SMALL))
        pool.run("volume", **here, **spec(LITTLE))
        assert holds(pool, "little")
        pool.run("volume", **spec({**SMALL, "overwrite": True}))
        number += 1
    assert number > 8
    assert not is_known(pool, **spec(SMALL))
    assert_holds(pool, "little", "raw")


# -- a block device ----------------------------------------------------------------------------------------------------


@pytest.fixture
def device(pool: Host) -> Iterator[Host]:
    """A host with a block device of 16 MiB as a volume, full of what somebody had on it."""
    image = "/var/tmp/law-device"
    pool.sh(f"head -c 16M /dev/zero | tr '\\0' x >{image}")
    loop = pool.sh(f"losetup --find --show {image}").strip()
    pool.sh(f"ln -s {loop} {PLACE}/{NAME} && virsh -q pool-refresh {POOL}")
    pool.run("volume", pool=POOL, name="base", content={"url": f"{URL}/good/qcow2"})
    yield pool
    pool.sh(f"rm {PLACE}/{NAME}; losetup --detach {loop}; rm {image}")


@pytest.mark.parametrize("content", [RAW, {"volume": "base"}], ids=["fetched", "copied"])
def test_a_device_is_filled_to_its_end(device: Host, content: dict[str, Any]) -> None:
    """With zeros behind what is smaller. Killed at whatever instant, it is not taken for whole, and done again."""
    wish, number = spec({**content, "overwrite": True}), 1
    while device.killed("volume", die_at=number, **wish):
        is_whole = device.sh(f"qemu-img compare -f raw -F raw {PLACE}/{NAME} {WEB}/images/raw 2>&1 || true")
        assert "identical" in is_whole or not is_known(device, **wish)
        number += 1
    assert number > 5
    device.sh(f"test -b {PLACE}/{NAME} && head -c 8M {PLACE}/{NAME} | cmp - {WEB}/images/raw")
    assert device.sh(f"tail -c 8M {PLACE}/{NAME} | tr -d '\\0' | wc -c").strip() == "0"
    assert not laws.twin(device, "volume", **wish).changed
    assert "another content" in laws.refused(device, "volume", **spec({"url": f"{URL}/good/other"}))
