# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings a file of the controller to the host, where a volume is to be filled with it; all else the module does."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.hypervise.kvm.plugins.plugin_utils import controller_files

MODULE = "hypervise.kvm.volume"


class ActionModule(ActionBase):
    """Runs the module once, or twice where there is a file to be brought: the first time to hear whether it has to."""

    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Return the result of the module."""
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        options = dict(self._task.args)
        try:
            if not controller_files.is_needed(options):
                return {**result, **self._module(options, task_vars)}
            options = controller_files.describe(self, options)
            foretold = self._module(options, task_vars, check=True)
            if self._task.check_mode or foretold.get("failed") or not foretold.get("changed"):
                return {**result, **foretold}
            if foretold.get("content_due"):
                options = controller_files.bring(self, options)
            return {**result, **self._module(options, task_vars)}
        except AnsibleError as error:
            return {**result, "failed": True, "msg": str(error.message)}

    def _module(self, options: dict[str, t.Any], task_vars: dict[str, t.Any] | None, check: bool = False) -> t.Any:
        before = self._task.check_mode
        self._task.check_mode = before or check
        try:
            return self._execute_module(module_name=MODULE, module_args=options, task_vars=task_vars)
        finally:
            self._task.check_mode = before
