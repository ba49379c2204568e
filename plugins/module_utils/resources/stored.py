# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all that libvirt stores a definition of has in common; what also runs is in defined.

C(observe) looks (reads only), C(plan) decides (pure), the plan's steps act. A kind of object adds its table, its
calls and what is particular to it.
"""

from __future__ import annotations

import fnmatch
import typing as t
from dataclasses import dataclass, field

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import STORED, Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import told
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.argspec import argument_spec, lists
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import (
    Comparison,
    Difference,
    reconcile,
    show,
    show_all,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.fragment import (
    overlay,
    parse_fragment,
    state_remainder,
    stated_in,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, Spec, Table
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.parse import parse
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.remainder import remainder


@dataclass(frozen=True)
class Wish:
    """What a task asks for: a typed spec, and the options that are not part of the definition."""

    name: str
    state: str
    spec: Spec
    autostart: bool | None = None
    keep_unlisted: tuple[str, ...] = ()
    options: dict[str, t.Any] = field(default_factory=dict)
    stated: frozenset[str] = frozenset()  # the options that state the spec; others are from the option xml
    xml: xml.Element = None  # what the option of this name states, see schema.fragment
    rest: xml.Element = None  # the part of it that no row covers


@dataclass
class Seen:
    """What is there. C(stored) and C(live) are documents, C(None) where there is none."""

    name: str
    stored: xml.Element = None
    live: xml.Element = None
    autostart: bool = False
    facts: dict[str, t.Any] = field(default_factory=dict)

    @property
    def exists(self) -> bool:
        """Whether there is such an object, defined or only running."""
        return self.stored is not None or self.live is not None

    @property
    def active(self) -> bool:
        """Whether it runs."""
        return self.live is not None


class StoredResource:
    """A kind of object; the subclasses say which."""

    noun = ""
    table: Table
    states: tuple[str, ...] = ("present", "absent")
    list_method = ""  # of the connection: all objects
    lookup_method = ""  # of the connection: one by name
    define_method = ""  # of the connection
    schema = ""  # libvirt's RELAX NG schema for the document, by file name
    secure_flag = ""  # libvirt's constant for a document with its secrets
    takes_xml = False
    own_options: t.ClassVar[dict[str, t.Any]] = {}  # argument spec of what is not in the table

    # -- from options to a wish --------------------------------------------------------------------------------------

    def argument_spec(self) -> dict[str, t.Any]:
        """Return the options of the state module, without the connection's."""
        unlisted = list(lists(self.table.fields))
        return {
            **argument_spec(self.table.fields),
            **({"keep_unlisted": {"type": "list", "elements": "str", "choices": unlisted}} if unlisted else {}),
            # may hold secrets that nobody names, so it is not logged
            **({"xml": {"type": "str", "no_log": True}} if self.takes_xml else {}),
            "state": {"type": "str", "choices": list(self.states), "default": "present"},
            **self.own_options,
        }

    def parse(self, params: t.Mapping[str, t.Any]) -> Wish:
        """Return the wish that some options state.

        :raises InvalidSpec: with every problem found.
        """
        spec = parse(self.table.fields, params)
        options = frozenset(spec)
        stated = rest = None
        if params.get("xml") is not None:
            try:
                stated = parse_fragment(self.table.tag, params["xml"])
                self.settle(stated)
                beneath = stated_in(self.table.fields, stated)
            except ValueError as error:
                raise InvalidSpec([("xml", str(error))]) from error
            spec = overlay(self.table.fields, parse(self.table.fields, beneath), spec)
            rest = remainder(self.table.fields, stated)
        return Wish(
            name=self.name_of(spec),
            state=params["state"],
            spec=spec,
            autostart=params.get("autostart"),
            keep_unlisted=tuple(params.get("keep_unlisted") or ()),
            options={name: params.get(name) for name in self.own_options},
            stated=options,
            xml=stated,
            rest=rest,
        )

    def name_of(self, spec: Spec) -> str:
        """Return what a spec calls its object."""
        return str(spec["name"])

    def settle(self, stated: xml.Element) -> None:
        """Take out of a document that is wished for what libvirt would not keep."""

    # -- looking -----------------------------------------------------------------------------------------------------

    def find(self, connection: Connection, name: str) -> Handle | None:
        """Return the object of a name, C(None) where there is none."""
        return connection.lookup(self.lookup_method, name)

    def get(self, connection: Connection, name: str) -> Handle:
        """Return the object of a name, which a step knows to be there."""
        return getattr(connection.host.read, self.lookup_method)(name)

    def look(self, handle: Handle, secrets: bool) -> Seen:
        """Return what is to be seen of one object."""
        return Seen(handle.read.name(), xml.parse(handle.read.XMLDesc(self.secure(secrets))))

    def secure(self, secrets: bool) -> int:
        """Return the flag for a document with its secrets where they are wanted and there are any."""
        return constant(self.secure_flag) if secrets and self.secure_flag else 0

    def observe(self, connection: Connection, wish: Wish) -> Seen:
        """Return all that planning this wish needs to know."""
        handle = self.find(connection, wish.name)
        return Seen(wish.name) if handle is None else self.look(handle, secrets=True)

    # -- deciding ----------------------------------------------------------------------------------------------------

    def plan(self, wish: Wish, seen: Seen) -> Plan:
        """Return what has to be done. Pure: it sees the wish and what was observed, and touches nothing.

        :raises Refused: where granting the wish would harm something or cannot work.
        """
        plan = Plan(f"{self.noun} {wish.name}")
        if wish.state != "absent":
            self.plan_definition(plan, wish, seen)
        elif seen.exists:
            plan.change("state", self.power(seen), "absent")
            self.plan_removal(plan, wish, seen)
        return plan

    def plan_definition(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        """Plan what makes the stored definition as wished, and what follows from that."""
        document = self.skeleton(wish, seen) if not seen.exists else xml.clone(self.definition(seen))
        stored = self.reconcile(document, wish)
        self.complete(document, wish, seen, stored)
        if not seen.exists:
            plan.change("state", "absent", self.power_wished(wish))
            for name, value in show_all(self.table.fields, wish.spec).items():
                plan.change(name, None, value)
            if wish.rest is not None:
                plan.change("xml", None, xml.compact(wish.rest))
        else:
            self._refuse_fixed(stored)
        if seen.stored is None or stored.differences:
            self.check(wish, seen, document)
            if self.schema:
                plan.documents.append((self.schema, document))
            plan.step("define", lambda connection: self.define(connection, document))
        if seen.exists:
            self.plan_changes(plan, wish, seen, stored, document)

    def plan_changes(self, plan: Plan, wish: Wish, seen: Seen, stored: Comparison, document: xml.Element) -> None:
        """Note what is different from the stored definition, and plan what else that takes."""
        for difference in stored.differences:
            self.note(plan, difference, STORED)

    def reconcile(self, document: xml.Element, wish: Wish, live: bool = False) -> Comparison:
        """Bring a document to what is wished, and return what had to be written."""
        found = reconcile(self.table.fields, document, wish.spec, live=live, keep_unlisted=wish.keep_unlisted)
        if wish.rest is not None:
            found.differences += state_remainder(self.table.fields, wish.rest, document)
        return found

    @staticmethod
    def note(plan: Plan, difference: Difference, when: str) -> None:
        """Note a difference as a change."""
        node = difference.node
        before, after = show(node, difference.before), show(node, difference.after)
        if isinstance(node, Field) and node.secret:
            after = "(changed)"
        plan.change(difference.path, before, after, when)

    def _refuse_fixed(self, stored: Comparison) -> None:
        for difference in stored.differences:
            if isinstance(difference.node, Field) and difference.node.fixed:
                raise Refused(
                    f"{difference.path}: the {self.noun} exists with {difference.before!r}; it cannot become "
                    f"{difference.after!r}.",
                    "Leave the option out, or remove the object first.",
                    option=difference.path,
                )

    def definition(self, seen: Seen) -> xml.Element:
        """Return the document that a new definition starts from."""
        return seen.stored if seen.stored is not None else seen.live

    # -- what a kind of object adds ----------------------------------------------------------------------------------

    def skeleton(self, wish: Wish, seen: Seen) -> xml.Element:
        """Return the document that a new object starts from."""
        return xml.build(self.table.tag)

    def complete(self, document: xml.Element, wish: Wish, seen: Seen, stored: Comparison) -> None:
        """Write what follows from a wish without being stated in it."""

    def check(self, wish: Wish, seen: Seen, document: xml.Element) -> None:
        """Refuse a definition that cannot work on this host.

        :raises Refused: with the option's path.
        """

    def define(self, connection: Connection, document: xml.Element) -> None:
        """Store a definition."""
        getattr(connection.host.change, self.define_method)(xml.text_of(document), 0)

    def power(self, seen: Seen) -> str:
        """Return the state in which an object is."""
        return "present" if seen.exists else "absent"

    def power_wished(self, wish: Wish) -> str:
        """Return the state in which a new object will be."""
        return wish.state

    def plan_removal(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        """Plan undefining."""
        plan.step("undefine", lambda connection: self.get(connection, wish.name).change.undefine())

    # -- gathering ---------------------------------------------------------------------------------------------------

    def gather(self, connection: Connection, patterns: t.Sequence[str]) -> list[dict[str, t.Any]]:
        """Return all objects whose name matches one of the glob I(patterns), all where none is given."""
        handles = sorted(getattr(connection.host.read, self.list_method)(0), key=lambda handle: handle.read.name())
        return [
            self.describe(handle, self.look(handle, secrets=False))
            for handle in handles
            if not patterns or any(fnmatch.fnmatchcase(handle.read.name(), pattern) for pattern in patterns)
        ]

    def describe(self, handle: Handle, seen: Seen) -> dict[str, t.Any]:
        """Return what C(_info) tells of one object; C(spec) is in the shape that the state module takes."""
        spec = told.spec_of(self.table.fields, self.definition(seen), self.takes_xml)
        return {"name": seen.name, "uuid": spec.get("uuid"), "state": self.power(seen), "spec": spec}
