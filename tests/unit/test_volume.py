# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes: what is planned from what was seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.module import converge
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.promises import Promise
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.usage import Use
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.content import OPTIONS
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.info import gather
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.resource import Volume
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.state import Seen
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import read
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.volume import VOLUME, Capacity

GIB = 2**30

POOL = "<pool type='dir'><name>images</name><target><path>/srv/images</path></target></pool>"
#: What libvirt 9.0 shows of a volume.
QCOW2 = """
<volume type='file'>
  <name>disk</name>
  <key>/srv/images/disk</key>
  <capacity unit='bytes'>2147483648</capacity>
  <allocation unit='bytes'>200704</allocation>
  <physical unit='bytes'>196616</physical>
  <target>
    <path>/srv/images/disk</path>
    <format type='qcow2'/>
    <permissions><mode>0600</mode><owner>0</owner><group>0</group></permissions>
    <compat>1.1</compat>
    <clusterSize unit='B'>65536</clusterSize>
    <features><lazy_refcounts/></features>
  </target>
  <backingStore><path>/srv/images/base</path><format type='qcow2'/></backingStore>
</volume>"""
TOP = Use("domain web", "disk vda", path="/srv/images/disk", domain="web", disk="vda")
BELOW = Use("domain web", "backing file of disk vda", path="/srv/images/disk", domain="web")
OFF = Use("domain web", "disk vda", path="/srv/images/disk", disk="vda")
OVERLAY = Use("volume top of storage pool images", "backing file", path="/srv/images/disk")

CONTENT = {name: option.get("default") for name, option in OPTIONS.items()}
DEFAULTS = {"state": "present", "allow_shrink": False, "allow_overcommit": False}


def plan(seen: Seen, **options: Any) -> Plan:
    resource = Volume()
    return resource.plan(resource.parse({"name": "disk", "pool": "images", **DEFAULTS, **options}), seen)


def seen(document: str = "", **more: Any) -> Seen:
    found = xml.parse(document) if document else None
    path = "/srv/images/disk" if document else ""
    sizes = {"total": 100 * GIB, "available": 50 * GIB}
    return Seen(document=found, path=path, **{"pool": xml.parse(POOL), **sizes, **more})


def steps(wanted: Plan) -> list[str]:
    return [step.name for step in wanted.steps]


def test_what_is_read_is_what_is_there() -> None:
    spec = read(VOLUME.fields, xml.parse(QCOW2))
    assert spec == {
        "name": "disk",
        "capacity": 2 * GIB,
        "format": "qcow2",
        "backing_store": {"path": "/srv/images/base", "format": "qcow2"},
        "permissions": {"mode": "0600", "owner": 0, "group": 0},
        "compat": "1.1",
        "cluster_size": 65536,
        "lazy_refcounts": True,
    }
    assert not plan(seen(QCOW2), **spec).changed


@pytest.mark.parametrize(
    ("current", "desired", "same"),
    [
        (1000, 1000, True),  # raw keeps every byte
        (2000384, 2000001, True),  # resized: whole sectors
        (2000896, 2000001, True),  # created: whole KiB
        (2001408, 2000001, False),
        (2000000, 2000001, False),
        (None, 1, False),
    ],
)
def test_capacity_is_rounded_up(current: int | None, desired: int, same: bool) -> None:
    assert Capacity().same(current, desired) is same


# -- creating ----------------------------------------------------------------------------------------------------------


def test_a_new_volume() -> None:
    wanted = plan(seen(), capacity="2GiB", format="qcow2", lazy_refcounts=True)
    assert steps(wanted) == ["create"]
    assert wanted.facts == {"path": "/srv/images/disk"}
    ((schema, document),) = wanted.documents
    assert schema == "storagevol"
    assert xml.get(document, "capacity") == str(2 * GIB)
    assert xml.get(document, "target/compat") == "1.1"
    assert xml.find(document, "target/features/lazy_refcounts") is not None


def test_no_version_of_qcow2_for_other_formats() -> None:
    ((_schema, document),) = plan(seen(), capacity="1GiB").documents
    assert xml.find(document, "target") is not None
    assert xml.find(document, "target/compat") is None


