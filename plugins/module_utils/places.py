# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a task leaves on its host what the next one has to know, and what it likes to."""

from __future__ import annotations

import os


def kept() -> str:
    """Return the directory for what must not be lost."""
    return _of_user("XDG_STATE_HOME", ".local/state") or "/var/lib/hypervise-kvm"


def cached() -> str:
    """Return the directory for what may be lost at any time."""
    return _of_user("XDG_CACHE_HOME", ".cache") or "/var/cache/hypervise-kvm"


def _of_user(variable: str, usual: str) -> str:
    if os.geteuid() == 0:
        return ""
    return os.path.join(os.environ.get(variable) or os.path.join(os.path.expanduser("~"), usual), "hypervise-kvm")
