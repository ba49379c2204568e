# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Repositories of restore points: what is there, whose it is, and who may write."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.repository import point as points
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.errors import Busy, Damaged
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import Guest, instant
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import Disk, Point
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.repository import Repository

UUID = "4dea22b3-1d52-d8f3-2516-782e98ab3fa0"


@pytest.fixture
def guest(tmp_path: Path) -> Guest:
    return Repository.create(str(tmp_path / "repository")).guest("web.1", UUID)


def make(guest: Guest, domain: str = "web.1") -> Point:
    with guest.locked("test"):
        name = guest.new_name()
        disk = Disk("vda", "vda.qcow2", points.FULL, 2**20, 5)
        directory = guest.begin({"checkpoint": "one"})
        Path(directory, disk.file).write_bytes(b"image")
        new = Point(name, instant(name), domain, UUID, points.FULL, (disk,), points.CRASH)
        assert guest.points() == []
        guest.publish(new)
    return new


def test_a_point_is_read_as_it_was_written(guest: Guest) -> None:
    new = make(guest)
    assert guest.points() == [new]
    assert guest.journal() is None
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=Path(guest.path, new.name), check=True)
    guest.note(new.name, protected=True)
    guest.note(new.name, verified={"at": 1})
    assert guest.status(new.name) == {"protected": True, "verified": {"at": 1}}


def test_a_guest_keeps_its_place(guest: Guest) -> None:
    make(guest)
    repository = Repository.open(str(Path(guest.path).parents[1]))
    assert repository.guest("renamed", UUID).path == guest.path
    for name in ("web.1", UUID):
        assert [found.path for found in repository.find(name)] == [guest.path]
    assert repository.find("other") == []


def test_half_a_point_is_none(guest: Guest) -> None:
    with guest.locked("test"):
        guest.begin({"checkpoint": "one"})
        assert guest.names() == []
        assert guest.journal() == {"checkpoint": "one"}
        guest.begin({"checkpoint": "two"})
        assert guest.journal() == {"checkpoint": "two"}
        guest.discard()
        assert guest.journal() is None


def test_two_writers_do_not_meet(guest: Guest) -> None:
    refused = pytest.raises(Busy, match=r"backup of web.1, process \d+ on .* since")
    with guest.locked("backup of web.1"), refused, guest.locked("backup_prune"):
        pass
    with guest.locked("backup_prune"):
        pass


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"format": 2}', '{"format": 1, "name": "x"}', '{"format": 1, "disks": [{"target": "vda"}]}'],
)
def test_what_is_no_manifest(guest: Guest, text: str) -> None:
    new = make(guest)
    Path(guest.path, new.name, "manifest.json").write_text(text)
    with pytest.raises(Damaged, match=r"manifest\.json"):
        guest.points()


def test_a_manifest_in_another_place(guest: Guest) -> None:
    new = make(guest)
    Path(guest.path, new.name).rename(Path(guest.path, "20200101T000000Z"))
    with pytest.raises(Damaged, match="is the manifest of"):
        guest.points()


def test_what_is_no_repository(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="there is none"):
        Repository.open(str(tmp_path))
    (tmp_path / "something").touch()
    with pytest.raises(Refused, match="is not empty"):
        Repository.create(str(tmp_path))
    (tmp_path / "repository.json").write_text("{}")
    with pytest.raises(Damaged):
        Repository.open(str(tmp_path))
