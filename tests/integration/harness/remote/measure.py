# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures which lines of the collection run, at little cost to each of thousands of short processes.

Making a tracer, and a file of what it saw, takes as long as most modules run. So the parent makes one, which its
children inherit, and a child tells it only what no other has done before.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

#: Files, and the steps from line to line in each.
Steps = dict[str, list[tuple[int, int]]]


class Measure:
    """What has run so far, in this process and those whose telling it was handed."""

    def __init__(self, include: str, omit: str) -> None:
        import coverage  # where nothing is measured, it need not be there

        self._data_of = coverage.CoverageData
        self._tracer = coverage.Coverage(data_file=None, branch=True, include=[include], omit=[omit])
        self._known: dict[str, set[tuple[int, int]]] = {}

    @contextlib.contextmanager
    def running(self) -> Iterator[Steps]:
        """Measure what runs meanwhile. What is handed out then has in it the steps that are new."""
        new: Steps = {}
        self._tracer.start()
        threading.settrace(None)  # Python 3.11 fails where threads begin to be traced at one time
        try:
            yield new
        finally:
            self._tracer.stop()
            seen = self._tracer.get_data()
            for file in seen.measured_files():
                if steps := set(seen.arcs(file) or ()) - self._known.get(file, set()):
                    new[file] = sorted(steps)

    def learn(self, new: Mapping[str, Sequence[Any]]) -> None:
        """Add what a child has told."""
        for file, steps in new.items():
            self._known.setdefault(file, set()).update((first, last) for first, last in steps)

    def save(self, path: str) -> None:
        """Write all to a file of coverage's own."""
        data = self._data_of(basename=path)
        data.erase()
        data.add_arcs(self._known)
        data.write()
