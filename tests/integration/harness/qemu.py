# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest's QEMU, asked itself: what it has open, and having it take what a daemon that was killed would leave."""

from __future__ import annotations

import json
import shlex
from typing import Any

from harness.host import Host


def ask(host: Host, guest: str, command: str, **arguments: Any) -> Any:
    """Return what QEMU answers. In the names of arguments, C(_) stands for C(-)."""
    stated = {name.replace("_", "-"): value for name, value in arguments.items()}
    question = json.dumps({"execute": command, "arguments": stated})
    told = json.loads(host.sh(f"virsh qemu-monitor-command {guest} {shlex.quote(question)}"))
    assert "return" in told, told
    return told["return"]


def images(host: Host, guest: str) -> dict[str, dict[str, Any]]:
    """What it has open: node -> what it tells of it."""
    return {node["node-name"]: node for node in ask(host, guest, "query-named-block-nodes", flat=True)}


def image_of(host: Host, guest: str, path: str) -> str:
    """The node of an image."""
    (name,) = [name for name, node in images(host, guest).items() if (node["file"], node["drv"]) == (path, "qcow2")]
    return name


def leave(host: Host, guest: str, path: str, number: int) -> None:
    """Have it open an image as libvirt does, under a number that libvirt does not know."""
    storage, image = (f"libvirt-{number}-{layer}" for layer in ("storage", "format"))
    host.sh(f"chown libvirt-qemu: {path}")
    ask(host, guest, "blockdev-add", driver="file", filename=path, node_name=storage)
    ask(host, guest, "blockdev-add", driver="qcow2", file=storage, backing=None, node_name=image)
