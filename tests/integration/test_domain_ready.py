# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest is ready when it says so itself, and one that is not says why."""

from __future__ import annotations

from typing import Any

from harness import tiny
from harness.host import PREFIX, SCRATCH, Host

NAME = f"{PREFIX}guest"
DISK: dict[str, Any] = {"target": "vda", "source": {"file": f"{SCRATCH}/vda.qcow2"}, "driver": {"type": "qcow2"}}


def start(host: Host, cmdline: str = "", **options: Any) -> None:
    tiny.install(host)
    host.sh(f"qemu-img create -q -f qcow2 {SCRATCH}/vda.qcow2 8M")
    wish = {"name": NAME, "type": "qemu", "memory": "128MiB", "vcpus": 1, "disks": [DISK], **tiny.boot(cmdline)}
    host.run("domain", **wish, serials=[{"type": "pty"}], state="running", **options)


def test_ready(host: Host) -> None:
    host.run("network", name="law-net", ips=[{"address": "198.18.77.1", "prefix": 24}], state="active")
    start(host, interfaces=[{"source": {"network": "law-net"}, "model": "virtio"}])
    assert host.run("domain_ready", check=True, name=NAME, agent=True)["seconds"] == {}
    told = host.run("domain_ready", name=NAME, disk=True, agent=True, timeout=110)
    assert list(told["seconds"]) == ["disk", "agent"]
    assert not told.changed
    said = host.fails("domain_ready", name=NAME, command=["/bin/sh", "-c", "echo no; test -e /run/up"], timeout=3)
    assert (said["error"]["type"], said["error"]["level"]) == ("Timeout", "command")
    assert "ended with 1: no" in said["msg"]
    tiny.sh(host, NAME, "until kill $(cat /run/udhcpc.eth0); do sleep 0.2; done; ip addr add 198.18.77.2/24 dev eth0")
    assert "port 9" in host.fails("domain_ready", name=NAME, port=9, timeout=3)["msg"]
    tiny.sh(host, NAME, "touch /run/up; (while :; do nc -l -p 9; done) >/dev/null 2>&1 </dev/null &")
    told = host.run("domain_ready", name=NAME, address=True, port=9, command=["/bin/test", "-e", "/run/up"], timeout=60)
    assert list(told["seconds"]) == ["address", "port", "command"]
    assert told["addresses"] == ["198.18.77.2"]


def test_not_ready(one_host: Host) -> None:
    start(one_host, "init=/nothing rdinit=/nothing panic=0")
    failed = one_host.fails("domain_ready", name=NAME, agent=True, timeout=40)
    assert failed["error"]["type"] == "Timeout"
    assert any("panic" in line for line in failed["error"]["console"]), failed["error"]["console"]
    one_host.run("domain", name=NAME, state="stopped", shutdown={"timeout": 0, "on_timeout": "destroy"})
    assert "is stopped, so" in one_host.fails("domain_ready", name=NAME, disk=True)["msg"]
    assert "state what to wait for" in one_host.refused("domain_ready", name=NAME)["msg"]
