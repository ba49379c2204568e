# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook site, as a user runs it on hosts that are bootstrapped: the inventory's document for each comes true."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from harness.host import SCRATCH, Host
from harness.playbooks import play

#: What a host remembers of what was found to be as stated.
KNOWN = "/var/cache/hypervise-kvm/*"

SITE: dict[str, Any] = {
    "kvm_label": "law",
    "kvm_prune": ["domains", "networks"],
    "kvm_storage_pools": [
        {"name": "law-site", "type": "dir", "target": {"path": f"{SCRATCH}/site"}, "state": "active"}
    ],
    "kvm_volumes": [{"pool": "law-site", "name": "disk.qcow2", "capacity": "1GiB", "format": "qcow2"}],
    "kvm_networks": [{"name": "law-site", "ips": [{"address": "192.0.2.1", "prefix": 24}], "state": "active"}],
    "kvm_domains": [
        {
            "name": "law-site",
            "type": "qemu",
            "memory": "64MiB",
            "disks": [{"target": "vda", "source": {"pool": "law-site", "volume": "disk.qcow2"}}],
            "interfaces": [{"source": {"network": "law-site"}}],
        }
    ],
}


def converge(host: Host, directory: Path, document: dict[str, Any], *arguments: str) -> int:
    """Run the playbook's second half (the first brought the host up); return how many tasks changed something."""
    printed = play(
        "hypervise.kvm.site",
        directory,
        "--limit",
        host.name,
        "--start-at-task",
        "Have on each host what its document states",
        "--extra-vars",
        json.dumps(document),
        *arguments,
    )
    (changed,) = re.findall(r"changed=(\d+)", printed)
    return int(changed)


def test_document_comes_true(one_host: Host, tmp_path: Path) -> None:
    before = one_host.state()
    assert converge(one_host, tmp_path, SITE, "--check", "--diff") == 1
    assert one_host.state() == before
    assert converge(one_host, tmp_path, SITE) == 1
    assert converge(one_host, tmp_path, SITE) == 0
    known = one_host.sh(f"cat {KNOWN}")
    assert json.loads(known)[1].keys() >= {"domain/law-site", "network/law-site", "volume/law-site/disk.qcow2"}
    assert converge(one_host, tmp_path, SITE) == 0
    assert one_host.sh(f"cat {KNOWN}") == known  # had it been looked at again, other digests would be there
    assert one_host.sh("virsh list --all --name; virsh net-list --name").split().count("law-site") == 2
    assert converge(one_host, tmp_path, {**SITE, "kvm_domains": [], "kvm_networks": []}) == 1
    assert "law-site" not in one_host.sh("virsh list --all --name; virsh net-list --all --name")
    assert "disk.qcow2" in one_host.sh("virsh vol-list law-site")
