# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What points there are, as data for a playbook."""

from __future__ import annotations

import fnmatch
import os
import shutil
import typing as t
from dataclasses import asdict

from ansible_collections.hypervise.kvm.plugins.module_utils.repository.errors import Damaged
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import PRUNED, Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.repository import Repository
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.task import chosen


def gather(path: str, domains: t.Sequence[str], names: t.Sequence[str]) -> dict[str, t.Any]:
    """Return a repository and points in it.

    :raises KvmError: where there is none.
    """
    repository = Repository.open(path)
    guests = [guest for _name, guest in chosen(repository, domains) if guest]
    return {
        "repository": {"path": path, "id": repository.id, "free": shutil.disk_usage(path).free},
        "points": [
            _told(guest, name)
            for guest in guests
            for name in guest.names()
            if not names or any(fnmatch.fnmatchcase(name, pattern) for pattern in names)
        ],
    }


def _told(guest: Guest, name: str) -> dict[str, t.Any]:
    status = guest.status(name)
    place = {"domain": guest.name, "uuid": guest.uuid, "name": name, "path": os.path.join(guest.path, name)}
    try:
        told = asdict(guest.point(name))
    except Damaged as error:
        return {**place, "state": "damaged", "problem": error.message}
    return {
        **place,
        **told,
        "state": "merging" if told["parent"] in guest.names(PRUNED) else "complete",
        "stored_bytes": sum(disk["stored_bytes"] for disk in told["disks"]),
        "virtual_size": sum(disk["virtual_size"] for disk in told["disks"]),
        "protected": bool(status.get("protected")),
        "verified": status.get("verified"),
        "booted": status.get("booted"),
        "copied": status.get("copied"),
    }
