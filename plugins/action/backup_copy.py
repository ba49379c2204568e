# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows how far copies are; all else the module does."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.plugin_utils.long_jobs import WatchedAction


class ActionModule(WatchedAction):
    """Runs the module, and watches it."""

    MODULE = "hypervise.kvm.backup_copy"
