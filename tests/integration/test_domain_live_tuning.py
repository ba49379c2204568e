# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains: what a live change of tuning does to QEMU's threads and to a guest that goes on running."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Callable
from typing import Any

import pytest
from harness import laws, tiny
from harness.host import PREFIX, Host, Result

NAME = f"{PREFIX}tuned"
OURS = "urn:hypervise:kvm:domain:1"
THEIRS = "urn:someone:else"


class Tuned:
    """A guest that is up, and the threads of its QEMU."""

    def __init__(self, host: Host) -> None:
        self.host = host

    def live(self, **options: Any) -> Result:
        """Change something of the running guest, at once and for good."""
        changed = laws.twin(self.host, "domain", name=NAME, **options)
        assert changed.changed
        assert {change["when"] for change in changed["changes"]} == {"live"}, changed["changes"]
        again = laws.twin(self.host, "domain", name=NAME, **options)
        assert not again.changed, again["changes"]
        assert again["pending_restart"] == []
        return changed

    def qemu(self, command: str) -> Any:
        told = self.host.sh(f"virsh qemu-monitor-command {NAME} {shlex.quote(json.dumps({'execute': command}))}")
        return json.loads(told)["return"]

    def processors_of(self, thread: int) -> str:
        """The host's processors that a thread may run on."""
        status = self.host.sh(f"cat /proc/{thread}/task/{thread}/status")
        return next(line.split()[1] for line in status.splitlines() if line.startswith("Cpus_allowed_list"))

    def vcpu(self, number: int) -> int:
        return next(int(cpu["thread-id"]) for cpu in self.qemu("query-cpus-fast") if cpu["cpu-index"] == number)

    def iothreads(self) -> dict[str, dict[str, Any]]:
        return {thread["id"]: thread for thread in self.qemu("query-iothreads")}

    def sees(self, command: str, expected: Callable[[str], bool], seconds: float = 60) -> str:
        """Fail unless a command inside the guest prints what is expected, within some seconds."""
        deadline = time.monotonic() + seconds
        while not expected(seen := tiny.sh(self.host, NAME, command)):
            assert time.monotonic() < deadline, f"{command!r} in the guest: {seen!r}"
            time.sleep(0.2)
        return seen


@pytest.fixture
def guest(host: Host) -> Tuned:
    tiny.install(host)
    host.run(
        "domain",
        name=NAME,
        type="qemu",
        memory="192MiB",
        vcpus=3,
        individual_vcpus=[{"id": 0, "enabled": True, "hotpluggable": False}, {"id": 1, "enabled": False}],
        iothreads=1,
        **tiny.boot(),
        state="running",
        wait_for="agent",
    )
    return Tuned(host)


def test_tuning_reaches_the_running_guest(guest: Tuned) -> None:
    """One guest for all of it, which runs on all the while."""
    begun = float(tiny.sh(guest.host, NAME, "cut -d' ' -f1 /proc/uptime"))
    pins(guest)
    threads(guest)
    processors(guest)
    metadata(guest)
    controllers(guest)
    guest.sees("cut -d' ' -f1 /proc/uptime", lambda seen: float(seen) > begun)


def pins(guest: Tuned) -> None:
    everywhere = guest.processors_of(guest.vcpu(0))
    guest.live(cputune={"vcpupin": [{"vcpu": 0, "cpuset": "0"}], "emulatorpin": "1"})
    qemu = int(guest.host.sh(f"cat /run/libvirt/qemu/{NAME}.pid"))
    assert guest.processors_of(guest.vcpu(0)) == "0"
    assert guest.processors_of(qemu) == "1"
    guest.live(cputune={"vcpupin": [{"vcpu": 0, "cpuset": "1"}]})
    assert guest.processors_of(guest.vcpu(0)) == "1"
    guest.live(cputune={"vcpupin": [], "emulatorpin": ""})
    assert guest.processors_of(guest.vcpu(0)) == guest.processors_of(qemu) == everywhere


def threads(guest: Tuned) -> None:
    guest.live(iothreads=3)
    assert set(guest.iothreads()) == {"iothread1", "iothread2", "iothread3"}
    guest.live(cputune={"iothreadpin": [{"iothread": 3, "cpuset": "1"}]})
    assert guest.processors_of(guest.iothreads()["iothread3"]["thread-id"]) == "1"
    guest.live(cputune={"iothreadpin": []})
    guest.live(iothreads=2)
    assert set(guest.iothreads()) == {"iothread1", "iothread2"}
    guest.live(iothread_ids=[{"id": 1}, {"id": 7}])
    assert set(guest.iothreads()) == {"iothread1", "iothread7"}
    if guest.host.release != "bookworm":  # its libvirt has no option for it
        guest.live(iothread_ids=[{"id": 1}, {"id": 7, "poll": {"max": 12345}}])
        assert guest.iothreads()["iothread7"]["poll-max-ns"] == 12345


def processors(guest: Tuned) -> None:
    guest.sees("cat /sys/devices/system/cpu/online", lambda seen: seen == "0")
    guest.live(individual_vcpus=[{"id": 0, "enabled": True}, {"id": 1, "enabled": True}, {"id": 2, "enabled": False}])
    assert [cpu["cpu-index"] for cpu in guest.qemu("query-cpus-fast")] == [0, 1]
    guest.sees("nproc", lambda seen: seen == "2")


def metadata(guest: Tuned) -> None:
    """Ours changes, that of others stays."""
    guest.host.sh(
        f"virsh metadata {NAME} --uri {THEIRS} --key x --set '<a><b>1</b></a>' --live --config",
    )
    guest.live(metadata={"owner": "ops", "labels": {"tier": "web", "note": "a & b"}})
    guest.live(metadata={"labels": {"tier": "db"}, "expires": "2031-01-01"})
    for which in ("--live", "--config"):
        told = guest.host.sh(f"virsh metadata {NAME} --uri {OURS} {which}")
        assert "<owner>ops</owner>" in told
        assert '<label name="tier">db</label>' in told
        assert "2031-01-01T00:00:00Z" in told
        assert "web" not in told
        assert "<b>1</b>" in guest.host.sh(f"virsh metadata {NAME} --uri {THEIRS} {which}")
    guest.live(metadata={"owner": "", "expires": "", "labels": {}})
    assert OURS not in guest.host.sh(f"virsh dumpxml {NAME}")


def controllers(guest: Tuned) -> None:
    """The lab's hosts have no controllers of cgroups: check mode knows, and what needs them waits for a restart."""
    waits = laws.twin(guest.host, "domain", name=NAME, cputune={"shares": 512}, memtune={"hard_limit": "2GiB"})
    assert {change["when"] for change in waits["changes"]} == {"restart"}
    assert set(waits["pending_restart"]) == {"cputune.shares", "memtune.hard_limit"}
    again = laws.twin(guest.host, "domain", name=NAME, cputune={"shares": 512}, memtune={"hard_limit": "2GiB"})
    assert not again.changed
    assert set(again["pending_restart"]) == {"cputune.shares", "memtune.hard_limit"}
