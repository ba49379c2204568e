# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the checks before a migration judge by, and what they say."""

from __future__ import annotations

import typing as t
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

    @property
    def here(self) -> Connection:
        """The source."""
        return self.source.connection

    @property
    def there(self) -> Connection:
        """The target."""
        return self.target.connection

    @property
    def document(self) -> xml.Element:
        """The guest."""
        return self.source.document


@dataclass(frozen=True)
class Refusal:
    """Why a guest cannot be moved, and what to do."""

    message: str
    hint: str


#: Finds reasons of one kind.
Check = t.Callable[[Sight], t.Iterator[Refusal]]
