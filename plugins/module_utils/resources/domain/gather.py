# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reporting domains, one or a thousand: five calls for all of them, and one for each document that is asked for."""

from __future__ import annotations

import fnmatch
import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import NotFound
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import told
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import (
    inside,
    recognise,
    states,
    statistics,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.table import DOMAIN

Told = dict[str, t.Any]


@dataclass(frozen=True)
class Questions:
    """What is asked for: names or patterns, none for all domains; and what of each."""

    names: t.Sequence[str]
    parts: t.Collection[str]  # spec, statistics, job
    addresses: t.Sequence[str]
    agent: bool
    agent_timeout: float = 10  # seconds for all agents together


def gather(connection: Connection, questions: Questions) -> list[Told]:
    """Return the domains that are asked for, in the order of their names."""
    listed = {handle.read.name(): handle for handle in _list(connection)}
    chosen = {name: listed[name] for name in sorted(listed) if _matches(name, questions.names)}
    if not chosen:
        return []
    persistent, autostart, saved = (
        {handle.read.name() for handle in _list(connection, flag)}
        for flag in ("PERSISTENT", "AUTOSTART", "MANAGEDSAVE")
    )
    offers: recognise.Offers = {}
    found = []
    for name, counted in _count(connection, chosen, "statistics" in questions.parts):
        state, reason = states.words(counted.pop("state.state"), counted.pop("state.reason"))
        if state == "stopped" and name in saved:
            state = reason = "saved"
        handle = chosen[name]
        domain: Told = {
            "name": name,
            "uuid": handle.read.UUIDString(),
            "state": state,
            "state_reason": reason,
            "persistent": name in persistent,
            "autostart": name in autostart,
        }
        try:
            if "spec" in questions.parts:
                domain.update(_documents(handle, domain, offers))
        except NotFound:
            continue  # it has just been removed
        domain.update({"addresses": [], "guest": {}})
        if "job" in questions.parts:
            domain["job"] = statistics.job(handle) if state in ("running", "paused", "suspended") else {}
        if "statistics" in questions.parts:
            domain["statistics"] = statistics.shaped(counted)
        found.append(domain)
    running = {domain["name"]: chosen[domain["name"]] for domain in found if domain["state"] == "running"}
    known = inside.known(running, questions.addresses, questions.agent, questions.agent_timeout)
    for domain in found:
        domain.update(known.get(domain["name"], {}))
    return sorted(found, key=lambda domain: domain["name"])


def _list(connection: Connection, flag: str = "") -> list[Handle]:
    return connection.host.read.listAllDomains(constant(f"CONNECT_LIST_DOMAINS_{flag}") if flag else 0)


def _matches(name: str, patterns: t.Sequence[str]) -> bool:
    return not patterns or any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _count(
    connection: Connection, chosen: t.Mapping[str, Handle], with_statistics: bool
) -> t.Iterator[tuple[str, dict[str, t.Any]]]:
    """Return the states and statistics of the domains that are still there, without waiting for a busy one."""
    raw = [handle.raw for handle in chosen.values()]
    flags = constant("CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT")
    for domain, counted in connection.host.read.domainListGetStats(raw, statistics.stats_flags(with_statistics), flags):
        yield domain.name(), counted


def _documents(handle: Handle, domain: Told, offers: recognise.Offers) -> Told:
    """Return what is told from the documents: of a domain that is saved, the one with which it will go on counts."""
    stored = live = None
    if domain["persistent"]:
        stored = xml.parse(handle.read.XMLDesc(constant("DOMAIN_XML_INACTIVE")))
    if domain["state"] == "saved":
        live = xml.parse(handle.read.managedSaveGetXMLDesc(0))
    elif domain["state"] != "stopped":
        live = xml.parse(handle.read.XMLDesc(0))
    if live is not None:
        recognise.recognise(handle, live, stored, offers)
    spec = told.spec_of(DOMAIN.fields, stored if stored is not None else live, with_rest=True)
    if stored is not None:
        spec["autostart"] = domain["autostart"]
    return {
        "type": spec.get("type"),
        "pending_restart": told.pending(DOMAIN.fields, stored, live, with_rest=True),
        "spec": spec,
    }
