# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""QEMU itself, asked past libvirt, for the little that libvirt has no call for.

U(https://www.qemu.org/docs/master/interop/qemu-qmp-ref.html). libvirt does nothing else with a guest while it asks.
"""

from __future__ import annotations

import json
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle


def ask(domain: Handle, command: str, **arguments: t.Any) -> t.Any:
    """Return what QEMU answers, C(None) where it refuses. In the names of arguments, C(_) stands for C(-)."""
    stated = {name.replace("_", "-"): value for name, value in arguments.items()}
    told = domain.change.qemuMonitorCommand(json.dumps({"execute": command, "arguments": stated}), 0)
    return json.loads(told).get("return")
