# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of an appliance: in one archive (OVA), or beside each other (OVF). They are read where they are."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import typing as t
from dataclasses import dataclass, field

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.ovf.envelope import File
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume import archive

#: Descriptors have some KiB. What is far larger is none, and is not read.
LARGEST = 4 * 2**20
_LINE = re.compile(r"(SHA1|SHA256|SHA512)\s*\((.+)\)\s*=\s*([0-9a-fA-F]+)$")


@dataclass(frozen=True)
class Package:
    """An appliance."""

    path: str
    is_archive: bool
    descriptor: str
    sizes: t.Mapping[str, int]  # of the files, by name
    sums: t.Mapping[str, str] = field(default_factory=dict)  # ALGORITHM:DIGITS, by name, as the appliance says
    is_signed: bool = False

    def content(self, file: str, compression: str) -> dict[str, t.Any]:
        """Return the option C(content) of a volume that is filled with one of the files."""
        place = {"src": self.path, "member": file} if self.is_archive else {"src": self._beside(file)}
        checksum = {"checksum": self.sums[file]} if file in self.sums else {}
        return {**place, "remote_src": True, "compression": compression or "none", **checksum}

    def check(self, files: t.Iterable[File]) -> None:
        """Refuse an appliance whose files are not those that its descriptor names.

        :raises Refused: with the first one.
        """
        for file in files:
            if "/" in file.name or file.name in ("", ".", ".."):
                raise Refused(
                    f"The descriptor leads to {file.name!r}, which is no file of the appliance.",
                    "Whoever made it may mean harm.",
                    option="src",
                )
            if file.name not in self.sizes:
                raise Refused(f"{file.name} is missing in {self.path}.", "Copy the appliance again.", option="src")
            if file.size is not None and file.size != self.sizes[file.name]:
                raise Refused(
                    f"{file.name} has {self.sizes[file.name]} bytes, and should have {file.size}.",
                    "It was not copied wholly, or is another one. Copy the appliance again.",
                    option="src",
                )
            if self.sums and file.name not in self.sums:
                raise Refused(f"The appliance's list of checksums does not have {file.name}.", option="src")

    def _beside(self, file: str) -> str:
        return os.path.join(os.path.dirname(self.path), file)


def opened(path: str) -> Package:
    """Return the appliance at a path.

    :raises Refused: where it is broken, or not what it says it is.
    """
    return _archive(path) if path.lower().endswith(".ova") else _directory(path)


def _archive(path: str) -> Package:
    members = archive.members(path)
    names = [member.name for member in members]
    wrong = sorted(
        {member.name for member in members if "/" in member.name or not member.isreg() or member.issparse()}
        | {name for name in names if names.count(name) > 1}
    )
    if wrong:
        raise Refused(
            f"{path} has what an appliance does not have: {', '.join(wrong)}.",
            "All that belongs in it is plain files, each once, in no directory.",
            option="src",
        )
    descriptors = [name for name in names if name.lower().endswith(".ovf")]
    if len(descriptors) != 1:
        raise Refused(f"{path} has {len(descriptors)} descriptors (*.ovf), and should have one.", option="src")

    def read(name: str) -> bytes:
        with contextlib.closing(archive.opened(path, name)[0]) as stream:
            return stream.read(LARGEST)

    return _package(path, True, descriptors[0], {member.name: member.size for member in members}, read)


def _directory(path: str) -> Package:
    directory, name = os.path.split(path)
    sizes = {
        entry.name: entry.stat().st_size for entry in os.scandir(directory) if entry.is_file(follow_symlinks=False)
    }
    if name not in sizes:
        raise Refused(f"There is no file {path} on the host.", "Copy the appliance there first.", option="src")

    def read(name: str) -> bytes:
        with open(os.path.join(directory, name), "rb") as stream:
            return stream.read(LARGEST)

    return _package(path, False, name, sizes, read)


def _package(
    path: str, is_archive: bool, name: str, sizes: t.Mapping[str, int], read: t.Callable[[str], bytes]
) -> Package:
    trunk = os.path.splitext(name)[0]
    if sizes[name] >= LARGEST:
        raise Refused(f"The descriptor {name} has {sizes[name]} bytes: it is none.", option="src")
    descriptor = read(name)
    sums = _sums(read(f"{trunk}.mf").decode("utf-8", "replace")) if f"{trunk}.mf" in sizes else {}
    algorithm, _colon, digits = sums.get(name, "").partition(":")
    if digits and hashlib.new(algorithm, descriptor, usedforsecurity=False).hexdigest() != digits:
        raise Refused(
            f"{name} is not what the appliance's list of checksums ({trunk}.mf) says.",
            "It was changed, or damaged on its way. Copy the appliance again.",
            option="src",
        )
    try:
        text = descriptor.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"The descriptor {name} is not UTF-8 text.", option="src") from error
    return Package(path, is_archive, text, sizes, sums, f"{trunk}.cert" in sizes)


def _sums(listed: str) -> dict[str, str]:
    """Return what a list of checksums says, by file.

    :raises Refused: where a line is none.
    """
    sums = {}
    for line in filter(None, map(str.strip, listed.splitlines())):
        found = _LINE.match(line)
        if not found:
            raise Refused(f"The appliance's list of checksums has a line that is none: {line[:80]!r}.", option="src")
        sums[found[2]] = f"{found[1].lower()}:{found[3].lower()}"
    return sums
