# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documents of a NoCloud seed: what a task states, as the texts that cloud-init reads. Pure."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec

#: What a text for cloud-init may begin with (U(https://docs.cloud-init.io/en/latest/explanation/format.html)).
_BEGINNINGS = ("#!", "#cloud-", "#include", "#part-handler", "## template:", "Content-Type:", "MIME-Version:")

#: The option of each document: its name in the seed, and whether cloud-init tells its kind by how it begins.
DOCUMENTS = {
    "user_data": ("user-data", True),
    "vendor_data": ("vendor-data", True),
    "meta_data": ("meta-data", False),
    "network_config": ("network-config", False),
}

OPTIONS: dict[str, t.Any] = {
    **{option: {"type": "raw", "no_log": True} for option in DOCUMENTS},
    "instance_id": {"type": "str"},
}


def texts(params: t.Mapping[str, t.Any], instance_id: str) -> dict[str, bytes]:
    """Return the documents that some options state, by their names in the seed.

    :arg instance_id: of a meta-data that is not stated as a text, and states none.
    :raises InvalidSpec: with all that is wrong.
    """
    problems: list[tuple[str, str]] = []
    found = {}
    for option, (name, begins) in DOCUMENTS.items():
        value = params.get(option)
        if option == "meta_data" and not isinstance(value, str):
            value = {"instance-id": instance_id, **(value if isinstance(value, dict) else {})}
        if option == "user_data" and value is None:
            value = {}  # without a file of this name it is no seed
        if value is None:
            continue
        problem = _wrong(params.get(option), begins)
        if problem:
            problems.append((option, problem))
            continue
        found[name] = _text(value, "#cloud-config\n" if begins else "").encode()
    if isinstance(params.get("meta_data"), str) and params.get("instance_id"):
        problems.append(("instance_id", "a meta_data that is a text states its instance-id itself"))
    if problems:
        raise InvalidSpec(problems)
    return found


def _wrong(value: t.Any, begins: bool) -> str:
    if value is not None and not isinstance(value, (str, dict)):
        return f"it is a {type(value).__name__}, and has to be a dictionary, or a text that is taken as it is"
    if begins and isinstance(value, str) and value and not value.startswith(_BEGINNINGS):
        return f"cloud-init takes no text that begins otherwise than with one of {', '.join(_BEGINNINGS)}"
    return ""


def _text(value: str | dict[str, t.Any], heading: str) -> str:
    """Return a document. JSON is YAML, and is the same each time."""
    if isinstance(value, str):
        return value
    return f"{heading}{json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)}\n"
