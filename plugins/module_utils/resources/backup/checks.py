# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in the way of a backup. All of it is looked for before the guest notices anything."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils import units
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup.layout import Layout
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup.state import Sight
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup.wish import REQUIRED, Wish


def check(wish: Wish, seen: Sight, layout: Layout) -> None:
    """Refuse what cannot work.

    :raises Refused: with the reason.
    """
    if seen.power == "saved":
        reason = "the guest is saved, and what is in its memory would not be in the point"
        raise _refusal(wish, "domain", reason, "Start it, or discard the saved memory, first.")
    if seen.job and not seen.job_is_ours:
        hint = "Wait until it has ended (virsh domjobinfo)."
        raise _refusal(wish, "domain", f"libvirt is busy with another job of the guest: {seen.job}", hint)
    if wish.quiesce == REQUIRED and not (seen.power == "running" and seen.agent):
        why = "its guest agent is not connected" if seen.power == "running" else f"it is {seen.power}"
        hint = "Start the guest with qemu-guest-agent in it, or set quiesce=preferred."
        raise _refusal(wish, "quiesce", why, hint)
    if layout.room > seen.free - wish.keep_free:
        have, need = units.about(max(0, seen.free - wish.keep_free)), units.about(layout.room)
        raise _refusal(wish, "repository", f"it may take {need}, and {have} are free", "Make room there.")


def _refusal(wish: Wish, option: str, reason: str, hint: str) -> Refused:
    return Refused(f"{option}: {wish.label} cannot be made: {reason}.", hint, option=option)
