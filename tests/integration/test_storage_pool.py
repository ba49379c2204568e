# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage pools: the laws for each option, pools of type dir and fs at work, and that no data is ever touched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from harness import laws
from harness.host import SCRATCH, Host, far_away
from harness.laws import NAME, Case

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.storage_pool import STORAGE_POOL

UUIDS = ("7a0a3f3e-5cf1-4ab8-9b39-000000000001", "7a0a3f3e-5cf1-4ab8-9b39-000000000002")
SECRETS = ("7a0a3f3e-5cf1-4ab8-9b39-00000000000a", "7a0a3f3e-5cf1-4ab8-9b39-00000000000b")
BY_PATH = {"path": "/dev/disk/by-path"}
DIR: dict[str, Any] = {"type": "dir", "target": {"path": f"{SCRATCH}/one"}}


def of_type(kind: str, target: str = f"{SCRATCH}/one", **source: Any) -> dict[str, Any]:
    """A pool that takes its volumes from somewhere else."""
    return {"type": kind, "source": source, **({"target": {"path": target}} if target else {})}


def fs(**more: Any) -> dict[str, Any]:
    """A pool on a file system of its own."""
    return {**of_type("fs", devices=[{"path": "/dev/law"}]), **more}


def netfs(**source: Any) -> dict[str, Any]:
    """A pool on a file server."""
    return of_type("netfs", **{"hosts": [{"name": "a.example"}], "dir": "/export", **source})


def rbd(**more: Any) -> dict[str, Any]:
    """A pool in Ceph."""
    return {**of_type("rbd", "", name="law", hosts=[{"name": "a.example", "port": 6789}]), **more}


def scsi(**adapter: Any) -> dict[str, Any]:
    """A pool behind a host bus adapter."""
    return of_type("scsi", "/dev/disk/by-path", adapter=adapter)


def iscsi(**source: Any) -> dict[str, Any]:
    """A pool on an iSCSI target."""
    target = {"hosts": [{"name": "a.example"}], "devices": [{"path": "iqn.2026-11.example:law"}]}
    return of_type("iscsi", "/dev/disk/by-path", **target, **source)


def chap(**secret: Any) -> dict[str, Any]:
    """A pool on an iSCSI target that asks for a password."""
    return iscsi(auth={"type": "chap", "username": "one", "secret": secret})


FC = {"type": "fc_host", "wwnn": "20000000c9831b4b", "wwpn": "10000000c9831b4b"}
ADDRESS = {"domain": "0x0000", "bus": "0x00", "slot": "0x1f", "function": "0x2"}
LVM = of_type("logical", "", name="law")
DEVICES_ = "source.devices[/dev/law1]"
DIRECT = of_type(
    "iscsi-direct", "", hosts=[{"name": "a.example"}], devices=[{"path": "iqn.2026-11.example:law"}], initiator="x"
)


def defined(path: str, a: Any, b: Any, around: dict[str, Any], **more: Any) -> Case:
    """A case for storage that is not there: libvirt stores the definition and that is all."""
    return Case(path, a, b, around, running=False, **more)


