# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings a file of the controller to the host, where a volume is to be filled with it; all else the module does."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.plugin_utils import controller_files
from ansible_collections.hypervise.kvm.plugins.plugin_utils.bringing import BringingAction, Options, Result


class ActionModule(BringingAction):
    """One volume."""

    MODULE = "hypervise.kvm.volume"

    def is_needed(self, options: Options) -> bool:
        return controller_files.is_needed(options)

    def describe(self, options: Options) -> Options:
        return controller_files.describe(self, options)

    def bring(self, options: Options, foretold: Result) -> Options:
        return controller_files.bring(self, options) if foretold.get("content_due") else options
