# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The laws that every state module obeys, for each option of its table.

A :class:`Suite` states a kind of object, a :class:`Case` one option and two values of it. :func:`obey` takes an object
through its life: create, again, change, again, leave out, gather and apply, remove, remove again, create as gathered.
Each step is run in check mode first, which must foretell it and touch nothing.
"""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from _pytest.mark import ParameterSet

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, Group, List, Node, Table
from harness.host import PREFIX, Host, Result, assert_same

Spec = dict[str, Any]

NAME = f"{PREFIX}under"

#: What check mode foretells.
FORETOLD = ("changed", "diff", "changes", "steps", "applied_live", "pending_restart")


@dataclass(frozen=True)
class Case:
    """One option and two values of it.

    - ``path`` as a diff names it, list items by their key: ``dns.hosts[192.0.2.5].hostnames``.
    - ``a``, ``b``: its value when the object is created, and what it is changed to.
    - ``around``: further options, of which the object is made too. ``path`` may lead through lists in it.
    - ``live``: the change reaches a running object at once; otherwise it waits for a restart.
    - ``changes``: the paths of A to B in a diff, where that is not ``path``: list items come and go.
    - ``refused``: the option cannot be changed.
    - ``refused_on``: releases whose libvirt does not know the option.
    - ``stopped``, ``running``: whether the case makes sense for an object in that state.
    """

    path: str
    a: Any
    b: Any
    around: Mapping[str, Any] = field(default_factory=dict)
    live: bool = False
    changes: tuple[str, ...] = ()
    refused: bool = False
    refused_on: tuple[str, ...] = ()
    stopped: bool = True
    running: bool = True
    note: str = ""  # tells apart several cases of one path

    @property
    def row(self) -> str:
        """The row of the table: the path without items."""
        return row_of(self.path)

    @property
    def rows(self) -> set[str]:
        """All rows that it is about: its own, and those of what B has in it that A has not, or otherwise."""
        return {self.row, *_rows_in(self.row, self.a, self.b)}


def row_of(path: str) -> str:
    """The row of the table that a path leads to: without items."""
    return re.sub(r"\[[^\]]*\]", "", path)


def _rows_in(row: str, a: Any, b: Any) -> Iterator[str]:
    if isinstance(b, Mapping):
        for name, value in b.items():
            before = a.get(name) if isinstance(a, Mapping) else None
            if before != value:
                yield f"{row}.{name}"
                yield from _rows_in(f"{row}.{name}", before, value)
    elif isinstance(b, list):
        for index, item in enumerate(b):
            yield from _rows_in(row, a[index] if isinstance(a, list) and index < len(a) else None, item)


@dataclass(frozen=True)
class Suite:
    """A kind of object, with a case for each row of its table."""

    module: str
    found: str  # the list that its _info module returns
    table: Table
    cases: Sequence[Case]
    base: Mapping[str, Any] = field(default_factory=dict)  # options of every object
    identity: tuple[str, ...] = ("name",)  # options of the base that say which object it is
    key: str = "name"  # the one of them by which its _info module finds it
    stopped: str = "inactive"
    running: str = ""  # the state of a running object, where there is such a thing
    prepare: Callable[[Host], None] = lambda host: None  # makes what the objects need on a host
    without_case: tuple[str, ...] = ()  # rows that are seen to in another way


def parameters(suite: Suite) -> list[ParameterSet]:
    """Return arguments ``case, running`` for each case, with readable ids."""
    return [
        pytest.param(case, running, id=f"{case.row}{'-' if case.note else ''}{case.note}-{word}")
        for case in suite.cases
        for running, word in ((False, "stopped"), (True, "running"))
        if (case.running and suite.running if running else case.stopped)
    ]


def assert_complete(suite: Suite) -> None:
    """Fail unless every row of the table has a case, and every case a row. One that several lists share needs one."""
    nodes = {row.path: row.node for row in _rows(suite.table)}
    rows = set(nodes)
    cases = {case.row for case in suite.cases} | set(suite.without_case)
    covered = {id(nodes[path]) for path in cases.union(*(case.rows for case in suite.cases)) & rows}
    uncovered = sorted(path for path, node in nodes.items() if id(node) not in covered)
    assert not uncovered, f"rows of {suite.module} without a case: {uncovered}"
    unknown = [path for path in sorted(cases - rows) if not any(row.startswith(f"{path}.") for row in rows)]
    assert not unknown, f"cases of {suite.module} without a row: {unknown}"


@dataclass(frozen=True)
class _Row:
    path: str
    node: Node
    needed: bool  # the spec, or what it says of an item, is another one without it


def _rows(table: Table) -> Iterator[_Row]:
    for row in _rows_of(table.fields, "", set()):
        if row.path != "name":  # which is in every case
            yield row


def _rows_of(nodes: Sequence[Node], where: str, keys: Collection[str]) -> Iterator[_Row]:
    for node in nodes:
        if not isinstance(node, Group) or node.whole:
            yield _Row(where + node.name, node, node.name in keys or (isinstance(node, Field) and node.required))
        if isinstance(node, Group):
            yield from _rows_of(node.fields, f"{where}{node.name}.", set())
        if isinstance(node, List):
            yield from _rows_of(node.fields, f"{where}{node.name}.", set("+".join(node.keys).split("+")))


def twin(host: Host, module: str, **options: Any) -> Result:
    """Run a module in check mode and then really: foretold and done are the same, and foretelling touches nothing."""
    foretold = host.foretells(module, **options)
    done = host.run(module, **options)
    for key in FORETOLD:
        assert foretold[key] == done[key], f"check mode foretold another {key}"
    return done


def assert_unchanged(result: Result, after: str) -> None:
    """Fail unless a run found everything as wished, and did nothing."""
    assert not result.changed, f"after it was {after}, the same again changes {result['changes']}"
    assert not result["steps"]
    assert not result.changes, "a run that said it changed nothing made changes"


def refused(host: Host, module: str, user: str = "", **options: Any) -> str:
    """Run a module in check mode and really; both refuse in the same words, which are returned, and touch nothing."""
    before = host.state()
    foretold = host.refused(module, check=True, user=user, **options)
    done = host.refused(module, user=user, **options)
    assert foretold["msg"] == done["msg"], "check mode foretold another refusal"
    assert_same(before, host.state(), f"{module}, which refused,")
    return str(done["msg"])


def obey(host: Host, suite: Suite, case: Case, running: bool) -> None:
    """Take an object through its life."""
    suite.prepare(host)
    life = _Life(host, suite, case, running)
    if host.release in case.refused_on:
        life.refuse_unknown()
        return
    life.create()
    if case.refused:
        life.refuse()
        life.remove()
        return
    life.change()
    life.leave_out()
    gathered = life.gather()
    life.restart()
    life.remove()
    life.recreate(gathered)


class _Life:
    def __init__(self, host: Host, suite: Suite, case: Case, running: bool) -> None:
        self.host, self.suite, self.case, self.running = host, suite, case, running
        base = {suite.key: NAME, **suite.base, **case.around}
        self.identity = {option: base[option] for option in suite.identity}
        self.a, self.b = put(base, case.path, case.a), put(base, case.path, case.b)
        self.state = suite.running if running else suite.stopped
        self.pending: list[str] = []

    def create(self) -> None:
        made = self.apply(self.a, state=self.state)
        assert made.changed
        assert made["diff"]["before"] == {"state": "absent"}
        assert made["diff"]["after"]["state"] == self.state
        self.unchanged({**self.a, "state": self.state}, "created", check=True)
        self.unchanged(self.a, "created")

    def change(self) -> None:
        changed = self.apply(self.b)
        paths = self.case.changes or (self.case.path,)
        assert sorted(changed.paths) == sorted(paths), "the diff shows something else than the change"
        assert {*changed["diff"]["before"], *changed["diff"]["after"]} == set(paths)
        if self.running:
            self.pending = [] if self.case.live else list(paths)
        when = "stored" if not self.running else "live" if self.case.live else "restart"
        assert {change["when"] for change in changed["changes"]} == {when}
        assert sorted(changed["applied_live"]) == (sorted(paths) if when == "live" else [])
        self.pends(changed["pending_restart"])
        self.unchanged(self.b, "changed", check=True)
        self.unchanged(self.b, "changed")

    def refuse(self) -> None:
        said = refused(self.host, self.suite.module, **self.b)
        assert self.case.path in said, f"the refusal does not name the option: {said}"
        self.unchanged(self.a, "refused a change")

    def refuse_unknown(self) -> None:
        said = refused(self.host, self.suite.module, **self.b)
        assert self.case.row.rpartition(".")[2] in said, f"the refusal does not name the option: {said}"

    def leave_out(self) -> None:
        """What is not stated is left alone."""
        row = next(row for row in _rows(self.suite.table) if row.path == self.case.row)
        if not row.needed:
            self.unchanged(put(self.b, self.case.path, None), "changed, and the option left out")

    def gather(self) -> Spec:
        found = self.found()
        assert found["state"] == self.state
        self.pends(found.get("pending_restart", []))
        self.unchanged(found["spec"], "gathered")
        spec: Spec = found["spec"]
        return spec

    def restart(self) -> None:
        if not self.running:
            return
        stopped = self.apply(self.identity, state=self.suite.stopped)
        assert stopped["pending_restart"] == []
        started = self.apply(self.identity, state=self.suite.running)
        assert started["pending_restart"] == []
        self.pending = []
        self.unchanged(self.b, "restarted")
        self.pends(self.found()["pending_restart"])

    def remove(self) -> None:
        removed = self.apply(self.identity, state="absent")
        self.pending = []
        assert removed.paths == ["state"]
        self.unchanged({**self.identity, "state": "absent"}, "removed", check=True)
        self.unchanged({**self.identity, "state": "absent"}, "removed")

    def recreate(self, gathered: Spec) -> None:
        """What was gathered makes the same object."""
        made = self.host.run(self.suite.module, **gathered)
        assert made.changed
        self.unchanged(self.b, "made as gathered")

    def apply(self, spec: Mapping[str, Any], **options: Any) -> Result:
        return twin(self.host, self.suite.module, **spec, **options)

    def unchanged(self, spec: Mapping[str, Any], after: str, check: bool = False) -> None:
        again = self.host.run(self.suite.module, check=check, **spec)
        assert_unchanged(again, after)
        self.pends(again["pending_restart"])

    def pends(self, told: list[str]) -> None:
        assert sorted(told) == sorted(self.pending)

    def found(self) -> dict[str, Any]:
        key = self.suite.key
        told = self.host.run(f"{self.suite.module}_info", **{**self.identity, key: [self.identity[key]]})
        assert not told.changes
        (found,) = told[self.suite.found]
        assert isinstance(found, dict)
        return found


def put(spec: Mapping[str, Any], path: str, value: Any) -> Spec:
    """Return a copy of a spec with another value at a path; C(None) takes the option out."""
    made: Spec = copy.deepcopy(dict(spec))
    place = made
    *way, last = re.findall(r"([^.\[\]]+)(?:\[([^\]]*)\])?", path)
    for name, label in way:
        place = _item(place[name], label) if label else place.setdefault(name, {})
    if value is None:
        place.pop(last[0], None)
    else:
        place[last[0]] = value
    return made


def _item(items: Sequence[Spec], label: str) -> Spec:
    """The item that a diff would call by a label: of its values, one, or the first ones in a row."""
    return next(item for item in items if label in (*map(str, item.values()), *_joined(item.values())))


def _joined(values: Iterable[Any]) -> Iterable[str]:
    return itertools.accumulate(map(str, values), lambda begun, value: f"{begun}-{value}")
