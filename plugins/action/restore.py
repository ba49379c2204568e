# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows how far a guest is brought back; all else the module does."""

from __future__ import annotations

import typing as t

from ansible.plugins.action import ActionBase

from ansible_collections.hypervise.kvm.plugins.plugin_utils import long_jobs


class ActionModule(ActionBase):
    """Runs the module, and watches it."""

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Return the result of the module."""
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        return {**result, **long_jobs.run(self, "hypervise.kvm.restore", task_vars)}