CASES = (
    Case("uuid", *UUIDS, DIR, refused=True),
    Case("type", "dir", "fs", DIR, refused=True),
    defined(
        "source.hosts", [{"name": "a.example"}], [{"name": "b.example"}], netfs(), changes=("source.hosts[0].name",)
    ),
    defined("source.hosts[a.example].name", "a.example", "b.example", netfs(), changes=("source.hosts[0].name",)),
    defined(
        "source.hosts[a.example].port",
        6789,
        6790,
        rbd(),
        changes=("source.hosts[a.example-6789]", "source.hosts[a.example-6790]"),
    ),
    defined(
        "source.devices",
        [{"path": "/dev/law1"}, {"path": "/dev/law2"}],
        [{"path": "/dev/law2"}, {"path": "/dev/law3"}],
        LVM,
        changes=(DEVICES_, "source.devices[/dev/law3]"),
    ),
    defined(
        f"{DEVICES_}.path",
        "/dev/law1",
        "/dev/law3",
        of_type("fs", devices=[{"path": "/dev/law1"}]),
        changes=(DEVICES_, "source.devices[/dev/law3]"),
    ),
    defined(
        f"{DEVICES_}.part_separator",
        True,
        False,
        of_type("disk", "/dev", devices=[{"path": "/dev/law1"}], format="gpt"),
    ),
    defined("source.dir", "/export", "/other", netfs()),
    defined("source.adapter.name", "host0", "host1", scsi()),
    defined("source.adapter.parent", "scsi_host5", "scsi_host6", scsi(**FC)),
    defined("source.adapter.parent_wwnn", "20000000c9831b4d", "20000000c9831b4e", scsi(**FC, parent_wwpn=FC["wwpn"])),
    defined("source.adapter.parent_wwpn", "10000000c9831b4d", "10000000c9831b4e", scsi(**FC, parent_wwnn=FC["wwnn"])),
    defined("source.adapter.parent_fabric_wwn", "2002000573de9a81", "2002000573de9a82", scsi(**FC)),
    defined("source.adapter.managed", True, False, scsi(**FC, parent="scsi_host5")),
    defined("source.adapter.wwnn", FC["wwnn"], "20000000c9831b4c", scsi(**FC)),
    defined("source.adapter.wwpn", FC["wwpn"], "10000000c9831b4c", scsi(**FC)),
    defined("source.adapter.parentaddr.unique_id", 5, 6, scsi(type="scsi_host", parentaddr={"address": ADDRESS})),
    *(
        defined(
            f"source.adapter.parentaddr.address.{part}",
            ADDRESS[part],
            other,
            scsi(type="scsi_host", parentaddr={"unique_id": 5, "address": ADDRESS}),
        )
        for part, other in (("domain", "0x0001"), ("bus", "0x01"), ("slot", "0x1e"), ("function", "0x1"))
    ),
    defined("source.name", "law", "other", LVM),
    defined("source.format", "ext4", "xfs", fs()),
    defined("source.initiator", "iqn.2026-11.example:one", "iqn.2026-11.example:two", DIRECT),
    defined("source.auth.username", "one", "two", chap(uuid=SECRETS[0])),
    defined("source.auth.secret.uuid", *SECRETS, chap()),
    defined("source.auth.secret.usage", "one", "two", chap()),
    defined("source.protocol_version", "3", "4.2", netfs(format="nfs")),
    defined("source.vendor", "one", "two", iscsi()),
    defined("source.product", "one", "two", iscsi()),
    Case("target.path", f"{SCRATCH}/one", f"{SCRATCH}/two", DIR),
    Case("target.permissions.mode", "0711", "0750", DIR),
    Case("target.permissions.owner", 0, 65534, DIR),
    Case("target.permissions.group", 0, 65534, DIR),
    defined("features.cow", True, False, DIR),  # the file systems of the lab know no copy on write
    defined("refresh_allocation", "default", "capacity", rbd()),
    defined("mount_options", ["noatime"], ["nodiratime", "noatime"], fs()),
    defined(
        "config_options",
        [{"name": "one", "value": "1"}, {"name": "two", "value": "2"}],
        [{"name": "two", "value": "2"}],
        rbd(),
        changes=("config_options[one]",),
    ),
    defined(
        "config_options[one].name",
        "one",
        "two",
        rbd(config_options=[{"name": "one", "value": "1"}]),
        changes=("config_options[one]", "config_options[two]"),
    ),
    defined("config_options[one].value", "1", "2", rbd(config_options=[{"name": "one"}])),
)


SUITE = laws.Suite(
    "storage_pool",
    "storage_pools",
    STORAGE_POOL,
    CASES,
    running="active",
    without_case=(
        "source.adapter.type",  # one kind of adapter has nothing in common with the other; both are in the cases
        "source.auth.type",  # follows from the type of the pool
    ),
)


