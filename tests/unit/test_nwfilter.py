# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network filters: what values mean, and lists that are as stated as a whole."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.nwfilter import NWFilter
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.argspec import lists
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import read, reconcile
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nwfilter import ETHERTYPE, NWFILTER
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nwfilter_values import (
    Flags,
    IpAddress,
    IpMask,
    MacPart,
    Matched,
    Number,
    TcpFlags,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.remainder import remainder

DOCUMENT = """
<filter name='web' chain='root'>
  <uuid>6f0a3f3e-5cf1-4ab8-9b39-0a2f4b1c7d55</uuid>
  <rule action='accept' direction='in' priority='100'><tcp dstportstart='80'/></rule>
  <filterref filter='clean-traffic'>
    <parameter name='IP' value='192.0.2.1'/>
    <parameter name='IP' value='192.0.2.2'/>
  </filterref>
  <rule action='drop' direction='inout' priority='500'><all/></rule>
</filter>
"""
RULES: list[dict[str, Any]] = [
    {"action": "accept", "direction": "in", "priority": 100, "tcp": {"dstportstart": "80"}},
    {
        "filterref": {
            "filter": "clean-traffic",
            "parameters": [{"name": "IP", "value": "192.0.2.1"}, {"name": "IP", "value": "192.0.2.2"}],
        }
    },
    {"action": "drop", "direction": "inout", "priority": 500, "all": {}},
]


@pytest.mark.parametrize(
    ("codec", "one", "other"),
    [
        (Matched(), "$A[ 1 ]", "$A[1]"),
        (Matched(), "$A[@0]", "$ A"),
        (Number(255), "0x1a", "26"),
        (ETHERTYPE, "arp", "0x806"),
        (MacPart(), "1:2:3:4:5:A", "01:02:03:04:05:0a"),
        (IpAddress(6), "::FFFF:10.1.2.3", "::ffff:a01:203"),
        (IpMask(4), "255.255.255.0", "24"),
        (IpMask(6), "ffff::", "16"),
        (Flags(("NEW", "RELATED"), "NONE"), "NEW,RELATED", "RELATED,NEW"),
        (TcpFlags(), "ALL/SYN", "RST,FIN,PSH,URG,ACK,SYN/SYN"),
    ],
)
def test_values_that_mean_the_same(codec: Matched, one: str, other: str) -> None:
    assert codec.same(one, codec.parse(other))
    assert codec.same(other, codec.parse(one))
    assert not codec.same("$OTHER", one)
    assert not codec.same(None, one)


@pytest.mark.parametrize(
    ("codec", "value"),
    [
        (Number(255), "256"),
        (Number(255, base=10), "0x10"),
        (Number(255), "many"),
        (ETHERTYPE, "5"),
        (MacPart(), "1:2:3"),
        (IpAddress(4), "::1"),
        (IpMask(4), "33"),
        (IpMask(4), "255.0.255.0"),
        (Flags(("NEW",), "NONE"), "OLD"),
        (TcpFlags(), "SYN"),
        (Matched(), "$A[x]"),
    ],
)
def test_values_that_are_none(codec: Matched, value: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        codec.parse(value)


def test_rules_are_read_in_their_order_with_the_references_among_them() -> None:
    document = xml.parse(DOCUMENT)
    assert read(NWFILTER.fields, document)["rules"] == RULES
    assert remainder(NWFILTER.fields, document) is None


def without(rule: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if name not in names}


@pytest.mark.parametrize(
    "rules",
    [
        RULES,
        [*RULES[:2], without(RULES[2], "priority")],  # 500 is what libvirt means
        [{**RULES[0], "tcp": {"dstportstart": "0x50", "match": True}}, *RULES[1:]],
    ],
)
def test_rules_that_are_as_stated(rules: list[dict[str, Any]]) -> None:
    document = xml.parse(DOCUMENT)
    assert reconcile(NWFILTER.fields, document, {"rules": rules}).differences == []
    assert xml.text_of(document) == xml.text_of(xml.parse(DOCUMENT))


@pytest.mark.parametrize(
    "rules",
    [
        [],
        RULES[:2],
        [RULES[2], *RULES[:2]],
        [without(RULES[0], "priority"), *RULES[1:]],
        [*RULES[:2], without(RULES[2], "all")],
        [*RULES[:2], {**without(RULES[2], "all"), "all_ipv6": {}}],
        [RULES[0], {"filterref": {"filter": "clean-traffic"}}, RULES[2]],
    ],
)
def test_another_list_replaces_all_of_it(rules: list[dict[str, Any]]) -> None:
    document = xml.parse(DOCUMENT)
    (difference,) = reconcile(NWFILTER.fields, document, {"rules": rules}).differences
    assert (difference.path, difference.before, difference.after) == ("rules", RULES, rules)
    assert reconcile(NWFILTER.fields, document, {"rules": rules}).differences == []
    assert xml.get(document, "uuid") is not None


def test_no_list_within_a_whole_one_can_be_kept() -> None:
    assert list(lists(NWFILTER.fields)) == []
    assert "keep_unlisted" not in NWFilter().argument_spec()
