# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option C(xml): a document, or a part of one, as a wish like any other.

What the table's rows cover of it is a spec, and is compared and written as such. What is left, the remainder, is
compared element by element here, by the same rule: only what it states.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import units, xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import (
    Difference,
    Item,
    describe,
    match,
    read,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    RESTART,
    Field,
    Group,
    List,
    Node,
    Spec,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.parse import key_of, label, stated_key

#: The option, as the row of differences in a remainder.
XML = Field("xml", "")

#: Attributes that tell apart elements of one name which no row knows.
_IDENTITIES = ("name", "id", "index", "uuid")


def parse_fragment(tag: str, text: str) -> xml.Element:
    """Return a document that states what I(text) does: it is one, or the elements that are to be in one.

    :raises ValueError: where it is not well formed, or the document of something else.
    """
    try:
        root = xml.parse_content(tag, text)
    except xml.SyntaxProblem as error:
        raise ValueError(f"this is not well-formed XML: {error}") from error
    if len(root) == 1 and root[0].tag == tag:
        root = root[0]
    root.attrib.pop("id", None)  # a running object's, which a dump of one has
    return root


def stated_in(fields: t.Sequence[Node], fragment: xml.Element) -> Spec:
    """Return what rows cover of a fragment. Here, what is not there says nothing.

    :raises ValueError: with the place of a value that is none.
    """
    spec = read(fields, fragment)
    for node in fields:
        if node.name not in spec:
            continue
        if isinstance(node, Group) and not node.whole:
            child = xml.find(fragment, node.path)
            spec[node.name] = {} if child is None else stated_in(node.fields, child)
        if spec[node.name] == {} or (isinstance(node, Field) and _says_absence(node, fragment)):
            del spec[node.name]
    return spec


def _says_absence(node: Field, element: xml.Element) -> bool:
    return node.codec.reads_absence and xml.get(element, node.path) is None


def overlay(fields: t.Iterable[Node], beneath: Spec, above: Spec) -> Spec:
    """Return what two specs state together; where both state something, I(above) does, and says what is in a list."""
    both = {**beneath, **above}
    for node in fields:
        below, on_top = beneath.get(node.name), above.get(node.name)
        if below is None or on_top is None:
            continue
        if isinstance(node, Group) and not node.whole:
            both[node.name] = overlay(node.fields, below, on_top)
        elif isinstance(node, List) and not node.sequence:
            pairs = match(node, below, on_top)
            both[node.name] = [
                overlay(node.fields, below[pairs[index]], item) if index in pairs else item
                for index, item in enumerate(on_top)
            ]
    return both


def state_remainder(fields: t.Iterable[Node], rest: xml.Element, document: xml.Element) -> list[Difference]:
    """Bring a document to what a remainder states, and return what was different."""
    walk = _Walk()
    walk.element(rest, document, _lists(fields), "", ())
    return walk.found


_Lists = t.Mapping[tuple[str, ...], List]


def _lists(fields: t.Iterable[Node], where: tuple[str, ...] = ()) -> dict[tuple[str, ...], List]:
    """Return the lists of items below an element, by the tags on the way to their elements."""
    found = {}
    for node in fields:
        way = (*where, *filter(None, node.path.split("/")))
        if isinstance(node, List):
            found[way] = node
        elif isinstance(node, Group):
            found.update(_lists(node.fields, way))
    return found


class _Walk:
    def __init__(self) -> None:
        self.found: list[Difference] = []

    def element(self, wish: xml.Element, current: xml.Element, lists: _Lists, path: str, items: t.Any) -> None:
        before = _size(current)
        for name, value in wish.attrib.items():
            if _same(current.get(name), value) or (name == "unit" and _size(wish) == before):
                continue
            self._note(f"{path}/@{xml.local_name(name)}", current.get(name), value, items)
            current.set(name, value)
        text, now = (wish.text or "").strip(), (current.text or "").strip()
        if text and not _same(now, text) and _size(wish) != before:
            self._note(path, now or None, text, items)
            current.text = text
        for tag in dict.fromkeys(child.tag for child in wish):
            inner = {way[1:]: node for way, node in lists.items() if way[0] == xml.local_name(tag)}
            self._children(wish.findall(tag), current, inner, path, items)

    def _children(self, wishes: list[xml.Element], parent: xml.Element, lists: _Lists, path: str, items: t.Any) -> None:
        path = f"{path}/{xml.local_name(wishes[0].tag)}"
        there = parent.findall(wishes[0].tag)
        node = lists.get(())
        if node is not None:
            wishes, there = self._items(node, wishes, there, path, items)
        pairs = _pair(wishes, there)
        for index, wish in enumerate(wishes):
            here = f"{path}[{index}]" if len(wishes) > 1 or node is not None else path
            if index in pairs:
                self.element(wish, there[pairs[index]], lists, here, items)
            else:
                entry = xml.clone(wish)
                xml.append_after_siblings(parent, entry)
                self._note(here, None, xml.compact(entry), items)
        for position in sorted(set(range(len(there))) - set(pairs.values())) if wishes else ():
            parent.remove(there[position])
            self._note(f"{path}[{position}]", xml.compact(there[position]), None, items)

    def _items(
        self, node: List, wishes: list[xml.Element], there: list[xml.Element], path: str, items: t.Any
    ) -> tuple[list[xml.Element], list[xml.Element]]:
        """See to those that are items of a list, and return the others. Which items there are, the rows settled."""
        stated, current = (_described(node, entries) for entries in (wishes, there))
        inner = _lists(node.fields)
        wanted = [item for _entry, item in stated]
        for index, place in match(node, [item for _entry, item in current], wanted).items():
            entry, was = current[place]
            item = Item(node, xml.clone(entry), entry, place)
            here = f"{path}[{_label(node, {**was, **wanted[index]}, index)}]"
            self.element(stated[index][0], entry, inner, here, (*items, item))
        described = [entry for entry, _item in (*stated, *current)]
        return (
            [entry for entry in wishes if entry not in described],
            [entry for entry in there if entry not in described],
        )

    def _note(self, path: str, before: t.Any, after: t.Any, items: t.Any) -> None:
        self.found.append(Difference("xml:" + path.lstrip("/"), XML, before, after, RESTART, items))


def _described(node: List, entries: t.Sequence[xml.Element]) -> list[tuple[xml.Element, Spec]]:
    """Return those elements that items of a list can describe, with what they state."""
    return [(entry, item) for entry in entries for item in [describe(node, entry)] if item is not None]


def _label(node: List, item: Spec, index: int) -> str:
    key = stated_key(node, item)
    return str(index) if key is None else label(key_of(item, key) or ())


def _pair(wishes: t.Sequence[xml.Element], there: t.Sequence[xml.Element]) -> dict[int, int]:
    """Pair elements that no row knows: by an attribute that names them, else by place."""
    pairs: dict[int, int] = {}
    free = list(range(len(there)))
    for index, wish in enumerate(wishes):
        names = [name for name in _IDENTITIES if name in wish.attrib][:1]
        fits = [
            place
            for place in free
            if all(_same(there[place].get(name, wish.get(name)), wish.get(name)) for name in names)
        ]
        if fits:
            pairs[index] = fits[0]
            free.remove(fits[0])
    return pairs


def _same(current: str | None, desired: str) -> bool:
    """Tell whether two texts say the same; libvirt writes numbers in hexadecimal, addresses in small letters."""
    if current is None:
        return False
    if current.lower() == desired.strip().lower():
        return True
    try:
        return int(current, 0) == int(desired, 0)
    except ValueError:
        return False


def _size(element: xml.Element) -> int | None:
    """Return the bytes of an element that has a size in its text, C(None) for others."""
    factor = units.LIBVIRT.get(element.get("unit") or "KiB")
    text = (element.text or "").strip()
    return int(text) * factor if factor and text.isdigit() else None
