# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of domains: numbers of libvirt's as words, counters as a tree."""

from __future__ import annotations

import libvirt
import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import states, statistics


@pytest.mark.parametrize("state", ["RUNNING", "PAUSED", "SHUTOFF", "CRASHED", "BLOCKED", "PMSUSPENDED"])
def test_reasons_are_called_as_libvirt_does(state: str) -> None:
    prefix = f"VIR_DOMAIN_{state}_"
    reasons = {name[len(prefix) :].lower(): number for name, number in vars(libvirt).items() if name.startswith(prefix)}
    number = getattr(libvirt, f"VIR_DOMAIN_{state}")
    for word, reason in reasons.items():
        if not word.startswith(("disk_", "last")):
            assert states.words(number, reason)[1] == word


def test_numbers_of_a_newer_libvirt() -> None:
    assert states.words(libvirt.VIR_DOMAIN_RUNNING, 99) == ("running", "99")
    assert states.words(99, 1) == ("stopped", "1")


def test_statistics() -> None:
    told = statistics.shaped(
        {
            "cpu.time": 3,
            "cpu.haltpoll.success.time": 0,
            "balloon.current": 65536,
            "balloon.major_fault": 5,
            "balloon.last-update": 7,
            "vcpu.current": 2,
            "vcpu.1.time": 2,
            "vcpu.0.time": 1,
            "net.count": 2,
            "net.1.name": "vnet0",
            "net.1.rx.bytes": 90,
            "block.count": 1,
            "block.0.name": "vda",
            "block.0.rd.reqs": 4,
        }
    )
    assert told == {
        "cpu": {"time": 3, "haltpoll": {"success": {"time": 0}}},
        "memory": {"current": 64 << 20, "major_fault": 5, "last_update": 7},
        "vcpus": [{"number": 0, "time": 1}, {"number": 1, "time": 2}],
        "disks": [{"target": "vda", "rd": {"reqs": 4}}],
        "interfaces": [{"name": "vnet0", "rx": {"bytes": 90}}],
    }


def test_statistics_of_a_domain_that_tells_nothing() -> None:
    assert statistics.shaped({}) == {"cpu": {}, "memory": {}, "vcpus": [], "disks": [], "interfaces": []}
