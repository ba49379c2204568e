# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports on a run: on the controller, where its history is kept."""

from __future__ import annotations

import typing as t

from ansible.plugins.action import ActionBase

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery import report
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.options import REPORT_OPTIONS


class ActionModule(ActionBase):
    """Does without a module: what it needs is here."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Return the report."""
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        _checked, options = t.cast(t.Any, self).validate_argument_spec(REPORT_OPTIONS)
        try:
            return {**result, **report.run(options, bool(self._task.check_mode))}
        except KvmError as error:
            return {**result, "failed": True, **error.result()}
