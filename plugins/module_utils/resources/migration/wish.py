# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a guest should run, and how it gets there."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from urllib.parse import urlsplit

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration import settings

COPY = ("none", "full", "incremental")


@dataclass(frozen=True)
class Wish:
    """What a task states."""

    name: str
    dest_uri: str
    dest_name: str
    options: t.Mapping[str, t.Any]

    @property
    def label(self) -> str:
        """The guest, for messages."""
        return f"domain {self.name}"

    @property
    def disks(self) -> dict[str, t.Mapping[str, t.Any]]:
        """What is stated of single disks, by their targets."""
        return {disk["target"]: disk for disk in self.options["disks"]}


def argument_spec() -> dict[str, t.Any]:
    """Return the options of the module, without the connection's."""
    return {
        "name": {"type": "str", "required": True},
        "dest_uri": {"type": "str", "required": True},
        "dest_name": {"type": "str"},
        "copy_storage": {"type": "str", "choices": list(COPY), "default": "none"},
        "disks": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "target": {"type": "str", "required": True},
                "copy": {"type": "str", "choices": list(COPY)},
                "path": {"type": "str"},
                "pool": {"type": "str"},
                "volume": {"type": "str"},
            },
        },
        "overwrite": {"type": "bool", "default": False},
        "networks": {"type": "dict", "default": {}},
        "bridges": {"type": "dict", "default": {}},
        "tls": {"type": "bool"},
        "undefine_source": {"type": "bool", "default": True},
        "max_downtime": {"type": "float"},
        "postcopy_after": {"type": "int", "default": 2},
        "timeout": {"type": "int", "default": 0},
        "on_timeout": {"type": "str", "choices": ["abort", "suspend", "postcopy"], "default": "abort"},
        **settings.argument_spec(),
    }


def parse(params: t.Mapping[str, t.Any]) -> Wish:
    """Return the wish.

    :raises InvalidSpec: with every problem found.
    """
    problems = [*settings.problems(params), *_problems(params)]
    if problems:
        raise InvalidSpec(problems)
    return Wish(params["name"], params["dest_uri"], params["dest_name"] or params["name"], params)


def _problems(params: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    parts = urlsplit(params["dest_uri"])
    if not parts.scheme or not parts.hostname:
        yield "dest_uri", f"{params['dest_uri']!r} names no host; an example: qemu+ssh://hv2/system"
    if parts.scheme.endswith("+tcp"):
        yield "dest_uri", "this connection would be neither encrypted nor authenticated; use qemu+tls or qemu+ssh"
    if params["on_timeout"] == "postcopy" and not params["postcopy"]:
        yield "on_timeout", "'postcopy' means nothing without postcopy=true"
    seen: set[str] = set()
    for index, disk in enumerate(params["disks"]):
        if disk["target"] in seen:
            yield f"disks[{index}].target", f"{disk['target']} is stated twice"
        seen.add(disk["target"])
        if disk["path"] and disk["volume"]:
            yield f"disks[{index}].path", "a disk is at a path or is a volume, not both"
        if bool(disk["pool"]) != bool(disk["volume"]):
            yield f"disks[{index}].pool", "pool and volume belong together"
