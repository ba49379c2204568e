# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes with a content: from everywhere, whole or not at all, and not a second time."""

from __future__ import annotations

from typing import Any

import pytest
from harness import laws
from harness.host import SCRATCH, Host, far_away
from harness.laws import NAME

from images.served import (
    GUEST,
    PLACE,
    POOL,
    PORT,
    URL,
    WEB,
    assert_holds,
    assert_nothing_else,
    define,
    spec,
    sum_of,
)

CONTENTS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "url": ({"url": f"{URL}/good/raw"}, {}, "raw"),
    "file-url": ({"url": f"file://{WEB}/images/raw"}, {}, "raw"),
    "file": ({"src": f"{WEB}/images/raw", "remote_src": True}, {}, "raw"),
    "as it is": ({"url": f"{URL}/good/qcow2"}, {}, "qcow2"),
    "converted": ({"url": f"{URL}/good/qcow2", "format": "qcow2"}, {"format": "raw"}, "raw"),
    "made qcow2": (
        {"src": f"{WEB}/images/raw", "remote_src": True},
        {"format": "qcow2", "cluster_size": "128KiB"},
        "qcow2",
    ),
    "larger": ({"url": f"{URL}/good/raw"}, {"format": "qcow2", "capacity": "16MiB"}, "qcow2"),
    "gzip": ({"url": f"{URL}/good/raw.gz"}, {}, "raw"),
    "bzip2": ({"src": f"{WEB}/images/raw.bz2", "remote_src": True}, {}, "raw"),
    "xz": ({"url": f"{URL}/good/qcow2.xz?a=b", "compression": "xz"}, {"format": "raw"}, "raw"),
}


@pytest.mark.parametrize("case", CONTENTS)
def test_content(pool: Host, case: str) -> None:
    content, more, form = CONTENTS[case]
    wish = spec(content, permissions={"mode": "0640"}, **more)
    made = laws.twin(pool, "volume", **wish)
    assert made.changed
    assert_holds(pool, "raw", form)
    assert pool.sh(f"stat -c %a:%U {PLACE}/{NAME}").strip() == "640:root"
    assert not laws.twin(pool, "volume", **wish).changed
    (found,) = pool.run("volume_info", pool=[POOL])["volumes"]
    assert not pool.run("volume", **found["spec"]).changed
    assert found["spec"]["capacity"] == (2**24 if case == "larger" else 2**23)


def test_nothing_but_what_is_not_zero_is_written(pool: Host) -> None:
    pool.run("volume", **spec({"url": f"{URL}/good/raw"}))
    assert int(pool.sh(f"stat -c %b {PLACE}/{NAME}")) * 512 < 4 * 2**20


def test_what_is_to_be_stored_compressed(pool: Host) -> None:
    pool.run("volume", **spec({"url": f"{URL}/good/packed", "compression": "none"}))
    pool.sh(f"cmp {PLACE}/{NAME} {WEB}/images/packed")
    pool.run(
        "volume", **spec({"url": f"{URL}/good/packed", "compression": "gzip", "overwrite": True}) | {"name": "disk"}
    )
    pool.sh(f"qemu-img compare -q -f raw -F raw {PLACE}/disk {WEB}/images/raw")


@pytest.mark.parametrize("checksum", [False, True])
def test_a_server_that_does_not_tell_where_the_content_ends(pool: Host, checksum: bool) -> None:
    content = {"url": f"{URL}/endless/raw", **({"checksum": sum_of(pool, "raw")} if checksum else {})}
    done = pool.run("volume", **spec(content))
    assert ("State content.checksum" in str(done.data.get("warnings"))) != checksum
    assert_holds(pool, "raw", "raw")


@pytest.mark.parametrize("where", ["stated", "listed", "tagged"])
def test_a_content_is_known_by_its_checksum(pool: Host, where: str) -> None:
    """Also when a guest has written to the volume since, and when the content is to be had elsewhere."""
    checksum = {
        "stated": sum_of(pool, "raw"),
        "listed": f"sha256:{URL}/good/SHA256SUMS",
        "tagged": f"sha512:{URL}/good/SHA512",
    }[where]
    pool.run("volume", **spec({"url": f"{URL}/good/raw", "checksum": checksum}))
    pool.sh(f"echo of a guest >{PLACE}/{NAME}")
    again = laws.twin(pool, "volume", **spec({"url": f"{URL}/good/raw?other", "checksum": checksum}))
    assert not again.changed
    assert pool.sh(f"cat {PLACE}/{NAME}").strip() == "of a guest"


