# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a document as a spec, and bringing a document to a spec."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema import codecs
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import Codec
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import (
    HIDDEN,
    Comparison,
    identify,
    match,
    read,
    reconcile,
    show_all,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.network import NETWORK, PciAddress
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, Group, List, Node, Spec, Values
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.parse import key_of, stated_key
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.storage_pool import STORAGE_POOL

ITEMS = List(
    "items",
    "list/item",
    (
        Field("name", "@name"),
        Field("number", "@number", codecs.INT),
        Field("kind", "@kind"),
        Group("sub", "sub", (Field("x", "@x"), Field("y", "@y"))),
    ),
    keys=("name",),
    alike=("sub",),
    implicit=lambda item: item.get("kind") == "implicit",
)
FIELDS: tuple[Node, ...] = (
    Field("title", "title"),
    Field("flag", "@flag", codecs.YES, absent=False),
    Field("secret", "secret", secret=True),
    Field("size", "size", codecs.Size(stored=1024, unit="unit"), live="resize"),
    Field("model", "cpu/model", implies={"cpu/@mode": "custom"}),
    Values("order", "os/boot", "dev"),
    Group("group", "group", (Field("a", "@a"), Field("b", "b"))),
    Group("either", "either", (Field("one", "one/@x"), Field("two", "two/@x")), whole=("one", "two"), live="replace"),
    ITEMS,
)


def paths(found: Comparison) -> list[str]:
    return [difference.path for difference in found.differences]


def document(text: str) -> xml.Element:
    return xml.parse(text)


def text_of(element: xml.Element) -> str:
    return xml.text_of(element)


# -- one by one --------------------------------------------------------------------------------------------------------


def test_what_is_not_stated_is_left_alone() -> None:
    stored = document("<a flag='yes'><title>one</title><unknown x='1'/><group a='1'><other/></group></a>")
    before = text_of(stored)
    assert not reconcile(FIELDS, stored, {}).differences
    assert not reconcile(FIELDS, stored, {"group": {}}).differences
    assert text_of(stored) == before
    assert paths(reconcile(FIELDS, stored, {"group": {"b": "2"}})) == ["group.b"]
    assert text_of(stored) == text_of(
        document("<a flag='yes'><title>one</title><unknown x='1'/><group a='1'><other/><b>2</b></group></a>")
    )


def test_a_default_of_libvirt_is_no_difference_and_not_written() -> None:
    stored = document("<a/>")
    assert not reconcile(FIELDS, stored, {"flag": False}).differences
    assert text_of(stored) == "<a/>\n"


def test_a_difference_tells_before_and_after() -> None:
    (found,) = reconcile(FIELDS, document("<a><size unit='KiB'>1</size></a>"), {"size": 2048}).differences
    assert (found.path, found.before, found.after, found.live) == ("size", 1024, 2048, "resize")


def test_what_is_implied_is_written_with_it() -> None:
    stored = document("<a><cpu mode='host-model'/></a>")
    reconcile(FIELDS, stored, {"model": "EPYC"})
    assert text_of(stored) == text_of(document("<a><cpu mode='custom'><model>EPYC</model></cpu></a>"))


def test_values_are_one_difference_and_their_order_counts() -> None:
    stored = document("<a><os><boot dev='hd'/><boot dev='network'/><loader/></os></a>")
    assert not reconcile(FIELDS, stored, {"order": ["hd", "network"]}).differences
    assert paths(reconcile(FIELDS, stored, {"order": ["network", "hd"]})) == ["order"]
    assert read(FIELDS, stored)["order"] == ["network", "hd"]


def test_an_empty_group_is_not_made() -> None:
    stored = document("<a/>")
    assert not reconcile(FIELDS, stored, {"group": {}}).differences
    assert text_of(stored) == "<a/>\n"


def test_a_whole_group_is_replaced() -> None:
    stored = document("<a><either><one x='1'/><kept/></either></a>")
    assert not reconcile(FIELDS, stored, {"either": {"one": "1"}}).differences
    (found,) = reconcile(FIELDS, stored, {"either": {"two": "2"}}).differences
    assert (found.path, found.before, found.after) == ("either", {"one": "1"}, {"two": "2"})
    assert text_of(stored) == text_of(document("<a><either><kept/><two x='2'/></either></a>"))


LISTED = "<a><list><item name='a' number='1'/><item name='b' number='2'/><item name='c' kind='implicit'/></list></a>"


def test_a_list_is_the_whole_list() -> None:
    stored = document(LISTED)
    found = reconcile(FIELDS, stored, {"items": [{"name": "d"}, {"name": "a", "number": 3}]})
    assert sorted(paths(found)) == ["items[a].number", "items[b]", "items[d]"]
    assert [item["name"] for item in read(FIELDS, stored)["items"]] == ["a", "c", "d"]


def test_a_list_keeps_what_is_unlisted_where_that_is_wished() -> None:
    stored = document(LISTED)
    assert paths(reconcile(FIELDS, stored, {"items": [{"name": "d"}]}, keep_unlisted=["items"])) == ["items[d]"]


def test_an_item_that_encloses_a_difference_is_told_as_it_was_and_is() -> None:
    (found,) = reconcile(
        FIELDS, document(LISTED), {"items": [{"name": "b", "number": 5}]}, keep_unlisted=["items"]
    ).differences
    (item,) = found.items
    assert (item.index, item.before.get("number"), item.after.get("number")) == (1, "2", "5")


def test_secrets_are_not_shown() -> None:
    assert show_all(FIELDS, {"secret": "x", "size": 2048, "order": ["hd"]}) == {
        "secret": HIDDEN,
        "size": "2KiB",
        "order": ["hd"],
    }


def test_items_without_a_key_are_matched_by_likeness_then_by_place() -> None:
    current: list[Spec] = [{"name": "a", "sub": {"x": "1"}}, {"name": "b", "sub": {"x": "2"}}, {"name": "c"}]
    assert match(ITEMS, current, [{"sub": {"x": "2"}}, {"number": 7}]) == {0: 1, 1: 0}
    assert match(ITEMS, current, [{"number": 7}, {"name": "a"}]) == {0: 1, 1: 0}
    assert match(ITEMS, current, [{"name": "d"}]) == {}
    twins = [{"sub": {"x": "1"}}, {"sub": {"x": "1"}}]
    assert match(ITEMS, twins, [{"sub": {"x": "2"}}, {"sub": {"x": "1"}}]) == {0: 0, 1: 1}


def test_an_item_that_states_less_does_not_take_the_place_of_another() -> None:
    forwarders = List("f", "f", (Field("addr", "@addr"), Field("domain", "@domain")), keys=("addr+domain", "addr"))
    current: list[Spec] = [{"addr": "1", "domain": "d"}, {"addr": "1"}]
    assert match(forwarders, current, [{"addr": "1"}, {"addr": "1", "domain": "d"}]) == {1: 0, 0: 1}


def test_identify_gives_items_the_key_of_what_they_are() -> None:
    stored = document("<a><list><item name='a'><sub x='1'/></item><item name='b'><sub x='2'/></item></list></a>")
    spec: Spec = {"items": [{"sub": {"x": "2"}, "number": 1}], "title": "t"}
    assert identify(FIELDS, stored, spec) == {"items": [{"sub": {"x": "2"}, "number": 1, "name": "b"}], "title": "t"}


@pytest.mark.parametrize(
    ("path", "covered"),
    [
        ("title", True),
        ("items", True),
        ("items[b]", True),
        ("items[a].number", True),
        ("items[a].kind", False),
        ("flag", False),
    ],
)
def test_what_was_compared(path: str, covered: bool) -> None:
    found = reconcile(FIELDS, document(LISTED), {"title": "x", "items": [{"name": "a", "number": 1}]})
    assert found.covers(path) is covered


# -- for any table and any spec ----------------------------------------------------------------------------------------

WORDS = st.sampled_from(["a", "b", "c d", "é<&'"])
ADDRESSES = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str)


