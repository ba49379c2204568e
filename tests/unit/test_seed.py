# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documents of a seed for cloud-init."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.seed.documents import texts


def test_structured() -> None:
    found = texts({"user_data": {"users": [{"name": "ädmin"}]}, "network_config": {"version": 2}}, "web1")
    assert set(found) == {"user-data", "meta-data", "network-config"}
    heading, text = found["user-data"].decode().split("\n", 1)
    assert heading == "#cloud-config"
    assert yaml.safe_load(text) == {"users": [{"name": "ädmin"}]}
    assert json.loads(found["meta-data"]) == {"instance-id": "web1"}
    assert json.loads(found["network-config"]) == {"version": 2}


def test_verbatim() -> None:
    script, meta = "#!/bin/sh\ntrue", "instance-id: x"
    found = texts({"user_data": script, "meta_data": meta}, "web1")
    assert found == {"user-data": script.encode(), "meta-data": meta.encode()}


def test_least() -> None:
    """What cloud-init needs to take it for a seed."""
    assert set(texts({}, "web1")) == {"user-data", "meta-data"}


def test_same_in_any_order() -> None:
    one, other = {"a": 1, "b": 2}, {"b": 2, "a": 1}
    assert texts({"user_data": one}, "web1") == texts({"user_data": other}, "web1")


@pytest.mark.parametrize(
    ("params", "option", "message"),
    [
        ({"user_data": "users: []"}, "user_data", "begins otherwise"),
        ({"vendor_data": 5}, "vendor_data", "it is a int"),
        ({"network_config": [1]}, "network_config", "it is a list"),
        ({"meta_data": "instance-id: x", "instance_id": "y"}, "instance_id", "states its instance-id itself"),
    ],
)
def test_wrong(params: dict[str, Any], option: str, message: str) -> None:
    with pytest.raises(InvalidSpec) as caught:
        texts({**params, "user_data": params.get("user_data")}, "web1")
    (problem,) = caught.value.details["problems"]
    assert problem["option"] == option
    assert message in problem["message"]
    assert "users" not in problem["message"]
