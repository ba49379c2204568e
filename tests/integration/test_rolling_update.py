# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook rolling_update, of what molecule does not go through: nothing is passed over without a word."""

from __future__ import annotations

import json
from pathlib import Path

from harness.host import Host
from harness.playbooks import play

NOTE = "/var/lib/hypervise-kvm/maintenance.json"
#: A file that is written when a package changes; that is the sign by which a restart is due.
RECORD = "/var/lib/dpkg/info/law.list"


def test_host_in_maintenance_is_named(one_host: Host, tmp_path: Path) -> None:
    """It is due, somebody else has it in hand: it is not touched, and whoever runs this reads that."""
    noted = json.dumps({"reason": "new memory", "homes": {}})
    one_host.sh(f"mkdir -p $(dirname {NOTE}); echo '{noted}' >{NOTE}; touch {RECORD}")
    boot = one_host.sh("cat /proc/sys/kernel/random/boot_id; systemctl show --property=UserspaceTimestamp")
    options = json.dumps({"target": one_host.name, "rolling_update_packages": False})
    try:
        told = play("hypervise.kvm.rolling_update", tmp_path, "--extra-vars", options)
        assert "No host is due." in told
        assert f'"{one_host.name}": "new memory"' in told
        assert one_host.sh(f"cat {NOTE}").strip() == noted
    finally:
        one_host.sh(f"rm -f {NOTE} {RECORD}")
    assert boot == one_host.sh("cat /proc/sys/kernel/random/boot_id; systemctl show --property=UserspaceTimestamp")
