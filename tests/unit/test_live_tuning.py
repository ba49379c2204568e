# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Live tuning against libvirt's own driver in this process: what the lab's hosts have no controllers for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libvirt
import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Unsupported
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import live_tuning
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import Difference, reconcile
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.table import DOMAIN
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.tuning import CPUTUNE, MEMTUNE, SCHEDULER
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.parse import parse


@pytest.fixture
def domain() -> Iterator[Handle]:
    with Connection("test:///default", check_mode=False) as connection:
        yield connection.host.read.lookupByName("test")


def missing(domain: Handle, stated: dict[str, Any]) -> list[Difference]:
    running = xml.parse(domain.read.XMLDesc(0))
    return reconcile(DOMAIN.fields, running, parse(DOMAIN.fields, stated), live=True).differences


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            {"memtune": {"hard_limit": "2GiB", "soft_limit": "1GiB"}},
            {"memtune": {"hard_limit": 0, "soft_limit": "3GiB"}},
        ),
        ({"blkiotune": {"weight": 500}}, {"blkiotune": {"weight": 700}}),
        (
            {"blkiotune": {"devices": [{"path": "/dev/sda", "weight": 500, "read_iops_sec": 10}]}},
            {"blkiotune": {"devices": [{"path": "/dev/sda", "weight": 600, "read_iops_sec": 0}]}},
        ),
        (
            {"blkiotune": {"devices": [{"path": "/dev/sda", "write_bytes_sec": 500}]}},
            {"blkiotune": {"devices": [{"path": "/dev/sdb", "write_bytes_sec": 500}]}},
        ),
        (
            {"numatune": {"memory": {"nodeset": "0-1"}}},
            {"numatune": {"memory": {"nodeset": "1"}}},
        ),
        (
            {"perf_events": [{"name": "cpu_clock", "enabled": True}]},
            {"perf_events": [{"name": "page_faults", "enabled": True}]},
        ),
        ({"cputune": {"emulatorpin": "0"}}, {"cputune": {"emulatorpin": "1"}}),
    ],
)
def test_a_running_domain_becomes_as_wished(domain: Handle, before: dict[str, Any], after: dict[str, Any]) -> None:
    for stated in (before, after):
        differences = missing(domain, stated)
        assert differences
        for difference in differences:
            live_tuning.SETTINGS[difference.live](domain, difference)
        assert missing(domain, stated) == []


def test_names_of_the_scheduler_are_those_of_libvirt() -> None:
    known = {value for name, value in vars(libvirt).items() if name.startswith("VIR_DOMAIN_SCHEDULER_")}
    rows = [row.name for row in CPUTUNE.fields if isinstance(row, Field) and row.live == SCHEDULER]
    assert len(rows) == 9
    assert {live_tuning.scheduler_parameter(row) for row in rows} <= known


def test_what_a_host_cannot_do_is_told_before_and_waits(domain: Handle) -> None:
    silent = live_tuning.silent_controllers(domain, {"cputune": {}, "memtune": {}})
    assert silent == {SCHEDULER}  # which this driver has only for domains that do not run
    differences = missing(domain, {"cputune": {"shares": 512}, "memtune": {"hard_limit": "2GiB"}})
    ways = {found.path: found.live for found in live_tuning.within_reach(silent, differences)}
    assert ways == {"cputune.shares": "", "memtune.hard_limit": MEMTUNE}


def test_what_the_guest_cannot_take_now_waits(domain: Handle) -> None:
    (difference,) = missing(domain, {"memtune": {"hard_limit": "2GiB"}})
    domain.change.destroy()
    with pytest.raises(Unsupported, match="not running"):
        live_tuning.SETTINGS[difference.live](domain, difference)
