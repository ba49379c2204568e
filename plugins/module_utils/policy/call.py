# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules, called where Ansible is not: as it would, each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import typing as t
from concurrent.futures import ThreadPoolExecutor

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.fleet import report

_MODULES = "ansible_collections.hypervise.kvm.plugins.modules"


def module(name: str, options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Run a module, and return its result.

    :raises OperationFailed: where it has none.
    """
    done = subprocess.run(
        [sys.executable, "-m", f"{_MODULES}.{name}"],
        input=json.dumps({"ANSIBLE_MODULE_ARGS": dict(options)}),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},  # the packed file is in it
    )
    try:
        return t.cast("dict[str, t.Any]", json.loads(done.stdout))
    except ValueError as error:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise OperationFailed(f"{name} broke: {' '.join(said)}") from error


def each(name: str, options: t.Mapping[str, t.Any], domains: t.Sequence[str], at_once: int) -> dict[str, t.Any]:
    """Run a module for each of some guests, a few at once, and return what it would have told of all."""
    with ThreadPoolExecutor(max_workers=at_once) as pool:
        results = pool.map(lambda domain: _one(name, options, domain), domains)
        told = [account for result in results for account in result]
    return {**report(told), "failed": any(account.get("failed") for account in told)}


def _one(name: str, options: t.Mapping[str, t.Any], domain: str) -> list[dict[str, t.Any]]:
    result = module(name, {**options, "domain": [domain]})
    return t.cast(
        "list[dict[str, t.Any]]",
        result.get("domains") or [{"name": domain, "changed": False, **result}],
    )
