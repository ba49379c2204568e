# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is found out before anything moves: each refusal is one function, and says why."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.sides import Side
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.storage import Disk
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.wish import Wish


@dataclass(frozen=True)
class Sight:
    """All that there is to judge by."""

    wish: Wish
    source: Side
    target: Side
    disks: list[Disk]


def is_same_host(one: Connection, other: Connection) -> bool:
    """Tell whether two connections lead to the same host."""
    return xml.get(one.capabilities(), "host/uuid") == xml.get(other.capabilities(), "host/uuid")


def check(sight: Sight) -> None:
    pass
