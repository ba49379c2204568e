# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a backup that did not come to its end has left behind, taken back.

Nothing has to be remembered for it: what is neither published nor needed by the newest point is a leftover. No
increment may ever rest on the checkpoint of a point that did not become one, so that goes, too.
"""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.repository import Repository
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.backup import checkpoints, job, sight
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import orphans


def take_back(domain: Handle, repository: Repository, place: Guest) -> None:
    """Take it back. Who calls it holds the lock, so nobody is at work there.

    The checkpoints of a guest that is off wait until it is in memory the next time.
    """
    if sight.writes_into(domain, place.making):
        job.end(domain)
    if place.journal() is not None:
        orphans.remove(domain)  # they may be of its disks, and have its images open
    place.discard()
    if domain.read.isActive():
        newest = sight.newest_of(place)[0]
        for name in checkpoints.of(domain, repository):
            if newest is None or name != newest.checkpoint:
                checkpoints.forget(domain, name)
