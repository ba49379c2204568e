# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done once the guest is at the target: what libvirt leaves behind follows, and the source forgets it."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import constant
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import beside
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.removal import UNDEFINE
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration import checkpoints, journal, storage
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.sides import Side
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.wish import Wish


def finish(wish: Wish, source: Side, target: Side, plan: Plan) -> None:
    """Let the target's copy be the guest. Whatever was done already is not done again."""
    if source.active:  # it was about to let go when its daemon ended
        source.handle.change.destroy()
    there = target.handle
    if source.stored is not None:
        plan.facts["checkpoints"] = checkpoints.carry(checkpoints.of(source.handle), there)
        if source.journal and source.journal.state == "stopped" and target.active:
            there.change.destroy()
        if source.autostart or (source.journal and source.journal.autostart):
            there.change.setAutostart(1)
        forget(wish, source)


def forget(wish: Wish, source: Side) -> None:
    """Let the source know nothing of the guest any more, or, where it keeps the definition, nothing of its leaving."""
    domain = source.connection.lookup("lookupByName", source.name)
    if domain is None or not domain.read.isPersistent():
        return
    if not wish.options["undefine_source"]:
        if source.autostart:
            domain.change.setAutostart(0)  # or there would be two copies after the host's next start
        if source.journal:
            journal.remove(domain)
        return
    words = ["checkpoints_metadata"]
    for word, path in (("nvram", beside.variables(source.stored)), ("tpm", beside.tpm_state(source.stored))):
        if path:  # which the target has, too, where it is on storage that both have
            words.append(f"keep_{word}" if storage.is_shared(source.connection, path) else word)
    domain.change.undefineFlags(sum(constant(UNDEFINE[word]) for word in words))
