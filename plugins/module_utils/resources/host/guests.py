# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host's guests have of it, and what is promised to all of them together."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import NotFound
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import states, statistics
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.host import needs
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import read
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.memory import SIZE
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.table import DOMAIN

Told = dict[str, t.Any]

#: Rows of a domain by which it takes something of its host, or can only run on some.
_TAKES = frozenset(
    """
    memory current_memory max_memory memory_devices memory_backing vcpus current_vcpus vcpu_placement vcpu_cpuset
    cpu iothreads cputune numatune hostdevs
    """.split()
)
TAKES = tuple(node for node in DOMAIN.fields if node.name in _TAKES)


#: States in which a guest has its share of the host.
AWAKE = ("running", "paused", "suspended")


def guests(connection: Connection) -> list[Told]:
    """Return all domains by name: four calls, and one for each document."""
    persistent, autostart, saved = (_names(connection, flag) for flag in ("PERSISTENT", "AUTOSTART", "MANAGEDSAVE"))
    flags = constant("CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT")
    found = []
    for raw, counted in connection.host.read.getAllDomainStats(statistics.stats_flags(False), flags):
        name = raw.name()
        state, _reason = states.words(counted["state.state"], counted["state.reason"])
        try:
            document = _document(connection.wrap(raw, name), state)
        except NotFound:
            continue  # it has just been removed
        found.append(
            {
                "name": name,
                "uuid": raw.UUIDString(),
                "type": document.get("type"),
                "state": "saved" if state == "stopped" and name in saved else state,
                "persistent": name in persistent,
                "autostart": name in autostart,
                **share(document),
            }
        )
    return sorted(found, key=lambda guest: guest["name"])


def _names(connection: Connection, flag: str) -> set[str]:
    listed = connection.host.read.listAllDomains(constant(f"CONNECT_LIST_DOMAINS_{flag}"))
    return {handle.read.name() for handle in listed}


def _document(domain: Handle, state: str) -> xml.Element:
    """Return what a guest runs with, or would run with if it were started."""
    return xml.parse(domain.read.XMLDesc(0 if state in AWAKE else constant("DOMAIN_XML_INACTIVE")))


def share(document: xml.Element) -> Told:
    """Return what a guest has of its host: in numbers to add up, and as the module M(domain) states it."""
    resources = read(TAKES, document)
    memory = SIZE.read(document, "memory")
    return {
        "vcpus": resources["current_vcpus"],
        "maximum_vcpus": resources["vcpus"],
        "memory": SIZE.read(document, "currentMemory") or memory,
        "maximum_memory": memory,
        "resources": resources,
        "needs": needs.needs(document),
        "labels": needs.labels(document),
    }


def totals(guests: t.Sequence[Told], cpus: Told, memory: Told) -> Told:
    """Return what guests have of the host's processors and memory, and how many times what there is that is."""
    awake = [guest for guest in guests if guest["state"] in AWAKE]
    return {
        "vcpus": _total(
            cpus["online"], (guest["vcpus"] for guest in awake), (guest["maximum_vcpus"] for guest in guests)
        ),
        "memory": _total(
            memory["total"],
            (guest["maximum_memory"] for guest in awake),
            (guest["maximum_memory"] for guest in guests),
        ),
    }


def _total(physical: int, running: t.Iterable[int], defined: t.Iterable[int]) -> Told:
    promised = {"running": sum(running), "defined": sum(defined)}
    ratios = {f"{name}_ratio": round(value / physical, 3) for name, value in promised.items()}
    return {"physical": physical, **promised, **ratios}
