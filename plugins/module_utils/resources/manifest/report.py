# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of a manifest: an account of each object, and a plan that a person can read."""

from __future__ import annotations

import collections
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.items import Item

REFUSED, FAILED, LEFT, CHANGED, SAME = "refused", "failed", "left", "changed", "ok"


def account(item: Item, status: str) -> dict[str, t.Any]:
    """Return what is told of one object: the result of its own module, and where it belongs.

    Of what is as stated, which is most, that is all: Ansible takes longer to hand on a result than we to find it.
    """
    plan = item.plan
    told = {"kind": item.kind.name, "name": item.name, "item": item.path, "status": status, **plan.facts}
    told["changed"] = status == CHANGED
    if status != SAME or plan.pending_restart:
        told = {**plan.result(), **told}
    if item.pruned:
        told["pruned"] = True
    if item.error:
        told.update(failed=True, **item.error.result())
    return told


def status(item: Item, touched: bool, check_mode: bool) -> str:
    """Return what became of an item.

    :arg touched: whether plans were carried out, or would have been in check mode.
    """
    if item.error:
        return FAILED if "step" in item.error.details else REFUSED
    if not item.plan.changed:
        return SAME
    return CHANGED if touched and (item.done or check_mode) else LEFT


def report(items: t.Sequence[Item], touched: bool, check_mode: bool) -> dict[str, t.Any]:
    """Return the result of a manifest."""
    objects = [account(item, status(item, touched, check_mode)) for item in items]
    counts = collections.Counter(told["status"] for told in objects)
    return {
        "changed": counts[CHANGED] > 0 or any(_half_done(item) for item in items),
        "objects": objects,
        "totals": {name: counts[name] for name in (SAME, CHANGED, REFUSED, FAILED, LEFT)},
        "diff": [_section(item) for item in items if item.plan.changed],
        "pending_restart": {item.label: item.plan.pending_restart for item in items if item.plan.pending_restart},
        "msg": _summary(items, counts),
    }


def _half_done(item: Item) -> bool:
    return item.error is not None and bool(item.error.details.get("steps_done"))


def _section(item: Item) -> dict[str, t.Any]:
    """Return the diff of one object, under a heading that says what happens to it."""
    told = item.plan.diff()
    states = next(((change.before, change.after) for change in item.plan.changes if change.path == "state"), None)
    is_new = states is not None and states[0] == "absent"
    verb = "prune" if item.pruned else "remove" if item.goes else "make" if is_new else "change"
    return {**told, "before_header": f"{item.label} ({item.path})", "after_header": f"{verb} {item.label}"}


def _summary(items: t.Sequence[Item], counts: t.Mapping[str, int]) -> str:
    words = {
        SAME: "as stated",
        CHANGED: "changed",
        REFUSED: "refused",
        FAILED: "failed",
        LEFT: "left as they were",
    }
    told = ", ".join(f"{counts[name]} {word}" for name, word in words.items() if counts[name])
    summary = f"{len(items)} objects: {told}." if items else "Nothing is stated."
    problems = [f"{item.path} ({item.name}): {item.error.result()['msg']}" for item in items if item.error]
    return "\n".join([summary, *problems])
