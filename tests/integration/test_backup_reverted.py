# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reverting to a snapshot changes what is on disks though nobody writes: the next point has it."""

from __future__ import annotations

from typing import Any

import pytest
from harness import laws
from harness.host import SCRATCH, Host
from harness.snapshots import GUEST, assert_holds, content, define, scribble, twin

REPOSITORY = f"{SCRATCH}/repository"


def backup(host: Host) -> str:
    (told,) = host.run("backup", domain=[GUEST], repository=REPOSITORY, create=True)["domains"]
    return str(told["kind"])


@pytest.mark.parametrize("power", ["stopped", "running"])
def test_an_internal_snapshot(host: Host, power: str) -> None:
    """QEMU reverts no image whose writes are recorded, so nobody else can do it behind a backup's back."""
    host.needs("python3-libnbd")
    define(host)
    scribble(host, 1)
    then = content(host)
    host.run("domain", name=GUEST, state="running")
    assert backup(host) == "full"
    host.run("snapshot", domain=[GUEST], name="one", type="internal")
    off(host)
    scribble(host, 2)
    assert backup(host) == "incremental"
    host.run("domain", name=GUEST, state=power)
    host.sh(f"! virsh -q snapshot-revert {GUEST} one --force && virsh -q checkpoint-list {GUEST} | grep -q hypervise")
    host.run("domain", name=GUEST, state=power)
    reverted = twin(host, "snapshot_revert", domain=[GUEST], name="one", discard=True, power="running")
    assert "forget the checkpoint" in reverted["domains"][0]["steps"][0]
    assert backup(host) == "delta"
    off(host)
    assert_holds(host, 1)
    host.run("snapshot", domain=[GUEST], name="one", state="absent")
    scribble(host, 3)
    host.run("restore", repository=REPOSITORY, domain=GUEST, overwrite=True)
    assert content(host) == then


def test_checkpoints_of_others(host: Host) -> None:
    define(host, state="running")
    host.run("snapshot", domain=[GUEST], name="one", type="internal")
    host.sh(f"virsh -q checkpoint-create-as {GUEST} theirs")
    assert "has theirs" in host.refused("snapshot_revert", domain=[GUEST], name="one", discard=True)["msg"]


def test_checkpoints_of_a_guest_that_goes(host: Host) -> None:
    """Those of backups go with it. Others are named, and need a word."""
    stated = define(host, state="running")
    backup(host)
    end: dict[str, Any] = {"name": GUEST, "state": "absent", "shutdown": {"timeout": 0, "on_timeout": "destroy"}}
    assert laws.twin(host, "domain", **end).changed
    host.run("domain", **stated)
    backup(host)
    host.sh(f"virsh -q checkpoint-create-as {GUEST} theirs")
    assert "checkpoints (theirs) (undefine: checkpoints_metadata)" in host.refused("domain", **end)["msg"]
    assert laws.twin(host, "domain", **end, undefine=["checkpoints_metadata"]).changed


def off(host: Host) -> None:
    host.run("domain", name=GUEST, state="stopped", shutdown={"timeout": 0, "on_timeout": "destroy"})
