# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stopped guest as an appliance in one file: whole, or not there."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import typing as t
from dataclasses import dataclass, field

from ansible_collections.hypervise.kvm.plugins.module_utils import units, xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, OperationFailed, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.ovf import from_domain, package, write
from ansible_collections.hypervise.kvm.plugins.module_utils.ovf.machine import Machine
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.images import chain, qemu_img
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import usage
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.origin import sum_of
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.stage import Stage

#: As VMware and VirtualBox read it as it comes, from the first byte to the last.
_OPTIONS = "subformat=streamOptimized,adapter_type=lsilogic,hwversion=10"

#: Bytes from which on a file has no place in an archive as the standard of appliances wants it.
_LARGEST = 8 * 2**30


@dataclass(frozen=True)
class Wish:
    """Which guest, and where to."""

    name: str
    dest: str
    hardware: str
    exclude: frozenset[str]
    overwrite: bool

    @property
    def label(self) -> str:
        """The guest, for messages."""
        return f"domain {self.name}"


@dataclass(frozen=True)
class Image:
    """A disk that is exported."""

    target: str
    path: str
    format: str
    size: int  # as the guest sees it


@dataclass
class Seen:
    """What there is of both."""

    document: xml.Element
    is_off: bool
    images: list[Image] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)  # disks that are no file or device here
    fingerprint: str = ""
    there: str | None = None  # the fingerprint of the appliance that is there; '' where it has none
    free: int = 0


class Export:
    """The verb, in the shape of a resource: what is there, what to do, doing it."""

    def argument_spec(self) -> dict[str, t.Any]:
        """Return the options of the module, without the connection's."""
        return {
            "name": {"type": "str", "required": True},
            "dest": {"type": "path", "required": True},
            "hardware": {"type": "str", "choices": ["portable", "keep"], "default": "portable"},
            "exclude": {"type": "list", "elements": "str", "default": []},
            "overwrite": {"type": "bool", "default": False},
        }

    def parse(self, params: t.Mapping[str, t.Any]) -> Wish:
        """Return the wish.

        :raises InvalidSpec: where the options are wrong.
        """
        if not params["dest"].lower().endswith(".ova"):
            raise InvalidSpec([("dest", "an appliance in one file is called *.ova")])
        return Wish(
            params["name"], params["dest"], params["hardware"], frozenset(params["exclude"]), params["overwrite"]
        )

    # -- looking ---------------------------------------------------------------------------------------------------

    def observe(self, connection: Connection, wish: Wish) -> Seen:
        """Look at the guest, its images, and what is there already.

        :raises KvmError: where something of it cannot be read.
        """
        if not connection.is_local:
            raise Refused("An export needs the images as files of this host.", "Run the task on the guest's host.")
        domain = connection.host.read.lookupByName(wish.name)
        document = xml.parse(domain.read.XMLDesc(constant("DOMAIN_XML_INACTIVE")))
        seen = Seen(document, not domain.read.isActive() and not domain.read.hasManagedSaveImage())
        if seen.is_off:
            stamps = [
                self._look_at_disk(connection, wish, node, seen) for node in xml.find_all(document, "devices/disk")
            ]
            told = json.dumps([xml.text_of(document), wish.hardware, sorted(wish.exclude), stamps])
            seen.fingerprint = hashlib.sha256(told.encode()).hexdigest()
        directory = os.path.dirname(wish.dest)
        if not os.path.isdir(directory) or (os.path.lexists(wish.dest) and not os.path.isfile(wish.dest)):
            raise Refused(
                f"dest: {wish.dest} cannot be a file: its directory is not there, or it is something else.",
                "Make the directory first, or choose another path.",
                option="dest",
            )
        if os.path.exists(wish.dest):
            try:
                seen.there = write.fingerprint_in(package.opened(wish.dest).descriptor)
            except Refused:
                seen.there = ""
        room = os.statvfs(directory)
        seen.free = room.f_bavail * room.f_frsize
        return seen

    @staticmethod
    def _look_at_disk(connection: Connection, wish: Wish, node: xml.Element, seen: Seen) -> list[t.Any]:
        """Note a disk's image, and return what tells this state of it from others."""
        target = xml.get(node, "target/@dev") or ""
        if (xml.get(node, "@device") or "disk") != "disk" or target in wish.exclude:
            return [target]
        path = xml.get(node, "source/@file") or xml.get(node, "source/@dev") or ""
        if xml.get(node, "@type") == "volume":
            path = usage.path_of(connection, xml.get(node, "source/@pool") or "", xml.get(node, "source/@volume") or "")
        if not path or not os.path.exists(path) or xml.find(node, "source/encryption") is not None:
            seen.unreadable.append(target)
            return [target]
        kind = xml.get(node, "driver/@type") or "raw"
        images = chain(path, kind)
        seen.images.append(Image(target, path, kind, images[0]["virtual-size"]))
        files = [os.stat(image["filename"]) for image in images if os.path.exists(image["filename"])]
        return [target, *([file.st_ino, file.st_size, file.st_mtime_ns] for file in files)]

    # -- deciding --------------------------------------------------------------------------------------------------

    def plan(self, wish: Wish, seen: Seen) -> Plan:
        """Return what has to be done.

        :raises Refused: where that would be no true copy, or would cost another file.
        """
        plan = Plan(f"file {wish.dest}")
        self._refuse(wish, seen)
        machine = from_domain.machine(
            seen.document, {image.target: image.size for image in seen.images}, wish.hardware == "portable"
        )
        plan.facts.update(dest=wish.dest, unmatched=list(machine.unmatched))
        if seen.there == seen.fingerprint:
            return plan
        if seen.there is not None and not wish.overwrite:
            raise Refused(
                f"dest: {wish.dest} exists, and is not {wish.label} as it is now.",
                "Set overwrite=true to replace it, or choose another path.",
                option="dest",
            )
        plan.change("dest", None if seen.there is None else "another appliance", wish.label)
        plan.step("export", lambda connection: _export(wish, seen, machine))
        return plan

    @staticmethod
    def _refuse(wish: Wish, seen: Seen) -> None:
        if not seen.is_off:
            raise Refused(
                f"{wish.label} runs, or its memory is saved, so its disks are not those of a machine at rest.",
                "Shut it down first (module domain, state=stopped).",
            )
        targets = [xml.get(node, "target/@dev") for node in xml.find_all(seen.document, "devices/disk")]
        unknown = sorted(wish.exclude.difference(filter(None, targets)))
        if unknown:
            raise Refused(f"exclude: {wish.label} has no disk {', '.join(unknown)}.", option="exclude")
        if seen.unreadable:
            raise Refused(
                f"Disk {', '.join(seen.unreadable)} of {wish.label} is not a file or device that can be read here.",
                "Copy it to one, or exclude it.",
                option="exclude",
            )
        needed = sum(os.stat(image.path).st_blocks * 512 for image in seen.images)
        if seen.there != seen.fingerprint and needed > seen.free:
            raise Refused(
                f"dest: up to {units.about(needed)} are to come, and {units.about(seen.free)} are left there.",
                "Make room, or choose another path.",
                option="dest",
            )


