# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images of points: qemu-img does the work."""

from __future__ import annotations

import json
import os
import subprocess
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed


def chain(path: str, kind: str = "qcow2") -> list[dict[str, t.Any]]:
    """Return what qemu-img tells of an image and of all that it rests on, also while somebody writes to it.

    :raises OperationFailed: where one of them cannot be read.
    """
    command = ["info", "--force-share", "--backing-chain", "--output=json", "-f", kind, path]
    return t.cast("list[dict[str, t.Any]]", json.loads(qemu_img(*command)))


def rest_on(image: str, below: str) -> None:
    """Have an image rest on another one. What is in the two is not looked at: it must have been made from it."""
    qemu_img("rebase", "-q", "-u", "-f", "qcow2", "-F", "qcow2", "-b", below, image)


def stored_bytes(image: str) -> int:
    """Return what an image takes on its storage."""
    return os.stat(image).st_blocks * 512


def qemu_img(*words: str) -> bytes:
    """Run qemu-img, and return what it printed.

    :raises OperationFailed: with what it said.
    """
    try:
        return subprocess.run(["qemu-img", *words], stdin=subprocess.DEVNULL, capture_output=True, check=True).stdout
    except FileNotFoundError as error:
        raise OperationFailed("There is no qemu-img on the host.", "Install the package qemu-utils.") from error
    except subprocess.CalledProcessError as error:
        said = " ".join(error.stderr.decode(errors="replace").strip().splitlines()[-1:])
        raise OperationFailed(f"qemu-img {words[0]} {words[-1]} failed: {said}.") from error
