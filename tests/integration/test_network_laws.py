# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks: the laws for each row of the table, on networks that are stopped and on networks that run.

The cases of a part share a network: it is made with the first value of each, and changed one row after the other. What
waits for a restart is changed at once on one that runs, which is then restarted.
"""

from __future__ import annotations

import pytest
from harness import laws
from harness.host import Host
from harness.laws import NAME
from harness.parts import Life, Part, parameters
from network_cases import PARTS, UUIDS

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.network import NETWORK

#: See test_uuid_is_fixed. PCI devices are listed only where the host has them, see the unit tests.
WITHOUT_CASE = ("uuid", "forward.addresses")
CASES = tuple(case for part in PARTS for case in part.cases)
SUITE = laws.Suite("network", "networks", NETWORK, CASES, running="active", without_case=WITHOUT_CASE)


def test_every_row_has_a_case() -> None:
    laws.assert_complete(SUITE)


def test_uuid_is_fixed(host: Host) -> None:
    host.run("network", name=NAME, uuid=UUIDS[0].upper())
    assert not laws.twin(host, "network", name=NAME, uuid=UUIDS[0]).changed
    assert "uuid" in laws.refused(host, "network", name=NAME, uuid=UUIDS[1])


@pytest.mark.parametrize("part", parameters(PARTS, running=False))
def test_stopped(host: Host, part: Part) -> None:
    """Row by row: changed, and then again; at last all that is not stated is left alone, and what is gathered stays."""
    network = Life(host, SUITE, part, running=False)
    if not network.cases:  # each was refused
        return
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


@pytest.mark.parametrize("part", parameters(PARTS, running=True))
def test_running(host: Host, part: Part) -> None:
    """What can be, is true at once; all else waits, and says so until the network was restarted."""
    network = Life(host, SUITE, part, running=True)
    if not network.cases:  # each was refused
        return
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
