# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings the files of the controller that volumes of a manifest are to be filled with; all else the module does."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.hypervise.kvm.plugins.plugin_utils import controller_files

MODULE = "hypervise.kvm.manifest"

Options = dict[str, t.Any]


class ActionModule(ActionBase):
    """Runs the module once, or twice where there are such files: the first time to hear which have to be brought."""

    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Return the result of the module."""
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        options = dict(self._task.args)
        try:
            volumes = options.get("volumes")
            if not isinstance(volumes, list) or not any(_is_needed(volume) for volume in volumes):
                return {**result, **self._module(options, task_vars)}
            volumes = [controller_files.describe(self, item) if _is_needed(item) else item for item in volumes]
            foretold = self._module({**options, "volumes": volumes}, task_vars, check=True)
            stops = foretold.get("failed") and options.get("on_error", "stop") == "stop"
            if self._task.check_mode or stops or not foretold.get("changed"):
                return {**result, **foretold}
            due = {entry["item"] for entry in foretold["objects"] if entry.get("content_due")}
            volumes = [
                controller_files.bring(self, item) if f"volumes[{index}]" in due else item
                for index, item in enumerate(volumes)
            ]
            return {**result, **self._module({**options, "volumes": volumes}, task_vars)}
        except AnsibleError as error:
            return {**result, "failed": True, "msg": str(error.message)}

    def _module(self, options: Options, task_vars: dict[str, t.Any] | None, check: bool = False) -> t.Any:
        before = self._task.check_mode
        self._task.check_mode = before or check
        try:
            return self._execute_module(module_name=MODULE, module_args=options, task_vars=task_vars)
        finally:
            self._task.check_mode = before


def _is_needed(item: t.Any) -> bool:
    return isinstance(item, dict) and controller_files.is_needed(item)
