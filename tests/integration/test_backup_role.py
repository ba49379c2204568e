# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role backup: what a policy says is done by the host alone, at its time or now, and reported."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness.backups import GUEST, REPOSITORY, define, points
from harness.host import SCRATCH, Host
from harness.playbooks import play

REPLICA = f"{SCRATCH}/replica"
OFFSITE = f"{SCRATCH}/offsite"
SECRET = f"{SCRATCH}/secret"

NIGHTLY: dict[str, Any] = {
    "name": "law_nightly",
    "domains": ["law-*"],
    "labels": {"tier": 1},
    "parallel": 2,
    "backup": {"create": True},
    "verify": {"level": "files"},
    "prune": {"keep_last": 1},
    "offsite": {"repository": OFFSITE, "password_file": SECRET},
    "schedule": "*-*-* 01:30",
}
COPIES: dict[str, Any] = {
    "name": "law_copies",
    "repository": REPLICA,
    "copy": {"source": REPOSITORY, "create": True},
    "backup": {"quiesce": "required"},
}


@pytest.fixture
def host(one_host: Host) -> Iterator[Host]:
    yield one_host
    one_host.sh("systemctl disable --quiet --now hypervise-backup@law_nightly.timer 2>/dev/null || true")
    one_host.sh("rm -rf /etc/systemd/system/hypervise-backup@* /etc/hypervise-kvm/backup /var/lib/hypervise-kvm/backup")


def converge(host: Host, directory: Path, policies: list[dict[str, Any]], *arguments: str, **more: Any) -> str:
    """Run the playbook, and return what it told of the host."""
    stated = {"backup_repository": REPOSITORY, "backup_policies": policies, **more}
    return play("hypervise.kvm.backup", directory, "--limit", host.name, "--extra-vars", json.dumps(stated), *arguments)


def timers(host: Host) -> str:
    return host.sh(
        "systemctl list-timers --all --no-legend 'hypervise-backup@*' | grep -o 'hypervise[^ ]*timer' || true"
    )


def test_policies(host: Host, tmp_path: Path) -> None:
    host.needs("restic", "rsync")
    define(host, metadata={"labels": {"tier": "1"}})
    host.run("domain", name="law-other", type="qemu", memory="32MiB")
    host.sh(f"echo secret >{SECRET}; RESTIC_PASSWORD_FILE={SECRET} restic init --quiet --repo {OFFSITE}")
    before = host.state()
    converge(host, tmp_path, [NIGHTLY], "--check")
    assert host.state() == before

    printed = converge(host, tmp_path, [NIGHTLY], backup_run="law_nightly")
    assert "law_nightly on" in printed
    assert "hypervise-backup@law_nightly.timer" in timers(host)
    first = points(host)
    assert len(first) == 1
    told = report(host, "law_nightly")
    assert [(step["step"], step["failed"]) for step in told["steps"]] == [
        (step, False) for step in ("backup", "verify", "prune", "offsite")
    ]
    assert [domain["name"] for domain in told["steps"][0]["domains"]] == [GUEST]  # the other has no such label
    listed = host.sh(f"RESTIC_PASSWORD_FILE={SECRET} restic --quiet --repo {OFFSITE} ls latest")
    assert f"{first[0]}/vda.qcow2" in listed
    assert ".lock" not in listed

    assert "changed=0" in converge(host, tmp_path, [NIGHTLY])
    host.sh("systemctl start hypervise-backup@law_nightly.service")  # as the timer does
    assert points(host) != first
    assert len(points(host)) == 1

    converge(host, tmp_path, [COPIES])
    assert timers(host) == ""
    assert host.sh("systemctl start hypervise-backup@law_copies.service 2>/dev/null || echo failed").strip() == "failed"
    told = report(host, "law_copies")
    assert [(step["step"], step["failed"]) for step in told["steps"]] == [("copy", False), ("backup", True)]
    assert f"{GUEST}: FAILED: quiesce" in host.sh("cat /var/lib/hypervise-kvm/backup/law_copies.txt")
    assert len(host.sh("cat /var/lib/hypervise-kvm/backup/history.jsonl").splitlines()) == 3


def report(host: Host, policy: str) -> dict[str, Any]:
    """What was told of the last run of a policy."""
    return dict(json.loads(host.sh(f"cat /var/lib/hypervise-kvm/backup/{policy}.json")))
