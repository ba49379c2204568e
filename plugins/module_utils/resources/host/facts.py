# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host is and has left: itself, its memory and processors, its storage pools and networks."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import (
    Connection,
    Handle,
    constant,
    library_version,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import NotFound
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.capabilities import GUESTS, HOST
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import NUMBERS
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import read

Told = dict[str, t.Any]

ALL = -1  # libvirt's number for all NUMA nodes, and for all processors


def identity(connection: Connection) -> Told:
    """Return who the host is, and what runs on it."""
    ask = connection.host.read
    return {
        "hostname": ask.getHostname(),
        "uri": ask.getURI(),
        "hypervisor": ask.getType(),
        "versions": {
            "libvirt": _version(ask.getLibVersion()),
            "hypervisor": _version(ask.getVersion()),
            "library": _version(library_version()),
        },
    }


def _version(number: int) -> str:
    return f"{number // 1000000}.{number // 1000 % 1000}.{number % 1000}"


def capabilities(document: xml.Element) -> Told:
    """Return the host's capabilities, of its machines and of the guests that it can run."""
    host = xml.find(document, "host")
    return {"iommu": False, "cells": [], "guests": [], **read(HOST, host), **read((GUESTS,), document)}


def memory(connection: Connection, host: Told) -> Told:
    """Return the memory of the host and of each of its NUMA nodes, and of their pages how many are free."""
    ask = connection.host.read
    counted = {name: value * 1024 for name, value in ask.getMemoryStats(ALL).items()}
    sizes = [page["size"] for page in host.get("cpu", {}).get("pages", ())]
    return {**counted, "cells": [_cell(ask, cell, sizes) for cell in host.get("cells", ())]}


def _cell(ask: t.Any, cell: Told, sizes: list[int]) -> Told:
    (free,) = ask.getFreePages([size // 1024 for size in sizes], cell["id"], 1).values()
    pages = [{**page, "free": free.get(page["size"] // 1024)} for page in cell.get("pages", ())]
    return {
        "id": cell["id"],
        "total": cell.get("memory"),
        "free": pages[0]["size"] * pages[0]["free"] if pages else None,  # the smallest: all others are huge
        "pages": pages,
    }


def cpus(connection: Connection) -> Told:
    """Return how many processors there are, which of them are online, and what they have been doing."""
    ask = connection.host.read
    there, states, online = ask.getCPUMap(0)
    times = {name: value for name, value in ask.getCPUStats(ALL, 0).items() if name != "utilization"}
    return {
        "total": there,
        "online": online,
        "online_set": NUMBERS.parse(",".join(str(number) for number, is_online in enumerate(states) if is_online)),
        "mhz": ask.getInfo()[3],
        "times": times,
    }


def storage_pools(connection: Connection) -> list[Told]:
    """Return the pools by name, with what is left in them."""
    return _listed(connection, "listAllStoragePools", "STORAGE_POOLS", _pool)


def _pool(pool: Handle, active: bool) -> Told:
    document = xml.parse(pool.read.XMLDesc(0))
    _state, *sizes = pool.read.info() if active else (0, None, None, None)
    return {
        "type": document.get("type"),
        "path": xml.get(document, "target/path"),
        **dict(zip(("capacity", "allocation", "available"), sizes)),
    }


def networks(connection: Connection) -> list[Told]:
    """Return the networks by name, with the bridges that guests are attached to."""
    return _listed(connection, "listAllNetworks", "NETWORKS", _network)


def _network(network: Handle, _active: bool) -> Told:
    document = xml.parse(network.read.XMLDesc(0))
    forward = xml.find(document, "forward")
    return {
        "forward": None if forward is None else forward.get("mode", "nat"),
        "bridge": xml.get(document, "bridge/@name"),
    }


def _listed(connection: Connection, method: str, flags: str, describe: t.Callable[[Handle, bool], Told]) -> list[Told]:
    """Return what there is of a kind, each with its state, from four calls for all of them."""
    everything, active, persistent, autostart = (
        {handle.read.name(): handle for handle in getattr(connection.host.read, method)(flag)}
        for flag in (0, *(constant(f"CONNECT_LIST_{flags}_{word}") for word in ("ACTIVE", "PERSISTENT", "AUTOSTART")))
    )
    found = []
    for name, handle in sorted(everything.items()):
        try:
            described = describe(handle, name in active)
        except NotFound:
            continue  # it has just been removed
        found.append(
            {
                "name": name,
                "uuid": handle.read.UUIDString(),
                "state": "active" if name in active else "inactive",
                "persistent": name in persistent,
                "autostart": name in autostart,
                **described,
            }
        )
    return found
