# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who uses which storage, as libvirt's own test driver has it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.promises import Promise
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import usage
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.listed import described
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.usage import Use

UUID = "7a0a3f3e-5cf1-4ab8-9b39-000000000001"
DISK = "<disk type='file' device='disk'><source file='{}'/>{}<target dev='vda' bus='virtio'/></disk>"


NODE = "<node><pool type='dir'><name>default-pool</name><target><path>/default-pool</path></target></pool></node>"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """A host of libvirt's test driver with a pool; read from a file, as V(test:///default) is shared by all tests."""
    node = tmp_path / "node.xml"
    node.write_text(NODE)
    with Connection(f"test://{node}", check_mode=False) as connection:
        yield connection


def define(connection: Connection, devices: str = "", boot: str = "", start: bool = False) -> None:
    document = f"""<domain type='test'><name>guest</name><uuid>{UUID}</uuid><memory>1024</memory>
        <os><type>hvm</type>{boot}</os><devices>{devices}</devices></domain>"""
    domain = connection.host.change.defineXML(document)
    if start:
        domain.change.create()


def used(connection: Connection, path: str = "", pool: str = "", volume: str = "") -> list[str]:
    return usage.names(usage.of_volume(usage.by_domains(connection), path, pool, volume))


def test_nothing_is_used_by_nobody(connection: Connection) -> None:
    assert used(connection, "/images/a") == []
    assert used(connection) == []


def test_a_disk_of_a_guest_that_is_off(connection: Connection) -> None:
    define(connection, DISK.format("/images/a", ""))
    assert used(connection, "/images/a") == ["domain guest (disk vda)"]


def test_a_running_guest_is_named_once(connection: Connection) -> None:
    define(connection, DISK.format("/images/a", ""), start=True)
    assert used(connection, "/images/a") == ["domain guest (disk vda, running)"]


def test_a_guest_counts_as_the_same_task_will_have_made_it(connection: Connection) -> None:
    define(connection, DISK.format("/images/a", ""), start=True)
    then = xml.parse(f"<domain><devices>{DISK.format('/images/b', '')}</devices></domain>")
    for running, users in ((None, "domain guest (disk vda)"), (then, "domain guest (disk vda, running)")):
        connection.coming.objects["domain", "guest"] = Promise(then, active=running is not None, running=running)
        assert used(connection, "/images/a") == []
        assert used(connection, "/images/b") == [users]
    connection.coming.objects["domain", "new"] = Promise(then, active=False)
    assert "domain new (disk vda)" in used(connection, "/images/b")
    connection.coming.removals.add(("domain", "guest"))
    assert used(connection, "/images/b") == ["domain new (disk vda)"]


def test_what_others_do_is_seen_when_it_is_looked_for_again(connection: Connection) -> None:
    assert used(connection, "/images/a") == []
    define(connection, DISK.format("/images/a", ""))
    assert used(connection, "/images/a") == ["domain guest (disk vda)"]
    connection.host.raw.lookupByName("guest").undefine()
    connection.forget()
    assert used(connection, "/images/a") == []


def test_a_volume_of_a_pool(connection: Connection) -> None:
    define(connection, "<disk type='volume'><source pool='p' volume='v'/><target dev='vda' bus='virtio'/></disk>")
    assert used(connection, pool="p", volume="v") == ["domain guest (disk vda)"]
    assert used(connection, pool="p", volume="other") == []
    assert used(connection, pool="other", volume="v") == []


def test_a_backing_file_is_not_the_top_image(connection: Connection) -> None:
    backing = "<backingStore type='file'><format type='raw'/><source file='/images/base'/></backingStore>"
    define(connection, DISK.format("/images/top", backing), start=True)
    uses = usage.by_domains(connection)
    (top,) = [use for use in usage.of_volume(uses, "/images/top", "", "") if use.running]
    (base,) = [use for use in usage.of_volume(uses, "/images/base", "", "") if use.running]
    assert (top.disk, base.disk) == ("vda", "")
    assert str(base) == "domain guest (backing file of disk vda, running)"


@pytest.mark.parametrize("boot", ["<kernel>/images/a</kernel>", "<kernel>/k</kernel><initrd>/images/a</initrd>"])
def test_what_a_guest_boots_from(connection: Connection, boot: str) -> None:
    define(connection, boot=boot)
    (use,) = used(connection, "/images/a")
    assert use in ("domain guest (kernel)", "domain guest (initrd)")


def test_a_snapshot(connection: Connection) -> None:
    define(connection, DISK.format("/images/a", ""))
    guest = connection.host.read.lookupByName("guest")
    guest.change.snapshotCreateXML("<domainsnapshot><name>before</name></domainsnapshot>", 0)
    define(connection)
    assert used(connection, "/images/a") == ["snapshot before of domain guest (disk vda)"]


def test_a_volume_that_another_is_layered_on(connection: Connection) -> None:
    pool = connection.host.read.listAllStoragePools(0)[0]
    pool.change.createXML(
        """<volume><name>top</name><capacity>1</capacity><target/>
        <backingStore><path>/default-pool/base</path><format type='raw'/></backingStore></volume>""",
        0,
    )
    uses = usage.of_host(connection)
    assert usage.names(uses) == ["volume top of storage pool default-pool (backing file)"]
    assert uses[0].path == "/default-pool/base"


def test_not_more_users_than_a_person_reads() -> None:
    uses = [Use(f"domain {number}", "disk vda") for number in range(7)]
    assert usage.tell(uses[:2]) == "domain 0 (disk vda), domain 1 (disk vda)"
    assert usage.tell(uses).endswith("domain 4 (disk vda) and 2 more")


def test_what_goes_while_it_is_listed_is_not_missed(connection: Connection) -> None:
    for name in ("a", "b", "c"):
        connection.host.change.networkDefineXML(f"<network><name>{name}</name></network>")
    found = []
    for network, _document in described(connection.host.read.listAllNetworks(0)):
        found.append(network.read.name())
        if len(found) == 1:
            gone = "b" if found == ["a"] else "a"
            connection.host.read.networkLookupByName(gone).change.undefine()
    assert sorted(found) == sorted({"a", "b", "c"} - {gone})
