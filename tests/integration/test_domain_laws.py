# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains: the laws for each row of the table, on guests that are stopped and on guests that run.

A guest's rows are many and its life is long, so the cases of one part of the table share a guest: it is made with the
first value of each, and changed one row after the other while it is stopped. On a running one, all that waits for a
restart is changed at once. Those are paused: QEMU does to them what it does to any, and a guest that does nothing costs
nothing and changes nothing by itself. What a change does inside a guest is in test_domain_live.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import pytest
from domain_cases.common import AS_IS, BASE, UUIDS, Case, Part
from domain_cases.every import PARTS
from harness import laws, tiny
from harness.host import Host, Result
from harness.laws import NAME, Spec

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.table import DOMAIN
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, Node

CASES = tuple(case for part in PARTS for case in part.cases)
#: Of these there is one, and see test_uuid_is_fixed.
WITHOUT_CASE = (
    "os.type",
    "uuid",
    "graphics.tls_port",  # the hosts of the lab have no certificates
    # of other architectures
    *(f"disks.address.{name}" for name in ("cssid", "ssid", "devno", "reg", "irq", "uuid")),
    "disks.boot_loadparm",
    "memory_devices.uuid",
    "controllers.target.index",
    "controllers.serial",  # of nvme, since libvirt 11.5
    "disks.driver.name",  # always qemu
    *(f"disks.source.cookies{name}" for name in ("", ".name", ".value")),  # a secret, see test_domain_live_disks
)
SUITE = laws.Suite("domain", "domains", DOMAIN, CASES, BASE, without_case=WITHOUT_CASE)


def test_every_row_has_a_case() -> None:
    laws.assert_complete(SUITE)


def test_uuid_is_fixed(host: Host) -> None:
    host.run("domain", name=NAME, **BASE, uuid=UUIDS[0].upper())
    assert not laws.twin(host, "domain", name=NAME, uuid=UUIDS[0]).changed
    assert "uuid" in laws.refused(host, "domain", name=NAME, uuid=UUIDS[1])


@pytest.fixture
def image(each_host: Host) -> None:
    """Kernels, for guests that are to have another one."""
    tiny.install(each_host)


@pytest.mark.usefixtures("image")
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_stopped(host: Host, part: Part) -> None:
    """Row by row: changed, and then again; at last all that is not stated is left alone, and what is gathered stays."""
    part.prepare(host)
    guest = Guest(host, part, [case for case in part.cases if case.stopped], "stopped")
    guest.create()
    for case in guest.cases:
        changed = guest.change(case)
        assert {change["when"] for change in changed["changes"]} == {"stored"}
        assert changed["applied_live"] == changed["pending_restart"] == []
    guest.stays()
    gathered = guest.gathers()
    guest.remove()
    assert host.run("domain", **gathered).changed
    guest.forget_secrets()
    guest.stays()


@pytest.mark.usefixtures("image")
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_running(host: Host, part: Part) -> None:
    """What can be, is true at once; all else waits, and says so until the guest was restarted."""
    part.prepare(host)
    guest = Guest(host, part, [case for case in part.cases if case.running], "paused")
    guest.create()
    waiting = [case for case in guest.cases if not case.live]
    for case in guest.cases:
        if case.live:
            changed = guest.change(case)
            assert {change["when"] for change in changed["changes"]} == {"live"}, changed["changes"]
            assert set(changed["applied_live"]) == case.paths
            assert changed["pending_restart"] == []
    pending = set().union(*(case.paths for case in waiting))
    if waiting:
        changed = guest.change(*waiting)
        assert {change["when"] for change in changed["changes"]} == {"restart"}, changed["changes"]
        assert pending <= set(changed["pending_restart"])
    # What libvirt fills in for them, as a controller for a console, waits with them.
    assert pending <= set(guest.stays()["pending_restart"])
    assert pending <= set(guest.found()["pending_restart"])
    assert pending or not guest.found()["pending_restart"]
    assert guest.run(state="stopped")["pending_restart"] == []
    assert guest.run(state="paused")["pending_restart"] == []
    assert guest.stays()["pending_restart"] == []
    guest.gathers()


