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

import pytest
from domain_cases.common import BASE, UUIDS
from domain_cases.every import PARTS
from harness import laws, tiny
from harness.host import Host
from harness.laws import NAME
from harness.parts import Life, Part, parameters

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.table import DOMAIN

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
SUITE = laws.Suite(
    "domain", "domains", DOMAIN, CASES, BASE, stopped="stopped", running="paused", without_case=WITHOUT_CASE
)


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
@pytest.mark.parametrize("part", parameters(PARTS, running=False))
def test_stopped(host: Host, part: Part) -> None:
    """Row by row: changed, and then again; at last all that is not stated is left alone, and what is gathered stays."""
    guest = Life(host, SUITE, part, running=False)
    if not guest.cases:  # each was refused
        return
    guest.create()
    for case in guest.cases:
        changed = guest.change(case)
        assert {change["when"] for change in changed["changes"]} == {"stored"}
        assert changed["applied_live"] == changed["pending_restart"] == []
    guest.stays()
    gathered = guest.gathers()
    guest.remove(undefine=["nvram", "tpm"])
    assert host.run("domain", **gathered).changed
    forget_secrets(guest)
    guest.stays()


@pytest.mark.usefixtures("image")
@pytest.mark.parametrize("part", parameters(PARTS, running=True))
def test_running(host: Host, part: Part) -> None:
    """What can be, is true at once; all else waits, and says so until the guest was restarted."""
    guest = Life(host, SUITE, part, running=True)
    if not guest.cases:  # each was refused
        return
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
    for state in ("stopped", "paused"):
        assert guest.twin(name=NAME, state=state, shutdown=BASE["shutdown"])["pending_restart"] == []
    assert guest.stays()["pending_restart"] == []
    guest.gathers()


def forget_secrets(guest: Life) -> None:
    """No secret is among what is gathered."""
    for case in guest.cases:
        if case.row in ("graphics.passwd", "graphics.passwd_valid_to", "graphics.connected"):
            guest.spec = laws.put(guest.spec, case.path, None)
