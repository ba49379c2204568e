# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading an XML document as a spec, and bringing a document to a spec.

There is one traversal that compares and writes, M(reconcile): what is shown as a difference is what is written,
and nothing else is. Run on a copy of the stored definition it makes the new definition; run on a copy of a
running object's document it tells what is not true there yet.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    Field,
    Group,
    List,
    Node,
    Spec,
    Values,
    how,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.parse import key_of, label, stated_key

HIDDEN = "(hidden)"


@dataclass(frozen=True)
class Item:
    """A list item that encloses a difference."""

    node: List
    before: xml.Element  # a copy, C(None) for an added one
    after: xml.Element  # in the reconciled document, C(None) for a removed one
    index: int  # among the elements of its name, in the document as it was (a removed or kept one) or is


@dataclass(frozen=True)
class Difference:
    """One thing that is not as wished, and was written into the document."""

    path: str  # as in a playbook: disks[vda].cache
    node: Node
    before: t.Any  # typed values, C(None) where there was none
    after: t.Any
    live: str  # how it reaches a running object, see nodes.Live
    items: tuple[Item, ...] = field(default=(), repr=False)  # enclosing list items, outermost first

    @property
    def eventual(self) -> bool:
        """Whether the guest follows in its own time."""
        return isinstance(self.node, Field) and self.node.eventual

    @property
    def row(self) -> str:
        """The path without items: disks.cache."""
        return row_of(self.path)


def row_of(path: str) -> str:
    """Return the path of a row in its table, given that of an option: disks.cache for disks[vda].cache."""
    return re.sub(r"\[.*?\]", "", path)


def read(fields: t.Sequence[Node], element: xml.Element) -> Spec:
    """Return what a document states, in the shape in which it can be wished for."""
    spec: Spec = {}
    for node in within(fields, element):
        value = _read(node, element)
        if (value is not None and value != {} and value != []) or (value == {} and _is_bare(node)):
            spec[node.name] = value
    return spec


def within(fields: t.Sequence[Node], element: xml.Element) -> list[Node]:
    """Return the rows that may find something in an element: few of a table's do, which is quicker than asking all."""
    index = _index_of(fields)
    found = {entry for entrance in xml.entrances(element) for entry in index.get(entrance, ())}
    return [fields[position] for position in sorted(found)]


#: Rows by what their paths enter an element by, of each sequence of rows (which is kept, so that its id stays its own).
_indexes: dict[int, tuple[t.Sequence[Node], dict[str, list[int]]]] = {}


def _index_of(fields: t.Sequence[Node]) -> dict[str, list[int]]:
    if id(fields) not in _indexes:
        index: dict[str, list[int]] = {}
        for position, node in enumerate(fields):
            for entrance in ("",) if _reads_absence(node) else _entrances(node):
                index.setdefault(entrance, []).append(position)
        _indexes[id(fields)] = fields, index
    return _indexes[id(fields)][1]


def _entrances(node: Node) -> tuple[str, ...]:
    return (xml.entrance(node.path), *(node.also if isinstance(node, List) else ()))


def _is_bare(node: Node) -> bool:
    return isinstance(node, Group) and node.bare


def _reads_absence(node: Node) -> bool:
    return (isinstance(node, Field) and node.codec.reads_absence) or (isinstance(node, Group) and node.always)


def with_absent(fields: t.Iterable[Node], spec: Spec) -> Spec:
    """Return a spec that also states what is meant by all that it does not: no items, and values of C(absent).

    What libvirt fills in is taken out of it.
    """
    full: Spec = dict(spec)
    for node in fields:
        if isinstance(node, (Field, Group)) and node.filled:
            full.pop(node.name, None)
        elif isinstance(node, Field):
            if node.absent is not None:
                full.setdefault(node.name, node.absent)
        elif isinstance(node, List):
            full[node.name] = [with_absent(node.fields, item) for item in spec.get(node.name, ())]
        elif isinstance(node, Group) and not node.whole:
            full[node.name] = with_absent(node.fields, spec.get(node.name, {}))
    return full


