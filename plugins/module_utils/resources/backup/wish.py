# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task asks of a backup."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils import units
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec

#: What is done with a disk of which cannot be told what the guest writes to.
FULL, DELTA, EXCLUDE, FAIL = "full", "delta", "exclude", "fail"

#: Option -> how strftime writes the period in which one point is enough.
SLOTS = {"always": "", "hourly": "%Y/%m/%d/%H", "daily": "%Y/%m/%d", "weekly": "%G/%V", "monthly": "%Y/%m"}

REQUIRED, PREFERRED, NEVER = "required", "preferred", "never"

OPTIONS: dict[str, t.Any] = {
    "repository": {"type": "path", "required": True},
    "create": {"type": "bool", "default": False},
    "kind": {"type": "str", "choices": ["auto", "full"], "default": "auto"},
    "slot": {"type": "str", "choices": list(SLOTS), "default": "always"},
    "quiesce": {"type": "str", "choices": [REQUIRED, PREFERRED, NEVER], "default": PREFERRED},
    "untracked": {"type": "str", "choices": [FULL, DELTA, EXCLUDE, FAIL], "default": DELTA},
    "exclude": {"type": "list", "elements": "str", "default": []},
    "rate": {"type": "str"},
    "keep_free": {"type": "str", "default": "0B"},
    "timeout": {"type": "int"},
}


@dataclass(frozen=True)
class Wish:
    """A restore point of one guest."""

    domain: str
    repository: str
    create: bool
    kind: str
    slot: str
    quiesce: str
    untracked: str
    exclude: tuple[str, ...]
    rate: int  # bytes per second for each disk, 0 for no limit
    keep_free: int
    timeout: int | None

    @property
    def label(self) -> str:
        """The work in words."""
        return f"backup of domain {self.domain}"


def parse(params: t.Mapping[str, t.Any]) -> Wish:
    """Return the wish, of no guest yet.

    :raises InvalidSpec: with every problem found.
    """
    sizes, problems = {}, []
    for name in ("rate", "keep_free"):
        try:
            sizes[name] = units.parse_size(params[name] or "0B")
        except ValueError as error:
            problems.append((name, str(error)))
    if params["timeout"] is not None and params["timeout"] < 1:
        problems.append(("timeout", "has to be positive"))
    if problems:
        raise InvalidSpec(problems)
    told = {name: params[name] for name in OPTIONS}
    return Wish("", **{**told, **sizes, "exclude": tuple(params["exclude"])})
