# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images of points: qemu-img does the work."""

from __future__ import annotations

import json
import os
import subprocess
import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.errors import Damaged

#: Before a command: it ends with this process, however that ends.
_MORTAL = ["setpriv", "--pdeathsig", "KILL"]


@dataclass(frozen=True)
class Image:
    """What an image says of itself."""

    size: int  # as a guest sees it
    backing: str | None  # as it is written there
    others: tuple[str, ...]  # what no image of a point has, in words


def inspect(path: str) -> Image:
    """Return what an image says of itself; what it rests on is not opened.

    :raises Damaged: where it is none.
    """
    try:
        told = json.loads(qemu_img("info", "--force-share", "--output=json", "-f", "qcow2", path))
    except OperationFailed as error:
        raise Damaged(f"{path} is no image: {error.message}", image=path) from error
    backing, file = told.get("backing-filename"), told["format-specific"]["data"].get("data-file")
    others = [f"its data in {file}"] if file else []
    if backing and told.get("backing-filename-format") != "qcow2":
        others.append("a backing file of another format")
    if told.get("encrypted"):
        others.append("a key")
    return Image(told["virtual-size"], backing, tuple(others))


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


def commit(image: str, base: str) -> None:
    """Write what an image and those below it have into one that they rest on, which is then as large.

    What is read from the image is the same at each instant.

    The program ends with this process, however that ends: nobody else writes when the next one takes it up.
    """
    _run([*_MORTAL, "qemu-img", "commit", "-q", "-f", "qcow2", "-b", base, image])


def take_from(image: str, below: str | None) -> None:
    """Have an image rest on one further below, or on nothing, and have in itself what it read from those between.

    What is read from it is the same at each instant. The program ends with this process, as that of C(commit).
    """
    _run([*_MORTAL, "qemu-img", "rebase", "-q", "-f", "qcow2", "-F", "qcow2", "-b", below or "", image])


def qemu_img(*words: str) -> bytes:
    """Run qemu-img, and return what it printed.

    :raises OperationFailed: with what it said.
    """
    return _run(["qemu-img", *words])


def _run(command: list[str]) -> bytes:
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True).stdout
    except FileNotFoundError as error:
        raise OperationFailed(f"There is no {command[0]} on the host.", "Install the package qemu-utils.") from error
    except subprocess.CalledProcessError as error:
        said = " ".join(error.stderr.decode(errors="replace").strip().splitlines()[-1:])
        raise OperationFailed(f"{' '.join(command)} failed: {said}.") from error