@pytest.mark.parametrize(("case", "running"), laws.parameters(SUITE))
def test_laws(host: Host, case: Case, running: bool) -> None:
    laws.obey(host, SUITE, case, running)


@pytest.fixture
def disk(host: Host) -> Iterator[str]:
    """A small block device of the host, empty."""
    image = "/var/tmp/law-disk"  # not where the host's state is compared: a mounted file system is written to late
    device = host.sh(f"rm -f {image} && truncate -s 64M {image} && losetup --find --show {image}").strip()
    yield device
    host.sweep()
    host.sh(f"losetup --detach {device} && rm {image}")


def on(device: str, **more: Any) -> dict[str, Any]:
    """A pool on a device, mounted."""
    source = {"devices": [{"path": device}], "format": "ext4"}
    return {"name": NAME, "type": "fs", "source": source, "target": {"path": f"{SCRATCH}/mounted"}, **more}


def test_fs_at_work(host: Host, disk: str) -> None:
    host.sh(f"mkfs.ext4 -q {disk}")
    made = laws.twin(host, "storage_pool", **on(disk, state="active", autostart=True))
    assert made["steps"] == ["define", "build and start", "set autostart"]
    assert not laws.twin(host, "storage_pool", **on(disk, state="active", autostart=True)).changed
    assert host.sh(f"findmnt -no SOURCE {SCRATCH}/mounted").strip() == disk
    found = pool_info(host)
    assert found["capacity"] < 64 * 2**20
    assert "permissions" not in found["spec"]["target"]
    assert not laws.twin(host, "storage_pool", **found["spec"]).changed
    said = laws.refused(host, "storage_pool", name=NAME, target={"permissions": {"mode": "0700"}})
    assert said.startswith("target.permissions:")
    laws.twin(host, "storage_pool", name=NAME, state="inactive")
    assert host.sh(f"findmnt {SCRATCH}/mounted || true") == ""
    laws.twin(host, "storage_pool", name=NAME, state="active")
    laws.twin(host, "storage_pool", name=NAME, state="absent")
    assert host.sh(f"findmnt {SCRATCH}/mounted || true") == ""


def test_nothing_is_formatted_unasked(host: Host, disk: str) -> None:
    """A pool that cannot be started leaves no definition, and the device as it was."""
    before = host.sh(f"sha256sum {disk}")
    failed = host.fails("storage_pool", **on(disk, state="active"))
    assert "definition was removed again" in failed["msg"]
    assert host.run("storage_pool_info", name=[NAME])["storage_pools"] == []
    assert host.sh(f"sha256sum {disk}") == before


def test_no_overwrite_formats_what_is_empty_and_nothing_else(host: Host, disk: str) -> None:
    spec = on(disk, state="active", build="no_overwrite")
    laws.twin(host, "storage_pool", **spec)
    host.sh(f"touch {SCRATCH}/mounted/precious")
    laws.twin(host, "storage_pool", name=NAME, state="inactive")
    laws.twin(host, "storage_pool", **spec)
    host.sh(f"test -e {SCRATCH}/mounted/precious")
    laws.twin(host, "storage_pool", name=NAME, state="absent")
    other = on(disk, state="active", build="no_overwrite")
    other["source"] = {**other["source"], "format": "xfs"}
    host.fails("storage_pool", **other)
    laws.twin(host, "storage_pool", **on(disk, state="active", build="never"))
    host.sh(f"test -e {SCRATCH}/mounted/precious")


def test_overwrite_formats_for_a_new_pool_alone(host: Host, disk: str) -> None:
    host.sh(f"mkfs.ext2 -q {disk}")
    spec = on(disk, state="active", build="overwrite")
    made = laws.twin(host, "storage_pool", **spec)
    assert made["steps"] == ["format, build and start", "define"]
    assert made["diff"]["before"]["build"] == {disk: "ext2"}
    assert host.sh(f"findmnt -no FSTYPE {SCRATCH}/mounted").strip() == "ext4"
    host.sh(f"touch {SCRATCH}/mounted/precious")
    assert not laws.twin(host, "storage_pool", **spec).changed
    laws.twin(host, "storage_pool", name=NAME, state="inactive")
    assert laws.twin(host, "storage_pool", **spec)["steps"] == ["start"]
    host.sh(f"test -e {SCRATCH}/mounted/precious")


