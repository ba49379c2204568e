# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans what is done with protected guests: on the controller, of what their hosts have told."""

from __future__ import annotations

import typing as t

from ansible.plugins.action import ActionBase

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery import task
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.options import OPTIONS


class ActionModule(ActionBase):
    """Does without a module: what it needs is here."""

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
