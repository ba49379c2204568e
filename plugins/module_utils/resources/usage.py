# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who uses which storage. Everything that stops, shrinks or deletes storage asks here first.

Nothing is looked up by the kind of device: every path and every pool/volume that a domain's or a snapshot's
document names anywhere counts as used. So a firmware, a kernel, a CD-ROM, a mirror of a running job and what
later versions of libvirt may add are found without being known here.
"""

from __future__ import annotations

import contextlib
import errno
import glob
import json
import os
import stat
import subprocess
import typing as t
from dataclasses import dataclass, replace
from functools import partial

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import NotFound
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.guests import Guest, guests
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.listed import described


@dataclass(frozen=True)
class Use:
    """One place where one piece of storage is named."""

    owner: str  # for people: "domain web", "snapshot before-upgrade of domain web", "volume top of pool default"
    part: str  # what of the owner: "disk vda", "kernel", "backing file"
    path: str = ""  # a file or device with its symbolic links followed, or the name of a network image
    pool: str = ""  # with volume: where storage is named by its pool
    volume: str = ""
    domain: str = ""  # whose live document says so, empty where nothing runs
    disk: str = ""  # the target of the disk of which this is the image that the guest writes to
    format: str = ""  # of that image
    readonly: bool = False  # the guest cannot write to it
    kept: bool = False  # by a snapshot, or for a guest whose memory was saved: what is in it has to stay

    @property
    def running(self) -> bool:
        """Whether a guest has it in use at this moment."""
        return bool(self.domain)

    @property
    def writes(self) -> bool:
        """Whether a guest may write to it at this moment."""
        return self.running and bool(self.disk) and not self.readonly

    @property
    def needs_content(self) -> bool:
        """Whether what is in it has to stay. The disk of a guest that is off is its owner's to give up."""
        return self.running or not self.disk or self.kept

    def __str__(self) -> str:
        return f"{self.owner} ({self.part}{', running' if self.running else ''})"


def real(connection: Connection, path: str) -> str:
    """Return a path with its symbolic links followed, where the host's files can be looked at."""
    if path.startswith("gluster://"):  # of a volume; guests name the server beside it
        return path.split("/", 3)[3]
    return os.path.realpath(path) if connection.is_local and path.startswith("/") else path


def is_held(path: str) -> bool:
    """Tell whether the host itself has a block device in use: mounted, or as a part of something larger."""
    try:
        if not stat.S_ISBLK(os.stat(path).st_mode):
            return False
        os.close(os.open(path, os.O_RDONLY | os.O_EXCL))  # which the kernel refuses for what is mounted or a part
    except OSError as error:
        return error.errno == errno.EBUSY
    return False


def by_domains(connection: Connection) -> list[Use]:
    """Return what all domains use, defined or running, and what their snapshots need.

    A domain that the same task changes counts as it will be.
    """
    uses: list[Use] = []
    for guest in guests(connection):
        uses += connection.meanwhile(("uses by", guest), partial(_by_guest, connection, guest))
    kept = connection.meanwhile("uses by snapshots", lambda: dict(_by_snapshots(connection)))
    return uses + [use for name in kept if not connection.coming.gone("domain", name) for use in kept[name]]


def _by_guest(connection: Connection, guest: Guest) -> list[Use]:
    running = [] if guest.running is None else _named(connection, guest.label, guest.running, domain=guest.name)
    stored = [] if guest.stored is None else _named(connection, guest.label, guest.stored)
    if guest.saved is None:
        return [*running, *stored]
    saved = [replace(use, kept=True) for use in _named(connection, f"the saved state of {guest.label}", guest.saved)]
    return [*running, *stored, *saved]


def _by_snapshots(connection: Connection) -> t.Iterator[tuple[str, list[Use]]]:
    """Return what the snapshots of each domain need."""
    for domain in connection.host.read.listAllDomains(0):
        kept: list[Use] = []
        with contextlib.suppress(NotFound):  # they, or the domain, have gone meanwhile
            for snapshot in domain.read.listAllSnapshots(0):
                owner, document = f"{snapshot.label} of {domain.label}", xml.parse(snapshot.read.getXMLDesc(0))
                kept += [replace(use, kept=True) for use in _named(connection, owner, document)]
        yield domain.read.name(), kept


def of_host(connection: Connection) -> list[Use]:
    """Return all uses there are on a host.

    Those by domains and snapshots, by images that are layered on others, and by loop devices.
    """
    by_guests = by_domains(connection)
    found, listed = connection.meanwhile("layers", lambda: _layers(connection))
    layers = [use for volume, use in found if not connection.coming.gone("volume", volume)]
    tops = [use for use in by_guests if use.disk and not use.running and use.path]
    unlisted = dict.fromkeys(use for use in (*tops, *layers) if use.path not in listed)
    below = [
        lower for use in unlisted for lower in connection.meanwhile(("below", use), partial(_below, connection, use))
    ]
    return [*by_guests, *layers, *below, *_by_loops(connection)]


