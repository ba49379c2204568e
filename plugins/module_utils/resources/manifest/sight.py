# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an object is like, read for all of a manifest in few calls and without understanding it.

Whether an object is as stated follows from what is stated, from libvirt's documents of it and from a few words about
its state. These are put together here as bytes, so that they can be compared with those of an earlier run. What else
a plan looks at, each resource's observe() says; where that can make a difference to an object that is as stated, there
is no sight of it:

- a secret's value, and the filters that a filter refers to, are in no document of it; no sight of these kinds;
- what a saved domain, or one in a state that is none of libvirt's lists, will be like;
- a network whose restart was begun, as another network says;
- volumes that are not files: how their sizes are rounded depends on the volume group or the partition table.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError

Key = tuple[str, str]

#: What volumes and pools tell of what happens in them; nothing that is stated is compared with it.
_PASSING = re.compile(r"<timestamps>.*?</timestamps>|<(allocation|available|physical)\b[^>]*>[^<]*</\1>", re.DOTALL)
_OF_FILE = re.compile(r"<volume type=['\"]file['\"]")
_SIZE_OF_POOL = re.compile(r"<capacity\b[^>]*>[^<]*</capacity>")


@dataclass(frozen=True)
class _Way:
    """How the objects of a kind are listed: by each of some flags, which tells their state in bulk."""

    method: str
    flags: tuple[str, ...]  # the first lists those that are active
    stored: str  # the flag for the stored document
    more: str = ""  # the flag for what else it can tell
    unclear: tuple[str, ...] = ()  # those of the flags whose objects have a state that documents do not tell


_NETWORKS, _POOLS, _DOMAINS = ("CONNECT_LIST_" + kind for kind in ("NETWORKS_", "STORAGE_POOLS_", "DOMAINS_"))

_WAYS = {
    "storage_pool": _Way(
        "listAllStoragePools",
        tuple(_POOLS + flag for flag in ("ACTIVE", "PERSISTENT", "AUTOSTART")),
        "STORAGE_XML_INACTIVE",
    ),
    "network": _Way(
        "listAllNetworks",
        tuple(_NETWORKS + flag for flag in ("ACTIVE", "PERSISTENT", "AUTOSTART")),
        "NETWORK_XML_INACTIVE",
    ),
    "domain": _Way(
        "listAllDomains",
        tuple(
            _DOMAINS + flag
            for flag in ("ACTIVE", "PERSISTENT", "AUTOSTART", "RUNNING", "PAUSED", "MANAGEDSAVE", "OTHER")
        ),
        "DOMAIN_XML_INACTIVE",
        "DOMAIN_XML_SECURE",
        (_DOMAINS + "MANAGEDSAVE", _DOMAINS + "OTHER"),
    ),
}


def look(connection: Connection, keys: t.Collection[Key]) -> dict[Key, bytes]:
    """Return what some objects are like; those of which that cannot be told are not among them."""
    wanted: dict[str, set[str]] = {}
    for kind, name in keys:
        wanted.setdefault(kind, set()).add(name)
    found: dict[Key, bytes] = {}
    for kind, names in wanted.items():
        looking = _volumes(connection, names) if kind == "volume" else _objects(connection, kind, names)
        found.update(((kind, name), text.encode()) for name, text in looking)
    return found


def _objects(connection: Connection, kind: str, names: t.Container[str]) -> t.Iterator[tuple[str, str]]:
    if kind not in _WAYS:
        return
    way = _WAYS[kind]
    listed = {handle.raw.name(): handle for handle in getattr(connection.host.read, way.method)(0)}
    having = {
        flag: {handle.raw.name() for handle in getattr(connection.host.read, way.method)(constant(flag))}
        for flag in way.flags
    }
    more = constant(way.more) if way.more else 0
    for name, handle in listed.items():
        if name not in names or f"{name}-restart" in listed or any(name in having[flag] for flag in way.unclear):
            continue
        has = [flag for flag in way.flags if name in having[flag]]
        flags = [constant(way.stored) | more]
        if way.flags[0] in has:  # it is active: what runs is told, too
            flags.append(more)
        documents = [_document(handle, entry) for entry in flags]
        if None not in documents:
            text = "\0".join([*has, *t.cast("list[str]", documents)])
            yield name, _SIZE_OF_POOL.sub("", _PASSING.sub("", text)) if kind == "storage_pool" else text


def _volumes(connection: Connection, names: t.Collection[str]) -> t.Iterator[tuple[str, str]]:
    for pool in sorted({name.partition("/")[0] for name in names}):
        try:
            volumes = connection.host.read.storagePoolLookupByName(pool).read.listAllVolumes(0)
        except KvmError:
            continue
        for volume in volumes:
            name = f"{pool}/{volume.raw.name()}"
            document = _document(volume, 0) if name in names else None
            if document is not None and _OF_FILE.match(document):
                yield name, _PASSING.sub("", document)


def _document(handle: Handle, flags: int) -> str | None:
    try:
        return str(handle.read.XMLDesc(flags))
    except KvmError:
        return None  # it went away meanwhile
