# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a user says when a guest is ready."""

from __future__ import annotations

import typing as t

OPTIONS: dict[str, t.Any] = {
    "disk": {"type": "bool", "default": False},
    "agent": {"type": "bool", "default": False},
    "address": {"type": "bool", "default": False},
    "port": {"type": "int"},
    "command": {"type": "list", "elements": "str"},
    "timeout": {"type": "int", "default": 300},
}
