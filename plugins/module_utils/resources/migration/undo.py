# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done once a migration has failed: the guest goes on at the source, nothing is left at the target."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError, NotFound
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import orphans
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration import journal, volumes
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.sides import Side


def undo(source: Side, target: Side) -> None:
    """Clean up both sides. The target's copy goes first, so that there never are two."""
    if target.arrives:
        with contextlib.suppress(NotFound):  # libvirt was just about to end it
            target.handle.change.destroy()
    _restore(source)
    if source.journal:
        for place in source.journal.volumes:
            volumes.remove(target.connection, place, place in source.journal.made)
        journal.take_back(source.handle, source.journal)


def undone(source: Side) -> Side:
    """Return what the source will be like then."""
    begun = source.journal
    if begun is None:
        return source
    state = begun.state if source.active else source.state
    live = None if state == "stopped" else source.live
    return replace(source, state=state, live=live, autostart=source.autostart or begun.autostart)


def _restore(source: Side) -> None:
    """Let the guest be at the source what it was before."""
    if not source.journal or not source.active:
        return
    domain = source.handle
    _end_copies(domain, source.live)
    if source.journal.volumes:
        with contextlib.suppress(KvmError):
            orphans.remove(domain)  # they would be in the way of the next copy
    if source.journal.state == "stopped":
        domain.change.destroy()
    elif source.journal.state == "running" and source.state == "paused":
        domain.change.resume()


def _end_copies(domain: Handle, live: xml.Element) -> None:
    for disk in xml.find_all(live, "devices/disk"):
        if xml.find(disk, "mirror") is not None:
            with contextlib.suppress(KvmError):  # it may just have ended by itself
                domain.change.blockJobAbort(xml.get(disk, "target/@dev"), 0)
