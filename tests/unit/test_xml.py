# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addressing values in XML by a short path."""

from __future__ import annotations

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils import xml

DOCUMENT = """
<domain type='kvm'>
  <!-- said -->
  <memory unit='KiB'>1024</memory>
  <cpu><feature name='a' policy='require'/><feature name='b'/></cpu>
  <boot dev='hd'/><boot dev='network'/><vcpu/>
</domain>
"""


def test_parse_leaves_out_layout_and_comments() -> None:
    assert xml.text_of(xml.parse("<a>\n <!-- x --> <b/>\n</a>")) == "<a>\n  <b/>\n</a>\n"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("@type", "kvm"),
        ("memory", "1024"),
        ("memory/@unit", "KiB"),
        ("cpu/feature[@name='b']", ""),
        ("cpu/feature[@name='a']/@policy", "require"),
        ("cpu/feature[@name='c']/@policy", None),
        ("os/type/@arch", None),
        ("@id", None),
    ],
)
def test_get(path: str, value: str | None) -> None:
    assert xml.get(xml.parse(DOCUMENT), path) == value


@pytest.mark.parametrize(
    "path", ["@id", "name", "os/type/@arch", "cpu/feature[@name='c']/@policy", "cpu/feature[@name='b']/@policy"]
)
def test_put_then_drop_leaves_what_was_there(path: str) -> None:
    document = xml.parse(DOCUMENT)
    before = xml.text_of(document)
    xml.put(document, path, "x")
    assert xml.get(document, path) == "x"
    xml.drop(document, path)
    assert xml.get(document, path) is None
    if "name=" not in path:  # what a predicate made or found names something, and is not empty
        assert xml.text_of(document) == before


def test_drop_keeps_what_is_not_empty() -> None:
    document = xml.parse("<a><b x='1'><c/></b></a>")
    xml.drop(document, "b/c")
    assert xml.get(document, "b/@x") == "1"
    xml.drop(document, "b/@x")
    assert xml.text_of(document) == "<a/>\n"


def test_drop_of_nothing() -> None:
    document = xml.parse("<a><b/></a>")
    xml.drop(document, "c/d/@x")
    assert xml.text_of(document) == "<a>\n  <b/>\n</a>\n"


def test_lists_stay_together() -> None:
    document = xml.parse(DOCUMENT)
    added = xml.build("boot")
    xml.append_after_siblings(document, added)
    assert [child.tag for child in document] == ["memory", "cpu", "boot", "boot", "boot", "vcpu"]


def test_no_entities_from_elsewhere() -> None:
    document = xml.parse("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>")
    assert "root" not in xml.text_of(document)


def test_an_empty_element_is_not_cleared_away_with_what_it_does_not_have() -> None:
    features = xml.parse("<features><apic/></features>")
    xml.clear(features, "apic/@eoi")
    assert xml.find(features, "apic") is not None
    xml.put(features, "apic/@eoi", "on")
    xml.clear(features, "apic/@eoi")
    assert xml.find(features, "apic") is None


@pytest.mark.parametrize(
    ("path", "entrance"),
    [
        ("memory", "memory"),
        ("os/type/@arch", "os"),
        ("feature[@name='x/y']/@policy", "feature"),
        ("@type", "@type"),
        ("", ""),
        ("rbd:config_opts/rbd:option", ""),
    ],
)
def test_what_a_path_enters_an_element_by(path: str, entrance: str) -> None:
    assert xml.entrance(path) == entrance
    assert entrance in xml.entrances(xml.parse("<a type='b'><memory/><os/><feature/></a>"))