def row_of(case: Case) -> Node:
    nodes: Sequence[Node] = DOMAIN.fields
    for name in case.row.split("."):
        node = next(node for node in nodes if node.name == name)
        nodes = getattr(node, "fields", ())
    return node


class Guest:
    """The guest of a part, and what it was last wished to be."""

    def __init__(self, host: Host, part: Part, cases: Sequence[Case], state: str) -> None:
        self.host, self.state = host, state
        self.spec: Spec = {"name": NAME, **BASE, **part.around}
        around = self.spec
        self.cases = [case for case in cases if host.release not in case.refused_on]
        for case in self.cases:
            if case.a is not AS_IS:
                self.spec = laws.put(self.spec, case.path, case.a)
        for case in cases:
            if case not in self.cases:
                spec = around
                for path, value in {case.path: case.b, **case.also}.items():
                    spec = laws.put(spec, path, value)
                self.refuses(spec, case)
        if not self.cases:
            pytest.skip("every row of this part is refused or of no use here")

    def create(self) -> None:
        made = laws.twin(self.host, "domain", **self.spec, state=self.state)
        assert made.changed
        assert made["diff"]["before"] == {"state": "absent"}
        assert made["diff"]["after"]["state"] == self.state
        self.stays()

    def change(self, *cases: Case) -> Result:
        """Change what the cases are about, see nothing else in the diff, and nothing more to be done after it."""
        for case in cases:
            for path, value in {case.path: case.b, **case.also}.items():
                self.spec = laws.put(self.spec, path, value)
        changed = laws.twin(self.host, "domain", **self.spec)
        assert set(changed.paths) == set().union(*(case.paths for case in cases)), changed["changes"]
        again = self.host.run("domain", **self.spec)
        assert not again.changed, f"the same again changes {again['changes']}"
        return changed

    def refuses(self, spec: Spec, case: Case) -> None:
        said = laws.refused(self.host, "domain", **spec)
        assert (case.refusal or case.row.rpartition(".")[2]) in said or "libvirt's schema" in said

    def stays(self) -> Result:
        """The same again, with the state and without, in check mode and really, and with less stated: no change."""
        for spec in (self.spec, {**self.spec, "state": self.state}, self._less()):
            again = laws.twin(self.host, "domain", **spec)
            assert not again.changed, f"the same again changes {again['changes']}"
        return again

    def _less(self) -> Spec:
        """The spec without the options that the cases are about, as far as one can do without them."""
        spec = self.spec
        for case in self.cases:
            row = row_of(case)
            if not case.changes and isinstance(row, Field) and not row.required:
                with contextlib.suppress(StopIteration):  # the item has another name by now
                    spec = laws.put(spec, case.path, None)
        return spec

    def gathers(self) -> Spec:
        found = self.found()
        assert found["state"] == self.state
        again = laws.twin(self.host, "domain", **found["spec"])
        assert not again.changed, f"applying what was gathered changes {again['changes']}"
        spec: Spec = found["spec"]
        return spec

    def forget_secrets(self) -> None:
        """No secret is among what is gathered."""
        for case in self.cases:
            if case.row in ("graphics.passwd", "graphics.passwd_valid_to", "graphics.connected"):
                self.spec = laws.put(self.spec, case.path, None)

    def found(self) -> dict[str, Any]:
        (found,) = self.host.run("domain_info", name=[NAME])["domains"]
        assert isinstance(found, dict)
        return found

    def run(self, state: str) -> Result:
        return laws.twin(self.host, "domain", name=NAME, state=state, shutdown=BASE["shutdown"])

    def remove(self) -> None:
        words = ["nvram", "tpm"]
        assert laws.twin(self.host, "domain", name=NAME, state="absent", undefine=words).paths == ["state"]
        assert not laws.twin(self.host, "domain", name=NAME, state="absent").changed