def test_another_content_is_put_in_only_if_told_so(pool: Host) -> None:
    pool.run("volume", **spec({"url": f"{URL}/good/raw", "checksum": sum_of(pool, "raw")}))
    other: dict[str, Any] = {"url": f"{URL}/good/other", "checksum": sum_of(pool, "other")}
    assert "overwrite=true" in laws.refused(pool, "volume", **spec(other))
    assert "overwrite=true" in laws.refused(pool, "volume", **spec({"url": f"{URL}/good/other"}))
    assert_holds(pool, "raw", "raw")
    pool.sh(f"chmod 0644 {PLACE}/{NAME} && chown 65534 {PLACE}/{NAME}")
    changed = laws.twin(pool, "volume", **spec({**other, "overwrite": True}))
    assert changed.paths == ["content"]
    assert_holds(pool, "other", "raw")
    assert pool.sh(f"stat -c %a:%u {PLACE}/{NAME}").strip() == "644:65534"
    assert not laws.twin(pool, "volume", **spec({**other, "overwrite": True})).changed
    remade = laws.twin(pool, "volume", **spec({"url": f"{URL}/good/raw", "overwrite": True}, format="qcow2"))
    assert sorted(remade.paths) == ["content", "format"]
    assert_holds(pool, "raw", "qcow2")


def test_a_volume_that_nobody_knows_is_left_as_it_is(pool: Host) -> None:
    pool.run("volume", pool=POOL, name=NAME, capacity="1MiB")
    left = laws.twin(pool, "volume", **spec({"url": f"{URL}/good/raw"}))
    assert not left.changed
    assert "not known" in str(left["warnings"])
    filled = laws.twin(pool, "volume", **spec({"url": f"{URL}/good/raw", "overwrite": True}))
    assert filled.paths == ["content"]
    assert_holds(pool, "raw", "raw")
    assert not laws.twin(pool, "volume", **spec({"url": f"{URL}/good/raw"})).changed


# -- whole or not at all -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "more", "said"),
    [
        ({"url": f"{URL}/short/raw"}, {}, "too early"),
        ({"url": f"{URL}/chunked/raw"}, {}, "too early"),
        ({"url": f"{URL}/stall/raw", "timeout": 1}, {}, "timeout"),
        ({"url": f"{URL}/good/nothing"}, {}, "404"),
        ({"url": "http://127.0.0.1:9/raw"}, {}, "refused"),
        ({"url": f"{URL}/good/raw", "checksum": "sha256:" + 64 * "0"}, {}, "content.checksum"),
        ({"url": f"{URL}/good/raw", "compression": "gzip"}, {}, "decompress"),
        ({"url": f"{URL}/good/packed"}, {}, "compressed (gzip)"),
        ({"url": f"{URL}/good/overlay"}, {}, "images/raw"),
        ({"url": f"{URL}/good/external"}, {}, "images/data"),
        ({"url": f"{URL}/good/broken"}, {}, "broken"),
        ({"url": f"{URL}/good/qcow2", "format": "raw"}, {}, "content.format"),
        ({"url": f"{URL}/good/raw"}, {"capacity": "1MiB"}, "capacity"),
    ],
)
def test_what_does_not_come_whole_leaves_nothing(
    pool: Host, content: dict[str, Any], more: dict[str, Any], said: str
) -> None:
    failed = pool.fails("volume", **spec(content, **more))
    assert said in failed["msg"]
    assert_nothing_else(pool)
    pool.run("volume", **spec({"url": f"{URL}/good/raw"}))
    assert_holds(pool, "raw", "raw")


@pytest.mark.parametrize("seconds", [0.1, 0.4, 0.8])
def test_a_killed_run_leaves_no_half_volume(pool: Host, seconds: float) -> None:
    assert pool.killed("volume", kill_after=seconds, **spec({"url": f"{URL}/slow/raw"}))
    pool.sh(f"test ! -e {PLACE}/{NAME}")
    pool.run("volume", **spec({"url": f"{URL}/good/raw"}))
    assert_holds(pool, "raw", "raw")
    assert not laws.twin(pool, "volume", **spec({"url": f"{URL}/good/raw"})).changed


def test_a_run_killed_at_each_change(pool: Host) -> None:
    number = 1
    while pool.killed("volume", die_at=number, **spec({"url": f"{URL}/good/raw"}, format="qcow2")):
        there = pool.sh(f"test -e {PLACE}/{NAME} && echo there || true")
        if there:
            assert not pool.sh(f"qemu-img compare -q -f qcow2 -F raw {PLACE}/{NAME} {WEB}/images/raw")
        pool.run("volume", **spec({"url": f"{URL}/good/raw"}, format="qcow2"))
        assert_holds(pool, "raw", "qcow2")
        pool.run("volume", pool=POOL, name=NAME, state="absent")
        number += 1
    assert number > 5


