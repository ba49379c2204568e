# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manifests: the order of objects, whose they are, and what is remembered of them."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.items import (
    Item,
    refuse_duplicates,
    stated,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.journal import Journal
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.kinds import KINDS
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.memory import Memory
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.names import name_of, removal_of
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.order import batches
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.secret import USAGES

NETWORK = ("network", "default")


def order(**document: Any) -> list[list[str]]:
    return [[item.path for item in batch] for batch in batches(stated(KINDS, document))]


def test_each_kind_comes_after_what_it_needs() -> None:
    document = {kind.option: [{"name": "one"}] for kind in reversed(KINDS)}
    assert order(**document) == [[f"{kind.option}[0]"] for kind in KINDS]


def test_what_goes_goes_in_reverse_and_guests_before_all() -> None:
    gone = {"name": "one", "state": "absent"}
    assert order(storage_pools=[gone], volumes=[gone], domains=[gone, {"name": "two"}], networks=[{"name": "n"}]) == [
        ["domains[0]"],
        ["networks[0]"],
        ["domains[1]"],
        ["volumes[0]"],
        ["storage_pools[0]"],
    ]


def test_a_volume_comes_after_those_it_names() -> None:
    volumes: list[dict[str, Any]] = [
        {"pool": "p", "name": "top", "backing_store": {"path": "/srv/p/middle", "format": "qcow2"}},
        {"pool": "p", "name": "middle", "backing_store": {"pool": "p", "volume": "base"}},
        {"pool": "p", "name": "base"},
        {"pool": "p", "name": "other"},
    ]
    assert order(volumes=volumes) == [["volumes[2]", "volumes[3]"], ["volumes[1]"], ["volumes[0]"]]
    gone = [{**volume, "state": "absent"} for volume in volumes]
    assert order(volumes=gone) == [["volumes[0]"], ["volumes[1]"], ["volumes[2]", "volumes[3]"]]


def test_volumes_of_one_name_in_two_pools() -> None:
    """Each is made from the next, and all but the last from a URL of that name, too: what is meant is (pool, name)."""
    url = {"url": "https://test/base"}
    volumes: list[dict[str, Any]] = [
        {"pool": "x", "name": "base", "content": {"pool": "y", "volume": "base"}},
        {"pool": "y", "name": "base", "backing_store": {"pool": "z", "volume": "base"}},
        {"pool": "w", "name": "base", "content": url},
        {"pool": "z", "name": "base", "content": url},
    ]
    assert order(volumes=volumes) == [["volumes[2]", "volumes[3]"], ["volumes[1]"], ["volumes[0]"]]


def test_a_circle_is_not_waited_for() -> None:
    filters = [{"name": "a", "rules": ["b"]}, {"name": "b", "rules": ["a"]}]
    assert order(nwfilters=filters) == [["nwfilters[0]", "nwfilters[1]"]]


def test_no_object_is_stated_twice() -> None:
    items = stated(KINDS, {"volumes": [{"pool": pool, "name": "a"} for pool in ("p", "q", "p")]})
    assert refuse_duplicates(items)
    assert [item.error.message for item in items if item.error] == [
        "Invalid options: volumes[2]: the volume p/a is stated already, by volumes[0]"
    ]


def test_what_has_no_name_is_no_duplicate() -> None:
    nameless: dict[str, list[dict[str, Any]]] = {
        "domains": [{"memory": "1GiB"}] * 2,
        "volumes": [{"pool": "p"}] * 2,
        "secrets": [{"xml": "<secret/>"}, {"usage": {"type": "ceph"}}],
    }
    assert not refuse_duplicates(stated(KINDS, nameless))


def test_a_uuid_is_the_same_however_it_is_written() -> None:
    uuid = "6f0a3f3e-5cf1-4ab8-9b39-0a2f4b1c7d55"
    for written in (uuid, uuid.upper(), uuid.replace("-", "")):
        assert name_of("secret", {"uuid": written}) == uuid
    assert name_of("secret", {"uuid": "none"}) == "none"


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("domain", {"name": "a b"}),
        ("volume", {"pool": "p", "name": "a"}),
        ("secret", {"usage": {"type": "ceph", "name": "client.a b"}}),
        ("secret", {"usage": {"type": "iscsi", "target": "iqn.2026-01.test:a"}}),
        ("secret", {"usage": {"type": "volume", "volume": "/srv/a b"}}),
        ("secret", {"uuid": "6f0a3f3e-5cf1-4ab8-9b39-0a2f4b1c7d55"}),
    ],
)
def test_an_object_of_a_name_can_be_removed(kind: str, given: dict[str, Any]) -> None:
    assert removal_of(kind, name_of(kind, given)) == {**given, "state": "absent"}


