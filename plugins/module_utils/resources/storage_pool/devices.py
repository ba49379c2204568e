# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is on a block device before libvirt would format it: who holds it, and what it has."""

from __future__ import annotations

import re
import subprocess
import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import usage

#: What blkid calls a file system that libvirt's formats call otherwise; all of ext mount each other.
SAME = {"ext2": "ext", "ext3": "ext", "ext4": "ext", "hfs+": "hfsplus", "vmfs": "VMFS_volume", "lvm2": "LVM2_member"}


@dataclass(frozen=True)
class Device:
    """A device of the host, as it is found."""

    path: str
    known: bool = True  # it is on the host where we run, so that all the others can be told
    held: bool = False  # mounted, or a part of something that is in use
    content: str = ""  # what blkid recognizes: a file system, a partition table, a part of a volume group
    users: tuple[usage.Use, ...] = ()  # guests, running or not


def look_at(connection: Connection, path: str, uses: t.Iterable[usage.Use]) -> Device:
    """Return what is found at I(path), with the I(uses) of it or a partition of it."""
    real = usage.real(connection, path)
    partition = re.compile(re.escape(real) + r"(p?\d+)?")
    users = tuple(use for use in uses if use.path and partition.fullmatch(use.path))
    if not connection.is_local:
        return Device(path, known=False, users=users)
    return Device(path, held=usage.is_held(path), content=_content(path), users=users)


def _content(path: str) -> str:
    command = ["blkid", "-p", "-o", "export", "-s", "TYPE", "-s", "PTTYPE", path]
    try:
        told = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False).stdout
    except OSError:
        return ""
    found = dict(line.partition("=")[::2] for line in told.splitlines())
    return found.get("TYPE") or found.get("PTTYPE") or ""


def refuse_to_overwrite(device: Device) -> None:
    """Refuse to format what somebody has in use, whatever was asked for.

    :raises Refused: with who it is.
    """
    by = usage.tell(device.users) if device.users else "the host (mounted, or a part of what is)" if device.held else ""
    if by:
        raise Refused(
            f"source.devices[{device.path}]: it is in use by {by}, so it is not formatted.",
            "Check the path. If it is the right one, free the device first.",
            option="source.devices",
        )


def refuse_unseen(device: Device) -> None:
    """Refuse to overwrite what is on another host, of which nobody can tell here whether that has it in use.

    :raises Refused: with what to do instead.
    """
    if not device.known:
        raise Refused(
            f"build: whether {device.path} is in use on its host cannot be told from here, so it is not overwritten.",
            "Run the task on that host, without uri.",
            option="build",
        )


def refuse_to_format(device: Device, kind: str, form: str) -> None:
    """Refuse what C(build=no_overwrite) would find out too late: a pool that can be neither started nor built.

    :arg form: the format of the source that is wished for.
    :raises Refused: with what is there.
    """
    wanted = SAME.get(form, form)
    if not device.content:  # to blkid: a guest, or whoever holds it, may know better
        refuse_to_overwrite(device)
        return
    if SAME.get(device.content, device.content) == wanted:
        return
    if kind == "fs" and form in ("", "auto"):
        return  # whatever it is, it is mounted
    raise Refused(
        f"source.devices[{device.path}]: it has {device.content} and not {form}, and build=no_overwrite formats only "
        "what is empty.",
        "Check the path and the format. What is there can be removed with wipefs.",
        option="source.devices",
    )