def test_a_full_disk(host: Host, images: None) -> None:
    host.sh(f"mkdir -p {PLACE} && mount -t tmpfs -o size=2m law {PLACE}")
    try:
        host.run("storage_pool", name=POOL, type="dir", target={"path": PLACE}, state="active")
        assert "left" in host.fails("volume", **spec({"url": f"{URL}/good/raw"}))["msg"]
        host.sh(f"head -c 6M /dev/zero | tr '\\0' x | gzip >{WEB}/images/x.gz")
        assert "No space left" in host.fails("volume", **spec({"url": f"{URL}/good/x.gz"}))["msg"]
        assert_nothing_else(host)
        host.sh(f"mount -o remount,size=9m {PLACE}")
        host.run("volume", **spec({"url": f"{URL}/good/raw.gz"}))
        assert_holds(host, "raw", "raw")
    finally:
        host.sh(f"virsh -q pool-destroy {POOL}; umount {PLACE}")


# -- what is for one server alone -------------------------------------------------------------------------------------

PASSWORD = {"url_username": "me", "url_password": "geheim", "force_basic_auth": True}
TOKEN = {"headers": {"X-Token": "geheim"}}
AWAY = f"http://localhost:{PORT}"  # another name of a server is another server


@pytest.mark.parametrize(
    "secret", [PASSWORD, {**PASSWORD, "force_basic_auth": False}, TOKEN], ids=["at once", "asked", "header"]
)
def test_secrets_go_to_the_server_that_they_are_for(pool: Host, secret: dict[str, Any]) -> None:
    for url in (f"{URL}/secret/raw", f"{URL}/to/secret/raw", f"{URL}/to/away/raw"):
        for checksum in (None, f"sha256:{URL}/secret/SHA256SUMS", f"sha256:{AWAY}/open/SHA256SUMS"):
            made = laws.twin(pool, "volume", **spec({"url": url, "checksum": checksum, **secret}))
            assert_holds(pool, "raw", "raw")
            assert "geheim" not in str(vars(made))
            pool.run("volume", pool=POOL, name=NAME, state="absent")
    failed = pool.fails("volume", **spec({"url": f"{AWAY}/to/home/raw", **secret}))
    assert "401" in failed["msg"]
    assert "geheim" not in str(vars(failed))


@pytest.mark.parametrize(("way", "said"), [("round", "10 times"), ("file", "no web page")])
def test_a_server_that_leads_astray(pool: Host, way: str, said: str) -> None:
    assert said in pool.fails("volume", **spec({"url": f"{URL}/to/{way}/raw"}))["msg"]


# -- copies of volumes -------------------------------------------------------------------------------------------------


@pytest.fixture
def base(pool: Host) -> Host:
    """A host with a volume that is worth a copy."""
    pool.run("volume", pool=POOL, name="base", content={"url": f"{URL}/good/qcow2"})
    return pool


@pytest.mark.parametrize("more", [{}, {"format": "raw"}, {"format": "qcow2", "capacity": "16MiB"}])
def test_a_copy_of_a_volume(base: Host, more: dict[str, Any]) -> None:
    wish = spec({"volume": "base"}, **more)
    laws.twin(base, "volume", **wish)
    base.sh(f"qemu-img compare -q -U {PLACE}/base {PLACE}/{NAME}")
    assert_nothing_else(base, "base", NAME)
    assert not laws.twin(base, "volume", **wish).changed
    (found,) = base.run("volume_info", pool=[POOL], name=[NAME])["volumes"]
    assert found["spec"]["capacity"] == (2**24 if "capacity" in more else 2**23)
    base.run("volume", pool=POOL, name="other", capacity="8MiB", format="qcow2")
    assert "overwrite=true" in laws.refused(base, "volume", **spec({"volume": "other"}, **more))


def test_a_volume_on_top_of_another(base: Host) -> None:
    wish: dict[str, Any] = {
        "pool": POOL,
        "name": NAME,
        "format": "qcow2",
        "backing_store": {"volume": "base", "format": "qcow2"},
    }
    laws.twin(base, "volume", **wish)
    assert f'"full-backing-filename": "{PLACE}/base"' in base.sh(f"qemu-img info --output=json {PLACE}/{NAME}")
    assert not laws.twin(base, "volume", **wish).changed
    wish["backing_store"] = {"volume": NAME, "pool": POOL, "format": "qcow2"}
    assert "backing_store.path" in laws.refused(base, "volume", **wish)
    wish["backing_store"] = {"volume": "nothing", "format": "qcow2"}
    assert "backing_store.volume" in laws.refused(base, "volume", **wish)


