# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs modules on a host, hundreds of them: one long-lived process that forks for each.

Reads a request per line (JSON) from standard input and writes an answer per line. The parent has imported all code,
which is most of what starting a module costs; a child is the module's process: own arguments, own libvirt connection.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pwd
import select
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from typing import IO, Any

from ansible.module_utils.testing import patch_module_args

from . import guard
from .measure import Measure
from .state import state
from .sweep import sweep

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MODULES = "ansible_collections.hypervise.kvm.plugins.modules"
COVERAGE = os.path.join(HERE, "coverage")

#: What measures the lines that run, if they are to be.
measure: Measure | None = None


def run_module(request: dict[str, Any]) -> dict[str, Any]:
    """Be the module, and tell what it printed, what it changed, and how it broke if it did.

    The request: C(module), C(args) as Ansible passes them, C(refuse) changes, C(die_at) the change of this number,
    C(strike) it by a shell command at the change of the number C(strike_at), C(coverage) to tell which lines ran,
    C(compare) to tell the host's states before and after, where they differ.
    """
    striker = _striker(request["strike"]) if "strike" in request else None
    changes = guard.Changes(_policy(request, striker))
    broken = ""
    before = state() if request.get("compare") else {}
    measured: contextlib.AbstractContextManager[Any] = contextlib.nullcontext({})
    if measure and request["coverage"]:
        measured = measure.running()
    with measured as ran, patch_module_args(request["args"]):
        try:
            module = importlib.import_module(f"{MODULES}.{request['module']}")
            with guard.watch(changes):
                module.main()
        except SystemExit:
            pass
        except guard.Violation:
            pass  # it is among the changes
        except BaseException:
            broken = traceback.format_exc()
    if striker:
        striker.communicate()  # without a line it ends, too
    after = state() if request.get("compare") else {}
    states = [] if before == after else [(before, after)]
    return {"changes": changes.made, "broken": broken, "ran": ran, "states": states}


def _policy(request: dict[str, Any], striker: subprocess.Popen[bytes] | None) -> Callable[[list[str]], None]:
    """What is done about a change."""
    if request.get("refuse"):
        return guard.refuse
    if "die_at" in request:
        return guard.die_at(request["die_at"])
    if striker and striker.stdin:
        return guard.strike_at(request["strike_at"], striker.stdin.fileno())
    return guard.record


def _striker(command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["/bin/sh", "-c", f"read line && {{ {command}; }}"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )


def save_coverage(_request: dict[str, Any]) -> dict[str, Any]:
    """Make a file of what was measured, and tell where it is."""
    assert measure is not None
    measure.save(COVERAGE)
    return {"path": COVERAGE}


def clean_up(request: dict[str, Any]) -> dict[str, Any]:
    """Take away what tests made."""
    sweep(request["prefix"], request["directory"])
    return {}


def shell(request: dict[str, Any]) -> dict[str, Any]:
    """Run a shell command."""
    return {"status": subprocess.run(["/bin/sh", "-c", request["command"]], check=False).returncode}


ACTIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "run": run_module,
    "state": lambda _request: state(),
    "sweep": clean_up,
    "sh": shell,
    "coverage": save_coverage,
}


def forked(request: dict[str, Any]) -> dict[str, Any]:
    """Carry out a request in a child of its own."""
    began = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as told:
        child = os.fork()
        if not child:
            _child(request, out, err, told)
        end = os.pidfd_open(child)
        in_time = select.select([end], [], [], request.get("kill_after", request["timeout"]))[0]
        if not in_time:
            os.kill(child, signal.SIGKILL)
        _pid, status = os.waitpid(child, 0)
        os.close(end)
        answer: dict[str, Any] = {
            "killed": os.WIFSIGNALED(status),
            "in_time": bool(in_time) or "kill_after" in request,
            "milliseconds": round(1000 * (time.monotonic() - began), 1),
            "out": _text(out),
            "err": _text(err),
        }
        answer["told"] = json.loads(_text(told) or "{}")
    if measure:
        measure.learn(answer["told"].pop("ran", {}))
    return answer


def _child(request: dict[str, Any], out: IO[bytes], err: IO[bytes], told: IO[bytes]) -> None:
    status = 1
    try:
        os.dup2(out.fileno(), 1)
        os.dup2(err.fileno(), 2)
        if user := request.get("user"):
            entry = pwd.getpwnam(user)
            os.initgroups(user, entry.pw_gid)
            os.setgid(entry.pw_gid)
            os.setuid(entry.pw_uid)
        answer = ACTIONS[request["action"]](request)
        sys.stdout.flush()
        told.write(json.dumps(answer).encode())
        told.flush()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def import_modules() -> None:
    """Import all modules of the collection, and thereby the engine."""
    for name in os.listdir(os.path.join(HERE, *MODULES.split("."))):
        if name.endswith(".py"):
            importlib.import_module(f"{MODULES}.{name[:-3]}")


def get_ready() -> None:
    """Have in memory what each child would load, and have nobody's garbage collector touch, and so copy, any of it."""
    from ansible_collections.hypervise.kvm.plugins.module_utils import xml  # which was to be measured when imported
    from ansible_collections.hypervise.kvm.plugins.module_utils.schema.validate import SCHEMAS

    importlib.import_module("ansible.module_utils._internal._json._profiles._module_legacy_c2m")
    importlib.import_module("ansible.module_utils._internal._json._profiles._module_legacy_m2c")
    for schema in ("domain", "network", "nodedev", "nwfilter", "secret", "storagepool", "storagevol"):
        xml.schema_problem(f"{SCHEMAS}/{schema}.rng", xml.build("nothing"))
    gc.freeze()


def main(coverage: bool) -> None:
    """Serve until standard input ends."""
    global measure
    requests, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)  # what is printed by mistake is no answer
    if coverage:
        measure = Measure(f"{HERE}/ansible_collections/*", omit="*/bypass.py")
        with measure.running() as ran:
            import_modules()
        measure.learn(ran)
    else:
        import_modules()
    get_ready()
    sys.dont_write_bytecode = True  # what a module imports later would count as a change
    for line in requests:
        print(json.dumps(forked(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main(coverage="--coverage" in sys.argv)
