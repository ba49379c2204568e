# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making a snapshot: of all disks in one instant, in files that were not there, or not at all."""

from __future__ import annotations

import contextlib
import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import orphans
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot import beside, places, remains
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.description import told
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.state import Guest, Wish
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.tree import EXTERNAL, INTERNAL


@dataclass(frozen=True)
class Layout:
    """What a new snapshot will be."""

    type: str
    memory: bool
    disks: tuple[str, ...]
    overlays: t.Mapping[str, str]
    memory_file: str = ""

    @property
    def files(self) -> list[str]:
        """The files that it will have."""
        return [*self.overlays.values(), *([self.memory_file] if self.memory_file else [])]


def plan_creation(plan: Plan, wish: Wish, guest: Guest) -> None:
    """Plan making it.

    :raises Refused: where the guest or its host cannot have such a snapshot.
    """
    layout = lay_out(wish, guest)
    _refuse(wish, guest, layout)
    plan.change("state", "absent", "present")
    if wish.spec.get("description"):
        plan.change("description", None, wish.spec["description"])
    for name in ("type", "memory", "disks"):
        plan.change(name, None, told(layout)[name])
    plan.facts["snapshot"] = {"current": True, **told(layout)}
    left_out = beside.left_out(guest, layout.type, layout.memory)
    if left_out:
        plan.step("copy what it keeps beside its disks", beside.keep(left_out, wish.name))
    remains.plan_making_room(plan, guest, layout.files)
    document, flags = document_of(wish, guest, layout), _flags(wish, layout)
    plan.step("create", lambda connection: _create(connection, wish, document, flags))
    if layout.overlays and not guest.awake:
        plan.step("keep others from reading", places.shut(layout.overlays.values()))


def lay_out(wish: Wish, guest: Guest) -> Layout:
    """Return what the snapshot will be: as stated, and otherwise as the guest can have it and come back to it."""
    kind = wish.spec.get("type") or _type_of_line(guest) or (EXTERNAL if _no_internal(guest) else INTERNAL)
    memory = wish.spec.get("memory", kind == INTERNAL and guest.awake)
    disks = wish.spec.get("disks", tuple(disk.target for disk in guest.disks if not disk.left_out))
    if kind == INTERNAL:
        return Layout(kind, memory, disks, {})
    overlays = {disk.target: places.overlay(wish, disk) for disk in guest.disks if disk.target in disks}
    return Layout(kind, memory, disks, overlays, places.memory_file(wish, guest) if memory else "")


def document_of(wish: Wish, guest: Guest, layout: Layout) -> xml.Element:
    """Return the document from which libvirt makes it."""
    document = xml.build("domainsnapshot")
    xml.put(document, "name", wish.name)
    if wish.spec.get("description"):
        xml.put(document, "description", wish.spec["description"])
    xml.put(document, "memory/@snapshot", layout.type if layout.memory else "no")
    if layout.memory_file:
        xml.put(document, "memory/@file", layout.memory_file)
    disks = xml.find(document, "disks", create=True)
    for disk in guest.disks:
        entry = xml.build("disk")
        entry.set("name", disk.target)
        entry.set("snapshot", layout.type if disk.target in layout.disks else "no")
        if disk.target in layout.overlays:
            xml.put(entry, "driver/@type", "qcow2")
            xml.put(entry, "source/@file", layout.overlays[disk.target])
        disks.append(entry)
    return document


def _flags(wish: Wish, layout: Layout) -> int:
    if layout.type == INTERNAL:
        return 0
    words = ["ATOMIC", "LIVE" if layout.memory else "DISK_ONLY", *(["QUIESCE"] if wish.quiesce else [])]
    return sum(constant(f"DOMAIN_SNAPSHOT_CREATE_{word}") for word in words)


def _create(connection: Connection, wish: Wish, document: xml.Element, flags: int) -> None:
    domain = connection.host.read.lookupByName(wish.domain)
    try:
        orphans.retried(domain, lambda: domain.change.snapshotCreateXML(xml.text_of(document), flags))
    except OperationFailed:
        if wish.quiesce:  # libvirt thaws what it froze; this is for what a daemon that was killed had frozen
            with contextlib.suppress(OperationFailed):
                domain.change.fSThaw()
        raise


# -- what cannot be ----------------------------------------------------------------------------------------------------


def _type_of_line(guest: Guest) -> str:
    return guest.tree.current.type if guest.tree.current else ""