def test_a_secret_of_every_usage_has_a_name() -> None:
    """Looked up without the schema, which not every manifest loads."""
    for usage, option in USAGES.items():
        assert name_of("secret", {"usage": {"type": usage, option: "this"}}) == f"{usage} this"


def test_the_journal_survives_its_writer(tmp_path: Path) -> None:
    path = tmp_path / "new/journal"
    journal = Journal(str(path))
    journal.write(NETWORK, "shop")
    journal.write(("volume", "p/a"), "shop")
    with path.open("a") as torn:
        torn.write('["volume", "p/b", "sh')
    Journal(str(path)).write(("volume", "p/a"), "")
    assert Journal(str(path)).owners == {NETWORK: "shop"}
    assert Journal(str(path)).owned("network", "shop") == ["default"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


# -- what is remembered, of libvirt's own test driver ------------------------------------------------------------------


def guest(**more: Any) -> list[Item]:
    items = stated(KINDS, {"domains": [{"name": "test", **more}]})
    for item in items:
        item.said = [item.given, "label"]
    return items


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """A host of libvirt's test driver that no other test has."""
    guest = "<domain type='test'><name>test</name><memory>8192</memory><os><type>hvm</type></os></domain>"
    (tmp_path / "node.xml").write_text(f"<node>{guest}</node>")
    with Connection(f"test://{tmp_path}/node.xml", check_mode=False) as opened:
        yield opened


def recalled(path: Path, connection: Connection, host: str = "host", **more: Any) -> bool:
    memory, items = Memory(str(path), host), guest(**more)
    memory.recall(connection, items)
    return items[0].settled


def test_what_was_as_stated_is_remembered(tmp_path: Path, connection: Connection) -> None:
    path = tmp_path / "memory"
    memory, items = Memory(str(path), "host"), guest()
    memory.recall(connection, items)
    assert not items[0].settled
    items[0].plan.facts["type"] = "something"
    memory.learn(connection, items)
    assert recalled(path, connection)
    assert not recalled(path, connection, host="another host, boot or release of this code")
    assert not recalled(path, connection, memory="1GiB")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    connection.host.read.lookupByName("test").change.setAutostart(1)
    assert not recalled(path, connection)
    connection.host.read.lookupByName("test").change.setAutostart(0)
    assert recalled(path, connection)
    connection.host.read.lookupByName("test").change.suspend()
    assert not recalled(path, connection)


def test_documents_side_by_side_are_remembered(tmp_path: Path, connection: Connection) -> None:
    path = tmp_path / "memory"
    for items in (guest(), []):
        memory = Memory(str(path), "host")
        memory.recall(connection, items)
        memory.learn(connection, items)
    assert recalled(path, connection)


def test_a_torn_memory_is_none(tmp_path: Path, connection: Connection) -> None:
    path = tmp_path / "memory"
    path.write_text('["ab", {"domain/test": ["')
    assert not recalled(path, connection)


def test_what_changed_while_it_was_planned_is_not_remembered(tmp_path: Path, connection: Connection) -> None:
    memory, items = Memory(str(tmp_path / "memory"), "host"), guest()
    memory.recall(connection, items)
    connection.host.read.lookupByName("test").change.setAutostart(1)
    memory.learn(connection, items)
    connection.host.read.lookupByName("test").change.setAutostart(0)
    assert not recalled(tmp_path / "memory", connection)


def test_what_waits_for_a_restart_is_not_remembered(tmp_path: Path, connection: Connection) -> None:
    memory, items = Memory(str(tmp_path / "memory"), "host"), guest()
    memory.recall(connection, items)
    items[0].plan.pending_restart.append("memory")
    memory.learn(connection, items)
    assert not recalled(tmp_path / "memory", connection)


def test_what_is_to_go_is_not_remembered(tmp_path: Path, connection: Connection) -> None:
    memory, items = Memory(str(tmp_path / "memory"), "host"), guest(state="absent")
    memory.recall(connection, items)
    memory.learn(connection, items)
    assert not recalled(tmp_path / "memory", connection, state="absent")