def test_what_a_guest_writes_to_is_neither_copied_nor_overwritten(base: Host) -> None:
    define(base, f"{PLACE}/base", "qcow2", start=True)
    assert GUEST in laws.refused(base, "volume", **spec({"volume": "base"}))
    again: dict[str, Any] = {"pool": POOL, "name": "base", "content": {"url": f"{URL}/good/raw", "overwrite": True}}
    assert GUEST in laws.refused(base, "volume", **again)
    base.sh(f"virsh -q destroy {GUEST}")
    assert laws.twin(base, "volume", **again).changed  # it is off: its owner says what is to be on its disk
    assert laws.twin(base, "volume", **spec({"volume": "base"})).changed


def test_what_others_are_layered_on_is_not_overwritten(base: Host) -> None:
    again: dict[str, Any] = {"pool": POOL, "name": "base", "content": {"url": f"{URL}/good/raw", "overwrite": True}}
    layered: dict[str, Any] = {"format": "qcow2", "backing_store": {"volume": "base", "format": "qcow2"}}
    base.run("volume", pool=POOL, name="top", **layered)
    assert "volume top" in laws.refused(base, "volume", **again)
    base.run("volume", pool=POOL, name="top", state="absent")
    define(base, f"{PLACE}/base", "qcow2", start=False)
    base.sh(f"virsh -q snapshot-create-as {GUEST} before")
    assert "snapshot before" in laws.refused(base, "volume", **again)


# -- where volumes are not files that we see ---------------------------------------------------------------------------


@pytest.mark.parametrize("more", [{}, {"format": "qcow2"}])
def test_a_volume_of_another_host(pool: Host, more: dict[str, Any]) -> None:
    wish = {**far_away(pool), **spec({"url": f"{URL}/good/raw"}, **more)}
    assert pool.killed("volume", kill_after=0.5, **{**wish, "content": {"url": f"{URL}/slow/raw"}})
    laws.twin(pool, "volume", **wish)
    assert_holds(pool, "raw", more.get("format", "raw"))
    assert not laws.twin(pool, "volume", **wish).changed
    assert "overwrite=true" in laws.refused(pool, "volume", **{**wish, "content": {"url": f"{URL}/good/other"}})
    again: dict[str, Any] = {**wish, "content": {"url": f"{URL}/good/other", "overwrite": True}}
    if not more:
        again["capacity"] = "9MiB"
    changed = laws.twin(pool, "volume", **again)
    assert changed.paths == (["content"] if more else ["capacity", "content"])
    assert_holds(pool, "other", more.get("format", "raw"))
    assert not laws.twin(pool, "volume", **again).changed


def test_a_volume_that_was_begun_is_done_again(host: Host, images: None) -> None:
    """libvirt makes it, and there is no room for what is to be in it."""
    host.sh(f"mkdir -p {PLACE} && mount -t tmpfs -o size=2m law {PLACE}")
    try:
        host.run("storage_pool", name=POOL, type="dir", target={"path": PLACE}, state="active")
        wish = {**far_away(host), **spec({"url": f"{URL}/good/raw"}, allocation=0, capacity="8MiB")}
        assert "has 2.0MiB left" in host.fails("volume", **wish, allow_overcommit=True)["msg"]
        host.sh(f"test -e {PLACE}/{NAME} && mount -o remount,size=9m {PLACE} && virsh -q pool-refresh {POOL}")
        done = laws.twin(host, "volume", **wish)
        assert done.paths == ["content"]
        assert_holds(host, "raw", "raw")
        assert not laws.twin(host, "volume", **wish).changed
    finally:
        host.sh(f"virsh -q pool-destroy {POOL}; umount {PLACE}")


