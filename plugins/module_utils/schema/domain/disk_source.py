# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the content of a disk is, what lies below it, and the keys to it. Each type of disk has a source of its own."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    PATH,
    UUID,
    YES,
    AbsolutePath,
    Choice,
    Codec,
    Int,
    Presence,
    Size,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.charsource import SECLABELS
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.shared import HEXADECIMAL
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, Group, List, Live, Node


class OfType(AbsolutePath):
    """A path that means this for one type of disk alone, as C(@dev) of a block device and of a vDPA device."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def read(self, element: xml.Element, path: str) -> t.Any:
        return super().read(element, path) if element.get("type") == self.kind else None

    def clear(self, element: xml.Element, path: str) -> None:
        if element.get("type") in (None, self.kind):
            super().clear(element, path)


class ImageName(Codec):
    """What a server calls an image. libvirt adds the unit 0 to the name of an iSCSI target that has none."""

    def same(self, current: t.Any, desired: t.Any) -> bool:
        return current == (f"{desired}/0" if re.match(r"(iqn|eui|naa)\.[^/]*$", desired) else desired)


class Terminator(Presence):
    """The end of a chain of images: a backing store that is empty, where libvirt looks no further."""

    def read(self, element: xml.Element, path: str) -> bool | None:
        found = xml.find(element, path)
        return True if found is not None and xml.is_empty(found) else None

    def write(self, element: xml.Element, path: str, value: t.Any) -> None:
        xml.drop(element, path)
        super().write(element, path, value)


IMAGE_NAME = ImageName()

#: Of PCI devices of the host.
PCI_ADDRESS: tuple[Node, ...] = tuple(
    Field(name, f"@{name}", HEXADECIMAL, required=name != "domain") for name in ("domain", "bus", "slot", "function")
)


_AUTH: tuple[Node, ...] = (
    Field("username", "@username", required=True),
    Group(
        "secret",
        "secret",
        (
            Field("type", "@type", Choice("ceph", "iscsi")),
            Field("uuid", "@uuid", UUID),
            Field("usage", "@usage"),
        ),
        rules={"mutually_exclusive": [("uuid", "usage")]},
    ),
)

_ENCRYPTION: tuple[Node, ...] = (
    Field("format", "@format", Choice("default", "qcow", "luks", "luks2", "luks-any"), required=True),
    Field("engine", "@engine", Choice("qemu", "librbd"), filled=True),
    List(
        "secrets",
        "secret",
        (
            Field("uuid", "@uuid", UUID, implies={"@type": "passphrase"}),
            Field("usage", "@usage", implies={"@type": "passphrase"}),
        ),
        keys=("uuid", "usage"),
        rules={"mutually_exclusive": [("uuid", "usage")], "required_one_of": [("uuid", "usage")]},
    ),
)

_HOST: tuple[Node, ...] = (
    Field("name", "@name"),
    Field("port", "@port", Int(0, 65535)),
    Field("transport", "@transport", Choice("tcp", "rdma", "unix"), absent="tcp"),
    Field("socket", "@socket", PATH),
)


def auth(path: str) -> Group:
    """Return how one is known to a server: a name, and the secret of libvirt that holds the password."""
    return Group("auth", path, _AUTH)


def encryption(path: str) -> Group:
    """Return how an image is encrypted, and the secrets of libvirt that hold its keys."""
    return Group("encryption", path, _ENCRYPTION)


def hosts(path: str) -> List:
    """Return the servers that have it."""
    return List("hosts", path, _HOST, alike=("name", "port", "socket"))


_NETWORK: tuple[Node, ...] = (
    Field(
        "protocol",
        "source/@protocol",
        Choice(
            "nbd", "rbd", "iscsi", "http", "https", "ftp", "ftps", "tftp", "gluster", "nfs", "ssh", "vxhs", "sheepdog"
        ),
        implies={"@type": "network"},
    ),
    Field("name", "source/@name", IMAGE_NAME),
    Field("query", "source/@query"),
    Field("tls", "source/@tls", YES),
    Field("tls_hostname", "source/@tlsHostname"),
    hosts("source/host"),
    Field("snapshot", "source/snapshot/@name"),
    Field("config", "source/config/@file", PATH),
    auth("source/auth"),
    Field("initiator", "source/initiator/iqn/@name"),
    List(
        "cookies",
        "source/cookies/cookie",
        (Field("name", "@name", required=True), Field("value", "", secret=True)),
        keys=("name",),
    ),
    Field("ssl_verify", "source/ssl/@verify", YES),
    Field("readahead", "source/readahead/@size", Size()),
    Field("timeout", "source/timeout/@seconds", Int(1)),
    Field("known_hosts", "source/knownHosts/@path", PATH),
    Group(
        "identity",
        "source/identity",
        (
            Field("user", "@user"),
            Field("group", "@group"),
            Field("username", "@username"),
            Field("keyfile", "@keyfile", PATH),
            Field("agentsock", "@agentsock", PATH),
        ),
    ),
)

_SOURCE: tuple[Node, ...] = (
    Field("file", "source/@file", OfType("file"), implies={"@type": "file"}),
    Field("fdgroup", "source/@fdgroup"),
    Field("dev", "source/@dev", OfType("block"), implies={"@type": "block"}),
    Field("dir", "source/@dir", OfType("dir"), implies={"@type": "dir"}),
    Field("pool", "source/@pool", implies={"@type": "volume"}),
    Field("volume", "source/@volume"),
    Field("mode", "source/@mode", Choice("host", "direct")),
    *_NETWORK,
    Field("namespace", "source/@namespace", Int(1), implies={"@type": "nvme", "source/@type": "pci"}),
    Field("managed", "source/@managed", YES),
    Group("address", "source/address", PCI_ADDRESS),
    Field("path", "source/@path", OfType("vhostuser"), implies={"@type": "vhostuser", "source/@type": "unix"}),
    Field("vhostvdpa", "source/@dev", OfType("vhostvdpa"), implies={"@type": "vhostvdpa"}),
    Group(
        "reconnect",
        "source/reconnect",
        (
            Field("delay", "@delay", Int(0)),
            Field("enabled", "@enabled", YES),
            Field("timeout", "@timeout", Int(0)),
        ),
    ),
    Field("startup_policy", "source/@startupPolicy", Choice("mandatory", "requisite", "optional")),
    Group(
        "slice",
        "source/slices/slice",
        (
            Field("offset", "@offset", Size(), required=True, implies={"@type": "storage"}),
            Field("size", "@size", Size(), required=True),
        ),
    ),
    encryption("source/encryption"),
    Group(
        "reservations",
        "source/reservations",
        (
            Field("managed", "@managed", YES),
            Field("path", "source/@path", PATH, implies={"source/@type": "unix", "source/@mode": "client"}),
        ),
    ),
    SECLABELS,
)

#: Each says what type of disk it is.
KINDS = ("file", "dev", "dir", "pool", "protocol", "namespace", "path", "vhostvdpa")


def source(live: Live, *replaced: str) -> Group:
    """Return where the content is.

    :arg replaced: what goes with the former source.
    """
    return Group(
        "source",
        "",
        _SOURCE,
        whole=("source", *replaced),
        live=live,
        rules={
            "mutually_exclusive": [KINDS],
            "required_together": [("pool", "volume"), ("namespace", "address")],
            "required_by": {
                "mode": ["pool"],
                "fdgroup": ["file"],
                **{node.name: ["protocol"] for node in _NETWORK if node.name != "protocol"},
            },
        },
    )


_FORMAT: tuple[Node, ...] = (
    Field("format", "format/@type"),
    Field("metadata_cache", "format/metadata_cache/max_size", Size(unit="unit")),
)

_NO_BACKING_STORE = Field("no_backing_store", "backingStore", Terminator(), filled=True)


def backing_store(depth: int) -> tuple[Node, ...]:
    """Return what lies below an image, I(depth) images deep. libvirt looks it up itself unless told."""
    if not depth:
        return (_NO_BACKING_STORE,)
    image = Group(
        "backing_store",
        "backingStore",
        (
            *_FORMAT,
            source("", "backingStore"),
            *backing_store(depth - 1),
        ),
        filled=True,
    )
    return (image, _NO_BACKING_STORE)
