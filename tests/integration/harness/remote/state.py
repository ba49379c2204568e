# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything on a host that a module of this collection could touch, as data to compare."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import libvirt

from .at_work import written

PLACES = ("/etc/libvirt", "/var/lib/libvirt", "/run/libvirt", "/srv")
HASHED = 2**20  # bytes up to which a file's content is looked at, and not only its size and time

#: What changes by itself: times of access, and what a running thing counts.
_PASSING = re.compile(r"<timestamps>.*?</timestamps>|<(allocation|available)\b.*?</\1>", re.DOTALL)

#: What a running guest does in its own time: it takes memory that it was given, or gives some back.
_FOLLOWING = re.compile(r"<(current|currentMemory)\b.*?</\1>")


def state() -> dict[str, str]:
    """Return what there is: a name for people -> what it is like."""
    libvirt.registerErrorHandler(lambda _context, _error: None, None)  # it prints to stderr otherwise
    connection = libvirt.openReadOnly("qemu:///system")
    try:
        return {**_libvirt(connection), **_links(), **_files(written(connection))}
    finally:
        connection.close()


def _libvirt(connection: Any) -> dict[str, str]:
    found: dict[str, str] = {}

    def add(kind: str, thing: Any, inactive: int, autostart: bool = True) -> None:
        where = f"{kind} {thing.name()}"
        found[where] = f"active={thing.isActive()} persistent={thing.isPersistent()}"
        if thing.isPersistent():
            found[f"{where}, stored"] = _PASSING.sub("", thing.XMLDesc(inactive))
            found[f"{where}, autostart"] = str(thing.autostart())
        if thing.isActive():
            found[f"{where}, running"] = _FOLLOWING.sub("", _PASSING.sub("", thing.XMLDesc(0)))

    for domain in connection.listAllDomains():
        add("domain", domain, libvirt.VIR_DOMAIN_XML_INACTIVE)
        found[f"domain {domain.name()}, power"] = str(domain.state())
        for snapshot in domain.listAllSnapshots():
            told = f"current={snapshot.isCurrent()} {_FOLLOWING.sub('', snapshot.getXMLDesc())}"
            found[f"snapshot {snapshot.getName()} of domain {domain.name()}"] = told
    for network in connection.listAllNetworks():
        add("network", network, libvirt.VIR_NETWORK_XML_INACTIVE)
    for pool in connection.listAllStoragePools():
        add("pool", pool, libvirt.VIR_STORAGE_XML_INACTIVE)
        for volume in pool.listAllVolumes() if pool.isActive() else []:
            found[f"volume {pool.name()}/{volume.name()}"] = _volume(volume)
    return found


def _volume(volume: Any) -> str:
    try:
        return _PASSING.sub("", volume.XMLDesc())
    except libvirt.libvirtError as error:
        return str(error)  # its file went without libvirt


def _links() -> dict[str, str]:
    links = [path for path in Path("/sys/class/net").iterdir() if path.is_dir()]
    return {f"interface {link.name}": str(_link(link)) for link in links}


def _link(link: Path) -> dict[str, str]:
    told = {name: (link / name).read_text().strip() for name in ("ifindex", "mtu", "address")}
    master = link / "master"
    return {**told, "master": master.readlink().name if master.is_symlink() else ""}


def _files(written_by_guests: set[str]) -> dict[str, str]:
    """All files, and of those that guests write what others could make of them."""
    told = {path: _file(path, path not in written_by_guests) for path in _paths(written_by_guests)}
    return {path: text for path, text in told.items() if text}


def _paths(written_by_guests: set[str]) -> Iterator[str]:
    """Not what libvirt is just writing, and renames when it is whole, nor what comes and goes where guests write."""
    for place in PLACES:
        for top, directories, files in os.walk(place):
            yield from (f"{top}/{name}" for name in (*directories, *files) if not name.endswith(".new"))
            directories[:] = [name for name in directories if f"{top}/{name}" not in written_by_guests]


def _file(path: str, content: bool) -> str:
    try:
        told = os.lstat(path)
        if not any(is_kind(told.st_mode) for is_kind in (stat.S_ISREG, stat.S_ISDIR, stat.S_ISLNK)):
            return ""
        text = f"mode={told.st_mode:o} owner={told.st_uid}:{told.st_gid}"
        if stat.S_ISREG(told.st_mode) and content:
            text += f" size={told.st_size} modified={told.st_mtime_ns}"
            if told.st_size <= HASHED:
                text += f" sha256={hashlib.sha256(Path(path).read_bytes()).hexdigest()}"
        return text
    except FileNotFoundError:  # it was there a moment ago
        return ""
