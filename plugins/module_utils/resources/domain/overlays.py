# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks that go on in other images since a snapshot. A spec that names the image from before means the same disk.

To put that image back would cost what was written since, and what the later images have, as they rest on it.
"""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.tree import tree_of
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import read
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.table import DOMAIN
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Spec

#: By the target of a disk, the sources on which it rests.
Below = dict[str, list[Spec]]


def below(domain: Handle) -> Below:
    """Return what the disks of a domain were before the external snapshots on which its present rests."""
    found: Below = {}
    for snapshot in tree_of(domain).line():
        if snapshot.overlays:
            then = read(DOMAIN.fields, xml.find(snapshot.document, "domain"))
            for disk in then.get("disks", ()):
                if disk["target"] in snapshot.overlays and disk.get("source"):
                    found.setdefault(disk["target"], []).append(disk["source"])
    return found


def understood(spec: Spec, known: Below) -> Spec:
    """Return a spec without what was said of images from before."""
    if not known or "disks" not in spec:
        return spec
    return {**spec, "disks": [_without_image(disk) if _is_below(disk, known) else disk for disk in spec["disks"]]}


def _is_below(disk: Spec, known: Below) -> bool:
    stated = disk.get("source") or {}
    return bool(stated) and any({**source, **stated} == source for source in known.get(disk.get("target", ""), ()))


def _without_image(disk: Spec) -> Spec:
    left = {name: value for name, value in disk.items() if name != "source"}
    if "driver" in disk:
        left["driver"] = {name: value for name, value in disk["driver"].items() if name != "type"}
    return left
