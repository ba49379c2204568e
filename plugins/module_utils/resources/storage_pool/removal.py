# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deleting what held a pool's volumes, once it holds none: a directory, a mount point, a volume group."""

from __future__ import annotations

import os
import subprocess
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.storage_pool import DIRECTORIES

#: Types of pools of which there is something to delete. For zfs, libvirt would destroy file systems that it does not
#: list; of the others it deletes nothing.
DELETABLE = (*DIRECTORIES, "logical")


def is_for(document: xml.Element) -> bool:
    """Tell whether a pool is of a type of which there is something to delete."""
    return document is not None and xml.get(document, "@type") in DELETABLE


def contents(connection: Connection, pool: Handle, document: xml.Element) -> list[str] | None:
    """Return what is in a pool, more than libvirt lists of it; C(None) where what is to be deleted is gone already.

    :raises Refused: where that cannot be known.
    """
    kind = xml.get(document, "@type")
    if kind == "logical":
        return _logical_volumes(connection, document)
    path = xml.get(document, "target/path") or ""
    if connection.is_local:
        if not os.path.isdir(path):
            return None
        if kind == "dir" or not pool.read.isActive():
            try:
                return sorted(os.listdir(path))
            except OSError as error:
                raise _unknown(f"{path} cannot be read ({error.strerror})") from error
    return []  # a mount point is empty or stays: libvirt removes no directory with something in it


def _logical_volumes(connection: Connection, document: xml.Element) -> list[str] | None:
    """Ask LVM: libvirt lists no volume that is not active, and would remove it with the group."""
    group = xml.get(document, "source/name") or xml.get(document, "name") or ""
    if not connection.is_local:
        raise _unknown(f"the volume group {group} is on another host")
    try:
        if _lvm("vgs", group).returncode:
            return None
        told = _lvm("lvs", "--all", "--options", "lv_name", group)
    except OSError as error:
        raise _unknown(str(error)) from error
    if told.returncode:
        raise _unknown(" ".join(told.stderr.split()))
    return told.stdout.split()


def _lvm(program: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [program, "--noheadings", *words]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def _unknown(why: str) -> Refused:
    return Refused(f"delete_empty: nobody can tell whether the pool is empty: {why}.", option="delete_empty")


def refuse(kind: str, name: str, remains: t.Sequence[str] | None) -> None:
    """Refuse to delete what is not empty.

    :raises Refused: with what is there.
    """
    if kind not in DELETABLE:
        raise Refused(
            f"delete_empty: of a pool of type {kind} there is nothing that libvirt could delete safely.",
            "Leave the option out; the pool's definition is removed and its storage stays.",
            option="delete_empty",
        )
    if remains:
        more = f" and {len(remains) - 5} more" if len(remains) > 5 else ""
        raise Refused(
            f"delete_empty: the storage pool {name} is not empty: it has {', '.join(remains[:5])}{more}.",
            "Remove these one by one with hypervise.kvm.volume, or leave the option out: then they stay.",
            option="delete_empty",
            contents=list(remains),
        )


def delete(connection: Connection, pool: Handle, document: xml.Element) -> None:
    """Delete it, if even now there is nothing in it."""
    remains = contents(connection, pool, document)
    refuse(xml.get(document, "@type") or "", pool.read.name(), remains)
    if remains is not None:
        pool.change.delete(0)
