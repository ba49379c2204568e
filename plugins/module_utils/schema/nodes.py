# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words in which a table is written: a field, a group of fields, a list of groups, a list of values.

One row states an option's name, its place in XML, its type and unit, and how a change of it reaches a running
object. Everything else follows from the rows: the argument spec (argspec), typed specs and their errors (parse),
and reading, comparing and writing XML (document). To support another libvirt element, add a row and its test.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import TEXT, Codec

Spec = dict[str, t.Any]

#: How a change reaches a running object: the name of an applier of the resource, or C('') where it waits for a
#: restart. A function where it depends: on the item as it will be (media of a CD-ROM against the source of a disk),
#: and on the row's value before.
Live = t.Union[str, t.Callable[[Spec, t.Any], str]]

RESTART = ""


@dataclass(frozen=True)
class Field:
    """One value."""

    name: str  # the option
    path: str  # where it stands, relative to the enclosing element (xml: the subset of XPath that can be written)
    codec: Codec = TEXT
    live: Live = RESTART
    required: bool = False
    fixed: bool = False  # part of an object's identity: refused on one that exists and has another value
    secret: bool = False
    offered: str = ""  # where the host's capabilities list the values that it has, see resources.domain.host
    eventual: bool = False  # the guest follows in its own time: until it has, asking again is no change
    absent: t.Any = None  # the value that libvirt means when XML states none
    filled: bool = False  # libvirt fills it in: on a running object another value is no news unless a task states it
    implies: t.Mapping[str, str] = field(default_factory=dict)  # what is written with it: path -> text
    governs: tuple[str, ...] = ()  # options beside it that belong to its value: another one drops them, unless stated


@dataclass(frozen=True)
class Group:
    """Fields that belong together: a dictionary as an option, usually one element."""

    name: str
    path: str
    fields: tuple[Node, ...]
    live: Live = RESTART
    filled: bool = False  # as of a field
    whole: tuple[str, ...] = ()  # child elements that a change replaces, as the fields exclude each other
    always: bool = False  # told also where it is not there: its absence says something
    bare: bool = False  # an empty one, V({}), says something else than none
    rules: t.Mapping[str, t.Any] = field(default_factory=dict)  # of an argument spec: mutually_exclusive, required_if …


@dataclass(frozen=True)
class List:
    """Items with an identity: a list of dictionaries as an option, elements of one name in XML."""

    name: str
    path: str
    fields: tuple[Node, ...]
    keys: tuple[str, ...] = ()  # options that identify an item, the first stated one counts
    repeats: tuple[str, ...] = ()  # keys that several items may share, which then are told apart by place
    kind: tuple[str, ...] = ()  # options that an item always shares with the one it is matched with
    alike: tuple[str, ...] = ()  # an item without a key is matched first with one that has the same in these
    by_place: bool = True  # one like none is the next that is left; otherwise it is a new one
    live: Live = RESTART  # how an item is added and removed
    implicit: t.Callable[[Spec], bool] = lambda item: False  # items that libvirt adds by itself: never removed
    live_extra: bool = False  # a running object has more of them: what the stored ones have become
    sequence: bool = False  # their order is what tells them apart: it is as stated as a whole, or all of it is replaced
    also: tuple[str, ...] = ()  # further elements among them: of items that state the option of that name
    rules: t.Mapping[str, t.Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Values:
    """Plain values, in an order that matters unless the row says otherwise: V([hd, network])."""

    name: str
    path: str  # the repeated element
    attribute: str  # its attribute, C('') for its text
    codec: Codec = TEXT
    live: Live = RESTART
    ordered: bool = True


Node = t.Union[Field, Group, List, Values]


@dataclass(frozen=True)
class Table:
    """All that can be stated of one kind of object."""

    tag: str  # the root element
    fields: tuple[Node, ...]
    rules: t.Mapping[str, t.Any] = field(default_factory=dict)


def how(live: Live, item: Spec, before: t.Any) -> str:
    """Return how a change reaches the running object, given the item that holds it and the value before."""
    return live(item, before) if callable(live) else live
