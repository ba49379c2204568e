# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole host from one document, in one process over one connection."""

from __future__ import annotations

import os
import typing as t
from urllib.parse import quote

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hypervise.kvm.plugins.module_utils import places
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec
from ansible_collections.hypervise.kvm.plugins.module_utils.module import make_module, run
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.items import (
    refuse_duplicates,
    stated,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.journal import Journal
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.kinds import KINDS
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.memory import Memory, host
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.report import report

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
    of_host = quote(connection.uri, safe="")
    items = stated(KINDS, module.params)
    journal = Journal(os.path.join(places.kept(), f"{of_host}.journal")) if label else None
    if journal and module.params["prune"]:
        from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.prune import surplus

        items += surplus(connection, label, module.params["prune"], items, journal)
    for item in items:
        item.said = [item.given, label, journal.owners.get(item.key) if journal else None]
    memory = None
    if connection.is_local:
        memory = Memory(os.path.join(places.cached(), f"{of_host} {quote(label, safe='')}.json"), host(connection))
    if memory:
        memory.recall(connection, items)
    duplicates = refuse_duplicates(items)
    touched = True
    if duplicates or not all(item.settled for item in items):
        # what knows the kinds of objects is loaded only where it is needed: it takes longer than to look at hundreds
        from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.work import Work

        work = Work(connection, label, journal)
        module.no_log_values |= work.parse(items)
        touched = work.bring_about(items, go_on)
    if memory and not connection.check_mode:
        memory.learn(connection, items)
    for warning in (warning for item in items for warning in item.plan.warnings):
        module.warn(warning)
    result = report(
        [item for item in items if item.error or item.plan.changed or not item.pruned], touched, connection.check_mode
    )
    if any(item.error for item in items):
        module.fail_json(**result)
    return result
