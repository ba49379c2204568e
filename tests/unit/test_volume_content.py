# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The content of volumes: what a task states, when it is due, files in the making, marks."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import fcntl
import hashlib
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils import places, xml
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, OperationFailed, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.usage import Use
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume import (
    content,
    decision,
    download,
    marks,
    origin,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.content import Checksum, Content
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.marks import Bearer, Mark
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.stage import PREFIX, Stage, sweep
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.state import Seen, Wish

SUM = "sha256:" + 64 * "a"
DEFAULTS = {name: option.get("default") for name, option in content.OPTIONS.items()}


def parsed(**stated: Any) -> Content:
    found = content.parse({**DEFAULTS, **stated}, "images")
    assert found
    return found


# -- what is stated ----------------------------------------------------------------------------------------------------


def test_what_may_be_secret_is_not_shown() -> None:
    found = parsed(url="https://example.com/a/image.qcow2.xz?token=geheim")
    assert found.shown == "https://example.com/a/image.qcow2.xz"
    assert found.compression == "xz"
    assert "geheim" not in found.identity


def test_the_suffix_tells_the_compression_unless_it_is_stated() -> None:
    assert parsed(src="disk.raw.gz").compression == "gzip"
    assert parsed(src="disk.raw.gz", compression="none").compression == "none"
    assert parsed(volume="disk.raw.gz").compression == "none"


def test_a_volume_of_the_same_pool() -> None:
    assert parsed(volume="base").place == "images/base"
    assert parsed(volume="base", pool="other").place == "other/base"


def test_a_file_of_the_controller_is_known_by_its_sum() -> None:
    found = parsed(src="disk", _checksum=64 * "b", _staged="/tmp/x")
    assert found.checksum == Checksum("sha256", 64 * "b")
    assert found.path == "/tmp/x"


@pytest.mark.parametrize(
    ("stated", "option"),
    [
        ({"url": "/no/url"}, "content.url"),
        ({"url": "http://[img.example/a"}, "content.url"),
        ({"url": ""}, "content.url"),
        ({"src": ""}, "content.src"),
        ({"volume": ""}, "content.volume"),
        ({"url": "https://me:geheim@example.com/a"}, "content.url"),
        ({"url": "http://a/b", "checksum": "sha256:1"}, "content.checksum"),
        ({"url": "http://a/b", "checksum": "sum:1"}, "content.checksum"),
        ({"src": "a", "checksum": "md5:http://a/b"}, "content.checksum"),
        ({"src": "a", "remote_src": True}, "content.src"),
        ({"volume": "a", "checksum": SUM}, "content.volume"),
        ({"url": "http://a/b", "timeout": 0}, "content.timeout"),
        ({"url": "http://a/b", "tmp_dest": "tmp"}, "content.tmp_dest"),
    ],
)
def test_what_cannot_be(stated: dict[str, Any], option: str) -> None:
    with pytest.raises(InvalidSpec) as caught:
        parsed(**stated)
    assert [problem["option"] for problem in caught.value.details["problems"]] == [option]


@pytest.mark.parametrize(
    "listed",
    [
        64 * "A",
        f"{64 * 'b'}  other\n{64 * 'a'}  image",
        f"{64 * 'a'} *image\n",
        f"{64 * 'a'}  ./dir/image",
        f"SHA256 (image) = {64 * 'a'}",
        f"# a comment\n\n{64 * 'b'}  image.sig\n{64 * 'a'}\timage",
    ],
)
def test_lists_of_checksums(listed: str) -> None:
    assert origin.digits_of(listed, "image", "sha256") == 64 * "a"
    assert not origin.digits_of(listed, "image", "sha512")


# -- when it is due ----------------------------------------------------------------------------------------------------

VOLUME = xml.parse("<volume><name>disk</name></volume>")
URL = "http://example.com/image"


def due(
    mark: Mark | None,
    checksum: str = "",
    exists: bool = True,
    algorithm: str = "sha256",
    uses: Sequence[Use] = (),
    **stated: Any,
) -> bool:
    found = parsed(url=URL, **stated)
    seen = Seen(document=VOLUME if exists else None, mark=mark, uses=list(uses))
    seen.checksum = Checksum(algorithm, checksum) if checksum else None
    wish = Wish("disk", "images", "present", {}, content=found)
    is_due = decision.is_due(wish, seen)
    if is_due:
        decision.refuse_to_overwrite(wish, found, seen)
    return is_due


FILLED = Mark(URL, parsed(url=URL).identity, {"sha256": "a"})


def test_a_new_volume_is_filled() -> None:
    assert due(None, exists=False)


def test_one_that_nobody_knows_is_left_as_it_is() -> None:
    assert not due(None)
    assert due(None, overwrite=True)


def test_the_same_content_is_not_due() -> None:
    assert not due(FILLED)
    assert not due(FILLED, checksum="a")
    assert not due(FILLED, checksum="a", overwrite=True)


@pytest.mark.parametrize(("kind", "can"), [("logical", True), ("rbd", False), ("iscsi-direct", False)])
def test_what_libvirt_does_not_read_is_no_download(kind: str, can: bool) -> None:
    wish = download.Wish("disk", "images", "/srv/file", "", "0600", overwrite=False, allow_running=False)
    seen = download.Seen(VOLUME, kind=kind)
    if can:
        assert download.Download().plan(wish, seen).changed
        return
    with pytest.raises(Refused, match=f"of type {kind}"):
        download.Download().plan(wish, seen)


def test_another_kind_of_checksum_is_no_other_content() -> None:
    assert not due(FILLED, checksum="x", algorithm="sha512", overwrite=True)
    assert due(Mark("http://example.com/other", "other", {"sha256": "a"}), "x", algorithm="sha512", overwrite=True)


def test_another_content_is_refused_unless_it_may_overwrite() -> None:
    with pytest.raises(Refused, match="another content"):
        due(FILLED, checksum="b")
    with pytest.raises(Refused, match="another content"):
        due(Mark("http://example.com/other", "other"))
    assert due(FILLED, checksum="b", overwrite=True)


def test_one_that_was_begun_is_done_again_if_it_is_that_one_and_nobodys() -> None:
    assert due(Mark(URL, "x", state=marks.FILLING))
    with pytest.raises(Refused, match="somebody else"):
        due(Mark(URL, "x", state=marks.MAKING))
    with pytest.raises(Refused, match="domain web"):
        due(Mark(URL, "x", state=marks.FILLING), uses=[Use("domain web", "disk vda", disk="vda")])
    assert due(Mark(URL, "x", state=marks.MAKING), overwrite=True)


@pytest.mark.parametrize(
    ("kind", "source", "stated", "said"),
    [
        ("rbd", "", {"url": URL}, "rbd import"),
        ("gluster", "", {"url": URL}, "type gluster"),
        ("iscsi-direct", "", {"url": URL}, "type iscsi-direct"),
        ("rbd", "dir", {"volume": "base", "pool": "files"}, "type rbd"),
        ("dir", "rbd", {"volume": "base", "pool": "ceph"}, "type rbd"),
        ("gluster", "gluster", {"volume": "base"}, "type gluster"),
        ("dir", "dir", {"volume": "disk"}, "itself"),
    ],
)
def test_what_libvirt_cannot_fill(kind: str, source: str, stated: dict[str, Any], said: str) -> None:
    found = parsed(**stated)
    seen = Seen(pool=xml.parse(f"<pool type='{kind}'/>"), source_kind=source)
    with pytest.raises(Refused) as caught:
        decision.refuse_unfillable(Wish("disk", "images", "present", {}, content=found), found, seen)
    assert said in caught.value.result()["msg"]


@pytest.mark.parametrize("kind", ["dir", "netfs", "logical", "iscsi"])
def test_what_libvirt_can_fill(kind: str) -> None:
    found = parsed(url=URL)
    seen = Seen(pool=xml.parse(f"<pool type='{kind}'/>"))
    decision.refuse_unfillable(Wish("disk", "images", "present", {}, content=found), found, seen)


def test_a_clone_within_ceph() -> None:
    found = parsed(volume="base")
    seen = Seen(pool=xml.parse("<pool type='rbd'/>"), source_kind="rbd")
    decision.refuse_unfillable(Wish("disk", "images", "present", {}, content=found), found, seen)


# -- coming in ---------------------------------------------------------------------------------------------------------


def test_what_comes_is_counted_and_added_up() -> None:
    reports: list[str] = []
    incoming = origin.Incoming(io.BytesIO(b"content"), 7, ["sha256", "md5"], reports.append)
    assert b"".join(origin.pieces(incoming, "none")) == b"content"
    assert incoming.finish() == {name: hashlib.new(name, b"content").hexdigest() for name in ("sha256", "md5")}
    assert not reports


def test_less_than_announced_is_not_taken_for_whole() -> None:
    incoming = origin.Incoming(io.BytesIO(b"cont"), 7, [], lambda said: None)
    assert b"".join(origin.pieces(incoming, "none")) == b"cont"
    with pytest.raises(OperationFailed, match="too early"):
        incoming.finish()


# -- files in the making -----------------------------------------------------------------------------------------------


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_a_file_gets_its_name_when_it_is_whole(tmp_path: Path) -> None:
    with Stage(str(tmp_path)) as stage:
        stage.fill([b"a" * 70000, bytes(2**17), b"b"])
        assert all(name.startswith(PREFIX) for name in names(tmp_path))
        stage.publish(stage.path, str(tmp_path / "final"))
    assert names(tmp_path) == ["final"]
    assert (tmp_path / "final").read_bytes() == b"a" * 70000 + bytes(2**17) + b"b"


def test_zeros_at_the_end_count(tmp_path: Path) -> None:
    with Stage(str(tmp_path)) as stage:
        stage.fill([b"a", bytes(2**16), bytes(2**16)])
        assert os.stat(stage.path).st_size == 2**17 + 1


def test_a_name_that_somebody_has_is_left_to_them(tmp_path: Path) -> None:
    (tmp_path / "final").write_text("theirs")
    with Stage(str(tmp_path)) as stage:
        stage.fill([b"ours"])
        with pytest.raises(FileExistsError):
            stage.publish(stage.path, str(tmp_path / "final"), replace=False)
    assert names(tmp_path) == ["final"]
    assert (tmp_path / "final").read_text() == "theirs"


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    with contextlib.suppress(RuntimeError), Stage(str(tmp_path)) as stage:
        stage.another(create=True)
        raise RuntimeError
    assert not names(tmp_path)


def test_what_another_run_takes_for_left_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may look between the making of a file and its locking."""
    lock = fcntl.flock

    def swept_first(*args: Any) -> None:
        monkeypatch.undo()
        sweep(str(tmp_path))
        lock(*args)

    monkeypatch.setattr(fcntl, "flock", swept_first)
    with Stage(str(tmp_path)) as stage:
        stage.fill([b"a"])
        stage.publish(stage.path, str(tmp_path / "final"))
    assert (tmp_path / "final").read_bytes() == b"a"


def test_what_killed_runs_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    for name in ("dead.lock", "dead.part", "dead.made", "old.part"):
        (tmp_path / f"{PREFIX}{name}").touch()
    (tmp_path / "volume").touch()
    with Stage(str(tmp_path)) as living:
        living.fill([b"a"])
        living.another(create=True)
        there = [*names(tmp_path)]
        assert len(there) == 4  # its lock, and two files
        sweep(str(tmp_path))
        assert names(tmp_path) == there
    assert names(tmp_path) == ["volume"]


def test_nobody_locks_the_files_themselves(tmp_path: Path) -> None:
    """Over NFS and SMB the lock of one keeps all others out, qemu-img too."""
    with Stage(str(tmp_path)) as stage:
        stage.fill([b"a"])
        for path in tmp_path.glob("*.part"):
            with open(path, "r+b") as file:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        (lock,) = tmp_path.glob("*.lock")
        with open(lock, "r+b") as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


# -- marks -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(places, "kept", lambda: str(tmp_path / "records"))
    return tmp_path


def test_a_record_counts_for_its_volume_alone(records: Path) -> None:
    bearer = Bearer("a/b", "c", "key")
    marks.write(bearer, FILLED)
    assert marks.read(bearer) == FILLED
    for other in (Bearer("a/b", "c", "another"), Bearer("a", "c", "key"), Bearer("a/b", "c")):
        assert marks.read(other) is None
    marks.forget("a/b", "c")
    marks.forget("a/b", "c")
    assert marks.read(bearer) is None


def test_one_that_was_about_to_be_made_may_be_any(records: Path) -> None:
    making = dataclasses.replace(FILLED, state=marks.MAKING)
    marks.write(Bearer("p", "v"), making)
    assert marks.read(Bearer("p", "v", "key")) == making
    bearer = Bearer("p", "v", "key")
    marks.write(bearer, FILLED)
    assert marks.read(bearer) == FILLED
    marks.forget("p", "v", but=bearer)
    assert marks.read(bearer) == FILLED
    assert marks.read(Bearer("p", "v", "another")) is None


def test_the_mark_of_a_file_goes_with_it(records: Path) -> None:
    file = records / "disk"
    file.touch()
    marks.write(Bearer("p", "v", "key", str(file)), FILLED)
    if marks.ATTRIBUTE not in os.listxattr(file):
        pytest.skip("this file system has no attributes of users")
    assert not (records / "records").exists()
    assert marks.read(Bearer("other", "other", "k", str(file.rename(records / "moved")))) == FILLED


def test_where_files_have_no_attributes_the_inode_tells(records: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without(*_args: object) -> None:
        raise OSError(errno.ENOTSUP, "")

    monkeypatch.setattr(os, "setxattr", without)
    old, new = records / "disk", records / "making"
    for file in (old, new):
        file.touch()
    marks.write(Bearer("p", "v", path=str(new)), FILLED)
    assert marks.read(Bearer("p", "v", "key", str(old))) is None  # killed, or refused, before it got its name
    new.rename(old)
    assert marks.read(Bearer("p", "v", "key", str(old))) == FILLED


def test_what_is_no_mark_of_ours_is_none(records: Path) -> None:
    bearer = Bearer("p", "v", "key")
    marks.write(bearer, FILLED)
    next((records / "records").rglob("*.json")).write_text('{"other": 1}')
    assert marks.read(bearer) is None
