# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a file that we see is the one that libvirt sees: its daemon may live in a mount namespace of its own.

Two files in the same place do not have the same time stamps to the nanosecond. libvirt tells those of a volume as they
are at the moment; what it tells of a pool is as old as its last look at it.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import stat
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import NotFound, OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.marks import Bearer
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.storage_pool import DIRECTORIES

#: Volumes of a pool that are compared: guests may be writing to some.
PROBES = 3


def look_at(connection: Connection, volume: Handle) -> tuple[xml.Element, bool]:
    """Return the document of a volume, and whether what we see at its path is the same.

    :raises NotFound: where libvirt lists it, and it is gone.
    """
    path = volume.read.path()
    before = _stamps(connection, path)
    document = xml.parse(volume.read.XMLDesc(0))
    told = tuple(xml.get(document, f"target/timestamps/{name}") for name in ("mtime", "ctime"))
    return document, told in (before, _stamps(connection, path))


def _stamps(connection: Connection, path: str) -> tuple[str, str] | None:
    """Return the time stamps of a file or directory in the way of libvirt; nothing else is where it seems to be."""
    if not connection.is_local:
        return None
    try:
        found = os.stat(path)
    except OSError:
        return None
    is_there = stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)
    return (_stamp(found.st_mtime_ns), _stamp(found.st_ctime_ns)) if is_there else None


def _stamp(nanoseconds: int) -> str:
    seconds, rest = divmod(nanoseconds, 10**9)
    return f"{seconds}.{rest:09}" if rest else str(seconds)


def bearer(pool: str, volume: Handle, document: xml.Element, same: bool) -> Bearer:
    """Return which volume it is that has a name, for its mark."""
    is_file = same and xml.get(document, "@type") == "file"
    return Bearer(pool, volume.read.name(), volume.read.key(), volume.read.path() if is_file else "")


def sees_files(connection: Connection, pool: Handle, document: xml.Element) -> bool:
    """Tell whether a file that we make in the directory of a pool will be a volume of it.

    Of a pool without volumes the size of the file system tells. That is read anew, where anything may be touched: a
    file system may have grown since.
    """
    path = xml.get(document, "target/path") or ""
    if not connection.is_local or xml.get(document, "@type") not in DIRECTORIES or not os.access(path, os.X_OK):
        return False
    probed = list(itertools.islice(_probes(connection, pool), PROBES))
    if probed:
        return any(probed)
    if not _has_size(path, document) and not connection.check_mode:
        with contextlib.suppress(OperationFailed):
            pool.change.refresh(0)
        document = xml.parse(pool.read.XMLDesc(0))
    return _has_size(path, document)


def _probes(connection: Connection, pool: Handle) -> t.Iterator[bool]:
    for volume in pool.read.listAllVolumes(0):
        with contextlib.suppress(NotFound):
            yield look_at(connection, volume)[1]


def _has_size(path: str, document: xml.Element) -> bool:
    found = os.statvfs(path)
    return found.f_blocks * found.f_frsize == int(xml.get(document, "capacity") or 0)
