# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a document states that no row of the table covers."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import items_of, read_field, within
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, Group, List, Node, Values
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.parse import stated_key


def remainder(fields: t.Sequence[Node], document: xml.Element) -> xml.Element:
    """Return a copy of a document without all that the rows cover, C(None) where nothing is left.

    List items of which something is left keep what makes them one, and what identifies them; where that is their
    place, the others stay, too.
    """
    rest = xml.clone(document)
    _take(fields, rest)
    return None if xml.is_empty(rest) else rest


def _take(fields: t.Sequence[Node], element: xml.Element) -> None:
    for node in sorted(within(fields, element), key=lambda node: isinstance(node, Field)):  # what is deeper first
        if isinstance(node, Field):
            _take_field(node, element)
        elif isinstance(node, Values):
            _take_values(node, element)
        elif isinstance(node, List):
            _take_items(node, element)
        else:
            _take_group(node, element)


def _take_field(node: Field, element: xml.Element) -> None:
    if node.codec.choices and read_field(node, element) is None:
        return  # nothing, or what is not among the choices
    if xml.get(element, node.path) is not None:
        for implied, text in node.implies.items():
            if xml.get(element, implied) == text:
                xml.clear(element, implied)
    node.codec.clear(element, node.path)


def _take_group(node: Group, element: xml.Element) -> None:
    child = xml.find(element, node.path)
    if child is None:
        return
    there = xml.is_empty(child)
    _take(node.fields, child)
    xml.release(child, node.path)
    if node.path and (node.bare or not there):
        xml.prune(child, element)


def _take_values(node: Values, element: xml.Element) -> None:
    for entry in xml.find_all(element, node.path):
        parent = entry.getparent()
        node.codec.clear(entry, f"@{node.attribute}" if node.attribute else "")
        if xml.is_empty(entry):
            parent.remove(entry)
            xml.prune(parent, element)


#: Whether the rows cover all of an element of a list, by its text: a host's guests have most of their devices alike.
#: The lists are kept, so that their ids stay their own.
_covered: dict[tuple[int, bytes], tuple[List, bool]] = {}


def _take_from(node: List, entry: xml.Element) -> None:
    key = id(node), xml.bytes_of(entry)
    if key in _covered and _covered[key][1]:
        xml.empty(entry)
        return
    _take(node.fields, entry)
    _covered[key] = node, xml.is_empty(entry)


def _take_items(node: List, element: xml.Element) -> None:
    items = items_of(node, element)
    for entry, _item in items:
        _take_from(node, entry)
    by_place = any(not xml.is_empty(entry) and stated_key(node, item) is None for entry, item in items)
    for entry, item in items:
        key = stated_key(node, item)
        if xml.is_empty(entry) and not (by_place and key is None):
            parent = entry.getparent()
            parent.remove(entry)
            xml.release(parent, node.path.rpartition("/")[0])
            xml.prune(parent, element)
            continue
        for field in node.fields:
            if isinstance(field, Field) and (field.required or field.name in (key or "").split("+")):
                field.codec.write(entry, field.path, item[field.name])
