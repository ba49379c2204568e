# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The definition of a guest that is brought back, and where its disks go."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import FULL, Disk, Point
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration import choice, definition
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration.resource import Restoration
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.restoration.state import Wish

UUID = "4dea22b3-1d52-d8f3-2516-782e98ab3fa0"
DOCUMENT = f"""
<domain type='kvm'>
  <name>web</name>
  <uuid>{UUID}</uuid>
  <genid>{UUID}</genid>
  <metadata>
    <h:restore xmlns:h='urn:hypervise:kvm:restore:1' repository='r' uuid='u' point='p' state='done'/>
  </metadata>
  <os firmware='efi'><type>hvm</type><nvram template='/t.fd'>/var/nvram/web_VARS.fd</nvram></os>
  <sysinfo type='smbios'><system><entry name='uuid'>{UUID}</entry><entry name='family'>f</entry></system></sysinfo>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/><source file='/old/a.qcow2'/><target dev='vda'/>
      <backingStore type='file'><format type='qcow2'/><source file='/old/base'/></backingStore>
    </disk>
    <disk type='volume' device='disk'><source pool='fast' volume='b'/><target dev='vdb'/></disk>
    <disk type='block' device='disk'><driver type='raw'/><source dev='/dev/vg/c'/><target dev='vdc'/></disk>
    <disk type='file' device='disk'><source file='/old/mine'/><target dev='vdd'/></disk>
    <disk type='file' device='cdrom'><source file='/iso'/><target dev='sda'/><readonly/></disk>
    <interface type='network'><mac address='52:54:00:00:00:01'/><source network='lan'/></interface>
  </devices>
</domain>"""
POINT = Point(
    "20261122T190000Z",
    1,
    "web",
    UUID,
    FULL,
    tuple(Disk(t, f"{t}.qcow2", FULL, 1, 1) for t in ("vda", "vdb", "vdc")),
    "crash",
)


def wish(**options: Any) -> Wish:
    defaults = {name: known.get("default") for name, known in Restoration().argument_spec().items()}
    return Restoration().parse({**defaults, "repository": "/srv/backup", "domain": "web", **options})


def rebuilt(wished: Wish, **known: Any) -> tuple[xml.Element, list[str], tuple[str, ...]]:
    document = xml.parse(DOCUMENT)
    found = definition.places(document, POINT, wished, {"fast": "/pool"})
    left_out = definition.rebuilt(document, wished, found, wished.name, **known)
    return document, [place.path for place in found], left_out


def test_in_its_own_place() -> None:
    document, paths, left_out = rebuilt(wish())
    assert paths == ["/old/a.qcow2", "/pool/b", "/dev/vg/c"]
    assert left_out == ()
    expected = xml.parse(DOCUMENT)
    for path in ("metadata", "devices/disk/backingStore"):
        xml.drop(expected, path)
    assert xml.text_of(document) == xml.text_of(expected)


def test_a_new_identity() -> None:
    document, paths, left_out = rebuilt(wish(name="copy", directory="/new", networks={"lan": "lab"}))
    assert paths == ["/new/copy-vda.qcow2", "/new/copy-vdb.img", "/new/copy-vdc.img"]
    assert left_out == ("vdd",)
    text = xml.text_of(document)
    for own in (UUID, "52:54:00:00:00:01", "web_VARS", "/old/", "/dev/vg", "fast"):
        assert own not in text
    assert xml.get(document, "os/nvram/@template") == "/t.fd"
    assert xml.find(document, "genid") is not None
    assert xml.get(document, "sysinfo/system/entry") == "f"
    assert xml.get(document, "devices/interface/source/@network") == "lab"
    assert [disk.get("type") for disk in xml.find_all(document, "devices/disk")] == ["file"] * 4
    again, _paths, _left_out = rebuilt(wish(name="copy", directory="/new"), uuid="its own")
    assert xml.get(again, "uuid") == "its own"


def test_a_new_identity_without_a_place() -> None:
    assert rebuilt(wish(name="copy"))[1] == ["", "", ""]


def test_destinations() -> None:
    document, paths, _left_out = rebuilt(wish(destinations={"vda": "/dev/x", "vdc": "/new/c"}))
    assert paths == ["/dev/x", "/pool/b", "/new/c"]
    disks = xml.find_all(document, "devices/disk")
    assert (disks[0].get("type"), xml.get(disks[0], "source/@dev")) == ("block", "/dev/x")
    assert (disks[1].get("type"), xml.get(disks[1], "source/@volume")) == ("volume", "b")
    assert (disks[2].get("type"), xml.get(disks[2], "source/@file")) == ("file", "/new/c")


def test_encryption_is_seen() -> None:
    disk = xml.parse("<disk><source file='/x'><encryption format='luks'/></source></disk>")
    assert definition.is_encrypted(disk)
    assert not definition.is_encrypted(xml.parse("<disk><source file='/x'/></disk>"))


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"repository": "backup"}, "repository"),
        ({"directory": "new"}, "directory"),
        ({"destinations": {"vda": 1}}, r"destinations\[vda\]"),
        ({"disks": ["vda"], "name": "copy"}, "disks"),
        ({"disks": ["vda"], "directory": "/new"}, "disks"),
    ],
)
def test_what_is_no_wish(options: dict[str, Any], option: str) -> None:
    with pytest.raises(InvalidSpec, match=option):
        wish(**options)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1970-01-01T00:01:00Z", 60), ("1970-01-01T01:01:00+01:00", 60), ("1970-01-01 00:01:00+00:00", 60)],
)
def test_instants(text: str, seconds: int) -> None:
    assert choice.instant_of(text) == seconds


@pytest.mark.parametrize("text", ["yesterday", "20261122T190000Z.", ""])
def test_no_instant(text: str) -> None:
    with pytest.raises(Refused, match="latest"):
        choice.instant_of(text)


def test_what_a_guest_would_reach() -> None:
    """For a copy that is to be alone: only the networks that were chosen for it are none of that."""
    document = xml.parse(
        """<domain><devices>
        <interface type='network'><source network='bubble'/></interface>
        <interface type='network'><source network='lan'/></interface>
        <interface type='bridge'><source bridge='br0'/></interface>
        <interface type='direct'><source dev='eth0' mode='bridge'/></interface>
        <interface type='user'/>
        <hostdev mode='subsystem' type='pci'/><filesystem type='mount'/>
        </devices></domain>"""
    )
    assert list(definition.outside(document, {"lan": "bubble"})) == [
        "interface of type network lan",
        "interface of type bridge br0",
        "interface of type direct eth0",
        "interface of type user",
        "hostdev",
        "filesystem",
    ]
