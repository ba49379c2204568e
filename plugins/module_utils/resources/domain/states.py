# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The states of a domain, and why it is in one, in words."""

from __future__ import annotations

#: libvirt's states in the order of their numbers: our word for it, and libvirt's reasons in the order of theirs.
_STATES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("stopped", ("unknown",)),  # no state
    (
        "running",
        (
            "unknown",
            "booted",
            "migrated",
            "restored",
            "from_snapshot",
            "unpaused",
            "migration_canceled",
            "save_canceled",
            "wakeup",
            "crashed",
            "postcopy",
            "postcopy_failed",
        ),
    ),
    ("running", ("unknown",)),  # blocked
    (
        "paused",
        (
            "unknown",
            "user",
            "migration",
            "save",
            "dump",
            "ioerror",
            "watchdog",
            "from_snapshot",
            "shutting_down",
            "snapshot",
            "crashed",
            "starting_up",
            "postcopy",
            "postcopy_failed",
            "api_error",
        ),
    ),
    ("running", ("unknown", "user")),  # on its way out, but not there yet
    (
        "stopped",
        ("unknown", "shutdown", "destroyed", "crashed", "migrated", "saved", "failed", "from_snapshot", "daemon"),
    ),
    ("stopped", ("unknown", "panicked")),  # crashed
    ("suspended", ("unknown",)),
)


def words(state: int, reason: int) -> tuple[str, str]:
    """Return what libvirt tells in numbers as words, the reason by libvirt's own name for it."""
    name, reasons = _STATES[state] if state < len(_STATES) else ("stopped", ())
    return name, reasons[reason] if reason < len(reasons) else str(reason)
