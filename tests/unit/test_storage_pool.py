# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage pools: what is planned from what was seen."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.defined import Seen
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.storage_pool import (
    devices,
    listing,
    removal,
    resource,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.storage_pool.devices import Device
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.storage_pool.listing import Listing
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.storage_pool.resource import StoragePool
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.usage import Use
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import read, reconcile
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.storage_pool import NEEDS, STORAGE_POOL

#: What libvirt 9.0 shows of an active pool.
ACTIVE = """
<pool type='{type}'>
  <name>images</name>
  <uuid>f1d9886d-ffe5-4560-b354-1942fc054e95</uuid>
  <capacity unit='bytes'>270553174016</capacity>
  <allocation unit='bytes'>26849222656</allocation>
  <available unit='bytes'>243703951360</available>
  <source>{source}</source>
  <target>
    <path>/srv/images</path>
    <permissions><mode>0711</mode><owner>0</owner><group>0</group></permissions>
  </target>
</pool>"""
EMPTY = {"supported": list(NEEDS), "sharing": []}


def plan(seen: Seen, **options: Any) -> Plan:
    resource = StoragePool()
    params = {
        "name": "images",
        "state": "present",
        "build": "if_needed",
        "autostart": None,
        "restart": "never",
        **options,
    }
    return resource.plan(resource.parse(params), seen)


def absent(**facts: Any) -> Seen:
    return Seen("images", facts={**EMPTY, **facts})


def present(active: bool, kind: str = "dir", source: str = "", **facts: Any) -> Seen:
    document = ACTIVE.format(type=kind, source=source)
    return Seen("images", xml.parse(document), xml.parse(document) if active else None, facts={**EMPTY, **facts})


DIR = {"type": "dir", "target": {"path": "/srv/images"}}
FS = {"type": "fs", "source": {"devices": [{"path": "/dev/sdz1"}]}, "target": {"path": "/srv/images"}}


def directory(path: Path, mode: int = 0o755) -> os.stat_result:
    path.chmod(mode)
    return path.stat()


@pytest.mark.parametrize(
    ("spec", "seen", "steps"),
    [
        (DIR, absent(directory=None), ["define", "build and start"]),
        ({**DIR, "build": "never"}, absent(directory=None), ["define", "start"]),
        (DIR, absent(), ["define", "build and start"]),  # not to be seen from here
        ({**FS, "build": "no_overwrite"}, absent(directory=None), ["define", "build and start"]),
        ({**FS, "build": "overwrite"}, absent(directory=None), ["format, build and start", "define"]),
        ({"build": "overwrite"}, present(False, "fs", directory=None), ["build and start"]),
        ({"type": "logical", "build": "if_needed"}, absent(), ["define", "start"]),
        ({"type": "logical", "build": "overwrite"}, absent(), ["format, build and start", "define"]),
        ({}, present(True), []),
    ],
)
def test_start(spec: dict[str, Any], seen: Seen, steps: list[str]) -> None:
    assert [step.name for step in plan(seen, state="active", **spec).steps] == steps


def test_a_start_gives_the_directory_its_permissions(tmp_path: Path) -> None:
    as_defined = {"mode": "0711", "owner": os.getuid(), "group": os.getgid()}
    for mode, label in ((0o711, "start"), (0o755, "build and start")):
        seen = present(False, directory=directory(tmp_path, mode))
        spec = {"target": {"permissions": as_defined}}
        assert plan(seen, state="active", **spec).steps[-1].name == label


def test_what_a_mount_shows_is_not_what_lies_under_it(tmp_path: Path) -> None:
    seen = present(False, "fs", directory=directory(tmp_path, 0o700))
    assert [step.name for step in plan(seen, state="active").steps] == ["start"]


def test_a_change_of_an_active_pool_waits() -> None:
    wanted = plan(present(True), target={"path": "/srv/other", "permissions": {"mode": "0755"}})
    assert [step.name for step in wanted.steps] == ["define"]
    assert {change.when for change in wanted.changes} == {"restart"}
    assert wanted.pending_restart == ["target.path", "target.permissions.mode"]


@pytest.mark.parametrize(
    ("state", "active", "refused"),
    [("absent", True, True), ("absent", False, True), ("inactive", True, True), ("inactive", False, False)],
)
def test_a_pool_is_not_taken_from_a_running_guest(state: str, active: bool, refused: bool) -> None:
    seen = present(active, users=[Use("domain web", "disk vda", domain="web", disk="vda")])
    if not refused:
        assert not plan(seen, state=state).changed
        return
    with pytest.raises(Refused, match=r"domain web \(disk vda, running\)"):
        plan(seen, state=state)


@pytest.mark.parametrize("kind", NEEDS)
def test_a_new_pool_needs_what_its_type_needs(kind: str) -> None:
    with pytest.raises((InvalidSpec, Refused)) as caught:
        plan(absent(supported=[]), type=kind)
    problems = caught.value.details.get("problems", [])
    assert tuple(problem["option"] for problem in problems) == NEEDS[kind]


def test_a_type_that_libvirt_does_not_have() -> None:
    with pytest.raises(Refused, match="cannot handle pools of type logical"):
        plan(absent(supported=["dir"]), type="logical")


@pytest.mark.parametrize(
    ("spec", "facts", "said"),
    [
        (DIR, {"sharing": ["other"]}, "already the target of the storage pool other"),
        (DIR, {"obstacle": "/srv/images"}, "/srv/images is not a directory"),
        (DIR, {"obstacle": "/srv"}, "/srv/images cannot be made, as /srv is not a directory"),
        ({"type": "logical", "target": {"path": "/dev/x"}}, {}, "always /dev/images"),
        ({"type": "zfs", "source": {"name": "z"}, "target": {"path": "/x"}}, {}, "always /dev/zvol/z"),
        ({**FS, "target": {"path": "/x", "permissions": {"mode": "0700"}}}, {}, "target.permissions"),
    ],
)
def test_refused(spec: dict[str, Any], facts: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said):
        plan(absent(**facts), **{"state": "active", **spec})


def test_permissions_that_a_mounted_file_system_has_are_granted() -> None:
    seen = present(True, "fs", "<device path='/dev/sdz1'/>")
    assert not plan(seen, target={"permissions": {"mode": "0711"}}).changed
    with pytest.raises(Refused, match=r"target\.permissions"):
        plan(seen, target={"permissions": {"mode": "0700"}})


def test_what_is_at_a_path(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    look_at = resource._look_at
    assert look_at(f"{tmp_path}/file") == {"obstacle": f"{tmp_path}/file"}
    assert look_at(f"{tmp_path}/file/a/b") == {"obstacle": f"{tmp_path}/file"}
    assert look_at(f"{tmp_path}/a/b") == {"directory": None}
    assert look_at(f"{tmp_path}") == {"directory": tmp_path.stat()}


@pytest.mark.parametrize("path", ["/srv//images/", "/srv/images", "///srv/images//"])
def test_a_path_is_the_same_without_spurious_slashes(path: str) -> None:
    assert not plan(present(True), target={"path": path}).changed


MOUNT_OPTIONS = """<pool type='fs'><name>x</name><fs:mount_opts xmlns:fs='http://libvirt.org/schemas/storagepool/fs/1.0'>
    <fs:option name='noatime'/></fs:mount_opts></pool>"""


def test_mount_options_live_in_a_namespace() -> None:
    document = xml.parse(MOUNT_OPTIONS)
    assert read(STORAGE_POOL.fields, document)["mount_options"] == ["noatime"]
    reconcile(STORAGE_POOL.fields, document, {"mount_options": ["ro", "noatime"]})
    assert read(STORAGE_POOL.fields, xml.parse(xml.text_of(document)))["mount_options"] == ["ro", "noatime"]


VDB = {"path": "/dev/vdb"}
WEB = Use("domain web", "disk vda", path="/dev/vdb1")


def formatting(kind: str, build: str, *devices: Device, **source: Any) -> Plan:
    """A new pool on devices as they are found."""
    spec = {"type": kind, "source": {"devices": [VDB], **source}, "build": build, "state": "active"}
    target = {} if kind == "logical" else {"target": {"path": "/srv/images"}}
    return plan(absent(directory=None, devices=devices), **spec, **target)


@pytest.mark.parametrize("device", [Device("/dev/vdb", held=True), Device("/dev/vdb", users=(WEB,))])
def test_what_is_in_use_is_never_overwritten(device: Device) -> None:
    for build in ("overwrite", "no_overwrite"):  # nobody recognizes what is on it, which does not make it empty
        with pytest.raises(Refused, match=r"source\.devices\[/dev/vdb\]: it is in use by"):
            formatting("fs", build, device, format="ext4")


def test_what_is_on_another_host_is_not_overwritten() -> None:
    far = Device("/dev/vdb", known=False)
    with pytest.raises(Refused, match="build: whether /dev/vdb is in use"):
        formatting("fs", "overwrite", far, format="ext4")
    assert formatting("fs", "no_overwrite", far, format="ext4").changed
    with pytest.raises(Refused, match="it is in use by domain web"):
        formatting("fs", "no_overwrite", Device("/dev/vdb", known=False, users=(WEB,)), format="ext4")


def test_what_is_overwritten_is_shown() -> None:
    made = formatting("fs", "overwrite", Device("/dev/vdb", content="xfs"), format="ext4")
    assert [(change.before, change.after) for change in made.changes if change.path == "build"] == [
        ({"/dev/vdb": "xfs"}, "overwrite")
    ]


@pytest.mark.parametrize(
    ("kind", "content", "form", "refused"),
    [
        ("fs", "", "ext4", False),
        ("fs", "ext4", "ext4", False),
        ("fs", "ext3", "ext4", False),  # which mounts it
        ("fs", "xfs", "ext4", True),
        ("fs", "xfs", "auto", False),
        ("fs", "gpt", "ext4", True),
        ("disk", "gpt", "gpt", False),
        ("disk", "dos", None, False),  # libvirt's default
        ("disk", "gpt", None, True),
        ("disk", "ext4", "gpt", True),
        ("logical", "LVM2_member", None, False),
        ("logical", "ext4", "lvm2", True),
    ],
)
def test_no_overwrite_refuses_what_has_something_else(kind: str, content: str, form: str | None, refused: bool) -> None:
    source = {"format": form} if form else {}
    device = Device("/dev/vdb", content=content)
    if not refused:
        assert formatting(kind, "no_overwrite", device, **source).changed
        return
    with pytest.raises(Refused, match=f"it has {content} and not"):
        formatting(kind, "no_overwrite", device, **source)


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A host that is not this one."""
    with Connection("test:///default", check_mode=True) as connection:
        yield connection


@pytest.mark.parametrize(
    ("path", "known"),
    [("/dev/vdb", True), ("/dev/vdb1", True), ("/dev/nvme0n1p1", False), ("/dev/vdbc", False), ("/dev/vdb1/x", False)],
)
def test_a_partition_is_part_of_its_device(connection: Connection, path: str, known: bool) -> None:
    assert bool(devices.look_at(connection, "/dev/vdb", [Use("domain web", "disk vda", path=path)]).users) is known


def test_a_refresh_tells_what_came_and_went() -> None:
    listing = Listing(frozenset({"gone", "stays"}), frozenset({"new", "stays"}))
    wanted = plan(present(True, listing=listing), refresh=True)
    assert [change.path for change in wanted.changes] == ["volumes[gone]", "volumes[new]"]
    assert [step.name for step in wanted.steps] == ["refresh"]
    assert not plan(present(True, listing=Listing(frozenset("a"), frozenset("a"))), refresh=True).changed
    unknown = plan(present(True, listing=Listing(frozenset("a"), None)), refresh=True)
    assert not unknown.changed
    assert "cannot foretell" in unknown.warnings[0]
    assert not plan(present(True, listing=listing), refresh=True, state="inactive").steps[1:]


def test_what_libvirt_would_list(tmp_path: Path) -> None:
    for name in ("disk.qcow2", ".hidden"):
        (tmp_path / name).touch()
    (tmp_path / "directory").mkdir()
    (tmp_path / "dangling").symlink_to("nothing")
    os.mkfifo(tmp_path / "pipe")
    with os.scandir(tmp_path) as entries:
        listed = {entry.name for entry in entries if listing._is_volume(entry)}
    assert listed == {"disk.qcow2", ".hidden", "directory"}


@pytest.mark.parametrize(("remains", "step"), [([], True), (None, False)])
def test_what_is_empty_is_deleted_before_the_definition(remains: list[str] | None, step: bool) -> None:
    wanted = plan(present(True, remains=remains), state="absent", delete_empty=True)
    assert [step.name for step in wanted.steps] == [
        "stop",
        *(["delete the empty directory"] if step else []),
        "undefine",
    ]


@pytest.mark.parametrize(("kind", "remains"), [("dir", ["disk.qcow2"]), ("rbd", []), ("zfs", [])])
def test_what_is_not_empty_or_not_known_stays(kind: str, remains: list[str]) -> None:
    with pytest.raises(Refused, match="delete_empty"):
        plan(present(True, kind, remains=remains), state="absent", delete_empty=True)
    assert not removal.is_for(xml.parse("<pool type='zfs'/>"))


def test_what_we_may_not_read_is_not_known(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """libvirt's own directories are closed to all but root."""

    def refuse(path: str) -> list[str]:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    document = xml.parse("<pool type='dir'><target><path>/</path></target></pool>")
    monkeypatch.setattr(Connection, "is_local", True)
    monkeypatch.setattr(os, "listdir", refuse)
    monkeypatch.setattr(os, "scandir", refuse)
    pool = connection.host.read.storagePoolLookupByName("default-pool")
    with pytest.raises(Refused, match="/ cannot be read"):
        removal.contents(connection, pool, document)
    assert listing.look(connection, pool, document).there is None


def test_a_restart_is_refused_to_who_is_in_use() -> None:
    change = {"target": {"path": "/srv/other"}, "restart": "if_needed"}
    wanted = plan(present(True), **change)
    assert [step.name for step in wanted.steps] == ["define", "stop", "build and start"]
    assert wanted.pending_restart == []
    users = [Use("domain web", "disk vda", domain="web", disk="vda")]
    with pytest.raises(Refused, match=r"for which target\.path waits"):
        plan(present(True, users=users), **change)
    assert not plan(present(True, users=users), restart="if_needed").changed  # nothing waits


def test_a_source_has_one_pool() -> None:
    with pytest.raises(Refused, match="the storage pool other takes its volumes from there"):
        plan(absent(same_source=["other"]), **FS)


def test_a_document_states_what_libvirt_keeps() -> None:
    document = (
        "<pool><capacity>5</capacity><target><path>/srv/images</path><permissions><owner>-1</owner></permissions>"
    )
    assert not plan(present(True), xml=document + "</target></pool>").changed
