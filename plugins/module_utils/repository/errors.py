# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with a repository."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError


class Damaged(KvmError):
    """Something in the repository is not what was put there. Nothing is restored from it."""


class Busy(KvmError):
    """Somebody else writes there now. The message tells who."""
