# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything on a host that a module of this collection could touch, as data to compare."""

from __future__ import annotations

import hashlib
import re
import stat
from pathlib import Path
from typing import Any

import libvirt

PLACES = ("/etc/libvirt", "/var/lib/libvirt", "/run/libvirt", "/srv")
HASHED = 2**20  # bytes up to which a file's content is looked at, and not only its size and time

#: What changes by itself: times of access, and what a running thing counts.
_PASSING = re.compile(r"<timestamps>.*?</timestamps>|<(allocation|available)\b.*?</\1>", re.DOTALL)

#: What a running guest does in its own time: it takes memory that it was given, or gives some back.
_FOLLOWING = re.compile(r"<(current|currentMemory)\b.*?</\1>")


def state() -> dict[str, str]:
    """Return what there is: a name for people -> what it is like."""
    return {**_libvirt(), **_links(), **_files()}


def _libvirt() -> dict[str, str]:
    found: dict[str, str] = {}
    libvirt.registerErrorHandler(lambda _context, _error: None, None)  # it prints to stderr otherwise
    connection = libvirt.openReadOnly("qemu:///system")

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
    connection.close()
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


def _files() -> dict[str, str]:
    return {str(path): _file(path) for place in PLACES for path in sorted(Path(place).rglob("*")) if _counts(path)}


def _counts(path: Path) -> bool:
    mode = path.lstat().st_mode
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode)


def _file(path: Path) -> str:
    told = path.lstat()
    text = f"mode={told.st_mode:o} owner={told.st_uid}:{told.st_gid}"
    if stat.S_ISREG(told.st_mode):
        text += f" size={told.st_size} modified={told.st_mtime_ns}"
        if told.st_size <= HASHED:
            text += f" sha256={hashlib.sha256(path.read_bytes()).hexdigest()}"
    return text
