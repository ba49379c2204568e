# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the cases of a domain's options have in common: the guest, and what it needs on a host."""

from __future__ import annotations

from typing import Any

from harness.host import PREFIX, SCRATCH, Host
from harness.laws import Spec

#: C(refused_on) of what only other machines than the lab's have.
EVERYWHERE = ("bookworm", "trixie")

#: A guest with nothing to boot, whose plug is pulled when it has to stop.
BASE: Spec = {"type": "qemu", "memory": "64MiB", "shutdown": {"timeout": 0, "on_timeout": "destroy"}}
MAC, MAC2 = "52:54:00:00:0d:01", "52:54:00:00:0d:02"
UUIDS = ("6f0a3f3e-5cf1-4ab8-9b39-0000000000d1", "6f0a3f3e-5cf1-4ab8-9b39-0000000000d2")
OVMF = "/usr/share/OVMF"


def disk(**more: Any) -> Spec:
    return {"target": "vda", "source": {"file": f"{SCRATCH}/one.raw"}, **more}


def images(host: Host) -> None:
    """Images, and a pool that knows them as volumes; a firmware and a QEMU by other names."""
    host.sh(
        f"cd {SCRATCH} && mkdir -p pool && for name in one two three pool/one pool/two;"
        " do truncate -s 1M $name.raw; done && ln -s /usr/bin/qemu-system-x86_64 qemu &&"
        " install -m 666 /usr/share/seabios/bios-256k.bin rom1"
    )
    host.run("storage_pool", name=f"{PREFIX}pool", type="dir", target={"path": f"{SCRATCH}/pool"}, state="active")


def networks(host: Host) -> None:
    """Two networks with a port group each, and a bridge of the host's own."""
    for number in (1, 2):
        host.run(
            "network",
            name=f"{PREFIX}net{number}",
            ips=[{"address": f"192.0.2.{number}", "prefix": 32}],
            portgroups=[{"name": "red"}, {"name": "blue"}],
            state="active",
        )