def test_removing_leaves_the_data(host: Host) -> None:
    laws.twin(host, "storage_pool", name=NAME, **DIR, state="active")
    host.run("volume", pool=NAME, name="precious", capacity="1MiB")
    laws.twin(host, "storage_pool", name=NAME, state="absent")
    host.sh(f"test -e {SCRATCH}/one/precious")
    laws.twin(host, "storage_pool", name=NAME, **DIR, state="active")
    assert host.run("storage_pool_info", name=[NAME], volumes=True)["storage_pools"][0]["volumes"] == ["precious"]


def test_what_is_in_use_is_not_formatted(host: Host, disk: str) -> None:
    """Not even where build=overwrite: neither what the host has mounted, nor the disk of a guest that is off."""
    host.sh(f"mkfs.ext4 -q {disk} && mkdir {SCRATCH}/here && mount {disk} {SCRATCH}/here")
    said = laws.refused(host, "storage_pool", **on(disk, state="active", build="overwrite"))
    assert f"source.devices[{disk}]: it is in use by the host" in said
    host.sh(f"umount {SCRATCH}/here")
    before = host.sh(f"sha256sum {disk}")
    from_elsewhere = {**far_away(host), **on(disk, state="active", build="overwrite")}
    assert "cannot be told from here" in laws.refused(host, "storage_pool", **from_elsewhere)
    guest: dict[str, Any] = {"type": "qemu", "memory": "64MiB", "disks": [{"target": "vda", "source": {"dev": disk}}]}
    host.run("domain", name=NAME, **guest)
    said = laws.refused(host, "storage_pool", **on(disk, state="active", build="overwrite"))
    assert f"in use by domain {NAME} (disk vda)" in said
    for build in ("overwrite", "no_overwrite"):
        said = laws.refused(host, "storage_pool", **{**from_elsewhere, "build": build})
        assert f"in use by domain {NAME} (disk vda)" in said
    assert host.sh(f"sha256sum {disk}") == before


def test_a_killed_run_that_formats_is_finished_by_the_next(host: Host, disk: str) -> None:
    spec = on(disk, state="active", build="overwrite", autostart=True)
    for number in (1, 2, 3):
        host.sh(f"wipefs -aq {disk} && mkfs.ext2 -q {disk}")
        assert host.killed("storage_pool", die_at=number, **spec)
        laws.twin(host, "storage_pool", **spec)
        assert host.sh(f"findmnt -no FSTYPE {SCRATCH}/mounted").strip() == "ext4"
        assert not laws.twin(host, "storage_pool", **spec).changed
        laws.twin(host, "storage_pool", name=NAME, state="absent")


def test_one_source_has_one_pool(host: Host, disk: str) -> None:
    host.run("storage_pool", **on(disk))
    other = {**on(disk), "name": f"{NAME}-other", "target": {"path": f"{SCRATCH}/other"}}
    assert f"source: the storage pool {NAME}" in laws.refused(host, "storage_pool", **other)


def test_refresh_finds_what_came_and_went(host: Host) -> None:
    """Foretold in check mode by looking ourselves, by libvirt's rules of what is a volume."""
    laws.twin(host, "storage_pool", name=NAME, **DIR, state="active")
    host.run("volume", pool=NAME, name="goes", capacity="1MiB")
    host.sh(f"cd {SCRATCH}/one && rm goes && touch comes .hidden && mkdir dir && ln -s nothing link && mkfifo p")
    found = laws.twin(host, "storage_pool", name=NAME, refresh=True)
    assert found.paths == ["volumes[goes]", "volumes[.hidden]", "volumes[comes]", "volumes[dir]"]
    assert found["steps"] == ["refresh"]
    assert not laws.twin(host, "storage_pool", name=NAME, refresh=True).changed
    assert host.run("storage_pool_info", name=[NAME], volumes=True)["storage_pools"][0]["volumes"] == [
        ".hidden",
        "comes",
        "dir",
    ]
    assert not laws.twin(host, "storage_pool", name=NAME).changed


