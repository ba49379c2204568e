# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The laws for tables with many rows: the cases of a part share an object, which lives on while they change it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from _pytest.mark import ParameterSet

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, Node

from . import laws
from .host import Host, Result
from .laws import NAME, Spec

AS_IS: Any = object()


@dataclass(frozen=True)
class Case(laws.Case):
    """A row of the table. I(a) is C(AS_IS) where an earlier case of the part leaves what this one starts from."""

    also: Mapping[str, Any] = field(default_factory=dict)  # what else has to change with it: path -> value
    refusal: str = ""  # what a refusal speaks of, where that is not the option's name

    @property
    def rows(self) -> set[str]:
        return super().rows.union(*(laws.Case(path, None, value).rows for path, value in self.also.items()))

    @property
    def paths(self) -> set[str]:
        """The paths of the change in a diff."""
        return set(self.changes or (self.path, *self.also))

    def changed(self, spec: Spec) -> Spec:
        """Return a spec with the second values."""
        for path, value in {self.path: self.b, **self.also}.items():
            spec = laws.put(spec, path, value)
        return spec


@dataclass(frozen=True)
class Part:
    """Cases that share an object."""

    name: str
    around: Spec
    cases: Sequence[Case]
    prepare: Callable[[Host], None] = lambda host: None

    def when(self, running: bool) -> list[Case]:
        """The cases that make sense for an object in that state."""
        return [case for case in self.cases if (case.running if running else case.stopped)]


def parameters(parts: Sequence[Part], running: bool) -> list[ParameterSet]:
    """Return an argument C(part) for each that has a case for an object in that state."""
    return [pytest.param(part, id=part.name) for part in parts if part.when(running)]


class Life:
    """The object of a part, and what it was last wished to be. It is made with the first value of each case.

    Those that libvirt here does not know are refused, and no longer among its C(cases).
    """

    def __init__(self, host: Host, suite: laws.Suite, part: Part, running: bool) -> None:
        part.prepare(host)
        self.host, self.suite = host, suite
        self.state = suite.running if running else suite.stopped
        around = self.spec = {"name": NAME, **suite.base, **part.around}
        cases = part.when(running)
        self.cases = [case for case in cases if host.release not in case.refused_on]
        for case in self.cases:
            if case.a is not AS_IS:
                self.spec = laws.put(self.spec, case.path, case.a)
        for case in cases:
            if case not in self.cases:
                self._refuses(case, case.changed(around))

    def _refuses(self, case: Case, spec: Spec) -> None:
        said = laws.refused(self.host, self.suite.module, **spec)
        assert (case.refusal or case.row.rpartition(".")[2]) in said or "libvirt's schema" in said

    def create(self) -> None:
        made = self.twin(**self.spec, state=self.state)
        assert made.changed
        assert made["diff"]["before"] == {"state": "absent"}
        assert made["diff"]["after"]["state"] == self.state
        self.stays()

    def change(self, *cases: Case) -> Result:
        """Change what the cases are about, see nothing else in the diff, and nothing more to be done after it."""
        for case in cases:
            self.spec = case.changed(self.spec)
        changed = self.twin(**self.spec)
        assert set(changed.paths) == set().union(*(case.paths for case in cases)), changed["changes"]
        laws.assert_unchanged(self.host.run(self.suite.module, **self.spec), "changed")
        return changed

    def stays(self) -> Result:
        """The same again, with the state and without, in check mode and really, and with less stated: no change."""
        for spec in (self.spec, {**self.spec, "state": self.state}, self._less()):
            again = self.twin(**spec)
            laws.assert_unchanged(again, "left alone")
        return again

    def _less(self) -> Spec:
        """The spec without the options that the cases are about, as far as one can do without them."""
        spec = self.spec
        for case in self.cases:
            row = _node_of(self.suite, case)
            if not case.changes and isinstance(row, Field) and not row.required:
                with contextlib.suppress(StopIteration):  # the item has another name by now
                    spec = laws.put(spec, case.path, None)
        return spec

    def gathers(self) -> Spec:
        """What is gathered changes nothing."""
        found = self.found()
        assert found["state"] == self.state
        laws.assert_unchanged(self.twin(**found["spec"]), "gathered")
        spec: Spec = found["spec"]
        return spec

    def found(self) -> dict[str, Any]:
        (found,) = self.host.run(f"{self.suite.module}_info", name=[NAME])[self.suite.found]
        assert isinstance(found, dict)
        return found

    def remove(self, **how: Any) -> None:
        for paths in (["state"], []):
            assert self.twin(name=NAME, state="absent", **how).paths == paths

    def twin(self, **options: Any) -> Result:
        """Do it in check mode, and then really."""
        return laws.twin(self.host, self.suite.module, **options)


def _node_of(suite: laws.Suite, case: Case) -> Node:
    """Return the row of the table that a case is about."""
    nodes: Sequence[Node] = suite.table.fields
    for name in case.row.split("."):
        node = next(node for node in nodes if node.name == name)
        nodes = getattr(node, "fields", ())
    return node
