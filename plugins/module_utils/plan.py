# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done, as data: changes for people, steps for the machine.

A plan is made by pure functions from what is there and what is wished. Check mode shows it; a real run carries
out its steps in order. Each step leaves a state from which the next run would plan the rest.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError, Unsupported

if t.TYPE_CHECKING:
    from ansible_collections.hypervise.kvm.plugins.module_utils import xml
    from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection

LIVE = "live"  # true at once, also on the running object
STORED = "stored"  # true at once; a running object has no part in it
RESTART = "restart"  # stored now, true for the running object after its restart


@dataclass(frozen=True)
class Change:
    """One thing that will be different, in the words of the spec."""

    path: str
    before: t.Any
    after: t.Any
    when: str = STORED


@dataclass(frozen=True)
class Step:
    """One call to make. I(run) is handed the connection and looks up what it needs itself."""

    name: str
    run: t.Callable[[Connection], None]
    live_paths: tuple[str, ...] = ()  # the changes that reach a running object by it


@dataclass
class Plan:
    """All that is to be done to one object."""

    label: str
    changes: list[Change] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    pending_restart: list[str] = field(default_factory=list)
    restart: list[Step] = field(default_factory=list)  # what is done, where that is allowed, once something waits
    warnings: list[str] = field(default_factory=list)
    facts: dict[str, t.Any] = field(default_factory=dict)  # of the object, for the result
    documents: list[tuple[str, xml.Element]] = field(default_factory=list)  # to be stored, with their schema
    running: xml.Element = None  # what an object that runs and goes on is like then
    becomes: xml.Element = None  # what the object will be like, where no document is stored that says so
    rehearsals: list[t.Callable[[Connection], None]] = field(default_factory=list)  # refuse what a step could not do

    @property
    def changed(self) -> bool:
        """Whether carrying it out makes a difference."""
        return bool(self.changes)

    def change(self, path: str, before: t.Any, after: t.Any, when: str = STORED) -> None:
        """Note a change."""
        self.changes.append(Change(path, before, after, when))

    def step(self, name: str, run: t.Callable[[Connection], None], live_paths: t.Sequence[str] = ()) -> None:
        """Add a step."""
        self.steps.append(Step(name, run, tuple(live_paths)))

    def let_restart(self, paths: t.Sequence[str]) -> None:
        """Restart the object, as I(paths) wait for it, so that nothing does any more."""
        self.change("pending_restart", list(paths), [])
        self.steps += self.restart
        self.restart, self.pending_restart = [], []

    def apply(self, connection: Connection) -> None:
        """Carry out the steps.

        :raises KvmError: of the step that failed, with the steps before and after it.
        """
        for index, step in enumerate(self.steps):
            try:
                step.run(connection)
            except Unsupported as error:
                if not step.live_paths:
                    raise
                self._postpone(step.live_paths, str(error))
            except KvmError as error:
                error.details.setdefault("step", step.name)
                error.details.setdefault("steps_done", [done.name for done in self.steps[:index]])
                error.details.setdefault("steps_left", [left.name for left in self.steps[index + 1 :]])
                raise

    def _postpone(self, paths: t.Sequence[str], reason: str) -> None:
        """What this hypervisor or guest cannot take while it runs is stored already and waits for the restart."""
        self.warnings.append(f"{', '.join(paths)}: waits for a restart; {reason}")
        self.pending_restart += paths
        self.changes = [
            replace(change, when=RESTART) if change.path in paths and change.when == LIVE else change
            for change in self.changes
        ]
        if self.restart:
            self.let_restart(paths)

    def diff(self) -> dict[str, t.Any]:
        """Return what Ansible shows with C(--diff): the changed fields, before and after, and nothing else."""
        return {
            "before_header": self.label,
            "after_header": self.label,
            "before": {change.path: change.before for change in self.changes if change.before is not None},
            "after": {change.path: change.after for change in self.changes if change.after is not None},
        }

    def result(self) -> dict[str, t.Any]:
        """Return what a state module returns: the same in check mode and in a real run."""
        return {
            **self.facts,
            "changed": self.changed,
            "diff": self.diff(),
            "changes": [vars(change) for change in self.changes],
            "steps": [step.name for step in self.steps],
            "applied_live": [change.path for change in self.changes if change.when == LIVE],
            "pending_restart": self.pending_restart,
        }
