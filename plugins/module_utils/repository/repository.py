# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A directory of restore points, and whose they are.

REPOSITORY/repository.json               tells that it is one, and which
REPOSITORY/guests/NAME.UUID/             of one guest; the name is that which it had at its first backup
    20261123T000521Z/                    a point; its parent is the one beside it that its manifest names
        manifest.json domain.xml vda.qcow2 vda.blocks nvram tpm.tar SHA256SUMS
        status.json                      what was found out since: whether it is protected, when it was verified
    20261122T000517Z/                    C(pruned.json) instead of C(manifest.json): no point any more, only
                                         images that the next one is about to be merged with
    .making/                             a point in the making, with the C(journal.json) of who makes it
    .removed/                            what nothing rests on any more; whoever prunes next removes it
    .lock                                held by who writes; its text tells who that is
    .readers                             held by all who read images, and by who merges them
    .notes                               held for the moment in which a status.json is written
"""

from __future__ import annotations

import glob
import json
import os
import uuid
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.files import replacing
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.errors import Damaged
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import Guest

MARK = "repository.json"
_GUESTS = "guests"


@dataclass(frozen=True)
class Repository:
    """A repository that is there."""

    path: str
    id: str

    @classmethod
    def open(cls, path: str) -> Repository:
        """Return the repository at a path.

        :raises Refused: where there is none; a path that is not mounted looks like that.
        :raises Damaged: where it cannot be told which one it is.
        """
        mark = os.path.join(path, MARK)
        try:
            with open(mark, encoding="utf-8") as file:
                told = json.load(file)
            return cls(path, str(uuid.UUID(told["id"])))
        except FileNotFoundError as error:
            hint = "Mount it, or let a backup make it with create=true."
            raise Refused(f"repository: there is none at {path}.", hint, option="repository") from error
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise Damaged(f"{mark} cannot be read: {error}.") from error

    @staticmethod
    def can_be_made(path: str) -> bool:
        """Tell whether there is nothing at a path, or no more than a run that was killed had made of one."""
        guests = os.path.join(path, _GUESTS)
        names = os.listdir(path) if os.path.isdir(path) else []
        begun = all(name == _GUESTS or name.startswith(f".{MARK}.") for name in names)
        return begun and not (os.path.isdir(guests) and os.listdir(guests))

    @classmethod
    def create(cls, path: str) -> Repository:
        """Make a repository. Nobody but its owner can list it: there are whole disks in it.

        :raises Refused: where something else is there.
        """
        if not cls.can_be_made(path):
            raise Refused(f"repository: {path} is not empty, and no repository.", option="repository")
        os.makedirs(os.path.join(path, _GUESTS), exist_ok=True)
        for directory in (path, os.path.join(path, _GUESTS)):
            os.chmod(directory, 0o711)  # through it QEMU reaches the images that it may open
        with replacing(os.path.join(path, MARK)) as file:
            file.write(json.dumps({"format": 1, "id": str(uuid.uuid4())}).encode() + b"\n")
        return cls.open(path)

    def guests(self) -> list[Guest]:
        """Return all guests that have a place here, in the order of their names."""
        found = sorted(glob.glob(os.path.join(glob.escape(self.path), _GUESTS, "*.*")))
        return [Guest(path) for path in found if os.path.isdir(path)]

    def guest(self, name: str, uuid_: str) -> Guest:
        """Return the place of a guest, which need not be there yet. It is the guest's whatever its name becomes."""
        places = [guest for guest in self.guests() if guest.uuid == uuid_]
        return places[0] if places else Guest(os.path.join(self.path, _GUESTS, f"{name}.{uuid_}"))

    def find(self, name: str) -> list[Guest]:
        """Return the places of guests of a name or UUID, or of one with which a point was made."""
        named = [guest for guest in self.guests() if name in (guest.uuid, guest.name)]
        return named or [guest for guest in self.guests() if any(point.domain == name for point in guest.points())]
