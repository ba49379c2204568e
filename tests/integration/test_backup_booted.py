# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest is started from its point, in a network of its own; nothing is left but the word of what came of it."""

from __future__ import annotations

from typing import Any

from harness import tiny
from harness.backups import GUEST, REPOSITORY, backup, define, directory, points
from harness.host import Host

VERIFY: dict[str, Any] = {"repository": REPOSITORY, "level": "files"}


def saved(host: Host) -> None:
    tiny.install(host)
    host.run("network", name="law-net", state="active")
    cards = [{"source": {"network": "law-net"}, "model": "virtio", "mac": "52:54:00:00:00:17"}]
    define(host, interfaces=cards, **{**tiny.boot(), "memory": "128MiB"})
    backup(host)


def traces(host: Host) -> str:
    """What a trial could leave, and the points' files and their owners."""
    return host.sh(
        "virsh list --all --name; virsh net-list --all --name; ls /var/lib/libvirt/swtpm 2>/dev/null;"
        f"cd {directory(host)};"
        "ls -A | grep -v -e lock -e tenants -e notes; ls .tenants 2>/dev/null;"
        "stat -c '%n %u %a' 2*/*.qcow2; sha256sum 2*/*.qcow2"
    )


def test_started(host: Host) -> None:
    saved(host)
    before = traces(host)
    wish = {**VERIFY, "boot": {"agent": True, "memory": "160MiB", "timeout": 110}}
    steps = host.run("backup_verify", check=True, **wish)["domains"][0]["steps"]
    assert steps[-1] == f"start {points(host)[0]}"
    told = host.attempt("backup_verify", **wish)["domains"][0]["booted"]
    assert list(told["seconds"]) == ["agent"], told
    found = host.run("backup_info", repository=REPOSITORY)["points"][0]
    assert found["booted"]["problems"] == []
    assert traces(host) == before


def test_not_started(one_host: Host) -> None:
    """It says why; and what a task that is killed leaves is gone after the next one."""
    host = one_host
    saved(host)
    before = traces(host)
    wish = {**VERIFY, "boot": {"agent": True, "timeout": 2}}
    assert host.killed("backup_verify", kill_after=4, **{**VERIFY, "boot": {"agent": True, "timeout": 90}})
    host.sh(f"until [ $(virsh list --name | grep -c {GUEST}-trial) = 0 ]; do sleep 0.1; done")
    failed = host.fails("backup_verify", **wish)
    assert "did not become ready" in failed["msg"]
    assert host.run("backup_info", repository=REPOSITORY)["points"][0]["booted"]["problems"]
    assert traces(host) == before