def _by_loops(connection: Connection) -> t.Iterator[Use]:
    """Return the files that the host, or a guest, has as a loop device."""
    if not connection.is_local:
        return
    for place in glob.glob("/sys/block/loop*/loop/backing_file"):
        with contextlib.suppress(OSError), open(place, encoding="utf-8") as told:
            yield Use("the host", f"loop device {place.split('/')[3]}", path=told.read().rstrip("\n"))


def _layers(connection: Connection) -> tuple[list[tuple[str, Use]], set[str]]:
    """Return what the volumes of all active pools are layered on, each as POOL/NAME, and the paths of all of them."""
    uses: list[tuple[str, Use]] = []
    listed: set[str] = set()
    for pool in connection.host.read.listAllStoragePools(constant("CONNECT_LIST_STORAGE_POOLS_ACTIVE")):
        for volume, document in volumes(pool):
            listed.add(real(connection, volume.read.path()))
            backing = xml.get(document, "backingStore/path")
            if backing:
                owner = f"{volume.label} of {pool.label}"
                form = xml.get(document, "backingStore/format/@type") or ""
                use = Use(owner, "backing file", path=real(connection, backing), format=form)
                uses.append((f"{pool.read.name()}/{volume.read.name()}", use))
    return uses, listed


def _below(connection: Connection, use: Use) -> list[Use]:
    """Return what an image that is no volume is layered on; of a guest's that is off, libvirt looks when it starts."""
    if not connection.is_local or use.format in ("", "raw"):
        return []
    command = ["qemu-img", "info", "--force-share", "--backing-chain", "--output=json", "-f", use.format, use.path]
    try:
        told = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return []  # no such file here, or nothing that can be read: then there is nothing to be lost below it either
    backing = [image.get("full-backing-filename") for image in json.loads(told)]
    return [Use(use.owner, f"backing file of {use.part}", path=real(connection, path)) for path in backing if path]


def volumes(pool: Handle) -> t.Iterator[tuple[Handle, xml.Element]]:
    """Return the volumes of an active pool with their documents, in the order of their names."""
    yield from described(sorted(pool.read.listAllVolumes(0), key=lambda volume: volume.read.name()))


def _named(connection: Connection, owner: str, document: xml.Element, domain: str = "") -> t.Iterator[Use]:
    for element in document.iter():
        part, disk, form, readonly = _place(element)
        at: dict[str, t.Any] = {"domain": domain, "disk": disk, "format": form, "readonly": readonly}
        pool, volume = element.get("pool"), element.get("volume")
        if pool and volume:
            yield Use(owner, part, path=path_of(connection, pool, volume), pool=pool, volume=volume, **at)
        if element.get("protocol") and element.get("name"):
            yield Use(owner, part, path=element.get("name"), **at)
        for text in (*element.attrib.values(), (element.text or "").strip()):
            if text.startswith("/"):
                yield Use(owner, part, path=real(connection, text), **at)


def path_of(connection: Connection, pool: str, volume: str) -> str:
    """Return where a volume is, as another pool may have it, too; nothing where its pool is not active."""
    found = connection.lookup("storagePoolLookupByName", pool)
    if found is None or not found.read.isActive():
        return ""
    try:
        return real(connection, found.read.storageVolLookupByName(volume).read.path())
    except NotFound:
        return ""


def _place(element: xml.Element) -> tuple[str, str, str, bool]:
    """Return in words where an element stands, and of the disk whose top image it names: target, format, read-only."""
    lineage = [element, *element.iterancestors()]
    disk = next((ancestor for ancestor in lineage if ancestor.tag == "disk"), None)
    if disk is None:
        return element.tag, "", "", False
    target = xml.get(disk, "target/@dev") or ""
    within = [ancestor.tag for ancestor in lineage[: lineage.index(disk)]]
    for layer, words in (("backingStore", "backing file of disk"), ("mirror", "job's copy of disk")):
        if layer in within:
            return f"{words} {target}", "", "", False
    if within != ["source"]:
        return f"disk {target}", "", "", False
    readonly = xml.find(disk, "readonly") is not None or disk.get("device") == "cdrom"
    return f"disk {target}", target, xml.get(disk, "driver/@type") or "", readonly


def of_volume(uses: t.Iterable[Use], path: str, pool: str, volume: str) -> list[Use]:
    """Return the uses of one volume."""
    names = (pool, volume)
    return [use for use in uses if (use.path and use.path == path) or (use.volume and (use.pool, use.volume) == names)]


def names(uses: t.Collection[Use]) -> list[str]:
    """Return the users in words, each once: a running guest's stored definition names what it runs on again."""
    running = {(use.owner, use.part) for use in uses if use.running}
    return list(dict.fromkeys(str(use) for use in uses if use.running or (use.owner, use.part) not in running))


def tell(uses: t.Collection[Use], most: int = 5) -> str:
    """Return the users in one phrase, not more than a person reads."""
    users = names(uses)
    more = f" and {len(users) - most} more" if len(users) > most else ""
    return ", ".join(users[:most]) + more
