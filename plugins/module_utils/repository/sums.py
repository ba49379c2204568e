# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checksums of a point's files, as C(sha256sum -c SHA256SUMS) reads them."""

from __future__ import annotations

import hashlib
import os
import re
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.files import replacing
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.errors import Damaged

NAME = "SHA256SUMS"
_LINE = re.compile(r"(?P<sum>[0-9a-f]{64})  (?P<name>[^/\n]+)")
_CHUNK = 2**20


def of_file(path: str) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def write(directory: str, names: t.Iterable[str]) -> None:
    """Note the checksums of some files of a directory, for all time."""
    _write(directory, {name: of_file(os.path.join(directory, name)) for name in names})


def change(directory: str, changed: t.Mapping[str, str]) -> None:
    """Note other checksums for some files; those of all others are as they were.

    :raises Damaged: where the present ones cannot be read.
    """
    _write(directory, {**read(directory), **changed})


def read(directory: str) -> dict[str, str]:
    """Return what was noted: name -> checksum.

    :raises Damaged: where it cannot be read.
    """
    path = os.path.join(directory, NAME)
    try:
        with open(path, encoding="utf-8", newline="\n", opener=_no_link) as file:
            *lines, rest = file.read().split("\n")
    except (OSError, ValueError) as error:
        raise Damaged(f"{path} cannot be read: {error}.") from error
    found = [_LINE.fullmatch(line) for line in lines]
    if not found or None in found or rest:
        raise Damaged(f"{path} is no list of checksums.")
    return {match["name"]: match["sum"] for match in found if match}


def _no_link(path: str, flags: int) -> int:
    """Open a file, unless it is a link: what that leads to is not a part of the point."""
    return os.open(path, flags | os.O_NOFOLLOW)


def _write(directory: str, sums: t.Mapping[str, str]) -> None:
    with replacing(os.path.join(directory, NAME)) as file:
        file.write("".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode())