# -- bad input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "content"),
    [
        ("content.url", {"url": "images/raw"}),
        ("content.url: it is empty", {"url": ""}),
        ("content.url", {"url": "http://[img.example/raw"}),
        ("content.src: it is empty", {"src": ""}),
        ("content.volume: it is empty", {"volume": ""}),
        ("content.checksum", {"url": f"{URL}/good/raw", "checksum": "sha256:12"}),
        ("content.checksum", {"url": f"{URL}/good/raw", "checksum": "crc:12"}),
        ("content.checksum", {"url": f"{URL}/good/other", "checksum": f"sha256:{URL}/good/SHA256SUMS"}),
        ("checksum", {"url": f"{URL}/good/raw", "checksum": f"sha256:{URL}/good/nothing"}),
        ("content.src", {"src": "raw", "remote_src": True}),
        ("content.src", {"src": "/nothing/here", "remote_src": True}),
        ("content.checksum", {"src": f"{WEB}/images/raw", "remote_src": True, "checksum": f"md5:{32 * '0'}"}),
        ("content.volume", {"volume": "nothing"}),
        ("content.volume", {"volume": "nothing", "pool": "nowhere"}),
        ("content.timeout", {"url": f"{URL}/good/raw", "timeout": 0}),
        ("url|src|volume", {"format": "raw"}),
        ("url|src|volume", {"url": f"{URL}/good/raw", "volume": "base"}),
    ],
)
def test_bad_content_is_refused(pool: Host, option: str, content: dict[str, Any]) -> None:
    assert option.replace("|", ", ") in laws.refused(pool, "volume", **spec(content)).replace("|", ", ")


# -- a volume as a file ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("far", [False, True], ids=["near", "far"])
@pytest.mark.parametrize("form", [None, "raw", "vmdk"])
def test_download(base: Host, form: str | None, far: bool) -> None:
    where = far_away(base) if far else {}
    wish = {**where, "pool": POOL, "name": "base", "dest": f"{SCRATCH}/file", "mode": "0640"}
    if form:
        wish["format"] = form
    done = laws.twin(base, "volume_download", **wish)
    assert done["checksum"] == "sha256:" + base.sh(f"sha256sum {SCRATCH}/file").split()[0]
    base.sh(f"qemu-img compare -q -f {form or 'qcow2'} -F raw {SCRATCH}/file {WEB}/images/raw")
    assert base.sh(f"stat -c %a {SCRATCH}/file; ls {SCRATCH}/hypervise* 2>/dev/null || true").split() == ["640"]
    if not far:
        assert not laws.twin(base, "volume_download", **wish).changed
    base.sh(f"echo other >{SCRATCH}/file")
    assert "overwrite" in laws.refused(base, "volume_download", **wish)
    assert laws.twin(base, "volume_download", **wish, overwrite=True)["checksum"] == done["checksum"] or form == "vmdk"


def test_what_is_not_downloaded(base: Host) -> None:
    wish: dict[str, Any] = {"pool": POOL, "name": "base", "dest": f"{SCRATCH}/file"}
    for wrong, said in (
        ({"dest": f"{SCRATCH}/no/file"}, "dest"),
        ({"dest": SCRATCH}, "dest"),
        ({"dest": "file"}, "dest"),
        ({"mode": "rw"}, "mode"),
        ({"name": "nothing"}, "no volume nothing"),
        ({"pool": "nowhere"}, "nowhere"),
    ):
        assert said in laws.refused(base, "volume_download", **{**wish, **wrong})
    define(base, f"{PLACE}/base", "qcow2", start=True)
    assert GUEST in laws.refused(base, "volume_download", **wish)
    base.sh(f"virsh -q suspend {GUEST}")
    assert laws.twin(base, "volume_download", **wish, allow_running=True).changed


def test_what_is_not_replaced_by_a_download(base: Host) -> None:
    base.sh(f"cd {SCRATCH} && cp {PLACE}/base used && mkfifo fifo && ln -s nowhere dangling")
    define(base, f"{SCRATCH}/used", "qcow2", start=False)
    base.run("volume", pool=POOL, name=NAME, capacity="1MiB")
    wish: dict[str, Any] = {"pool": POOL, "name": NAME, "overwrite": True}
    said = laws.refused(base, "volume_download", **wish, dest=f"{SCRATCH}/used")
    assert f"in use by domain {GUEST} (disk vda)" in said
    for name in ("fifo", "dangling"):
        assert "dest" in laws.refused(base, "volume_download", **wish, dest=f"{SCRATCH}/{name}")
    base.sh(f"virsh -q undefine {GUEST}")
    assert laws.twin(base, "volume_download", **wish, dest=f"{SCRATCH}/used").changed


def test_a_killed_download(base: Host) -> None:
    wish: dict[str, Any] = {"pool": POOL, "name": "base", "dest": f"{SCRATCH}/file"}
    number = 1
    while base.killed("volume_download", die_at=number, **wish):
        number += 1
    assert number > 3
    base.run("volume_download", **wish)
    base.sh(f'cmp {SCRATCH}/file {PLACE}/base; test -z "$(ls {SCRATCH} | grep making | grep -v lock)"')
