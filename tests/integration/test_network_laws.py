# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks: the laws for each row of the table, on networks that are stopped and on networks that run.

The cases of a part share a network: it is made with the first value of each, and changed one row after the other. What
waits for a restart is changed at once on one that runs, which is then restarted.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import pytest
from domain_cases.common import AS_IS, Case, Part
from harness import laws
from harness.host import Host, Result
from harness.laws import NAME, Spec
from network_cases import PARTS, UUIDS

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.network import NETWORK
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, Node

#: See test_uuid_is_fixed. PCI devices are listed only where the host has them, see the unit tests.
WITHOUT_CASE = ("uuid", "forward.addresses")
CASES = tuple(case for part in PARTS for case in part.cases)
SUITE = laws.Suite("network", "networks", NETWORK, CASES, without_case=WITHOUT_CASE)


def test_every_row_has_a_case() -> None:
    laws.assert_complete(SUITE)


def test_uuid_is_fixed(host: Host) -> None:
    host.run("network", name=NAME, uuid=UUIDS[0].upper())
    assert not laws.twin(host, "network", name=NAME, uuid=UUIDS[0]).changed
    assert "uuid" in laws.refused(host, "network", name=NAME, uuid=UUIDS[1])


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_stopped(host: Host, part: Part) -> None:
    """Row by row: changed, and then again; at last all that is not stated is left alone, and what is gathered stays."""
    network = Network(host, part, [case for case in part.cases if case.stopped], "inactive")
    network.create()
    for case in network.cases:
        changed = network.change(case)
        assert {change["when"] for change in changed["changes"]} == {"stored"}
        assert changed["applied_live"] == changed["pending_restart"] == []
    network.stays()
    gathered = network.gathers()
    network.remove()
    assert host.run("network", **gathered).changed
    network.stays()


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_running(host: Host, part: Part) -> None:
    """What can be, is true at once; all else waits, and says so until the network was restarted."""
    network = Network(host, part, [case for case in part.cases if case.running], "active")
    network.create()
    for case in network.cases:
        if case.live:
            changed = network.change(case)
            assert {change["when"] for change in changed["changes"]} == {"live"}, changed["changes"]
            assert set(changed["applied_live"]) == case.paths
            assert changed["pending_restart"] == []
    waiting = [case for case in network.cases if not case.live]
    pending = set().union(*(case.paths for case in waiting if case.note != "said"))
    if waiting:
        changed = network.change(*waiting)
        assert {change["when"] for change in changed["changes"]} <= {"restart", "stored"}, changed["changes"]
        assert {change["path"] for change in changed["changes"] if change["when"] == "restart"} == pending
    assert set(network.stays()["pending_restart"]) == pending
    assert set(network.found()["pending_restart"]) == pending
    if pending:
        restarted = laws.twin(host, "network", name=NAME, restart="if_needed")
        assert (restarted.paths, restarted["pending_restart"]) == (["pending_restart"], [])
    assert network.stays()["pending_restart"] == []
    network.gathers()


class Network:
    """The network of a part, and what it was last wished to be."""

    def __init__(self, host: Host, part: Part, cases: Sequence[Case], state: str) -> None:
        self.host, self.state = host, state
        around = self.spec = {"name": NAME, **part.around}
        self.cases = [case for case in cases if host.release not in case.refused_on]
        for case in self.cases:
            if case.a is not AS_IS:
                self.spec = laws.put(self.spec, case.path, case.a)
        for case in cases:
            if case not in self.cases:
                said = laws.refused(host, "network", **laws.put(around, case.path, case.b))
                assert case.row.rpartition(".")[2] in said or "libvirt's schema" in said
        if not self.cases:
            pytest.skip("every row of this part is refused or of no use here")

    def create(self) -> None:
        made = laws.twin(self.host, "network", **self.spec, state=self.state)
        assert made["diff"]["before"] == {"state": "absent"}
        assert made["diff"]["after"]["state"] == self.state
        self.stays()

    def change(self, *cases: Case) -> Result:
        """Change what the cases are about, see nothing else in the diff, and nothing more to be done after it."""
        for case in cases:
            self.spec = laws.put(self.spec, case.path, case.b)
        changed = laws.twin(self.host, "network", **self.spec)
        assert set(changed.paths) == set().union(*(case.paths for case in cases)), changed["changes"]
        laws.assert_unchanged(self.host.run("network", **self.spec), "changed")
        return changed

    def stays(self) -> Result:
        """The same again, with the state and without, in check mode and really, and with less stated: no change."""
        for check in (True, False):
            again = self.host.run("network", check=check, **self.spec, state=self.state)
            laws.assert_unchanged(again, "changed")
        again = self.host.run("network", **self._less())
        laws.assert_unchanged(again, "changed, and options left out")
        return again

    def _less(self) -> Spec:
        """The spec without the options that the cases are about, as far as one can do without them."""
        spec = self.spec
        for case in self.cases:
            row = _row_of(case)
            if not case.changes and isinstance(row, Field) and not row.required:
                with contextlib.suppress(StopIteration):  # the item has another name by now
                    spec = laws.put(spec, case.path, None)
        return spec

    def gathers(self) -> Spec:
        found = self.found()
        assert found["state"] == self.state
        laws.assert_unchanged(self.host.run("network", **found["spec"]), "gathered")
        spec: Spec = found["spec"]
        return spec

    def found(self) -> dict[str, Any]:
        (found,) = self.host.run("network_info", name=[NAME])["networks"]
        assert isinstance(found, dict)
        return found

    def remove(self) -> None:
        assert laws.twin(self.host, "network", name=NAME, state="absent").paths == ["state"]
        laws.assert_unchanged(self.host.run("network", name=NAME, state="absent"), "removed")


def _row_of(case: Case) -> Node:
    nodes: Sequence[Node] = NETWORK.fields
    for name in case.row.split("."):
        node = next(node for node in nodes if node.name == name)
        nodes = getattr(node, "fields", ())
    return node