def test_restart_where_nobody_runs_on_it(host: Host) -> None:
    laws.twin(host, "storage_pool", name=NAME, **DIR, state="active")
    host.run("volume", pool=NAME, name="disk", capacity="1MiB")
    disk = {"target": "vda", "source": {"pool": NAME, "volume": "disk"}}
    host.run("domain", name=NAME, type="qemu", memory="64MiB", disks=[disk], state="paused")
    moved: dict[str, Any] = {"name": NAME, "target": {"path": f"{SCRATCH}/two"}}
    said = laws.refused(host, "storage_pool", **moved, restart="if_needed")
    assert f"cannot be restarted, for which target.path waits: in use by domain {NAME} (disk vda, running)" in said
    assert laws.twin(host, "storage_pool", **moved)["pending_restart"] == ["target.path"]
    host.sh(f"virsh -q destroy {NAME} && virsh -q undefine {NAME}")
    done = laws.twin(host, "storage_pool", **moved, restart="if_needed")
    assert done.paths == ["pending_restart"]
    assert done["steps"] == ["stop", "build and start"]
    assert done["pending_restart"] == []
    assert not laws.twin(host, "storage_pool", **moved, restart="if_needed").changed
    assert host.sh(f"virsh pool-dumpxml {NAME} | grep -c '<path>{SCRATCH}/two</path>'").strip() == "1"


def test_delete_empty_deletes_nothing_else(host: Host) -> None:
    gone: dict[str, Any] = {"name": NAME, "state": "absent", "delete_empty": True}
    for die_at in (1, 2, 3):
        laws.twin(host, "storage_pool", name=NAME, **DIR, state="active")
        host.sh(f"touch {SCRATCH}/one/.precious")
        assert "it has .precious" in laws.refused(host, "storage_pool", **gone)
        host.sh(f"rm {SCRATCH}/one/.precious")
        assert host.killed("storage_pool", die_at=die_at, **gone)
        laws.twin(host, "storage_pool", **gone)
        host.sh(f"test ! -e {SCRATCH}/one")
        assert not laws.twin(host, "storage_pool", **gone).changed
    host.run("storage_pool", name=NAME, **rbd())
    assert "pool of type rbd there is nothing" in laws.refused(host, "storage_pool", **gone)


@pytest.mark.parametrize("autostart", [True, False])
def test_autostart(host: Host, autostart: bool) -> None:
    laws.twin(host, "storage_pool", name=NAME, **DIR, autostart=not autostart)
    assert laws.twin(host, "storage_pool", name=NAME, autostart=autostart).paths == ["autostart"]
    assert not laws.twin(host, "storage_pool", name=NAME, autostart=autostart).changed
    assert pool_info(host)["spec"]["autostart"] is autostart


def test_a_killed_run_is_finished_by_the_next(host: Host) -> None:
    spec = {"name": NAME, **DIR, "target": {**DIR["target"], "permissions": {"mode": "0750"}}}
    for number in (1, 2, 3):
        assert host.killed("storage_pool", die_at=number, **spec, state="active", autostart=True)
        laws.twin(host, "storage_pool", **spec, state="active", autostart=True)
        assert not laws.twin(host, "storage_pool", **spec, state="active", autostart=True).changed
        assert pool_info(host)["state"] == "active"
        assert host.sh(f"stat -c %a {SCRATCH}/one").strip() == "750"
        if number < 3:
            assert host.killed("storage_pool", die_at=number, name=NAME, state="absent")
        laws.twin(host, "storage_pool", name=NAME, state="absent")
        host.sh(f"rmdir {SCRATCH}/one")