@pytest.mark.parametrize(
    ("option", "spec"),
    [
        ("capacity", {}),
        ("format", {"capacity": 1, "format": "iso"}),
        ("format", {"backing_store": {"path": "/x", "format": "raw"}}),
        ("backing_store.format", {"format": "qcow2", "backing_store": {"path": "/x"}}),
    ],
)
def test_a_new_volume_needs(option: str, spec: dict[str, Any]) -> None:
    with pytest.raises(InvalidSpec) as caught:
        plan(seen(), **spec)
    assert [problem["option"] for problem in caught.value.details["problems"]] == [option]


@pytest.mark.parametrize(
    ("spec", "option"),
    [
        ({"capacity": "101GiB", "format": "qcow2"}, "capacity"),
        ({"capacity": "101GiB", "allow_overcommit": True}, "allocation"),
        ({"capacity": "60GiB"}, "allocation"),
        ({"capacity": "60GiB", "format": "qcow2", "allocation": "51GiB"}, "allocation"),
        ({"capacity": "60GiB", "allocation": 0}, ""),
        ({"capacity": "60GiB", "format": "qcow2"}, ""),
        ({"capacity": "101GiB", "allocation": 0, "allow_overcommit": True}, ""),
    ],
)
def test_room(spec: dict[str, Any], option: str) -> None:
    if not option:
        assert steps(plan(seen(), **spec)) == ["create"]
        return
    with pytest.raises(Refused) as caught:
        plan(seen(), **spec)
    assert caught.value.details["option"] == option


LOGICAL = "<pool type='logical'><name>images</name><target><path>/dev/images</path></target></pool>"
#: What libvirt shows of a logical volume: no format.
LV = """
<volume type='block'>
  <name>disk</name>
  <capacity unit='bytes'>1073741824</capacity>
  <target><path>/dev/images/disk</path></target>
</volume>"""


def logical(document: str = "") -> Seen:
    return seen(document, pool=xml.parse(LOGICAL))


def test_a_block_device_is_raw() -> None:
    assert not plan(logical(LV), capacity="1GiB", format="raw").changed
    assert plan(logical(), capacity="1GiB", format="raw").changed
    with pytest.raises(Refused, match="format: the volume exists with 'raw'"):
        plan(logical(LV), format="qcow2")
    with pytest.raises(InvalidSpec, match="a volume is what its device is"):
        plan(logical(), capacity="1GiB", format="qcow2")


def test_a_block_device_takes_its_space_at_once() -> None:
    source = xml.parse("<volume><name>base</name><capacity>64424509440</capacity></volume>")
    with pytest.raises(Refused, match="allocation: 60GiB are to be allocated"):
        plan(seen(pool=xml.parse(LOGICAL), source=source), content={**CONTENT, "volume": "base"})
    with pytest.raises(Refused, match="allocation: 60GiB are to be allocated"):
        plan(logical(), capacity="60GiB")
    with pytest.raises(Refused, match="allocation: 59GiB are to be allocated"):
        plan(logical(LV), capacity="60GiB")
    assert plan(logical(LV), capacity="51GiB").changed


@pytest.mark.parametrize("spec", [{}, {"format": "raw"}, {"format": "vdi"}])
def test_what_only_qcow2_has(spec: dict[str, Any]) -> None:
    with pytest.raises(InvalidSpec, match=r"compat: a volume of format .* has none"):
        plan(seen(), capacity="1GiB", compat="1.1", **spec)


def test_an_option_wins_over_a_document() -> None:
    document = "<volume><backingStore><path>/other</path><format type='raw'/></backingStore></volume>"
    ((_schema, made),) = plan(
        seen(backing_path="/srv/images/base"),
        xml=document,
        format="qcow2",
        backing_store={"volume": "base", "format": "qcow2"},
    ).documents
    assert xml.get(made, "backingStore/path") == "/srv/images/base"
    assert xml.get(made, "backingStore/format/@type") == "qcow2"


