# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The content of volumes: what a task states, when it is due, files in the making, marks."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import io
import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, OperationFailed, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume import content, decision, marks, origin
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.content import Checksum, Content
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.marks import Mark
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


def due(mark: Mark | None, checksum: str = "", exists: bool = True, algorithm: str = "sha256", **stated: Any) -> bool:
    found = parsed(url=URL, **stated)
    seen = Seen(document=VOLUME if exists else None, mark=mark)
    seen.checksum = Checksum(algorithm, checksum) if checksum else None
    wish = Wish("disk", "images", "present", {}, content=found)
    is_due = decision.is_due(wish, seen)
    if is_due:
        decision.refuse_to_overwrite(wish, found, seen)
    return is_due


FILLED = Mark(URL, parsed(url=URL).identity, {"sha256": "a"}, key="k")


def test_a_new_volume_is_filled() -> None:
    assert due(None, exists=False)


def test_one_that_nobody_knows_is_left_as_it_is() -> None:
    assert not due(None)
    assert due(None, overwrite=True)


def test_the_same_content_is_not_due() -> None:
    assert not due(FILLED)
    assert not due(FILLED, checksum="a")
    assert not due(FILLED, checksum="a", overwrite=True)


def test_another_kind_of_checksum_is_no_other_content() -> None:
    assert not due(FILLED, checksum="x", algorithm="sha512", overwrite=True)
    assert due(Mark("http://example.com/other", "other", {"sha256": "a"}), "x", algorithm="sha512", overwrite=True)


def test_another_content_is_refused_unless_it_may_overwrite() -> None:
    with pytest.raises(Refused, match="another content"):
        due(FILLED, checksum="b")
    with pytest.raises(Refused, match="another content"):
        due(Mark("http://example.com/other", "other"))
    assert due(FILLED, checksum="b", overwrite=True)


def test_one_that_was_begun_is_done_again_if_it_is_that_one() -> None:
    assert due(Mark(URL, "x", complete=False, key="k"))
    with pytest.raises(Refused, match="killed"):
        due(Mark(URL, "x", complete=False))
    assert due(Mark(URL, "x", complete=False), overwrite=True)


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


def test_a_file_gets_its_name_when_it_is_whole(tmp_path: Path) -> None:
    with Stage(str(tmp_path)) as stage:
        stage.fill([b"a" * 70000, bytes(2**17), b"b"])
        assert [path.name.startswith(PREFIX) for path in tmp_path.iterdir()] == [True]
        stage.publish(stage.path, str(tmp_path / "final"))
    assert [path.name for path in tmp_path.iterdir()] == ["final"]
    assert (tmp_path / "final").read_bytes() == b"a" * 70000 + bytes(2**17) + b"b"


def test_zeros_at_the_end_count(tmp_path: Path) -> None:
    with Stage(str(tmp_path)) as stage:
        stage.fill([b"a", bytes(2**16), bytes(2**16)])
        assert os.stat(stage.path).st_size == 2**17 + 1


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    with contextlib.suppress(RuntimeError), Stage(str(tmp_path)) as stage:
        stage.another(create=True)
        raise RuntimeError
    assert not list(tmp_path.iterdir())


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
    for name in ("dead.part", "dead.made", "alive.part", "alive.made"):
        (tmp_path / f"{PREFIX}{name}").touch()
    (tmp_path / "volume").touch()
    with open(tmp_path / f"{PREFIX}alive.part") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        sweep(str(tmp_path))
    assert {path.name for path in tmp_path.iterdir()} == {
        f"{PREFIX}alive.part",
        f"{PREFIX}alive.made",
        "volume",
    }


# -- marks -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(marks, "DIRECTORY", str(tmp_path / "records"))
    return tmp_path


def test_a_record_counts_for_its_volume_alone(records: Path) -> None:
    marks.write("a/b", "c", FILLED)
    assert marks.read("a/b", "c", "", "k") == FILLED
    assert marks.read("a/b", "c", "", "another") is None
    assert marks.read("a", "c", "", "k") is None
    marks.forget("a/b", "c")
    marks.forget("a/b", "c")
    assert marks.read("a/b", "c", "", "k") is None


def test_a_mark_of_a_file_goes_with_it(records: Path) -> None:
    file = records / "disk"
    file.touch()
    if not marks.stamp(str(file), FILLED):
        pytest.skip("this file system has no attributes of users")
    moved = file.rename(records / "moved")
    assert marks.read("p", "v", str(moved), "k") == FILLED


def test_what_is_no_mark_of_ours_is_none(records: Path) -> None:
    marks.write("p", "v", FILLED)
    next((records / "records").rglob("*.json")).write_text('{"other": 1}')
    assert marks.read("p", "v", "", "k") is None
