# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is planned for all objects of a manifest, before anything is done to one, and then how it is done."""

from __future__ import annotations

import typing as t
from concurrent.futures import ThreadPoolExecutor

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, KvmError
from ansible_collections.hypervise.kvm.plugins.module_utils.module import decide
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.promises import Coming, Promise
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest import checks, prune
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.items import Item
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.journal import Journal
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.order import Batch, batches

#: How many objects are worked on side by side, for which starts of guests are 2 to 3 times as fast on two processors.
#: libvirt's daemon serves five calls of a connection at a time.
WORKERS = 4

RUNNING = ("active", "running", "paused")


class Work:
    """One manifest on one hypervisor."""

    def __init__(self, connection: Connection, label: str, journal: Journal | None) -> None:
        self.connection = connection
        self.label = label
        self.journal = journal  # of the owners, C(None) where nothing is to be owned
        self.states: dict[str, Item] = {}  # by UUID, who states a secret that is there

    def parse(self, items: t.Iterable[Item]) -> set[str]:
        """Give the items their wishes, and return the values that must not be told to anybody."""
        open_items = [item for item in items if not item.settled]
        mark = prune.mark(self.connection, self.label) if self.label else ""
        for item in open_items:
            metadata = item.given.get("metadata") or {}
            if mark and item.kind.name == "domain" and not item.goes and isinstance(metadata, dict):
                item.given = {**item.given, "metadata": {**metadata, "manifest": mark}}
        return checks.parse(open_items)

    def bring_about(self, items: t.Iterable[Item], go_on: bool) -> bool:
        """Plan the items and carry that out, and return C(False) where nothing is touched as one cannot be."""
        ordered = batches([item for item in items if not item.settled])
        self.plan(ordered)
        if not go_on and any(item.error for item in items):
            return False
        if not self.connection.check_mode:
            self.carry_out(ordered, go_on)
        return True

    # -- deciding --------------------------------------------------------------------------------------------------

    def plan(self, batches: t.Iterable[Batch]) -> None:
        """Plan all items, each as if those before it were done already."""
        coming = self.connection.coming = Coming()
        for item in (item for batch in batches for item in batch):
            if item.error:
                continue
            coming.relied_on = False
            try:
                seen = self._decide(item)
            except KvmError as error:
                item.error = error
                continue
            item.provisional = coming.relied_on
            if item.plan.steps:
                _promise(coming, item, seen)
        self.connection.coming = Coming()

    def _decide(self, item: Item) -> t.Any:
        seen = item.resource.observe(self.connection, item.wish)
        other = self._other_of(item, seen)
        if other and item.pruned:  # it is stated by another name; the one that it was known by is given up
            item.plan = Plan(item.label)
            return seen
        if other:
            raise InvalidSpec([(item.path, f"the {item.label} is stated already, by {other.path}")])
        item.plan = decide(self.connection, item.resource, item.wish, seen)
        if item.pruned:
            prune.refuse_used(self.connection, item, seen)
        owner = self._owner_due(item)
        if owner is not None and not item.goes:
            item.plan.change("manifest", self._owner_of(item) or None, owner)
        return seen

    def _other_of(self, item: Item, seen: t.Any) -> Item | None:
        """Return who states the same object by another name: a secret goes by what it is for and by its UUID."""
        if item.kind.name != "secret" or not seen.exists:
            return None
        first = self.states.setdefault(xml.get(seen.stored, "uuid") or "", item)
        return None if first is item else first

    def _owner_of(self, item: Item) -> str:
        return self.journal.owners.get(item.key, "") if self.journal else ""

    def _owner_due(self, item: Item) -> str | None:
        """Return who is to be noted as the owner of an object, C(None) where that is so or the object tells itself."""
        if self.journal is None or item.kind.name == "domain":
            return None
        owner = "" if item.goes else self.label
        return owner if owner != self._owner_of(item) else None

    # -- doing -----------------------------------------------------------------------------------------------------

    def carry_out(self, batches: t.Iterable[Batch], go_on: bool) -> None:
        """Do what is planned, batch after batch, the items of one side by side.

        :arg go_on: also after one has failed.
        """
        stopped = False

        def work(item: Item) -> None:
            nonlocal stopped
            if stopped and not go_on:
                return
            try:
                self._do(item)
                item.done = True
            except KvmError as error:
                item.error = error
                stopped = True

        with ThreadPoolExecutor(WORKERS) as pool:
            for batch in batches:
                alone = batch[0].goes  # who looks what an object is used by must not see others vanish meanwhile
                list((map if alone else pool.map)(work, [item for item in batch if not item.error]))

    def _do(self, item: Item) -> None:
        owner = self._owner_due(item)
        if not item.plan.steps and not item.plan.changed and owner is None:
            return
        if item.provisional or item.goes:  # who needs what goes may have come since
            self._decide(item)
        if self.journal and owner:
            self.journal.write(item.key, owner)
        item.plan.apply(self.connection)
        if self.journal and owner == "":
            self.journal.write(item.key, "")


def _promise(coming: Coming, item: Item, seen: t.Any) -> None:
    """Let later items know what this one will be like."""
    if item.goes:
        coming.removals.add(item.key)
        return
    stored = [document for _schema, document in reversed(item.plan.documents)]
    now = [getattr(seen, name, None) for name in ("stored", "live", "document")]
    document = next((found for found in (item.plan.becomes, *stored, *now) if found is not None), None)
    state = item.given.get("state", "present")
    if document is not None:
        active = state in RUNNING or (state == "present" and bool(getattr(seen, "active", False)))
        coming.objects[item.key] = Promise(document, active, item.plan.running)
