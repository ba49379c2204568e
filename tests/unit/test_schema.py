# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A table as an argument spec, and options as a typed spec."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.argspec import argument_spec, lists
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import INT, UUID, Choice, Size
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, Group, List, Node, Values
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.parse import parse

FIELDS: tuple[Node, ...] = (
    Field("name", "name", required=True),
    Field("password", "@password", secret=True),
    Field("size", "@size", Size()),
    Values("order", "boot", "dev", Choice("hd", "network")),
    Group(
        "group",
        "group",
        (Field("uuid", "@uuid", UUID), Field("number", "@number", INT)),
        rules={"mutually_exclusive": [("uuid", "number")]},
    ),
    List(
        "items",
        "item",
        (
            Field("name", "@name"),
            Field("number", "@number", INT),
            List("inner", "inner", (Field("a", "@a"), Field("b", "@b")), keys=("a+b", "a")),
        ),
        keys=("name",),
    ),
)


def test_argument_spec() -> None:
    assert argument_spec(FIELDS) == {
        "name": {"type": "str", "no_log": False, "required": True},
        "password": {"type": "str", "no_log": True},
        "size": {"type": "str", "no_log": False},
        "order": {"type": "list", "elements": "str", "choices": ["hd", "network"]},
        "group": {
            "type": "dict",
            "no_log": False,
            "options": {"uuid": {"type": "str", "no_log": False}, "number": {"type": "int", "no_log": False}},
            "mutually_exclusive": [("uuid", "number")],
        },
        "items": {
            "type": "list",
            "elements": "dict",
            "no_log": False,
            "options": {
                "name": {"type": "str", "no_log": False},
                "number": {"type": "int", "no_log": False},
                "inner": {
                    "type": "list",
                    "elements": "dict",
                    "no_log": False,
                    "options": {"a": {"type": "str", "no_log": False}, "b": {"type": "str", "no_log": False}},
                },
            },
        },
    }


def test_lists() -> None:
    assert list(lists(FIELDS)) == ["items", "items.inner"]


def test_parse_leaves_out_what_is_not_stated() -> None:
    spec = parse(
        FIELDS, {"name": "a", "size": "1KiB", "group": {"uuid": None, "number": 1}, "items": [], "order": None}
    )
    assert spec == {"name": "a", "size": 1024, "group": {"number": 1}, "items": []}


def problems(params: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidSpec) as caught:
        parse(FIELDS, params)
    return [(problem["option"], problem["message"]) for problem in caught.value.details["problems"]]


def test_all_problems_are_told_with_their_path() -> None:
    found = dict(
        problems(
            {
                "name": "a",
                "size": "1GB",
                "group": {"uuid": "x"},
                "order": ["hd", "cdrom"],
                "items": [{"name": "one"}, {"number": "x"}],
            }
        )
    )
    assert list(found) == ["size", "order[1]", "group.uuid", "items[1].number"]
    assert "unknown unit 'GB'" in found["size"]
    assert "is not one of hd, network" in found["order[1]"]


def test_two_items_with_the_same_key() -> None:
    twice = problems({"name": "a", "items": [{"name": "one"}, {"name": "two"}, {"name": "one"}]})
    assert twice == [("items[2].name", "'one' is already used by items[0]")]


def test_items_are_identified_by_the_most_telling_key() -> None:
    inner = [{"a": "1", "b": "1"}, {"a": "1", "b": "2"}, {"a": "1"}]
    assert parse(FIELDS, {"name": "a", "items": [{"inner": inner}]})["items"][0]["inner"] == inner
    (twice,) = problems({"name": "a", "items": [{"inner": [*inner, {"a": "1", "b": "2"}]}]})
    assert twice == ("items[0].inner[3].a+b", "'1-2' is already used by items[0].inner[1]")


def test_the_message_names_every_option() -> None:
    with pytest.raises(InvalidSpec) as caught:
        parse(FIELDS, {"name": "a", "size": "x", "items": [{"number": "x"}]})
    said = caught.value.result()
    assert "size: " in said["msg"]
    assert "items[0].number: " in said["msg"]
    assert said["error"]["type"] == "InvalidSpec"
