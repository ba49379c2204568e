# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How one value looks as an option and in XML."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema import codecs
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import Codec


@pytest.mark.parametrize(
    ("codec", "option", "value"),
    [
        (codecs.NAME, "a b", "a b"),
        (codecs.PATH, "/srv", "/srv"),
        (codecs.PATH, "", ""),
        (codecs.INT, "7", 7),
        (codecs.Int(1, 9), 9, 9),
        (codecs.UUID, "6F0A3F3E5CF14AB89B39000000000001", "6f0a3f3e-5cf1-4ab8-9b39-000000000001"),
        (codecs.MAC, "52:54:00:AB:CD:EF", "52:54:00:ab:cd:ef"),
        (codecs.ADDRESS, "2001:DB8:0::1", "2001:db8::1"),
        (codecs.MODE, "644", "0644"),
        (codecs.MODE, "0o755", "0755"),
        (codecs.Size(stored=1024), "1025B", 2048),
        (codecs.Lease(), 0, 0),
        (codecs.Lease(), 120, 120),
    ],
)
def test_parse(codec: Codec, option: Any, value: Any) -> None:
    assert codec.parse(option) == value


@pytest.mark.parametrize(
    ("codec", "option", "said"),
    [
        (codecs.NAME, "", "cannot be a name"),
        (codecs.NAME, "a/b", "cannot be a name"),
        (codecs.NAME, "..", "cannot be a name"),
        (codecs.PATH, "srv", "not an absolute path"),
        (codecs.Int(1, 9), 0, "too small; at least 1"),
        (codecs.Int(1, 9), 10, "too large; at most 9"),
        (codecs.Size(minimum=1024), "1B", "too small; at least 1KiB"),
        (codecs.UUID, "x", "is not a UUID"),
        (codecs.MAC, "52-54-00-00-00-01", "is not a MAC address"),
        (codecs.MAC, "01:00:00:00:00:01", "multicast"),
        (codecs.ADDRESS, "192.0.2.256", "is not an IP address"),
        (codecs.MODE, "9", "is not a mode"),
        (codecs.Lease(), 119, "too short"),
        (codecs.Lease(), -1, "too short"),
    ],
)
def test_parse_refuses(codec: Codec, option: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        codec.parse(option)


@pytest.mark.parametrize(
    ("codec", "path", "value", "text"),
    [
        (codecs.TEXT, "title", "one", "<a><title>one</title></a>"),
        (codecs.TEXT, "title", "", "<a/>"),
        (codecs.INT, "@x", 7, "<a x='7'/>"),
        (codecs.YES, "@x", True, "<a x='yes'/>"),
        (codecs.ON, "@x", False, "<a x='off'/>"),
        (codecs.Bool("yes", ""), "@x", False, "<a/>"),
        (codecs.PRESENT, "b", True, "<a><b/></a>"),
        (codecs.PRESENT, "b", False, "<a/>"),
        (codecs.Size(stored=1024), "@peak", 2048, "<a peak='2'/>"),
        (codecs.Size(stored=1024, unit="unit"), "memory", 2048, "<a><memory unit='KiB'>2</memory></a>"),
        (codecs.Size(unit="unit"), "capacity", 5, "<a><capacity unit='bytes'>5</capacity></a>"),
        (codecs.Lease(), "lease", 600, "<a><lease expiry='600' unit='seconds'/></a>"),
        (codecs.Prefix(classes=True), "@prefix", 25, "<a prefix='25'/>"),
    ],
)
def test_write_then_read(codec: Codec, path: str, value: Any, text: str) -> None:
    element = xml.build("a")
    codec.write(element, path, value)
    assert xml.text_of(element) == xml.text_of(xml.parse(text))
    read = codec.read(element, path)
    assert codec.same(read, value) or (read is None and value in (False, ""))


@pytest.mark.parametrize(
    ("codec", "path", "text", "value"),
    [
        (codecs.Size(stored=1024, unit="unit"), "memory", "<a><memory unit='GB'>1</memory></a>", 10**9),
        (codecs.Size(stored=1024, unit="unit"), "memory", "<a><memory>1</memory></a>", 1024),
        (codecs.Size(stored=1024, unit="unit"), "memory", "<a/>", None),
        (codecs.Int(unset="auto"), "@x", "<a x='auto'/>", None),
        (codecs.INT, "@x", "<a x='0x1f'/>", 31),
        (codecs.Lease(), "lease", "<a><lease expiry='2'/></a>", 120),
        (codecs.Lease(), "lease", "<a><lease expiry='1' unit='hours'/></a>", 3600),
        (codecs.Lease(), "lease", "<a/>", None),
        (codecs.ADDRESS, "@x", "<a x='FE80::1'/>", "fe80::1"),
        (codecs.ADDRESS, "@x", "<a x='name.example'/>", "name.example"),
        (codecs.MAC, "@x", "<a x='52:54:00:AA:00:01'/>", "52:54:00:aa:00:01"),
        (codecs.MODE, "mode", "<a><mode>0711</mode></a>", "0711"),
    ],
)
def test_read_what_libvirt_writes(codec: Codec, path: str, text: str, value: Any) -> None:
    assert codec.read(xml.parse(text), path) == value


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("<ip address='192.0.2.1' netmask='255.255.255.128'/>", 25),
        ("<ip address='10.0.0.1'/>", 8),
        ("<ip address='172.16.0.1'/>", 16),
        ("<ip address='192.0.2.1'/>", 24),
        ("<ip address='0.0.0.0'/>", 0),
        ("<ip address='2001:db8::1' family='ipv6'/>", 64),
        ("<ip/>", None),
    ],
)
def test_prefix_that_is_not_stated(text: str, length: int | None) -> None:
    assert codecs.Prefix(classes=True).read(xml.parse(text), "@prefix") == length
    assert codecs.Prefix(classes=False).read(xml.parse("<route address='192.0.2.0'/>"), "@prefix") == 0


def test_prefix_takes_the_place_of_a_netmask() -> None:
    element = xml.parse("<ip address='192.0.2.1' netmask='255.255.255.0'/>")
    codecs.Prefix(classes=True).write(element, "@prefix", 25)
    assert dict(element.attrib) == {"address": "192.0.2.1", "prefix": "25"}


@pytest.mark.parametrize(
    ("current", "desired", "same"),
    [
        ("pc-q35-9.2", "q35", True),
        ("pc-i440fx-9.2", "pc", True),
        ("pc-i440fx-9.2", "q35", False),
        ("pc-q35-9.2", "pc-q35-7.2", False),
        (None, "q35", False),
    ],
)
def test_machine_alias(current: str | None, desired: str, same: bool) -> None:
    assert codecs.Machine().same(current, desired) is same


def test_size_of_a_running_object_is_rounded_up_once_more() -> None:
    codec = codecs.Size(stored=1024, live_step=2**20)
    assert codec.same_live(2 * 2**20, 2**20 + 1024)
    assert not codec.same(2 * 2**20, 2**20 + 1024)
    assert codec.show(2**20 + 1024) == "1025KiB"