@pytest.mark.parametrize(
    ("option", "spec"),
    [
        ("target.path", {"type": "dir", "target": {"path": f"{SCRATCH}/file"}}),
        ("target.path", {"type": "dir", "target": {"path": f"{SCRATCH}/file/below"}}),
        ("target.path", {"type": "dir", "target": {"path": f"{SCRATCH}/taken"}}),
        ("target.path", {"type": "dir", "target": {"path": f"{SCRATCH}/link"}}),
        ("target.path", {"type": "dir", "target": {"path": "relative/path"}}),
        ("target.path", {"type": "dir", "target": {"path": ""}}),
        ("target.path", {"type": "dir"}),
        ("target.path", {"type": "logical", "target": {"path": "/dev/other"}}),
        ("target.permissions.mode", {**DIR, "target": {"path": "/x", "permissions": {"mode": "0999"}}}),
        ("target.permissions.owner", {**DIR, "target": {"path": "/x", "permissions": {"owner": -1}}}),
        ("target.permissions", {**fs(), "target": {"path": "/x", "permissions": {"mode": "0700"}}}),
        ("source.auth.secret", chap(uuid=SECRETS[0])),
        ("source.auth.secret", chap(usage="nobody")),
        ("source.devices", {"type": "fs", "target": {"path": "/x"}}),
        ("source.hosts", {"type": "netfs", "target": {"path": "/x"}, "source": {"dir": "/y"}}),
        ("type", {"type": "vstorage", "source": {"name": "x"}, "target": {"path": "/x"}}),
        ("type", {}),
        ("type", {"type": "nfs"}),
        ("source.hosts[1].name", netfs(hosts=[{"name": "a", "port": 1}, {"name": "a", "port": 1}])),
        ("uuid", {**DIR, "uuid": "1234"}),
        ("permisions", {**DIR, "target": {"path": "/x", "permisions": {}}}),
    ],
)
def test_bad_input_is_refused(host: Host, option: str, spec: dict[str, Any]) -> None:
    host.sh(f"cd {SCRATCH} && touch file && mkdir -p taken && ln -sfn taken link")
    host.run("storage_pool", name=f"{NAME}-other", type="dir", target={"path": f"{SCRATCH}/taken"})
    stored = option in ("target.permissions", "source.auth.secret")  # where nothing is started, that is all there is
    for state in ("active",) if stored else ("present", "active"):
        said = laws.refused(host, "storage_pool", name=NAME, state=state, **spec)
        assert option.partition("[")[0] in said


def test_from_elsewhere(host: Host) -> None:
    """Where the host's files cannot be looked at, the start fails instead of being refused, and nothing is left."""
    host.sh(f"touch {SCRATCH}/file")
    uri = far_away(host)["uri"]
    spec = {"name": NAME, "uri": uri, "type": "dir", "target": {"path": f"{SCRATCH}/file"}, "state": "active"}
    said = host.fails("storage_pool", **spec)["msg"]
    assert "definition was removed again" in said
    assert host.run("storage_pool_info", uri=uri, name=[NAME])["storage_pools"] == []
    spec["target"] = {"path": f"{SCRATCH}/one", "permissions": {"mode": "0750"}}
    laws.twin(host, "storage_pool", **spec)
    assert not laws.twin(host, "storage_pool", **spec).changed
    volume = {"uri": uri, "pool": NAME, "name": "disk"}
    laws.twin(host, "volume", **volume, capacity="1MiB", format="qcow2")
    laws.twin(host, "volume", **volume, capacity="2MiB")
    assert not laws.twin(host, "volume", **volume, capacity="2MiB").changed
    laws.twin(host, "volume", **volume, state="absent")
    laws.twin(host, "storage_pool", name=NAME, uri=uri, state="absent")


def pool_info(host: Host) -> dict[str, Any]:
    """The pool, as it is gathered."""
    (found,) = host.run("storage_pool_info", name=[NAME])["storage_pools"]
    assert isinstance(found, dict)
    return found


def test_every_row_has_a_case() -> None:
    laws.assert_complete(SUITE)
