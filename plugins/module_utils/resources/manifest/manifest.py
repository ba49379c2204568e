# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole host from one document, in one process over one connection."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec
from ansible_collections.hypervise.kvm.plugins.module_utils.module import make_module, run
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest import ownership, prune
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.items import (
    Item,
    parse,
    refuse_duplicates,
    stated,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.kinds import KINDS
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.order import batches
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.report import report
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.work import Work

OPTIONS: dict[str, t.Any] = {
    **{kind.option: {"type": "list", "elements": "dict", "default": [], "no_log": False} for kind in KINDS},
    "on_error": {"type": "str", "choices": ["stop", "continue"], "default": "stop"},
    "label": {"type": "str"},
    "prune": {"type": "list", "elements": "str", "choices": [kind.option for kind in KINDS], "default": []},
}


class ManifestModule(AnsibleModule):
    """A module that repeats none of its options: nobody knows what in them is secret until each item was looked at."""

    def exit_json(self, **result: t.Any) -> t.NoReturn:
        super().exit_json(invocation={}, **result)

    def fail_json(self, msg: str, **result: t.Any) -> t.NoReturn:
        super().fail_json(msg, invocation={}, **result)


def main() -> None:
    """Be the module."""
    module = make_module(OPTIONS, ManifestModule, no_log=True)
    if module.params["prune"] and not module.params["label"]:
        module.fail_json(**InvalidSpec([("prune", "needs a label: what belongs to it is removed")]).result())
    run(module, lambda connection: converge(module, connection))


def converge(module: AnsibleModule, connection: Connection) -> dict[str, t.Any]:
    """Bring a host to what the document states, and return what became of each object."""
    label, go_on = module.params["label"] or "", module.params["on_error"] == "continue"
    items = stated(KINDS, module.params)
    journal = ownership.journal(connection) if label else None
    if journal:
        items += prune.surplus(connection, label, module.params["prune"], items, journal)
        _mark_domains(items, ownership.mark(connection, label))
    module.no_log_values |= parse(items)
    refuse_duplicates(items)
    ordered = batches(items)
    work = Work(connection, label, journal)
    work.plan(ordered)
    touched = go_on or not any(item.error for item in items)
    if touched and not connection.check_mode:
        work.carry_out(ordered, go_on)
    for warning in (warning for item in items for warning in item.plan.warnings):
        module.warn(warning)
    items = [item for item in items if item.error or item.plan.changed or not item.pruned]
    result = report(items, touched, connection.check_mode)
    if any(item.error for item in items):
        module.fail_json(**result)
    return result


def _mark_domains(items: t.Iterable[Item], mark: str) -> None:
    for item in items:
        if item.kind.name == "domain" and not item.goes:
            metadata = item.given.get("metadata") or {}
            if isinstance(metadata, dict):  # otherwise it is refused in a moment
                item.given = {**item.given, "metadata": {**metadata, "manifest": mark}}
