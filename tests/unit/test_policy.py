# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies of backups: the steps that are taken, of which guests, and what is told of them."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.policy import call, guests, report, run

POLICY: dict[str, t.Any] = {"name": "nightly", "repository": "/r", "domains": ["*"]}
WEB, DB = ({"name": name, "spec": {"metadata": {"labels": {"tier": name}}} if name else {}} for name in ("web", "db"))


class Modules:
    """What modules were called with, each of which does its work."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, broken: str = "") -> None:
        self.called: list[tuple[str, dict[str, t.Any]]] = []
        self._broken = broken
        monkeypatch.setattr(call, "module", self)

    def __call__(self, name: str, options: dict[str, t.Any]) -> dict[str, t.Any]:
        self.called.append((name, options))
        if name == self._broken:
            raise OperationFailed(f"{name} broke")
        return {"domains": [WEB, DB] if name == "domain_info" else [{"name": "web", "changed": True, "steps": ["do"]}]}


def test_steps_are_taken_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    modules = Modules(monkeypatch, broken="backup_copy")
    told = run.run({**POLICY, "prune": {"keep_last": 1}, "backup": {}, "verify": {}, "copy": {"source": "/s"}})
    assert [step["step"] for step in told["steps"]] == ["copy", "backup", "verify", "prune"]
    assert [step["failed"] for step in told["steps"]] == [True, False, False, False]
    assert told["failed"]
    assert modules.called[-1] == ("backup_prune", {"repository": "/r", "domain": ["*"], "keep_last": 1})
    backed_up = [options["domain"] for name, options in modules.called if name == "backup"]
    assert sorted(backed_up) == [["db"], ["web"]]
    assert "copy: FAILED: backup_copy broke" in report.text(told)
    assert report.short(told)["failures"] == ["copy"]


def test_labels_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    modules = Modules(monkeypatch)
    run.run({**POLICY, "labels": {"tier": "db"}, "backup": {}, "prune": {}})
    assert [options["domain"] for _name, options in modules.called[1:]] == [["db"], ["db"]]
    modules = Modules(monkeypatch)
    told = run.run({**POLICY, "labels": {"tier": "none"}, "backup": {}, "prune": {}})
    assert [name for name, _options in modules.called] == ["domain_info"], "nobody is not everybody"
    assert not told["failed"]


def test_guests_that_cannot_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    modules = Modules(monkeypatch, broken="domain_info")
    told = run.run({**POLICY, "backup": {}, "prune": {}})
    assert told["failed"]
    assert len(modules.called) == 1


@pytest.mark.parametrize(
    ("labels", "chosen"), [({}, True), ({"a": 1}, True), ({"a": "2"}, False), ({"a": 1, "b": 1}, False)]
)
def test_labels(labels: dict[str, t.Any], chosen: bool) -> None:
    assert guests.has_labels({"metadata": {"labels": {"a": "1"}}}, labels) == chosen
