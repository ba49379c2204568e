# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logical volumes: libvirt makes them in whole extents, and has no call to make one larger. LVM's own tools do."""

from __future__ import annotations

import subprocess
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import units
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed

#: Bytes of an extent, unless its volume group has others.
USUAL_EXTENT = 4 * 2**20


def extent(group: str) -> int:
    """Return the bytes of an extent of a volume group."""
    return _told(group, "vg_extent_size", USUAL_EXTENT)


def free(group: str, otherwise: int) -> int:
    """Return the bytes that a volume group has left now, and not when libvirt last looked."""
    return _told(group, "vg_free", otherwise)


def _told(group: str, field: str, otherwise: int) -> int:
    try:
        return int(_run(["vgs", "--noheadings", "--nosuffix", "--units", "b", "-o", field, group]).strip())
    except (OperationFailed, ValueError):
        return otherwise


def extend(path: str, size: int) -> None:
    """Make a logical volume larger, to whole extents."""
    _run(["lvextend", "--quiet", "--size", f"{units.round_up(size, 512)}b", path])


def _run(command: t.Sequence[str]) -> bytes:
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True).stdout
    except OSError as error:
        raise OperationFailed(f"{command[0]} cannot be run: {error.strerror}.", "Install the package lvm2.") from error
    except subprocess.CalledProcessError as error:
        said = " ".join(error.stderr.decode(errors="replace").split())
        raise OperationFailed(f"{command[0]} failed: {said}") from error