def _no_internal(guest: Guest) -> str:
    """Return why the guest cannot have internal snapshots, empty where it can."""
    others = [disk.target for disk in guest.disks if disk.format != "qcow2" or disk.left_out]
    if others:
        return f"all disks that it writes to would have to be in it as qcow2 images, and {', '.join(others)} cannot be"
    if not guest.is_efi or (guest.nvram_is_qcow2 and guest.snapshots_nvram):
        return ""
    return "its UEFI variables would have to be a qcow2 image (os.nvram.format), and libvirt 10.10 or newer"


def _refuse(wish: Wish, guest: Guest, layout: Layout) -> None:
    if guest.power == "saved":
        _say(wish, "state", "the guest is saved, and what is in its memory would not fit its disks later", _START)
    if layout.memory and not guest.awake:
        _say(wish, "memory", "the guest does not run and has no memory", "Leave the option out, or start it.")
    unknown = set(layout.disks) - {disk.target for disk in guest.disks}
    if unknown:
        known = ", ".join(disk.target for disk in guest.disks) or "none"
        _say(wish, "disks", f"{', '.join(sorted(unknown))}: no disk that it writes to", f"It has {known}.")
    current = guest.tree.current
    if current and current.type != layout.type:
        reason = f"the guest's present rests on {current.name}, which is {current.type}"
        _say(
            wish,
            "type",
            reason,
            "Libvirt cannot merge a mixed line of snapshots. Remove those there are, or have the same type.",
        )
    if not layout.disks:
        _say(wish, "disks", "there is no disk left that would be in it", "A guest needs a disk that it writes to.")
    if wish.quiesce:
        _refuse_quiesce(wish, guest, layout)
    (_refuse_internal if layout.type == INTERNAL else _refuse_external)(wish, guest, layout)


_START = "Start it, or discard the saved memory, first."


def _refuse_quiesce(wish: Wish, guest: Guest, layout: Layout) -> None:
    if layout.type == INTERNAL or layout.memory:
        hint = "Set type=external and memory=false, or leave quiesce out: what is in memory needs no quiescing."
        _say(wish, "quiesce", "only disks alone are quiesced, in external snapshots", hint)
    if guest.power != "running" or not guest.agent:
        why = "its guest agent is not connected" if guest.power == "running" else f"it is {guest.power}"
        _say(wish, "quiesce", why, "Start the guest with qemu-guest-agent in it, or set quiesce=false.")


def _refuse_internal(wish: Wish, guest: Guest, layout: Layout) -> None:
    reason = _no_internal(guest)
    if reason:
        _say(wish, "type", f"the guest cannot have an internal snapshot: {reason}", "Set type=external.")
    if guest.awake and not layout.memory:
        _say(wish, "memory", "an internal snapshot of a guest that runs has its memory", "Set type=external.")
    if guest.unknown:
        reason = f"in {', '.join(guest.unknown)} there is one of that name of which libvirt does not know"
        hint = "A libvirt that was killed may have left it. With state=absent it is removed, if nobody needs it."
        _say(wish, "name", reason, hint)
    if set(layout.disks) != {disk.target for disk in guest.disks}:
        _say(wish, "disks", "an internal snapshot is of all disks that the guest writes to", "Set type=external.")


def _refuse_external(wish: Wish, guest: Guest, layout: Layout) -> None:
    for target, path in layout.overlays.items():
        if not path:
            _say(wish, "disks", f"the image of {target} is not a file", "State where the disk goes on (disks[].file).")
    if layout.memory and not layout.memory_file:
        _say(wish, "memory_file", "no disk's image is a file beside which the memory could go", "State a path.")
    in_the_way = guest.files - guest.worthless
    for path in layout.files:
        if path in in_the_way or layout.files.count(path) > 1:
            hint = "Nothing is overwritten. Choose another name or path, or remove the file if nobody needs it."
            _say(wish, "disks", f"{path} exists" if path in in_the_way else f"{path} is stated twice", hint)
    if guest.checkpoints and not guest.awake:
        hint = "Start the guest, or remove the checkpoints."
        _say(wish, "type", "a guest with checkpoints can have one only while it runs", hint)


def _say(wish: Wish, option: str, reason: str, hint: str) -> t.NoReturn:
    raise Refused(f"{option}: {wish.label} cannot be made: {reason}.", hint, option=option)
