# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the actions of modules that fill volumes have in common: they bring files of the controller, if need be."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.plugins.action import ActionBase

Options = dict[str, t.Any]
Result = dict[str, t.Any]


class BringingAction(ActionBase):
    """Runs its module once, or twice where there are such files: the first time to hear which have to be brought."""

    _supports_check_mode = True
    _supports_async = True
    MODULE = ""

    # -- what an action adds ---------------------------------------------------------------------------------------

    def is_needed(self, options: Options) -> bool:
        """Tell whether some options state a file of the controller."""
        raise NotImplementedError

    def describe(self, options: Options) -> Options:
        """Return the options with such files found and added up."""
        raise NotImplementedError

    def bring(self, options: Options, foretold: Result) -> Options:
        """Return the options with those files on the host that check mode has foretold to be due."""
        raise NotImplementedError

    def stops(self, options: Options, foretold: Result) -> bool:
        """Tell whether a run of which check mode has foretold this does nothing."""
        return bool(foretold.get("failed"))

    # -- the one way -----------------------------------------------------------------------------------------------

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        """Return the result of the module."""
        result: Result = super().run(tmp, task_vars)
        options = dict(self._task.args)
        try:
            if not self.is_needed(options):
                return {**result, **self._module(options, task_vars, wrap_async=bool(self._task.async_val))}
            if self._task.async_val:
                raise AnsibleActionFail(
                    "content.src: a file of the controller cannot be brought by a task with async, which leaves the "
                    "controller. Bring it with ansible.builtin.copy first, and state remote_src=true."
                )
            options = self.describe(options)
            foretold = self._module(options, task_vars, check=True)
            if self._task.check_mode or self.stops(options, foretold) or not foretold.get("changed"):
                return {**result, **foretold}
            return {**result, **self._module(self.bring(options, foretold), task_vars)}
        except AnsibleError as error:
            return {**result, "failed": True, "msg": str(error.message)}

    def _module(
        self, options: Options, task_vars: dict[str, t.Any] | None, check: bool = False, wrap_async: bool = False
    ) -> t.Any:
        before = self._task.check_mode
        self._task.check_mode = before or check
        try:
            return self._execute_module(
                module_name=self.MODULE, module_args=options, task_vars=task_vars, wrap_async=wrap_async
            )
        finally:
            self._task.check_mode = before
