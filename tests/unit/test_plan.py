# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan: what it shows, and what is left of it when a step fails."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed, Unsupported
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import LIVE, RESTART, STORED, Plan, Step

NO_CONNECTION: Any = None


def test_nothing_to_do() -> None:
    result = Plan("thing a").result()
    assert result["changed"] is False
    assert result["diff"] == {"before_header": "thing a", "after_header": "thing a", "before": {}, "after": {}}
    assert result["steps"] == result["changes"] == result["applied_live"] == result["pending_restart"] == []


def test_result() -> None:
    plan = Plan("thing a")
    plan.change("title", "one", "two")
    plan.change("mtu", None, 1400, RESTART)
    plan.change("hosts[x]", {"name": "x"}, None, LIVE)
    plan.pending_restart.append("mtu")
    plan.step("define", lambda connection: None)
    result = plan.result()
    assert result["changed"] is True
    assert result["diff"]["before"] == {"title": "one", "hosts[x]": {"name": "x"}}
    assert result["diff"]["after"] == {"title": "two", "mtu": 1400}
    assert [change["when"] for change in result["changes"]] == [STORED, RESTART, LIVE]
    assert result["applied_live"] == ["hosts[x]"]
    assert result["pending_restart"] == ["mtu"]
    assert result["steps"] == ["define"]


def failing(error: Exception) -> Any:
    def run(_connection: Any) -> None:
        raise error

    return run


def test_steps_run_in_order_and_a_failure_tells_which_are_left() -> None:
    done: list[str] = []
    plan = Plan("thing a")
    plan.step("one", lambda connection: done.append("one"))
    plan.step("two", failing(OperationFailed("two failed")))
    plan.step("three", lambda connection: done.append("three"))
    with pytest.raises(OperationFailed) as caught:
        plan.apply(NO_CONNECTION)
    assert done == ["one"]
    assert caught.value.details == {"step": "two", "steps_done": ["one"], "steps_left": ["three"]}


def test_what_cannot_be_done_live_waits_for_a_restart() -> None:
    plan = Plan("thing a")
    plan.change("memory", 1, 2, LIVE)
    plan.change("vcpus", 1, 2, LIVE)
    plan.step("set memory", failing(Unsupported("not while it runs")), ["memory"])
    plan.step("set vcpus", lambda connection: None, ["vcpus"])
    plan.apply(NO_CONNECTION)
    result = plan.result()
    assert result["applied_live"] == ["vcpus"]
    assert result["pending_restart"] == ["memory"]
    assert plan.warnings == ["memory: waits for a restart; not while it runs"]


def test_what_cannot_be_done_live_is_restarted_for_where_that_is_allowed() -> None:
    done: list[str] = []
    plan = Plan("thing a")
    plan.change("memory", 1, 2, LIVE)
    plan.step("set memory", failing(Unsupported("not while it runs")), ["memory"])
    plan.step("last", lambda connection: done.append("last"))
    plan.restart = [Step("restart", lambda connection: done.append("restart"))]
    assert plan.result()["steps"] == ["set memory", "last"]
    plan.apply(NO_CONNECTION)
    assert done == ["last", "restart"]
    assert plan.result()["diff"]["before"] == {"memory": 1, "pending_restart": ["memory"]}
    assert plan.result()["pending_restart"] == []


def test_a_step_without_a_live_change_may_not_be_unsupported() -> None:
    plan = Plan("thing a")
    plan.step("define", failing(Unsupported("never")))
    with pytest.raises(Unsupported):
        plan.apply(NO_CONNECTION)
