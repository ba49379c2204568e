# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a policy of backups on a host, where no controller is: a timer's service is this.

The role C(backup) packs it with the modules that it runs, and what they need, into one file, and leaves a policy beside
it. Each step is what a module of the collection does, with the options that a playbook would give it.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError
from ansible_collections.hypervise.kvm.plugins.module_utils.files import replacing
from ansible_collections.hypervise.kvm.plugins.module_utils.policy import call, guests, offsite, report

Told = dict[str, t.Any]

#: Steps in the order in which they are taken, and the module that takes each.
STEPS = {"copy": "backup_copy", "backup": "backup", "verify": "backup_verify", "prune": "backup_prune"}


def run(policy: Told) -> Told:
    """Take the steps of a policy, each also where the one before it failed, and return the report."""
    began = time.time()
    steps = list(_steps(policy))
    return {
        "policy": policy["name"],
        "host": socket.gethostname(),
        "began": int(began),
        "seconds": round(time.time() - began, 1),
        "failed": any(step["failed"] for step in steps),
        "steps": steps,
    }


def _steps(policy: Told) -> t.Iterator[Told]:
    here: list[str] = []
    if guests.are_asked(policy):
        try:
            here = guests.chosen(policy)
        except KvmError as error:
            yield {"step": "guests", "failed": True, "domains": [], "seconds": 0, **error.result()}
            return
    for step in (*STEPS, "offsite"):
        if step in policy:
            yield _told(step, policy, here)


def _take(step: str, policy: Told, here: list[str]) -> Told:
    if step == "offsite":
        return offsite.send(policy["repository"], policy["offsite"])
    options = {"repository": policy["repository"], **policy[step]}
    if step == "backup":
        return call.each(STEPS[step], options, here, policy.get("parallel", 1))
    if policy.get("labels") and not here:
        return {}  # to name nobody would mean all
    return call.module(STEPS[step], {"domain": here if policy.get("labels") else policy["domains"], **options})


def _told(step: str, policy: Told, here: list[str]) -> Told:
    began = time.monotonic()
    try:
        told = _take(step, policy, here)
    except (KvmError, OSError) as error:
        told = {"failed": True, **(error.result() if isinstance(error, KvmError) else {"msg": str(error)})}
    return {"step": step, "failed": False, "domains": [], **told, "seconds": round(time.monotonic() - began, 1)}


def main() -> None:
    """Run the policy of a file, leave the report in a directory, and fail where a step did."""
    policy_file, reports = sys.argv[1:]
    with open(policy_file, encoding="utf-8") as file:
        policy = json.load(file)
    told = run(policy)
    with replacing(os.path.join(reports, f"{policy['name']}.json")) as draft:
        draft.write(json.dumps(told, indent=2).encode() + b"\n")
    with open(os.path.join(reports, "history.jsonl"), "a", encoding="utf-8") as history:
        history.write(json.dumps(report.short(told)) + "\n")
    with replacing(os.path.join(reports, f"{policy['name']}.txt")) as draft:
        draft.write(report.text(told).encode())
    sys.stdout.write(report.text(told))
    raise SystemExit(told["failed"])
