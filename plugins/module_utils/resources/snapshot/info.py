# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Telling which snapshots there are, each in the very shape in which it could be wished for."""

from __future__ import annotations

import fnmatch
import os
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import NotFound
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.description import spec_of
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.tree import Snapshot, Tree, tree_of


def gather(connection: Connection, domains: t.Sequence[str], patterns: t.Sequence[str]) -> list[dict[str, t.Any]]:
    """Return the snapshots whose name matches one of the glob I(patterns), of the domains that match I(domains)."""
    found = []
    for domain in sorted(connection.host.read.listAllDomains(0), key=lambda domain: domain.read.name()):
        name = domain.read.name()
        if not _matches(name, domains):
            continue
        try:
            tree = tree_of(domain)
        except NotFound:
            continue  # it has just been removed
        found += [_describe(connection, name, tree, one) for one in tree if _matches(one.name, patterns)]
    return found


def _describe(connection: Connection, domain: str, tree: Tree, snapshot: Snapshot) -> dict[str, t.Any]:
    files = (*snapshot.overlays.values(), snapshot.memory_file)
    return {
        "domain": domain,
        "name": snapshot.name,
        "state": "present",
        "current": snapshot.current,
        "parent": snapshot.parent,
        "children": [child.name for child in tree.children(snapshot.name)],
        "creation_time": snapshot.created,
        "domain_state": snapshot.state,
        "allocation": sum(map(_allocation, files)) if connection.is_local else 0,
        "spec": {"domain": [domain], "name": snapshot.name, **spec_of(snapshot)},
    }


def _allocation(path: str) -> int:
    try:
        return os.stat(path).st_blocks * 512
    except OSError:
        return 0  # not a file of this host, or gone


def _matches(name: str, patterns: t.Sequence[str]) -> bool:
    return not patterns or name in patterns or any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