def read_field(node: Field, element: xml.Element) -> t.Any:
    """Return a value, C(None) where there is none, or one that cannot be wished for: a newer libvirt's, say."""
    try:
        value = node.codec.read(element, node.path)
    except (ValueError, KeyError) as error:  # in what a user states; libvirt writes no such thing
        raise ValueError(f"{node.path} in <{element.tag}> has no such value: {error}") from error
    return None if node.codec.choices and value not in node.codec.choices else value


def _read(node: Node, element: xml.Element) -> t.Any:
    if isinstance(node, Field):
        return read_field(node, element)
    if isinstance(node, Values):
        path = f"@{node.attribute}" if node.attribute else ""
        return [node.codec.read(entry, path) for entry in xml.find_all(element, node.path)]
    if isinstance(node, List):
        return [item for _entry, item in items_of(node, element)]
    child = xml.find(element, node.path)
    if child is None and node.always:
        child = xml.build(element.tag)
    return None if child is None else read(node.fields, child)


#: What elements of lists state, by their texts: a host's guests have most of their devices alike. The lists are kept,
#: so that their ids stay their own.
_described: dict[tuple[int, bytes], tuple[List, Spec | None]] = {}


def describe(node: List, entry: xml.Element) -> Spec | None:
    """Return what an element of a list states, C(None) for one that no item could describe: of a newer kind, say."""
    key = id(node), xml.bytes_of(entry)
    if key not in _described:
        item = read(node.fields, entry)
        whole = all(field.name in item for field in node.fields if isinstance(field, Field) and field.required)
        _described[key] = node, item if whole else None
    return _copy(_described[key][1])


