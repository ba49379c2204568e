# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of M(placement)."""

from __future__ import annotations

import typing as t

_NAMES: dict[str, t.Any] = {"type": "list", "elements": "str", "default": []}
_NUMBER: dict[str, t.Any] = {"type": "float"}

MODES = ("balance", "evacuate", "return", "place", "group", "capacity")
RULES = ("affinity", "anti_affinity", "hosts", "pinned")
N_PLUS_ONE = ("never", "outside_maintenance", "always")
STOPPED = ("ignore", "reserve", "move")

OPTIONS: dict[str, t.Any] = {
    "hosts": {"type": "dict", "required": True},
    "host_labels": {"type": "dict", "default": {}},
    "mode": {"type": "str", "choices": list(MODES), "default": "balance"},
    "drained": _NAMES,
    "homes": {"type": "dict", "default": {}},
    "guests": {"type": "list", "elements": "dict", "default": []},
    "rules": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "name": {"type": "str", "required": True},
            "type": {"type": "str", "choices": list(RULES), "required": True},
            "guests": _NAMES,
            "labels": {"type": "dict", "default": {}},
            "hosts": _NAMES,
            "host_labels": {"type": "dict", "default": {}},
            "across": {"type": "str", "default": ""},
        },
    },
    "limits": {
        "type": "dict",
        "apply_defaults": True,
        "options": {
            "memory_overcommit": {**_NUMBER, "default": 1.0},
            "memory_reserve": {"type": "str", "default": "1GiB"},
            "vcpus_per_cpu": {**_NUMBER, "default": 4.0},
        },
    },
    "weights": {
        "type": "dict",
        "apply_defaults": True,
        "options": {name: {**_NUMBER, "default": 1.0} for name in ("memory", "vcpus", "load")},
    },
    "n_plus_one": {"type": "str", "choices": list(N_PLUS_ONE), "default": "outside_maintenance"},
    "stopped": {"type": "str", "choices": list(STOPPED), "default": "ignore"},
    "partial": {"type": "bool", "default": False},
    "threshold": {**_NUMBER, "default": 2.0},
    "min_gain": {**_NUMBER, "default": 0.01},
    "max_moves": {"type": "int"},
    "parallel": {"type": "int", "default": 1},
    "group_size": {"type": "int", "default": 1},
    "group_hosts": _NAMES,
}
