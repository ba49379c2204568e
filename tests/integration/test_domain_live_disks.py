# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains: disks and memory modules of a guest that goes on running, seen in it and in QEMU."""

from __future__ import annotations

import json
import shlex
from typing import Any

from harness import laws, tiny
from harness.host import PREFIX, SCRATCH, Host, Result

NAME = f"{PREFIX}live"
DISK: dict[str, Any] = {"target": "vda", "source": {"file": f"{SCRATCH}/one.raw"}}
DIMM: dict[str, Any] = {"model": "dimm", "target": {"size": "128MiB", "node": 0}}
GROWING: dict[str, Any] = {
    "model": "virtio-mem",
    "target": {"size": "128MiB", "node": 0, "block": "2MiB", "requested": "0B"},
}


class Guest:
    """A guest that is up, changed by a few options at a time."""

    def __init__(self, host: Host, state: str, **options: Any) -> None:
        tiny.install(host)
        host.sh(f"cd {SCRATCH} && truncate -s 1M one.raw && truncate -s 2M two.raw three.raw")
        self.host = host
        base = {"type": "qemu", "memory": "192MiB", "os": {"machine": "q35"}, "state": state}
        assert laws.twin(host, "domain", name=NAME, **{**base, "disks": [DISK], **options}).changed

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

    def address(self, target: str, which: str = "") -> str:
        """Where a disk stands, in the running guest or in the stored one."""
        document = self.host.sh(f"virsh dumpxml {which} {NAME}")
        return next(
            line.strip()
            for disk in document.split("<disk ")[1:]
            if f"dev='{target}'" in disk
            for line in disk.splitlines()
            if "<address" in line
        )


def test_limits_reach_qemu(host: Host) -> None:
    guest = Guest(host, "paused")

    def limits() -> dict[str, Any]:
        (seen,) = (drive["inserted"] for drive in guest.qemu("query-block") if drive.get("inserted"))
        return {name: seen[name] for name in ("bps", "bps_rd", "iops", "iops_wr", "bps_max") if seen.get(name)}

    def wish(**limits: Any) -> None:
        guest.live(disks=[{"target": "vda", "iotune": limits}])

    wish(total_bytes_sec="10MiB", total_bytes_sec_max="20MiB", write_iops_sec=500)
    assert limits() == {"bps": 10 * 2**20, "bps_max": 20 * 2**20, "iops_wr": 500}
    wish(read_bytes_sec="1MiB", total_bytes_sec_max=0)  # in place of that of both
    assert limits() == {"bps_rd": 2**20, "iops_wr": 500}
    wish(read_bytes_sec=0, write_iops_sec=0)
    assert limits() == {}


def test_plugged_stands_where_it_is_stored(host: Host) -> None:
    guest = Guest(host, "paused", controllers=[{"type": "scsi", "index": 0, "model": "virtio-scsi"}])
    for target, image in (("vdb", "two"), ("sda", "three")):
        disk = {"target": target, "source": {"file": f"{SCRATCH}/{image}.raw"}}
        guest.live(disks=[disk], keep_unlisted=["disks"])
        assert guest.address(target) == guest.address(target, "--inactive")


def test_memory_comes_and_goes(host: Host) -> None:
    """Modules are more memory; what the guest was given before them stays what it was."""
    guest = Guest(
        host,
        "running",
        **{name: value for name, value in tiny.boot().items() if name != "os"},
        os={**tiny.boot()["os"], "machine": "q35"},
        cpu={"numa": {"cells": [{"id": 0, "cpus": "0", "memory": "192MiB"}]}},
        vcpus=1,
        max_memory={"size": "1GiB", "slots": 4},
        wait_for="agent",
    )
    tiny.sh(host, NAME, "echo online_movable >/sys/devices/system/memory/auto_online_blocks")
    guest.live(memory_devices=[DIMM], memory="192MiB")
    assert guest.qemu("query-memory-size-summary")["plugged-memory"] == 128 * 2**20
    guest.live(memory_devices=[DIMM, GROWING])
    grown = {**GROWING, "target": {**GROWING["target"], "requested": "64MiB"}}
    guest.live(memory_devices=[DIMM, grown])
    requested = [module["data"].get("requested-size") for module in guest.qemu("query-memory-devices")]
    assert 64 * 2**20 in requested
    guest.live(memory_devices=[grown])
    assert [module["type"] for module in guest.qemu("query-memory-devices")] == ["virtio-mem"]


def test_guest_that_does_not_release(one_host: Host) -> None:
    """A guest that stands still answers nobody: this is told, and what is stored is as wished."""
    guest = Guest(one_host, "paused")
    failed = one_host.fails("domain", name=NAME, disks=[])
    assert "did not release disks[vda]" in failed["msg"]
    assert "<disk" not in one_host.sh(f"virsh dumpxml --inactive {NAME}")
    assert guest.address("vda")


def test_cookies_are_secret(one_host: Host) -> None:
    """Compared and changed, and shown nowhere."""

    def wish(value: str) -> Result:
        source = {
            "protocol": "https",
            "name": "image",
            "hosts": [{"name": "one.example", "port": 443}],
            "cookies": [{"name": "key", "value": value}],
        }
        return laws.twin(
            one_host, "domain", name=NAME, type="qemu", memory="64MiB", disks=[{"target": "vda", "source": source}]
        )

    assert wish("sesame").changed
    assert not wish("sesame").changed
    changed = wish("open")
    assert changed.paths == ["disks[vda].source"]
    assert "sesame" not in json.dumps(changed["diff"])
