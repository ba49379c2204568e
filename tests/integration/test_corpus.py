# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""libvirt's own documents of every kind of object: see harness/corpus.py for what is asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from harness import corpus
from harness.corpus import Kind, Limit
from harness.host import Host

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import Prefix
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.network import LEASE
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.network import NETWORK as NETWORK_TABLE
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, Group, List, Node

EVERYWHERE = ("bookworm", "trixie")


def _domain(definition: Any, document: Any) -> None:
    if document.find("genid") is not None and not document.findtext("genid"):
        xml.drop(definition, "genid")
    for display in definition.iter("graphics"):
        for name in ("passwd", "passwdValidTo", "connected"):  # a secret is not gathered, and they are nothing without
            display.attrib.pop(name, None)
    _macs(definition, document)


def _macs(definition: Any, document: Any) -> None:
    stated = {mac.get("address").lower() for mac in document.iter("mac")}
    for owner in [mac.getparent() for mac in definition.iter("mac")]:
        if xml.get(owner, "mac/@address") not in stated:
            xml.drop(owner, "mac")


def _network(definition: Any, document: Any) -> None:
    _macs(definition, document)
    if xml.get(document, "bridge/@name") is None:
        xml.drop(definition, "bridge/@name")
    # libvirt keeps in which of several ways the length of a prefix and the time of a lease were written.
    for tag, length in (("ip", Prefix(classes=True)), ("route", Prefix(classes=False))):
        for entry in definition.iter(tag):
            length.write(entry, "@prefix", length.read(entry, "@prefix"))
            if entry.get("family") == "ipv4":
                del entry.attrib["family"]
    for holder in [lease.getparent() for lease in definition.iter("lease")]:
        LEASE.write(holder, "lease", LEASE.read(holder, "lease"))
    _without_defaults(NETWORK_TABLE.fields, definition)


def _without_defaults(nodes: Sequence[Node], element: Any) -> None:
    """Take out what says the same as nothing; libvirt keeps whether it was written."""
    for node in nodes:
        if isinstance(node, Field) and node.absent is not None and node.codec.read(element, node.path) == node.absent:
            node.codec.clear(element, node.path)
        elif isinstance(node, Group) and (child := xml.find(element, node.path)) is not None:
            _without_defaults(node.fields, child)
            xml.prune(child, element)
        elif isinstance(node, List):
            for entry in xml.find_all(element, node.path):
                _without_defaults(node.fields, entry)


DOMAIN = Kind(
    folder="domain",
    module="domain",
    found="domains",
    define="virsh -q define {schema} {file}",
    dump="virsh dumpxml --inactive {name}",
    undefine="virsh -q undefine --nvram {name}",
    schema="--validate",
    # Another place of a device or a bus may be taken by what libvirt added by itself; a backend of sound that plays
    # nothing may be libvirt's, and stays.
    settled=("/address", "controller", "audio/@id"),
    unordered=("devices", "cpu", "hugepages"),  # in which order a new one comes to stand means nothing
    chosen=_domain,
    limits=(
        Limit(EVERYWHERE, r"the QEMU of this host has no 'sd'", "libvirt stores a bus that, it says, is not there"),
        Limit(
            EVERYWHERE,
            r"is already used by interfaces\[\d+\], with which it is no team",
            "libvirt stores cards that share an address",
        ),
        Limit(
            ("bookworm",),
            r"no loader path specified and firmware auto selection disabled",
            "libvirt 9.0 stores firmware it does not have",
        ),
        Limit(
            ("bookworm",),
            r"again changes \[{'path': 'channels\[fdsa\]\.source', [^}]*{'path': '/tmp/channel/domain-oldname/fdsa'}",
            "libvirt 9.0 takes any socket in a folder domain-* for one of its own",
        ),
    ),
)

NETWORK = Kind(
    folder="network",
    module="network",
    found="networks",
    define="virsh -q net-define {schema} {file}",
    dump="virsh net-dumpxml --inactive {name}",
    undefine="virsh -q net-undefine {name}",
    schema="--validate",
    others=(("virbr", "law-br"), ("192.168.122.", "198.18.122."), ("10.24.", "198.24.")),
    chosen=_network,
    limits=(
        Limit(
            EVERYWHERE,
            r"Invalid options: ips\[\d+\]\.dhcp\.hosts\[\d+\]\.\w+: '\S+' is already used",
            "libvirt stores several addresses of one guest, of which dnsmasq would give one",
        ),
    ),
)

POOL = Kind(
    folder="pool",
    module="storage_pool",
    found="storage_pools",
    define="virsh -q pool-define {file}",
    dump="virsh pool-dumpxml --inactive {name}",
    undefine="virsh -q pool-undefine {name}",
    unordered=("source",),  # of devices and monitors, any comes first
)

NWFILTER = Kind(
    folder="nwfilter",
    module="nwfilter",
    found="nwfilters",
    define="virsh -q nwfilter-define {file}",
    dump="virsh nwfilter-dumpxml {name}",
    undefine="virsh -q nwfilter-undefine {name}",
    place="@name",
)

SECRET = Kind(
    folder="secret",
    module="secret",
    found="secrets",
    define="virsh -q secret-define {file}",
    dump="virsh secret-dumpxml {name}",
    undefine="virsh -q secret-undefine {name}",
    settled=("secret/@private", "usage/@type", "usage/name", "usage/target", "usage/volume"),
    name="6f0a3f3e-5cf1-4ab8-9b39-0a2f4b1c7d99",
    identity="uuid",
    place="uuid",
)


@pytest.mark.parametrize(("kind", "path"), corpus.parameters(DOMAIN, NETWORK, POOL, NWFILTER, SECRET))
def test_document(host: Host, kind: Kind, path: Path) -> None:
    corpus.check(host, kind, path)