def _export(wish: Wish, seen: Seen, machine: Machine) -> None:
    try:
        with Stage(os.path.dirname(wish.dest)) as stage:
            _write(wish, seen, machine, stage)
    except OSError as error:
        raise OperationFailed(f"dest: {wish.dest} could not be written: {error.strerror or error}.") from error


def _write(wish: Wish, seen: Seen, machine: Machine, stage: Stage) -> None:
    """Make the archive. The images are beside it until they are in: the descriptor, which is first, has their sizes."""
    made = {}
    for image, disk in zip(seen.images, machine.disks):
        path = stage.further(disk.file)
        qemu_img("convert", "-q", "-f", image.format, "-O", "vmdk", "-o", _OPTIONS, image.path, path)
        made[disk.file] = path
    descriptor = write.written(machine, {name: os.stat(path).st_size for name, path in made.items()}, seen.fingerprint)
    trunk = os.path.splitext(os.path.basename(wish.dest))[0]
    sums = {f"{trunk}.ovf": hashlib.sha256(descriptor).hexdigest()}
    sums.update((name, sum_of(path, "sha256")) for name, path in made.items())
    listed = "".join(f"SHA256({name})= {digits}\n" for name, digits in sums.items()).encode()
    is_large = any(os.stat(path).st_size >= _LARGEST for path in made.values())
    kind = tarfile.GNU_FORMAT if is_large else tarfile.USTAR_FORMAT
    with tarfile.open(stage.path, "w", format=kind) as archive:
        for name, content in ((f"{trunk}.ovf", descriptor), (f"{trunk}.mf", listed)):
            _add(archive, name, len(content), io.BytesIO(content))
        for name, path in made.items():
            with open(path, "rb") as file:
                _add(archive, name, os.fstat(file.fileno()).st_size, file)
            os.unlink(path)
    stage.publish(stage.path, wish.dest)


def _add(archive: tarfile.TarFile, name: str, size: int, content: t.IO[bytes]) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o644
    archive.addfile(member, content)
