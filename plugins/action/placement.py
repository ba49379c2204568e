# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans where guests run: on the controller, of what it has been told, without asking any host."""

from __future__ import annotations

import typing as t

from ansible.plugins.action import ActionBase

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError
from ansible_collections.hypervise.kvm.plugins.module_utils.placement import task
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.options import OPTIONS


class ActionModule(ActionBase):
    """Does without a module: the facts of a hundred hosts are many megabytes, which need not travel nor be logged."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Return the plan."""
        result: dict[str, t.Any] = {**super().run(tmp, task_vars), "changed": False}
        _checked, options = t.cast(t.Any, self).validate_argument_spec(OPTIONS)
        try:
            return {**result, **task.run(options)}
        except KvmError as error:
            return {**result, "failed": True, **error.result()}
