# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules that take long, watched: how far they are is shown while they go on.

A module cannot print. So it runs as an asynchronous job of the host, tells how far it is in a file
(module_utils/jobs/report.py), and that is read every few seconds until the job has a result.
"""

from __future__ import annotations

import json
import os
import time
import typing as t

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

#: Environment variable that tells the module which file (C(FILE) in module_utils/jobs/report.py).
_FILE = "HYPERVISE_KVM_PROGRESS"

#: Seconds between two looks.
_PAUSE = 2.0

#: Seconds after which Ansible would kill the job: never. What may take how long is for the module's options.
_LIMIT = 10 * 365 * 24 * 3600

Result = dict[str, t.Any]
Variables = t.Optional[dict[str, t.Any]]


class WatchedAction(ActionBase):
    """Runs its module, and watches it."""

    _supports_check_mode = True
    _supports_async = True
    MODULE = ""

    def run(self, tmp: str | None = None, task_vars: Variables = None) -> Result:
        """Return the result of the module."""
        result: Result = super().run(tmp, task_vars)
        return {**result, **run(self, self.MODULE, task_vars)}


def run(action: ActionBase, module: str, task_vars: Variables, options: Result | None = None) -> Result:
    """Run a module and show how far it is.

    :arg options: of the module; those of the task, if none are given.
    """
    task = action._task
    if task.check_mode or task.async_val:  # nothing takes long, or somebody else asks how it goes
        return t.cast(Result, action._execute_module(module, options, task_vars=task_vars, wrap_async=task.async_val))
    progress, job = _start(action, module, task_vars, options)
    if "results_file" not in job:
        return job  # it could not be started
    _watch(action, job["results_file"], progress)
    return _result(action, job, task_vars)


def _start(action: ActionBase, module: str, task_vars: Variables, options: Result | None) -> tuple[str, Result]:
    """Start the job; return the file of its progress, which goes with the job's temporary directory, and the job."""
    shell = t.cast(t.Any, action._connection)._shell
    if not shell.tmpdir:
        action._make_tmp_path()
    progress = shell.join_path(shell.tmpdir, "progress")
    task = action._task
    task.environment = [*(task.environment or []), {_FILE: progress}]
    task.async_val = _LIMIT
    try:
        return progress, action._execute_module(module, options, task_vars=task_vars, wrap_async=True)
    finally:
        task.async_val = 0
        task.environment = task.environment[:-1]


def _watch(action: ActionBase, results: str, progress: str) -> None:
    shown = 0
    while True:
        ended = _has_ended(_text(action, results))
        lines = _text(action, progress).splitlines()
        for line in lines[shown:]:
            Display().display(line)
        shown = max(shown, len(lines))
        if ended:
            return
        time.sleep(_PAUSE)


def _has_ended(text: str) -> bool:
    """Tell whether a job's file holds the module's result; it begins with a note that there is none yet."""
    try:
        told = json.loads(text)
    except ValueError:
        return False
    return "started" not in told or bool(told.get("finished"))


def _text(action: ActionBase, path: str) -> str:
    quoted = t.cast(t.Any, action._connection)._shell.quote(path)
    return str(action._low_level_execute_command(f"cat {quoted} 2>/dev/null || true").get("stdout", ""))


def _result(action: ActionBase, job: Result, task_vars: Variables) -> Result:
    def ask(mode: str) -> Result:
        options = {"jid": job["ansible_job_id"], "mode": mode, "_async_dir": os.path.dirname(job["results_file"])}
        found: Result = action._execute_module("ansible.legacy.async_status", options, task_vars=task_vars)
        return found

    result = ask("status")
    ask("cleanup")
    return {key: value for key, value in result.items() if key not in ("ansible_job_id", "finished", "started")}
