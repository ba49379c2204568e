# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Damages the points of a guest, by a seed: C(python3 -m remote.damage DIRECTORY SEED).

Tells (JSON) what was done, and which points are damaged by it, without those that rest on them.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from typing import Any

Told = tuple[str, list[str]]

#: The files of a point that do not change.
_CHANGING = ("status.json",)


class Damage:
    """A directory of points, and dice."""

    def __init__(self, directory: str, seed: int) -> None:
        self.directory = directory
        self.dice = random.Random(seed)
        self.points = sorted(name for name in os.listdir(directory) if not name.startswith("."))

    def flipped(self) -> Told:
        """One bit of a file."""
        point, file, path = self._file()
        with open(path, "r+b") as opened:
            at = self.dice.randrange(os.path.getsize(path))
            opened.seek(at)
            byte = opened.read(1)[0] ^ 1 << self.dice.randrange(8)
            opened.seek(at)
            opened.write(bytes([byte]))
        return f"{point}/{file}: bit flipped at {at}", [point]

    def truncated(self) -> Told:
        """A file that is shorter."""
        point, file, path = self._file()
        length = self.dice.randrange(os.path.getsize(path))
        os.truncate(path, length)
        return f"{point}/{file}: truncated to {length}", [point]

    def lost(self) -> Told:
        """A file that is not there."""
        point, file, path = self._file()
        os.unlink(path)
        return f"{point}/{file}: removed", [point]

    def missing_link(self) -> Told:
        """A point that is not there, though others rest on it."""
        index = self.dice.randrange(len(self.points) - 1)
        shutil.rmtree(os.path.join(self.directory, self.points[index]))
        return f"{self.points[index]}: removed", [self.points[index + 1]]

    def swapped(self) -> Told:
        """Files of two points, each in the other's place."""
        one, other = self.dice.sample(self.points, 2)
        file = self.dice.choice(["vda.qcow2", "vdb.qcow2", "vda.blocks", "manifest.json", "SHA256SUMS"])
        self._swap(one, other, file)
        return f"{file} of {one} and {other} swapped", [one, other]

    def swapped_as_if_right(self) -> Told:
        """The same with images, and with checksums that fit."""
        one, other = self.dice.sample(self.points, 2)
        self._swap(one, other, "vda.qcow2")
        self._sum(one)
        self._sum(other)
        return f"vda.qcow2 of {one} and {other} swapped, checksums fit", [one, other]

    def wrong_parent(self) -> Told:
        """A manifest that names another parent, with a checksum that fits."""
        index = self.dice.randrange(1, len(self.points))
        point = self.points[index]
        others = [None, "20200101T000000Z", *(name for name in self.points if name != self.points[index - 1])]
        parent = self.dice.choice(others)
        self._edit(point, lambda manifest: manifest.update(parent=parent))
        return f"{point} as if it rested on {parent}, checksums fit", [point]

    def edited(self) -> Told:
        """A manifest with another disk than there is, with a checksum that fits."""
        point = self.dice.choice(self.points)
        what, value = self.dice.choice(
            [("virtual_size", 2**20), ("kind", None), ("file", "vdb.qcow2"), ("file", "../x")]
        )

        def edit(manifest: dict[str, Any]) -> None:
            disk = manifest["disks"][0]
            other = {"full": "incremental", "incremental": "full"}[disk["kind"]]
            disk[what] = value or other

        self._edit(point, edit)
        return f"{point}: {what} of a disk is {value}, checksums fit", [point]

    def rewritten(self) -> Told:
        """An image that the guest never wrote so, with a checksum that fits."""
        point = self.dice.choice(self.points)
        at = self.dice.randrange(0, 2**22, 512)
        path = os.path.join(self.directory, point, "vdb.qcow2")
        command = ["qemu-io", "-f", "qcow2", "-c", f"write -P 77 {at} 512", path]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        self._sum(point)
        return f"{point}/vdb.qcow2 written to at {at}, checksums fit", [point]

    def leading_out(self) -> Told:
        """An image that rests on one outside of the repository, with a checksum that fits."""
        point = self.dice.choice(self.points)
        outside = os.path.abspath(os.path.join(self.directory, "../../../outside.qcow2"))
        image = os.path.join(self.directory, point, "vda.qcow2")
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", outside, "30M"], check=True)
        subprocess.run(["qemu-img", "rebase", "-u", "-F", "qcow2", "-b", outside, image], check=True)
        self._sum(point)
        return f"{point}/vda.qcow2 rests on {outside}, checksums fit", [point]

    def linked(self) -> Told:
        """A file that is outside of the repository."""
        point, file, path = self._file()
        outside = os.path.abspath(os.path.join(self.directory, "../../../outside"))
        shutil.move(path, outside)
        os.symlink(outside, path)
        return f"{point}/{file}: moved to {outside}, and linked", [point]

    def _file(self) -> tuple[str, str, str]:
        point = self.dice.choice(self.points)
        files = sorted(name for name in os.listdir(os.path.join(self.directory, point)) if name not in _CHANGING)
        file = self.dice.choice(files)
        return point, file, os.path.join(self.directory, point, file)

    def _swap(self, one: str, other: str, file: str) -> None:
        paths = [os.path.join(self.directory, point, file) for point in (one, other)]
        os.rename(paths[0], f"{paths[0]}.tmp")
        os.rename(paths[1], paths[0])
        os.rename(f"{paths[0]}.tmp", paths[1])

    def _edit(self, point: str, edit: Callable[[dict[str, Any]], None]) -> None:
        path = os.path.join(self.directory, point, "manifest.json")
        with open(path) as file:
            manifest = json.load(file)
        edit(manifest)
        with open(path, "w") as file:
            json.dump(manifest, file)
        self._sum(point)

    def _sum(self, point: str) -> None:
        """Write checksums of what is there now."""
        directory = os.path.join(self.directory, point)
        path = os.path.join(directory, "SHA256SUMS")
        with open(path) as file:
            names = [line.split("  ")[1].rstrip("\n") for line in file]
        with open(path, "w") as file:
            for name in names:
                with open(os.path.join(directory, name), "rb") as summed:
                    file.write(f"{hashlib.sha256(summed.read()).hexdigest()}  {name}\n")


KINDS: list[Callable[[Damage], Told]] = [
    Damage.flipped,
    Damage.truncated,
    Damage.lost,
    Damage.missing_link,
    Damage.swapped,
    Damage.swapped_as_if_right,
    Damage.wrong_parent,
    Damage.edited,
    Damage.rewritten,
    Damage.leading_out,
    Damage.linked,
]


if __name__ == "__main__":
    seed = int(sys.argv[2])
    done, points = KINDS[seed % len(KINDS)](Damage(sys.argv[1], seed))
    print(json.dumps({"done": done, "points": points}))
