# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries out a stage of a disaster recovery: on each host its steps, which are modules with their options."""

from __future__ import annotations

import time
import typing as t

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.options import STEP_OPTIONS
from ansible_collections.hypervise.kvm.plugins.plugin_utils import long_jobs

Result = dict[str, t.Any]
Variables = t.Optional[dict[str, t.Any]]

#: Modules that take long and tell how far they are.
_LONG = ("backup", "backup_copy", "restore")

#: What a module returns for Ansible and not for people, and what is too much for a report.
_LEFT_OUT = ("invocation", "diff", "warnings", "deprecations", "exception", "ansible_facts", "steps", "changes")


class ActionModule(ActionBase):
    """Runs the steps that are for its host, one after the other. Those of a guest that failed have no successors."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: Variables = None) -> Result:
        """Return what became of each step."""
        result: Result = super().run(tmp, task_vars)
        _checked, options = t.cast(t.Any, self).validate_argument_spec(STEP_OPTIONS)
        host = (task_vars or {})["inventory_hostname"]
        done: list[Result] = []
        failed: set[str] = set()
        for step in options["stage"]:
            if step["host"] != host or step["guest"] in failed:
                continue
            told = self._step(step, options, task_vars)
            done.append(told)
            if told["failed"]:
                failed.add(step["guest"])
        result = {**result, "changed": any(told["changed"] for told in done), "done": done}
        if failed:
            sentences = [f"{told['phase']} {told['guest']}: {told['msg']}" for told in done if told["failed"]]
            result.update(failed=True, msg=" ".join(sentences))
        return result

    def _step(self, step: Result, options: Result, task_vars: Variables) -> Result:
        started = time.time()
        defaults = options["defaults"].get(step["module"]) or {}
        result = self._module(step["module"], {**defaults, **step["options"]}, task_vars)
        if step["record"] and not result.get("failed") and not self._task.check_mode:
            noted = self._note(step, options, started, task_vars)
            if noted.get("failed"):
                result = {**result, "failed": True, "msg": f"It was done, and could not be noted: {noted.get('msg')}"}
        return {
            **{name: step[name] for name in ("guest", "host", "phase")},
            "started": round(started, 3),
            "ended": round(time.time(), 3),
            "changed": bool(result.get("changed")),
            "failed": bool(result.get("failed")),
            "msg": str(result.get("msg", "")),
            "result": {name: value for name, value in result.items() if name not in (*_LEFT_OUT, "msg", "failed")},
        }

    def _module(self, name: str, options: Result, task_vars: Variables) -> Result:
        try:
            if name.rpartition(".")[2] in _LONG:
                return long_jobs.run(self, name, task_vars, options)
            return t.cast(Result, self._execute_module(name, options, task_vars=task_vars))
        except AnsibleConnectionFailure:
            raise
        except AnsibleError as error:  # there is no such module, for example
            return {"failed": True, "msg": str(error)}

    def _note(self, step: Result, options: Result, started: float, task_vars: Variables) -> Result:
        record = dict(step["record"])
        if "run" in record and "done" not in record:
            record["done"] = {step["phase"]: {"started": started, "ended": time.time(), "host": step["host"]}}
        wish = {
            "repository": options["repository"],
            "plan": options["plan"],
            "records": {step["guest"]: record},
        }
        return t.cast(Result, self._execute_module("hypervise.kvm.dr_state", wish, task_vars=task_vars))