def _copy(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        return {name: _copy(entry) for name, entry in value.items()}
    return [_copy(entry) for entry in value] if isinstance(value, list) else value


def items_of(node: List, element: xml.Element) -> list[tuple[xml.Element, Spec]]:
    """Return the elements of a list that items can describe, with what they state."""
    entries = [(entry, describe(node, entry)) for entry in _entries(node, element)]
    return [(entry, item) for entry, item in entries if item is not None]


def _entries(node: List, element: xml.Element) -> list[xml.Element]:
    if not node.also:
        return xml.find_all(element, node.path)
    return [entry for entry in element if entry.tag in (node.path, *node.also)]


def identify(fields: t.Iterable[Node], document: xml.Element, spec: Spec) -> Spec:
    """Return a spec whose list items without a key have that of the item in the document which they are matched with.

    So the running object's items are found by what the stored ones are, not by likeness a second time.
    """
    known = dict(spec)
    for node in fields:
        if node.name not in spec or isinstance(node, (Field, Values)):
            continue
        if isinstance(node, List):
            entries = items_of(node, document)
            current = [item for _entry, item in entries]
            pairs = match(node, current, spec[node.name])
            known[node.name] = [
                _with_key(node, identify(node.fields, entries[pairs[index]][0], item), current[pairs[index]])
                if index in pairs
                else item
                for index, item in enumerate(spec[node.name])
            ]
        else:
            child = xml.find(document, node.path)
            if child is not None:
                known[node.name] = identify(node.fields, child, spec[node.name])
    return known


def _with_key(node: List, item: Spec, current: Spec) -> Spec:
    key = stated_key(node, current)
    if key is None or stated_key(node, item) is not None:
        return item
    return {**item, **{name: current[name] for name in key.split("+")}}


def show(node: Node, value: t.Any) -> t.Any:
    """Return a value as a diff shows it: sizes in IEC units, secrets hidden."""
    if value is None:
        return None
    if isinstance(node, Field):
        return HIDDEN if node.secret else node.codec.show(value)
    if isinstance(node, Values):
        return [node.codec.show(entry) for entry in value]
    if isinstance(node, List) and isinstance(value, list):
        return [show_all(node.fields, entry) for entry in value]
    return show_all(node.fields, value)


def show_all(fields: t.Iterable[Node], spec: Spec) -> Spec:
    """Return a spec as a diff shows it."""
    return {node.name: show(node, spec[node.name]) for node in fields if node.name in spec}


def forget(node: Node, element: xml.Element) -> None:
    """Remove from a document all that a row is about."""
    if isinstance(node, Field):
        node.codec.clear(element, node.path)
    elif isinstance(node, Group) and not node.path:
        for row in node.fields:
            forget(row, element)
    else:
        for entry in xml.find_all(element, node.path):
            parent = entry.getparent()
            parent.remove(entry)
            xml.prune(parent, element)


@dataclass
class Comparison:
    """What a traversal found: the differences, and the paths that were compared at all."""

    differences: list[Difference] = field(default_factory=list)
    compared: set[str] = field(default_factory=set)

    def covers(self, path: str) -> bool:
        """Tell whether I(path) was compared, itself or as an item of a list that was."""
        return path in self.compared or re.sub(r"\[[^\[\]]*\]$", "", path) in self.compared


def reconcile(
    fields: t.Iterable[Node],
    document: xml.Element,
    spec: Spec,
    live: bool = False,
    keep_unlisted: t.Collection[str] = (),
) -> Comparison:
    """Bring a document to a spec, and return what had to be written.

    :arg document: changed in place; what the spec does not state is left as it is.
    :arg live: the document describes a running object (values are compared as they are seen there).
    :arg keep_unlisted: list options (by path without indexes) whose unlisted items stay.
    """
    walk = _Reconciler(live, frozenset(keep_unlisted))
    walk.fields(fields, document, spec, "", spec, ())
    return walk.found


class _Reconciler:
    def __init__(self, live: bool, keep_unlisted: frozenset[str]) -> None:
        self.live = live
        self.keep_unlisted = keep_unlisted
        self.found = Comparison()

    def fields(
        self,
        fields: t.Iterable[Node],
        element: xml.Element,
        spec: Spec,
        where: str,
        context: Spec,
        items: tuple[Item, ...],
    ) -> None:
        """Walk some rows. I(context) is the enclosing item as it will be, on which I(live) may depend."""
        gone: set[str] = set()
        for node in fields:
            if node.name not in spec:
                continue
            value = spec[node.name]
            path = where + node.name
            if not isinstance(node, Group) or node.whole:
                self.found.compared.add(path)
            if isinstance(node, Field):
                if self._field(node, element, value, path, context, items):
                    gone.update(set(node.governs) - set(spec))
            elif isinstance(node, Values):
                self._values(node, element, value, path, context, items)
            elif isinstance(node, List) and node.sequence:
                self._sequence(node, element, value, path, context, items)
            elif isinstance(node, List):
                self._list(node, element, value, path, items)
            elif node.whole:
                self._whole(node, element, value, path, context, items)
            else:
                self._group(node, element, value, path, context, items)
        for node in fields:
            if node.name in gone:
                forget(node, element)

    def _note(self, path: str, node: Node, before: t.Any, after: t.Any, context: Spec, items: tuple[Item, ...]) -> None:
        self.found.differences.append(Difference(path, node, before, after, how(node.live, context, before), items))

    def _writes(self, node: Node, context: Spec, before: t.Any) -> bool:
        """Whether a difference is written: into a running object's document only what can reach that object."""
        return not self.live or bool(how(node.live, context, before))

    def _same(self, node: Field | Values, current: t.Any, desired: t.Any) -> bool:
        return node.codec.same_live(current, desired) if self.live else node.codec.same(current, desired)

    def _field(
        self, node: Field, element: xml.Element, value: t.Any, path: str, context: Spec, items: tuple[Item, ...]
    ) -> bool:
        current = node.codec.read(element, node.path)
        if self._same(node, node.absent if current is None else current, value):
            return False
        self._note(path, node, current, value, context, items)
        if not self._writes(node, context, current):
            return False
        node.codec.write(element, node.path, value)
        for implied, text in node.implies.items():
            xml.put(element, implied, text)
        return True

    def _values(
        self,
        node: Values,
        element: xml.Element,
        value: list[t.Any],
        path: str,
        context: Spec,
        items: tuple[Item, ...],
    ) -> None:
        current = _read(node, element)
        pairs = zip(current, value) if node.ordered else zip(sorted(current), sorted(value))
        if len(current) == len(value) and all(self._same(node, a, b) for a, b in pairs):
            return
        self._note(path, node, current, value, context, items)
        if not self._writes(node, context, current):
            return
        steps, _separator, tag = node.path.rpartition("/")
        parent = xml.find(element, steps, create=True)
        before = xml.find_all(parent, tag)
        for entry in value:
            child = xml.build(tag)
            xml.append_after_siblings(parent, child)  # where those before it are: the schema may want them there
            node.codec.write(child, f"@{node.attribute}" if node.attribute else "", entry)
        for entry in before:
            parent.remove(entry)

    def _group(
        self, node: Group, element: xml.Element, value: Spec, path: str, context: Spec, items: tuple[Item, ...]
    ) -> None:
        child = xml.find(element, node.path)
        if child is not None:
            self.fields(node.fields, child, value, path + ".", context, items)
            return
        child = xml.find(element, node.path, create=True)
        known = len(self.found.differences)
        self.fields(node.fields, child, value, path + ".", context, items)
        if node.bare and len(self.found.differences) == known:
            self._note(path, node, None, value, context, items)
        elif len(self.found.differences) == known or xml.is_empty(child):
            xml.drop(element, node.path)

    def _whole(
        self, node: Group, element: xml.Element, value: Spec, path: str, context: Spec, items: tuple[Item, ...]
    ) -> None:
        child = xml.find(element, node.path, create=True)
        current = read(node.fields, child)
        probe = _Reconciler(self.live, self.keep_unlisted)
        probe.fields(node.fields, xml.clone(child), value, "", context, ())
        if not probe.found.differences and (value or not current):
            return
        self._note(path, node, current or None, value, context, items)
        if not self._writes(node, context, current or None):
            return
        for tag in node.whole:
            for entry in xml.find_all(child, tag):
                child.remove(entry)
        _Reconciler(False, self.keep_unlisted).fields(node.fields, child, value, "", context, ())

    def _list(self, node: List, element: xml.Element, value: list[Spec], path: str, items: tuple[Item, ...]) -> None:
        entries = items_of(node, element)
        elements, current = [entry for entry, _item in entries], [item for _entry, item in entries]
        pairs = match(node, current, value)
        for index, wish in enumerate(value):
            position = pairs.get(index)
            if position is None:
                self._add(node, element, wish, f"{path}[{_label(node, wish, index)}]", items)
                continue
            entry, was = elements[position], current[position]
            item = Item(node, xml.clone(entry), entry, position)
            here = f"{path}[{_label(node, {**was, **wish}, index)}]."
            self.fields(node.fields, entry, wish, here, {**was, **wish}, (*items, item))
        if row_of(path) in self.keep_unlisted:
            return
        for position in sorted(set(range(len(elements))) - set(pairs.values())):
            was, entry = current[position], elements[position]
            if node.implicit(was) or (self.live and node.live_extra):
                continue
            item = Item(node, xml.clone(entry), None, position)
            if self._writes(node, was, was):
                entry.getparent().remove(entry)
            self._note(f"{path}[{_label(node, was, position)}]", node, was, None, was, (*items, item))

    def _sequence(
        self,
        node: List,
        element: xml.Element,
        value: list[Spec],
        path: str,
        context: Spec,
        items: tuple[Item, ...],
    ) -> None:
        entries = items_of(node, element)
        current = [item for _entry, item in entries]
        if len(current) == len(value) and all(self._alike(node.fields, a, b) for a, b in zip(current, value)):
            return
        self._note(path, node, current or None, value, context, items)
        if not self._writes(node, context, current):
            return
        steps, _separator, tag = node.path.rpartition("/")
        parent = xml.find(element, steps, create=True)
        for entry, _item in entries:
            parent.remove(entry)
        for wish in value:
            entry = xml.build(next((other for other in node.also if other in wish), tag))
            parent.append(entry)
            _Reconciler(False, frozenset()).fields(node.fields, entry, wish, "", wish, ())

    def _alike(self, fields: t.Iterable[Node], current: Spec, desired: Spec) -> bool:
        """Tell whether two items mean the same; here, what is not stated is what libvirt means by that."""
        return all(self._mean_the_same(node, current.get(node.name), desired.get(node.name)) for node in fields)

    def _mean_the_same(self, node: Node, current: t.Any, desired: t.Any) -> bool:
        if isinstance(node, Field):
            current, desired = (node.absent if value is None else value for value in (current, desired))
            return current == desired or (None not in (current, desired) and self._same(node, current, desired))
        if isinstance(node, Group):
            there = (current is None) == (desired is None) or not node.bare
            return there and self._alike(node.fields, current or {}, desired or {})
        pairs = [sorted(value or [], key=_order(node)) for value in (current, desired)]
        if len(pairs[0]) != len(pairs[1]):
            return False
        if isinstance(node, Values):
            return all(self._same(node, a, b) for a, b in zip(*pairs))
        return all(self._alike(node.fields, a, b) for a, b in zip(*pairs))

    def _add(self, node: List, element: xml.Element, wish: Spec, path: str, items: tuple[Item, ...]) -> None:
        steps, _separator, tag = node.path.rpartition("/")
        parent = xml.find(element, steps, create=True)
        entry = xml.build(tag)
        xml.append_after_siblings(parent, entry)
        _Reconciler(False, frozenset()).fields(node.fields, entry, wish, "", wish, ())
        item = Item(node, None, entry, xml.find_all(parent, tag).index(entry))
        self._note(path, node, None, wish, wish, (*items, item))
        if not self._writes(node, wish, None):
            parent.remove(entry)
            xml.prune(parent, element)


def _order(node: List | Values) -> t.Callable[[t.Any], t.Any]:
    """Return what sorts items by their key, and leaves those without one in their order."""
    keys = node.keys if isinstance(node, List) else ()
    return lambda item: [str(item.get(name)) for key in keys for name in key.split("+")]


def _label(node: List, item: Spec, index: int) -> str:
    key = stated_key(node, item)
    return str(index) if key is None else label(key_of(item, key) or ())


def match(node: List, current: t.Sequence[Spec], desired: t.Sequence[Spec]) -> dict[int, int]:
    """Return which desired item is which current one: by key, else by likeness, else by place.

    An item with a stated key is that item or a new one; only items without a key are matched by likeness and place.
    """
    pairs: dict[int, int] = {}
    free = set(range(len(current)))

    def take(index: int, fits: t.Callable[[Spec], bool]) -> None:
        for position in sorted(free, key=lambda position: (position != index, position)):  # of equals, its own place
            if fits(current[position]):
                pairs[index] = position
                free.discard(position)
                return

    def resembles(wish: Spec, item: Spec) -> bool:
        return all(_within(wish[name], item.get(name)) for name in node.alike if name in wish)

    def take_all(key: str, closely: bool) -> None:
        for index, wish in enumerate(desired):
            if stated[index] == key and index not in pairs:
                wanted = key_of(wish, key)
                take(
                    index,
                    lambda item, wish=wish, wanted=wanted: (  # type: ignore[misc]
                        key_of(item, key) == wanted and (not closely or resembles(wish, item))
                    ),
                )

    stated = [stated_key(node, wish) for wish in desired]
    for key in node.keys:  # the most telling first, so that an item that states less does not take another's
        if key in node.repeats:
            take_all(key, closely=True)
        take_all(key, closely=False)
    keyless = [index for index, key in enumerate(stated) if key is None]
    for index in keyless:
        wish = desired[index]
        if any(name in wish for name in node.alike):
            take(index, lambda item: resembles(wish, item))  # noqa: B023
    for index in keyless:
        if index not in pairs and node.by_place:
            wish = desired[index]
            take(index, lambda item: all(item.get(name) == wish[name] for name in node.kind if name in wish))  # noqa: B023
    return pairs


def _within(part: t.Any, whole: t.Any) -> bool:
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(_within(value, whole.get(name)) for name, value in part.items())
    return bool(part == whole)
