# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is found out before anything moves. All that is in the way is told at once."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration import guest_checks, target_checks
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.sight import Check, Sight

CHECKS: tuple[Check, ...] = (*guest_checks.CHECKS, *target_checks.CHECKS)


def is_same_host(one: Connection, other: Connection) -> bool:
    """Tell whether two connections lead to the same host."""
    return xml.get(one.capabilities(), "host/uuid") == xml.get(other.capabilities(), "host/uuid")


def check(sight: Sight) -> None:
    """Look for everything that is in the way.

    :raises Refused: with all of it.
    """
    found = [(check.__name__, refusal) for check in CHECKS for refusal in check(sight)]
    if found:
        raise Refused(
            f"{sight.wish.label} cannot be moved to {sight.wish.dest_uri}: "
            + "; ".join(refusal.message for _check, refusal in found)
            + ".",
            " ".join(dict.fromkeys(refusal.hint for _check, refusal in found)),
            refusals=[{"check": name, **vars(refusal)} for name, refusal in found],
        )
