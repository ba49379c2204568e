# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one door, against libvirt's own driver in this process."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libvirt
import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils import connection as connections
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import READERS, Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import (
    ConnectionFailed,
    InternalError,
    NotFound,
    OperationFailed,
    Unsupported,
)

URI = "test:///default"


@pytest.fixture
def connection() -> Iterator[Connection]:
    with Connection(URI, check_mode=False) as opened:
        yield opened


@pytest.fixture
def check_mode() -> Iterator[Connection]:
    with Connection(URI, check_mode=True) as opened:
        yield opened


def test_reading_hands_out_handles(connection: Connection) -> None:
    (domain,) = connection.host.read.listAllDomains(0)
    assert domain.label == "domain test"
    assert domain.read.name() == "test"


def test_lookup(connection: Connection) -> None:
    found = connection.lookup("networkLookupByName", "default")
    assert found is not None
    assert found.label == "network default"
    assert connection.lookup("networkLookupByName", "none") is None


def test_changing(connection: Connection) -> None:
    domain = connection.lookup("lookupByName", "test")
    assert domain is not None
    domain.change.suspend()
    assert domain.read.state()[0] == libvirt.VIR_DOMAIN_PAUSED
    domain.change.resume()


def test_a_reader_can_be_nothing_else(connection: Connection) -> None:
    with pytest.raises(InternalError, match="hypervisor test:///default: defineXML is not known to change nothing"):
        connection.host.read.defineXML("<domain/>")


def test_the_door_is_shut_in_check_mode(check_mode: Connection) -> None:
    domain = check_mode.lookup("lookupByName", "test")
    assert domain is not None
    with pytest.raises(InternalError, match="domain test: destroy was about to be called in check mode"):
        domain.change.destroy()
    assert domain.read.isActive()


def test_what_only_qemu_has_goes_through_the_door(connection: Connection, check_mode: Connection) -> None:
    with pytest.raises(Unsupported, match="domain test: qemuMonitorCommand failed"):
        connection.host.read.lookupByName("test").change.qemuMonitorCommand("{}", 0)
    with pytest.raises(InternalError, match="in check mode"):
        check_mode.host.read.lookupByName("test").change.qemuMonitorCommand("{}", 0)


def test_readers_are_methods_of_libvirt() -> None:
    classes = [kind for name, kind in vars(libvirt).items() if name.startswith("vir") and isinstance(kind, type)]
    assert not [name for name in READERS if not any(hasattr(kind, name) for kind in classes)]


def test_no_reader_is_named_like_a_mutator() -> None:
    telling = re.compile(
        r"(?i)create|define|destroy|delete|remove|set(?!tings)|attach|detach|update|resize|wipe|migrate|save"
    )
    known = {"hasManagedSaveImage", "isUpdated", "managedSaveGetXMLDesc", "setKeepAlive"}  # of our own end
    assert {name for name in READERS if telling.search(name)} == known


def test_libvirts_errors_become_sentences(connection: Connection) -> None:
    with pytest.raises(OperationFailed) as caught:
        connection.host.change.networkDefineXML("<network><name>a</name><ip address='x'/></network>")
    assert caught.value.details["libvirt"]["name"] == "XML_ERROR"
    assert re.fullmatch(
        r"hypervisor \S+: networkDefineXML failed: .+ \(libvirt error 27, XML_ERROR\)\.", str(caught.value)
    )


def test_not_found(connection: Connection) -> None:
    with pytest.raises(NotFound) as caught:
        connection.host.read.lookupByName("none")
    assert caught.value.details["libvirt"]["name"] == "NO_DOMAIN"


def test_unsupported(connection: Connection) -> None:
    with pytest.raises(Unsupported):
        connection.host.read.getDomainCapabilities(None, None, None, None, 0)


@pytest.mark.parametrize("uri", ["nonsense:///x", "qemu+unix:///system?socket=/nothing", "test:///nothing"])
def test_unreachable(uri: str) -> None:
    with pytest.raises(ConnectionFailed) as caught:
        Connection(uri, check_mode=False)
    assert f"Cannot connect to {uri}: " in str(caught.value)
    assert "uri" in caught.value.hint


@pytest.mark.parametrize(
    ("uri", "local"),
    [
        ("qemu:///system", True),
        ("qemu+unix:///system", True),
        ("qemu:///session", True),
        ("test:///default", False),
        ("qemu+ssh://root@hv2/system", False),
        ("qemu+tcp://hv2/system", False),
        ("qemu://hv2/system", False),
    ],
)
def test_is_local(uri: str, local: bool) -> None:
    opened = Connection.__new__(Connection)
    opened.uri = uri
    assert opened.is_local is local


def test_error_names() -> None:
    assert connections.error_name(libvirt.VIR_ERR_NO_DOMAIN) == "NO_DOMAIN"
    assert connections.error_name(libvirt.VIR_ERR_INTERNAL_ERROR) == "INTERNAL_ERROR"
    assert connections.error_name(99999) == "99999"