def test_a_backing_file_that_is_not_there() -> None:
    spec = {"format": "qcow2", "backing_store": {"path": "/x", "format": "raw"}}
    with pytest.raises(Refused, match="there is no /x on the host"):
        plan(seen(backing_is_missing=True), **spec)


# -- changing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("uses", "names", "when"),
    [
        ([], ["resize"], "stored"),
        ([OFF], ["resize"], "stored"),
        ([TOP, OFF], ["resize disk vda of domain web"], "live"),
        ([OVERLAY], ["resize"], "stored"),
    ],
)
def test_grow(uses: list[Use], names: list[str], when: str) -> None:
    wanted = plan(seen(QCOW2, uses=uses), capacity="3GiB")
    assert steps(wanted) == names
    assert [(change.path, change.before, change.after, change.when) for change in wanted.changes] == [
        ("capacity", "2GiB", "3GiB", when)
    ]


@pytest.mark.parametrize(
    ("capacity", "uses", "options", "said"),
    [
        ("101GiB", [], {}, "more than the whole storage pool"),
        ("3GiB", [BELOW], {}, "backing file of disk vda"),
        ("1GiB", [], {}, "cuts off its end"),
        ("1GiB", [TOP], {"allow_shrink": True}, "while domain web"),
        ("1GiB", [BELOW], {"allow_shrink": True}, "while domain web"),
        ("1GiB", [OVERLAY], {"allow_shrink": True}, "while volume top"),
        ("100KiB", [], {"allow_shrink": True}, "that it occupies"),
    ],
)
def test_no_resize(capacity: str, uses: list[Use], options: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said) as caught:
        plan(seen(QCOW2, uses=uses), capacity=capacity, **options)
    assert caught.value.details["option"] == "capacity"


def test_shrink() -> None:
    assert steps(plan(seen(QCOW2, uses=[OFF]), capacity="1GiB", allow_shrink=True)) == ["resize"]


