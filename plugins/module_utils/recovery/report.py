# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report on a run: data for machines, a text and a page for people, and the history that it becomes a part of."""

from __future__ import annotations

import glob
import json
import os
import time
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.files import replacing
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery import page
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.outcome import outcome
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.status import duration

Result = dict[str, t.Any]


def run(options: t.Mapping[str, t.Any], check_mode: bool) -> Result:
    """Write the report, and return it.

    :raises OperationFailed: where it cannot be written.
    """
    now = time.time() if options["now"] is None else options["now"]
    told = outcome(options["planned"], options["steps"], now)
    lines = text(told)
    result: Result = {"changed": False, "ok": told["ok"], "report": told, "text": lines, "files": []}
    if options["directory"] and not check_mode:
        try:
            result["files"] = _write(options["directory"], told, lines)
        except OSError as error:
            raise OperationFailed(f"{options['directory']}: the report cannot be written: {error.strerror}.") from error
    return result


def text(told: Result) -> list[str]:
    """Return the report as lines."""
    verdict = "ALL IS WELL" if told["ok"] else "NOT ALL IS WELL"
    when = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(told["at"]))
    lines = [f"{told['plan']}, {told['mode']}, {when}, {duration(told['seconds'])}: {verdict}"]
    lines += [_line(guest) for guest in told["guests"]]
    return [*lines, *told["problems"]]


def _line(guest: Result) -> str:
    parts = [f"active at {guest['active']}" if not guest["phases"] else ""]
    if guest["lag"] is not None:
        parts.append(f"RPO {duration(guest['lag'])}{_target(guest['rpo'], guest['rpo_met'])}")
    if guest.get("away") is not None:
        parts.append(f"RTO {duration(guest['away'])}{_target(guest['rto'], guest['rto_met'])}")
    parts += [f"{phase} {duration(seconds)}" for phase, seconds in guest["phases"].items()]
    return f"{guest['name']}: {', '.join(part for part in parts if part)}"


def _target(target: int | None, met: bool | None) -> str:
    return "" if target is None else f" of {duration(target)}{'' if met else ' MISSED'}"


def _write(directory: str, told: Result, lines: t.Sequence[str]) -> list[str]:
    """Write the report beside those before it, and the page of them all anew."""
    place = os.path.join(directory, told["plan"])
    os.makedirs(place, mode=0o755, exist_ok=True)
    stem = os.path.join(place, f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(told['at']))}-{told['mode']}")
    files = {f"{stem}.json": json.dumps(told, indent=2) + "\n", f"{stem}.txt": "\n".join(lines) + "\n"}
    for path, content in files.items():
        _put(path, content)
    files[f"{stem}.html"] = page.page(told, _history(place))
    _put(f"{stem}.html", files[f"{stem}.html"])
    _put(os.path.join(place, "index.html"), files[f"{stem}.html"])
    return [*files, os.path.join(place, "index.html")]


def _put(path: str, content: str) -> None:
    with replacing(path) as file:
        file.write(content.encode())


def _history(place: str) -> list[Result]:
    """Return all reports that there are, the newest first."""
    found = []
    for path in sorted(glob.glob(os.path.join(glob.escape(place), "*.json")), reverse=True):
        with open(path, encoding="utf-8") as file:
            found.append({**json.load(file), "page": os.path.basename(path)[: -len("json")] + "html"})
    return found
