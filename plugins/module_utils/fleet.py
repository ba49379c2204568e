# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One task for many guests: to each its plan, its result and its error, over one connection."""

from __future__ import annotations

import fnmatch
import typing as t
from dataclasses import replace

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError
from ansible_collections.hypervise.kvm.plugins.module_utils.module import Resource, converge, make_module, require, run
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan

DOMAIN: dict[str, t.Any] = {"domain": {"type": "list", "elements": "str", "required": True}}


def run_fleet_module(resource: Resource, libraries: t.Sequence[str] = (), **rules: t.Any) -> None:
    """Be a module that does the same to many guests. Its wishes are dataclasses with a field C(domain).

    :arg libraries: that are needed beside those that all modules need.
    :arg rules: of the argument spec as a whole: C(required_if) and the like.
    """
    module = make_module({**DOMAIN, **resource.argument_spec()}, **rules)
    require(module, *libraries)

    def work(connection: Connection) -> dict[str, t.Any]:
        told = []
        for name in chosen(connection, module.params["domain"]):
            plan, account = _one(connection, resource, replace(wish, domain=name))
            told.append({"name": name, **account})
            for warning in plan.warnings:
                module.warn(warning)
        result = report(told)
        if any(account.get("failed") for account in told):
            module.fail_json(**result)
        return result

    try:
        wish = resource.parse(module.params)
    except KvmError as error:
        module.fail_json(**error.result())
    run(module, work)


def chosen(connection: Connection, names: t.Sequence[str]) -> list[str]:
    """Return the guests that are named: each name as it is, and what matches a pattern, once."""
    found: dict[str, None] = {}
    there = sorted(domain.read.name() for domain in connection.host.read.listAllDomains(0))
    for name in names:
        is_pattern = name not in there and any(sign in name for sign in "*?[")
        found.update(dict.fromkeys(fnmatch.filter(there, name) if is_pattern else [name]))
    return list(found)


def _one(connection: Connection, resource: Resource, wish: t.Any) -> tuple[Plan, dict[str, t.Any]]:
    try:
        plan = converge(connection, resource, wish)
    except KvmError as error:
        done = error.details.get("steps_done", [])
        return Plan(""), {"changed": bool(done), "failed": True, **error.result()}
    return plan, plan.result()


def report(told: t.Sequence[dict[str, t.Any]]) -> dict[str, t.Any]:
    """Return the result of all."""
    failed = [account for account in told if account.get("failed")]
    result: dict[str, t.Any] = {
        "changed": any(account["changed"] for account in told),
        "domains": list(told),
        "diff": [account["diff"] for account in told if account["changed"] and "diff" in account],
    }
    if failed:
        result["msg"] = "\n".join(account["msg"] for account in failed)
        result["error"] = failed[0]["error"]
    return result
