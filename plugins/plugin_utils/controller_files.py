# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the controller that volumes are to be filled with: found, added up, brought to the host where needed.

A module cannot see the controller. So its action plugin describes each file first (C(describe)), lets the module tell
in check mode which volumes are to be filled (C(content_due) in its result), and brings those files alone (C(bring)).
They go as streams of the connection plugin, never through memory.
"""

from __future__ import annotations

import hashlib
import os
import typing as t

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

Item = dict[str, t.Any]

_PIECE = 2**20


def is_needed(item: Item) -> bool:
    """Tell whether the options of a volume state a file of the controller. One that is to go needs none."""
    content = None if item.get("state") == "absent" else item.get("content")
    return isinstance(content, dict) and bool(content.get("src")) and not _truth(content.get("remote_src"))


def describe(action: ActionBase, item: Item) -> Item:
    """Return the options of a volume, with the file of the controller found as M(ansible.builtin.copy) finds it.

    Its checksum is worked out where none is stated.

    :raises AnsibleActionFail: where there is no such file, or it is not what its checksum says.
    """
    if not is_needed(item):
        return item
    content = dict(item["content"])
    path = _found(action, content["src"])
    content["_checksum"] = _sum(path, "sha256")
    stated = str(content.get("checksum") or "")
    algorithm, _colon, digits = stated.partition(":")
    if stated and algorithm in hashlib.algorithms_guaranteed and not algorithm.startswith("shake"):
        found = content["_checksum"] if algorithm == "sha256" else _sum(path, algorithm)
        if found != digits.strip().lower():
            raise AnsibleActionFail(
                f"content.checksum: the {algorithm} checksum of {path} is {found}, not {digits}. "
                "Check the checksum, and who changed the file."
            )
    return {**item, "content": content}


def bring(action: ActionBase, item: Item) -> Item:
    """Return the options of a described volume, with its file on the host, in the task's temporary directory there."""
    if not is_needed(item):
        return item
    content = dict(item["content"])
    connection = t.cast(t.Any, action._connection)
    shell = connection._shell
    if not shell.tmpdir:
        action._make_tmp_path()
    # by its checksum, so that the same image of many volumes is brought once
    place = connection._shell.join_path(shell.tmpdir, f"content-{content['_checksum']}")
    brought = t.cast("set[str]", action.__dict__.setdefault("_brought", set()))
    if place not in brought:
        action._transfer_file(_found(action, content["src"]), place)
        action._fixup_perms2((shell.tmpdir, place))
        brought.add(place)
    return {**item, "content": {**content, "_staged": place}}


def _found(action: ActionBase, name: str) -> str:
    try:
        path = action._find_needle("files", name)
    except Exception as error:  # what it raises changes between releases of ansible-core
        raise AnsibleActionFail(f"content.src: there is no file {name} on the controller.") from error
    if not os.path.isfile(path):
        raise AnsibleActionFail(f"content.src: {path} is not a file.")
    return t.cast(str, path)


def _sum(path: str, algorithm: str) -> str:
    total = hashlib.new(algorithm, usedforsecurity=False)
    with open(path, "rb") as file:
        for piece in iter(lambda: file.read(_PIECE), b""):
            total.update(piece)
    return total.hexdigest()


def _truth(value: t.Any) -> bool:
    return str(value).lower() in ("true", "yes", "on", "1", "y", "t")
