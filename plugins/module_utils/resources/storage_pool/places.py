# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which storage belongs to which pool: its sources and target, and the guests that have a volume of it."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import usage
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.listed import described
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.storage_pool import DIRECTORIES

#: Types of pools whose volumes a guest can also name by what the source is called, and where that stands.
NAMED_BY = {
    "rbd": "source/name",
    "gluster": "source/name",
    "sheepdog": "source/name",
    "iscsi-direct": "source/device/@path",
}

#: Types that need a device for themselves.
ON_DEVICES = ("fs", "disk", "logical")

Documents = t.Mapping[str, xml.Element]


def documents(connection: Connection) -> dict[str, xml.Element]:
    """Return the pools by name: those that are there, and those that the same task will have made."""
    coming = connection.coming
    listed = described(connection.host.read.listAllStoragePools(0))
    there = {pool.read.name(): document for pool, document in listed}
    stay = {name: document for name, document in there.items() if not coming.gone("storage_pool", name)}
    return {**stay, **{name: promise.document for name, promise in coming.of("storage_pool").items()}}


def with_target(connection: Connection, pools: Documents, path: str) -> list[str]:
    """Return the pools whose target is I(path), after symbolic links."""
    return [name for name, document in pools.items() if _target(connection, document) == path]


def with_source(connection: Connection, pools: Documents, document: xml.Element) -> list[str]:
    """Return the pools that take their volumes from where a new one would: libvirt refuses a second one."""
    wanted = _sources(connection, document)
    return [name for name, other in pools.items() if wanted & _sources(connection, other)]


def _target(connection: Connection, document: xml.Element) -> str:
    path = xml.get(document, "target/path")
    return usage.real(connection, path) if path else ""


def _sources(connection: Connection, document: xml.Element) -> set[tuple[str, ...]]:
    kind = xml.get(document, "@type") or ""
    devices = [xml.get(device, "@path") or "" for device in xml.find_all(document, "source/device")]
    if kind in ON_DEVICES:
        return {("device", usage.real(connection, device)) for device in devices}
    hosts = [xml.get(host, "@name") or "" for host in xml.find_all(document, "source/host")]
    if kind == "netfs":
        return {("export", host, xml.get(document, "source/dir/@path") or "") for host in hosts}
    if kind == "iscsi":
        initiator = xml.get(document, "source/initiator/iqn/@name") or ""
        return {("target", host, device, initiator) for host in hosts for device in devices}
    return set()


def users(connection: Connection, name: str, pool: Handle | None) -> list[usage.Use]:
    """Return what guests use of a pool: by its name, by a path of a volume, or by one below its target.

    :arg pool: the pool where it is active, so that its volumes are known.
    """
    beginnings = {other: _beginning(connection, document) for other, document in documents(connection).items()}
    volumes = pool.read.listAllVolumes(0) if pool else []
    paths = {usage.real(connection, volume.read.path()) for volume in volumes}

    def used(use: usage.Use) -> bool:
        around = {other for other, beginning in beginnings.items() if beginning and use.path.startswith(beginning)}
        longest = max((len(beginnings[other]) for other in around), default=0)
        innermost = {other for other in around if len(beginnings[other]) == longest}
        return use.pool == name or use.path in paths or name in innermost

    return [use for use in usage.by_domains(connection) if used(use)]


def _beginning(connection: Connection, document: xml.Element) -> str:
    """Return what the paths of all volumes of a pool begin with, and those of no others."""
    kind = xml.get(document, "@type") or ""
    if kind in DIRECTORIES:
        return _target(connection, document).rstrip("/") + "/"
    named = xml.get(document, NAMED_BY[kind]) if kind in NAMED_BY else ""
    return f"{named}/" if named else ""
