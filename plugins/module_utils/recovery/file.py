# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file beside a repository's points in which the records of a plan's guests are kept."""

from __future__ import annotations

import fcntl
import json
import os
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.files import replacing
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery import records

Records = dict[str, t.Any]


def keep(repository: str, plan: str, new: t.Mapping[str, records.Record], check_mode: bool) -> tuple[Records, Records]:
    """Have some records in the file, and return all that were there before, and are there now.

    :raises OperationFailed: where it cannot be read or written.
    """
    path = os.path.join(repository, f"recovery.{plan}.json")
    try:
        if not new or check_mode:
            before = _read(path)
            return before, _with(before, new)
        with open(f"{path}.lock", "a", encoding="utf-8", opener=_private) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            before = _read(path)
            after = _with(before, new)
            if after != before:
                with replacing(path) as file:
                    file.write(json.dumps(after, indent=2, sort_keys=True).encode() + b"\n")
            return before, after
    except (OSError, ValueError) as error:
        raise OperationFailed(
            f"{path} cannot be used: {error}.", "Without it, where guests run tells the rest."
        ) from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _read(path: str) -> Records:
    try:
        with open(path, encoding="utf-8") as file:
            return t.cast(Records, json.load(file))
    except FileNotFoundError:
        return {}


def _with(before: Records, new: t.Mapping[str, records.Record]) -> Records:
    return {**before, **{name: records.merged(before.get(name, {}), record) for name, record in new.items()}}
