# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What libvirt lists as a pool's volumes, and what it would find if it looked anew."""

from __future__ import annotations

import os
import stat
import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.storage_pool import DIRECTORIES

#: Kinds of files that libvirt takes for volumes.
_VOLUMES = (stat.S_ISREG, stat.S_ISDIR, stat.S_ISBLK, stat.S_ISCHR)


@dataclass(frozen=True)
class Listing:
    """The names of a pool's volumes, as libvirt lists them and as they are; C(None) where only libvirt can look."""

    listed: frozenset[str]
    there: frozenset[str] | None


def look(connection: Connection, pool: Handle, document: xml.Element) -> Listing:
    """Return what libvirt lists, and what it would list if it looked anew."""
    return Listing(_listed(pool), _there(connection, document))


def plan_refresh(plan: Plan, listing: Listing, find: t.Callable[[Connection], Handle]) -> None:
    """Plan that libvirt looks anew; what that changes is foreseen for files, and else known when it is done."""

    def refresh(connection: Connection) -> None:
        pool = find(connection)
        before = _listed(pool)
        pool.change.refresh(0)
        plan.changes = [change for change in plan.changes if not change.path.startswith("volumes[")]
        _note(plan, before, _listed(pool))

    if listing.there is None:
        plan.warnings.append("refresh: check mode cannot foretell what libvirt will find in a pool of this type.")
    else:
        _note(plan, listing.listed, listing.there)
    plan.step("refresh", refresh)


def _note(plan: Plan, before: frozenset[str], after: frozenset[str]) -> None:
    for name in sorted(before - after):
        plan.change(f"volumes[{name}]", "listed", None)
    for name in sorted(after - before):
        plan.change(f"volumes[{name}]", None, "listed")


def _listed(pool: Handle) -> frozenset[str]:
    return frozenset(volume.read.name() for volume in pool.read.listAllVolumes(0))


def _there(connection: Connection, document: xml.Element) -> frozenset[str] | None:
    """Return what libvirt's refresh would list, by its rules."""
    path = xml.get(document, "target/path") or ""
    if not connection.is_local or xml.get(document, "@type") not in DIRECTORIES:
        return None
    try:
        with os.scandir(path) as entries:
            return frozenset(entry.name for entry in entries if _is_volume(entry))
    except OSError:
        return None  # not for us to read


def _is_volume(entry: os.DirEntry[str]) -> bool:
    try:
        mode = entry.stat().st_mode
    except OSError:
        return False  # a link to nothing
    return any(kind(mode) for kind in _VOLUMES)