def values_of(codec: Codec) -> st.SearchStrategy[Any]:
    """Typed values that a codec takes."""
    match codec:
        case codecs.Lease():
            return st.one_of(st.just(0), st.integers(120, 10**6))
        case codecs.Int(minimum=low, maximum=high):
            return st.integers(low or 0, high or 10**6)
        case codecs.Bool():
            return st.booleans()
        case codecs.Size(stored=step, minimum=low):
            return st.integers(max(1, low // step), 2**20).map(lambda number: number * step)
        case codecs.Uuid():
            return st.uuids().map(str)
        case codecs.Mac():
            return (
                st.integers(0, 2**40 - 1)
                .map(lambda n: f"52:{n:010x}")
                .map(lambda t: t[:3] + ":".join(t[i : i + 2] for i in range(3, 13, 2)))
            )
        case codecs.Address():
            return ADDRESSES
        case PciAddress():
            return st.integers(0, 2**16 - 1).map(lambda n: f"0000:{n >> 8:02x}:{n % 32:02x}.{n % 8}")
        case codecs.Mode():
            return st.integers(0, 0o777).map(lambda mode: f"{mode:04o}")
        case codecs.AbsolutePath():
            return WORDS.map(lambda word: f"/{word}")
        case _:
            return st.sampled_from(codec.choices) if codec.choices else WORDS


def specs_of(nodes: tuple[Node, ...]) -> st.SearchStrategy[Spec]:
    """Specs that the rows take."""
    required = {node.name: value_of(node) for node in nodes if isinstance(node, Field) and node.required}
    optional = {node.name: value_of(node) for node in nodes if node.name not in required}
    return st.fixed_dictionaries(required, optional=optional)


def value_of(node: Node) -> st.SearchStrategy[Any]:
    if isinstance(node, Field):
        return values_of(node.codec)
    if isinstance(node, Values):
        return st.lists(values_of(node.codec), max_size=3)
    if isinstance(node, Group):
        return specs_of(node.fields)

    def identity(item: Spec) -> Any:
        key = stated_key(node, item)
        return (key, key_of(item, key)) if key else id(item)

    items = specs_of(node.fields).filter(lambda item: stated_key(node, item) is not None)
    return st.lists(items, max_size=3, unique_by=identity)


TABLES = {"network": NETWORK.fields, "storage_pool": STORAGE_POOL.fields}
each_table = pytest.mark.parametrize("fields", TABLES.values(), ids=TABLES)


def made(fields: tuple[Node, ...], spec: Spec) -> xml.Element:
    element = xml.build("made")
    reconcile(fields, element, spec)
    return element


@each_table
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_what_is_made_is_what_was_wished(fields: tuple[Node, ...], data: st.DataObject) -> None:
    spec = data.draw(specs_of(fields))
    element = made(fields, spec)
    before = text_of(element)
    assert not reconcile(fields, element, spec).differences
    assert text_of(element) == before


@each_table
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_what_is_read_makes_the_same(fields: tuple[Node, ...], data: st.DataObject) -> None:
    element = made(fields, data.draw(specs_of(fields)))
    spec = read(fields, element)
    assert not reconcile(fields, element, spec).differences
    assert read(fields, made(fields, spec)) == spec


@each_table
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_change_is_made_whatever_was_there(fields: tuple[Node, ...], data: st.DataObject) -> None:
    first, second = data.draw(specs_of(fields)), data.draw(specs_of(fields))
    element = made(fields, first)
    before = text_of(element)
    changed = bool(reconcile(fields, element, second).differences)
    assert changed == (text_of(element) != before)
    assert not reconcile(fields, element, second).differences


@each_table
@settings(max_examples=50, deadline=None)
@given(data=st.data(), seed=st.integers())
def test_the_order_of_items_is_no_difference(fields: tuple[Node, ...], data: st.DataObject, seed: int) -> None:
    spec = data.draw(specs_of(fields))
    element = made(fields, spec)
    assert not reconcile(fields, element, shuffled(fields, spec, random.Random(seed))).differences


def shuffled(fields: tuple[Node, ...], spec: Spec, chance: random.Random) -> Spec:
    turned = dict(spec)
    for node in fields:
        if isinstance(node, Group) and node.name in spec:
            turned[node.name] = shuffled(node.fields, spec[node.name], chance)
        if isinstance(node, List) and node.name in spec:
            items = [shuffled(node.fields, item, chance) for item in spec[node.name]]
            turned[node.name] = chance.sample(items, len(items))
    return turned


@each_table
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_any_part_of_what_is_there_is_no_difference(fields: tuple[Node, ...], data: st.DataObject) -> None:
    spec = data.draw(specs_of(fields))
    stated = data.draw(st.sets(st.sampled_from(sorted(spec)))) if spec else set()
    assert not reconcile(fields, made(fields, spec), {name: spec[name] for name in stated}).differences
