# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets: what is planned for a value, without a hypervisor."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.secret import Secret
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.stored import Seen

USAGE = {"type": "ceph", "name": "law"}
OPEN = "<secret ephemeral='no' private='no'><uuid>6f0a3f3e-5cf1-4ab8-9b39-0a2f4b1c7d55</uuid></secret>"
PRIVATE = OPEN.replace("private='no'", "private='yes'")


def plan(document: str = "", value: bytes | None = None, **options: Any) -> Plan:
    """What is planned for a secret of which libvirt has a document and tells a value."""
    wish = Secret().parse({"state": "present", "usage": USAGE, **options})
    seen = Seen(wish.name, xml.parse(document) if document else None)
    if document:
        xml.put(seen.stored, "usage/@type", "ceph")
        xml.put(seen.stored, "usage/name", "law")
    seen.facts["value"] = value
    return Secret().plan(wish, seen)


def steps(*args: Any, **options: Any) -> list[str]:
    return [step.name for step in plan(*args, **options).steps]


def test_new_one_is_private_only_when_it_has_its_value() -> None:
    assert steps(value_base64="YQ==") == ["define", "set value"]
    assert steps(value_base64="YQ==", private=True) == ["define, not private yet", "set value", "define"]
    assert steps(private=True) == ["define"]
    assert steps(OPEN, b"b", private=True, value_base64="YQ==") == ["set value", "define"]
    assert steps(OPEN, b"a", private=True, value_base64="YQ==") == ["define"]


@pytest.mark.parametrize(
    ("document", "value", "update", "sets", "warns"),
    [
        (OPEN, None, "if_different", True, False),
        (OPEN, b"a", "if_different", False, False),
        (OPEN, b"b", "if_different", True, False),
        (OPEN, None, "on_create", True, False),
        (OPEN, b"b", "on_create", False, False),
        (OPEN, b"a", "always", True, False),
        (PRIVATE, None, "if_different", False, True),
        (PRIVATE, None, "on_create", False, False),
        (PRIVATE, None, "always", True, False),
    ],
)
def test_when_a_value_is_set(document: str, value: bytes | None, update: str, sets: bool, warns: bool) -> None:
    planned = plan(document, value, value_base64="YQ==", update_value=update)
    assert planned.changed is sets
    assert [step.name for step in planned.steps] == ["set value"] * sets
    assert bool(planned.warnings) is warns
    assert {change.after for change in planned.changes} <= {"(changed)"}


def test_private_is_not_taken_back() -> None:
    with pytest.raises(Refused, match=r"private: the secret ceph law is private"):
        plan(PRIVATE, private=False)


def test_what_names_no_secret_is_refused() -> None:
    with pytest.raises(InvalidSpec, match=r"uuid: state it, or usage"):
        Secret().parse({"state": "present", "description": "nobody"})


def test_a_value_is_in_no_message() -> None:
    with pytest.raises(InvalidSpec) as refusal:
        Secret().parse({"state": "present", "usage": USAGE, "value_base64": "Sesam!"})
    assert "Sesam" not in str(refusal.value.result())
    assert "value_base64" in str(refusal.value.result())