@pytest.mark.parametrize(
    ("option", "spec"),
    [
        ("format", {"format": "raw"}),
        ("backing_store.path", {"backing_store": {"path": "/srv/images/other"}}),
        ("permissions.mode", {"permissions": {"mode": "0640"}}),
        ("compat", {"compat": "0.10"}),
        ("cluster_size", {"cluster_size": "128KiB"}),
        ("lazy_refcounts", {"lazy_refcounts": False}),
        ("extended_l2", {"extended_l2": True}),
    ],
)
def test_fixed(option: str, spec: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        plan(seen(QCOW2), **spec)
    assert caught.value.details["option"] == option


def test_the_owner_is_not_compared() -> None:
    assert not plan(seen(QCOW2), permissions={"owner": 64055, "group": 64055}).changed


# -- removing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["scsi", "iscsi", "iscsi-direct", "mpath"])
def test_what_cannot_be_removed_is_not_wiped(kind: str) -> None:
    pool = xml.parse(POOL.replace("dir", kind))
    for wipe in (None, "zero"):
        with pytest.raises(Refused, match=f"those of a storage pool of type {kind} are its storage's"):
            plan(Seen(pool, xml.parse(QCOW2), "/dev/sdb"), state="absent", wipe=wipe)


@pytest.mark.parametrize("use", [TOP, BELOW, OFF, OVERLAY])
def test_what_is_used_is_not_removed(use: Use) -> None:
    with pytest.raises(Refused) as caught:
        plan(seen(QCOW2, uses=[use]), state="absent")
    assert caught.value.details["users"] == [str(use)]


@pytest.mark.parametrize(
    ("found", "names"),
    [
        (seen(QCOW2), ["refresh the pool", "delete"]),
        (seen(unseen=True), ["refresh the pool", "delete"]),
        (seen(gone=True), ["refresh the pool"]),
        (seen(), []),
        (Seen(), []),  # no such pool
    ],
)
def test_remove(found: Seen, names: list[str]) -> None:
    wanted = plan(found, state="absent")
    assert steps(wanted) == names
    assert wanted.changed == bool(names)


# -- what libvirt's list and the files say -----------------------------------------------------------------------------


def test_a_file_that_libvirt_has_not_seen() -> None:
    foretold = plan(seen(unseen=True), capacity="3GiB")
    done = plan(seen(QCOW2, unseen=True, refreshed=True), capacity="3GiB")
    assert foretold.changed
    assert foretold.warnings
    assert [change.path for change in done.changes] == ["state", "capacity"]


def test_a_volume_whose_file_is_gone_is_made_anew() -> None:
    assert steps(plan(seen(gone=True), capacity="1GiB", format="qcow2")) == ["refresh the pool", "create"]


# -- on libvirt's own test driver -------------------------------------------------------------------------------------


NODE = "<node><pool type='dir'><name>default-pool</name><target><path>/default-pool</path></target></pool></node>"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """A host of libvirt's test driver with a pool; read from a file, as V(test:///default) is shared by all tests."""
    node = tmp_path / "node.xml"
    node.write_text(NODE)
    with Connection(f"test://{node}", check_mode=False) as connection:
        yield connection


def apply(connection: Connection, **options: Any) -> Plan:
    resource = Volume()
    params = {"name": "disk", "pool": "default-pool", **DEFAULTS, **options}
    return converge(connection, resource, resource.parse(params))


def test_a_life(connection: Connection) -> None:
    assert apply(connection, capacity="1GiB").changed
    assert not apply(connection, capacity="1GiB").changed
    (found,) = gather(connection, ["default-*"], ["d*"], used_by=True)
    assert found["used_by"] == []
    assert not apply(connection, **found["spec"]).changed
    assert gather(connection, ["other"], [], used_by=False) == []
    with pytest.raises(Refused, match="cuts off its end"):
        apply(connection, capacity="512MiB")


def test_nothing_is_cut_off_for_which_somebody_came(connection: Connection) -> None:
    apply(connection, capacity="1GiB", allocation=0)
    resource = Volume()
    options = {"pool": "default-pool", "capacity": "512MiB", **DEFAULTS, "allow_shrink": True}
    wish = resource.parse({"name": "disk", **options})
    wanted = resource.plan(wish, resource.observe(connection, wish))
    disk = "<disk type='file'><source file='/default-pool/disk'/><target dev='vda' bus='virtio'/></disk>"
    connection.host.change.createXML(
        f"""<domain type='test'><name>web</name><memory>1024</memory><os><type>hvm</type></os>
            <devices>{disk}</devices></domain>""",
        0,
    )
    with pytest.raises(Refused, match="cannot be made smaller while domain web"):
        wanted.apply(connection)


def test_a_pool_that_the_same_task_will_make(connection: Connection) -> None:
    """Nobody knows how large it will be; a backing volume that will be made in it is there by then."""
    resource = Volume()
    base = xml.parse("<volume><name>base</name><target><path>/srv/images/base</path></target></volume>")
    connection.coming.objects[("storage_pool", "images")] = Promise(xml.parse(POOL), active=True)
    connection.coming.objects[("volume", "images/base")] = Promise(base, active=True)
    for options in (
        {"capacity": "1000PiB"},
        {"format": "qcow2", "backing_store": {"volume": "base", "format": "raw"}},
        {"content": {**CONTENT, "volume": "base"}},
    ):
        wish = resource.parse({"name": "disk", "pool": "images", **DEFAULTS, **options})
        wanted = resource.plan(wish, resource.observe(connection, wish))
        assert wanted.changes[0].after == "present"
        assert wanted.facts["path"] == "/srv/images/disk"
    wish = resource.parse({"name": "disk", "pool": "images", **DEFAULTS, "content": {**CONTENT, "volume": "other"}})
    with pytest.raises(Refused, match="there is no volume other"):
        resource.observe(connection, wish)


def test_a_pool_that_is_not_there_or_not_active(connection: Connection) -> None:
    with pytest.raises(Refused, match="there is no storage pool other"):
        apply(connection, pool="other", capacity=1)
    assert not apply(connection, pool="other", state="absent").changed
    connection.host.read.storagePoolLookupByName("default-pool").change.destroy()
    for state in ("present", "absent"):
        with pytest.raises(Refused, match="not active"):
            apply(connection, capacity=1, state=state)
