# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks of other hypervisors that come without a description of a machine."""

from __future__ import annotations

import os
import re
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused

_EXTENT = re.compile(r'^(?:RW|RDONLY)\s+\d+\s+(\w+)\s+"([^"]+)"(?:\s+(\d+))?', re.MULTILINE)
HEADER = b"# Disk DescriptorFile"


def content_of(path: str) -> dict[str, t.Any]:
    """Return the option C(content) of a volume that is filled with a disk: the file that has its data, and what it is.

    :raises Refused: where that is not one file.
    """
    if os.path.isdir(path):
        return _of(_parallels(path), "parallels")
    if not os.path.isfile(path):
        raise Refused(f"There is no file {path} on the host.", "Copy it there first.", option="src")
    with open(path, "rb") as file:
        begins = file.read(2**16)
    return _of(_flat(path, begins.decode("utf-8", "replace")), "raw") if begins.startswith(HEADER) else _of(path, "")


def _of(path: str, kind: str) -> dict[str, t.Any]:
    return {"src": path, "remote_src": True, **({"format": kind} if kind else {})}


def _flat(path: str, descriptor: str) -> str:
    """Return the file with the data of a VMDK that consists of a text and that file, as those of an ESXi host do."""
    extents = _EXTENT.findall(descriptor)
    if len(extents) != 1 or extents[0][0] not in ("FLAT", "VMFS") or extents[0][2] not in ("", "0"):
        raise Refused(
            f"{path} is in {len(extents)} pieces, or in one that is not plain.",
            "Make one file of it with 'qemu-img convert -O qcow2', and import that.",
            option="src",
        )
    return _sibling(path, extents[0][1])


def _parallels(path: str) -> str:
    """Return the file with the data of a disk of Parallels, which is a directory."""
    descriptor = os.path.join(path, "DiskDescriptor.xml")
    try:
        with open(descriptor, encoding="utf-8") as file:
            root = xml.parse(re.sub(r"^\s*<\?xml.*?\?>", "", file.read()))
    except OSError as error:
        raise Refused(f"{path} is a directory, and none of a disk of Parallels.", option="src") from error
    except Exception as error:  # lxml's, which is not imported here
        raise Refused(f"{descriptor} is broken: {error}.", option="src") from error
    images = [image for image in root.iter("Image") if (image.findtext("Type") or "") in ("Compressed", "Plain")]
    if len(images) != 1 or images[0].findtext("Type") != "Compressed":
        raise Refused(
            f"{path} has {len(images)} images, or one that is not expanding.",
            "Merge its snapshots ('prl_disk_tool merge'), and make it an expanding disk of one piece.",
            option="src",
        )
    return _sibling(descriptor, images[0].findtext("File") or "")


def _sibling(path: str, name: str) -> str:
    """Return a file in the same directory.

    :raises Refused: where the name leads elsewhere.
    """
    found = os.path.join(os.path.dirname(path), name)
    if "/" in name or name in ("", ".", "..") or os.path.islink(found) or not os.path.isfile(found):
        raise Refused(
            f"{path} says that its data is in {name!r}, which is no file beside it.",
            "Copy both files, with the names that they had.",
            option="src",
        )
    return found
