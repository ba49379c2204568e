# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task asks of copies."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils import units
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.copying import choice
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.copying.source import Source, source_of

OPTIONS: dict[str, t.Any] = {
    "source": {"type": "str", "required": True},
    "create": {"type": "bool", "default": False},
    "points": {"type": "str", "choices": [choice.NEW, choice.ALL, choice.LATEST], "default": choice.NEW},
    "rate": {"type": "str"},
    "keep_free": {"type": "str", "default": "0B"},
    "key_file": {"type": "path"},
    "ssh_opts": {"type": "str", "default": ""},
}


@dataclass(frozen=True)
class Wish:
    """Which points of a guest to copy, and from where."""

    source: Source
    points: str
    rate: int  # bytes per second, 0 for no limit
    keep_free: int


def parse(params: t.Mapping[str, t.Any]) -> Wish:
    """Return the wish.

    :raises InvalidSpec: with every problem found.
    """
    found: dict[str, t.Any] = {}
    problems = []
    readers: dict[str, t.Callable[[], t.Any]] = {
        "source": lambda: source_of(params["source"], params["key_file"], params["ssh_opts"]),
        "rate": lambda: units.parse_size(params["rate"] or "0B"),
        "keep_free": lambda: units.parse_size(params["keep_free"]),
    }
    for name, read in readers.items():
        try:
            found[name] = read()
        except ValueError as error:
            problems.append((name, str(error)))
    if problems:
        raise InvalidSpec(problems)
    return Wish(points=params["points"], **found)
