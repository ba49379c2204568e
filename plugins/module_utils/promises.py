# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the same task will have done by the time an object has its turn: nothing, unless it is one of a manifest.

A manifest plans all its objects before it touches one. Whoever refuses something because another object is missing
or in the way asks here, too. Objects are named as their modules are: C('storage_pool'), C('default'); a volume is
C('volume'), C('default/web.qcow2').
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

if t.TYPE_CHECKING:
    from ansible_collections.hypervise.kvm.plugins.module_utils import xml


@dataclass(frozen=True)
class Promise:
    """An object that is there by then."""

    document: xml.Element  # what is stored of it by then
    active: bool  # whether it runs by then
    running: xml.Element = None  # what it is like as it runs then, if it runs now and goes on

    @property
    def runs_as(self) -> xml.Element:
        """What it is like as it runs by then, C(None) if it does not."""
        return self.document if self.active and self.running is None else self.running


@dataclass
class Coming:
    """The promises that hold at a moment of planning."""

    objects: dict[tuple[str, str], Promise] = field(default_factory=dict)
    removals: set[tuple[str, str]] = field(default_factory=set)
    relied_on: bool = False  # whether an answer rests on a promise: then it is to be asked again when that was kept

    def get(self, kind: str, name: str) -> Promise | None:
        """Return what an object will be like by then, C(None) where the task makes and starts no such object."""
        promise = self.objects.get((kind, name))
        self.relied_on |= promise is not None
        return promise

    def of(self, kind: str) -> dict[str, Promise]:
        """Return all objects of a kind that will be made or started by then."""
        found = {name: promise for (is_a, name), promise in self.objects.items() if is_a == kind}
        self.relied_on |= bool(found)
        return found

    def gone(self, kind: str, name: str) -> bool:
        """Tell whether an object that is still there will have been removed by then."""
        going = (kind, name) in self.removals
        self.relied_on |= going
        return going
