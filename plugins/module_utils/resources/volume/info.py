# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Telling which volumes a host has, each in the very shape in which it could be wished for."""

from __future__ import annotations

import fnmatch
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import usage
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.stage import is_staged
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.state import capacity_of
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import read
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.volume import ALLOCATION, VOLUME


def gather(
    connection: Connection, pools: t.Sequence[str], patterns: t.Sequence[str], used_by: bool
) -> list[dict[str, t.Any]]:
    """Return the volumes whose name matches one of the glob I(patterns), of the active pools that match I(pools)."""
    uses = usage.of_host(connection) if used_by else []
    found = connection.host.read.listAllStoragePools(constant("CONNECT_LIST_STORAGE_POOLS_ACTIVE"))
    told = []
    for pool in sorted(found, key=lambda pool: pool.read.name()):
        if not _matches(pool.read.name(), pools):
            continue
        for volume, document in usage.volumes(pool):
            if _matches(volume.read.name(), patterns) and not is_staged(volume.read.name()):
                told.append(_describe(pool.read.name(), volume, document))
    if used_by:
        for volume_told in told:
            path = usage.real(connection, volume_told["path"])
            users = usage.of_volume(uses, path, volume_told["pool"], volume_told["name"])
            volume_told["used_by"] = usage.names(users)
    return told


def _describe(pool: str, volume: Handle, document: xml.Element) -> dict[str, t.Any]:
    return {
        "name": volume.read.name(),
        "pool": pool,
        "state": "present",
        "path": volume.read.path(),
        "key": volume.read.key(),
        "type": xml.get(document, "@type"),
        "allocation": ALLOCATION.codec.read(document, ALLOCATION.path),
        "pending_restart": [],
        "spec": {"pool": pool, **read(VOLUME.fields, document), **_sparse(document)},
    }


def _sparse(document: xml.Element) -> dict[str, t.Any]:
    """Return the allocation of a raw file that is not all there: another one made without it would be."""
    allocation = ALLOCATION.codec.read(document, ALLOCATION.path)
    is_raw_file = xml.get(document, "@type") == "file" and xml.get(document, "target/format/@type") == "raw"
    return {"allocation": allocation} if is_raw_file and allocation < capacity_of(document) else {}


def _matches(name: str, patterns: t.Sequence[str]) -> bool:
    return not patterns or any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
