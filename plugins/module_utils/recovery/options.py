# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of M(dr_plan), M(dr_step), M(dr_state) and M(dr_report)."""

from __future__ import annotations

import typing as t

PROTECT, STATUS, TEST, FAILOVER, FAILBACK, CLEANUP = "protect", "status", "test", "failover", "failback", "cleanup"
MODES = (PROTECT, STATUS, TEST, FAILOVER, FAILBACK, CLEANUP)

PRIORITIES = (1, 2, 3, 4, 5)

_NAMES: dict[str, t.Any] = {"type": "list", "elements": "str", "default": []}
_ROWS: dict[str, t.Any] = {"type": "list", "elements": "dict", "default": []}
_TARGETS: dict[str, t.Any] = {"rpo": {"type": "int"}, "rto": {"type": "int"}, "ready": {"type": "dict"}}

PLAN: dict[str, t.Any] = {
    "name": {"type": "str", "required": True},
    "sites": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "name": {"type": "str", "required": True},
            "hosts": {"type": "list", "elements": "str", "required": True},
            "repository": {"type": "path", "required": True},
        },
    },
    "guests": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "name": {"type": "str", "required": True},
            "hosts": {"type": "dict", "required": True},
            "priority": {"type": "int", "choices": list(PRIORITIES), "default": 3},
            "depends_on": _NAMES,
            "shutdown": {"type": "dict"},
            **_TARGETS,
        },
    },
    "networks": _ROWS,
    "directories": _ROWS,
    "bubbles": _ROWS,
    "fencing": {"type": "dict", "default": {}},
    **_TARGETS,
}

OPTIONS: dict[str, t.Any] = {
    "plan": {"type": "dict", "required": True, "options": PLAN},
    "mode": {"type": "str", "choices": list(MODES), "required": True},
    "seen": {"type": "dict", "default": {}},
    "addresses": {"type": "dict", "default": {}},
    "guests": _NAMES,
    "disaster": {"type": "bool", "default": False},
    "fenced": _NAMES,
    "discard": {"type": "bool", "default": False},
    "now": {"type": "float"},
}

STATE_OPTIONS: dict[str, t.Any] = {
    "repository": {"type": "path", "required": True},
    "plan": {"type": "str", "required": True},
    "records": {"type": "dict", "default": {}},
}

REPORT_OPTIONS: dict[str, t.Any] = {
    "planned": {"type": "dict", "required": True},
    "steps": {"type": "list", "elements": "dict", "default": []},
    "directory": {"type": "path"},
    "now": {"type": "float"},
}

STEP_OPTIONS: dict[str, t.Any] = {
    "plan": {"type": "str", "required": True},
    "repository": {"type": "path", "required": True},
    "stage": {"type": "list", "elements": "dict", "required": True},
    "defaults": {"type": "dict", "default": {}},
}
