# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab: its name, the names and places that follow from it, and its lock."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from hvlab import keys
from hvlab.errors import LabError
from hvlab.locks import locked_directory
from hvlab.network import Network

STATE = Path("/var/lib/hypervise-lab")
RUNTIME = Path("/run/hypervise-lab")

_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")


def checked_name(what: str, name: str) -> str:
    """A name that is safe in a host name, a unit, an nftables table and a path."""
    if not _NAME.fullmatch(name) or name.endswith("-"):
        raise LabError(f"{what} {name!r} is refused: use up to 31 of a-z, 0-9 and '-', beginning with a letter")
    return name


@dataclass(frozen=True)
class Lab:
    """Everything that a lab has in the machine's name spaces carries its name or its tag.

    So `down` finds what there is by name and prefix, whatever became of the state files.
    """

    name: str

    @classmethod
    def from_environment(cls) -> Lab:
        return cls(checked_name("the lab name in HYPERVISE_LAB,", os.environ.get("HYPERVISE_LAB") or "lab"))

    @property
    def directory(self) -> Path:
        """What lives as long as the lab: disks, keys, the choice of the subnet."""
        return STATE / self.name

    @property
    def hosts_directory(self) -> Path:
        return self.directory / "hosts"

    @property
    def runtime(self) -> Path:
        """What is true only until the machine is booted again; also the lock."""
        return RUNTIME / self.name

    @property
    def tag(self) -> str:
        """The name for places where names are short: interfaces have 15 characters."""
        return f"hvl{hashlib.sha256(self.name.encode()).hexdigest()[:6]}"

    @property
    def unit_prefix(self) -> str:
        """Neither a lab's nor a host's name holds a dot, so no lab's prefix is the beginning of another's."""
        return f"hypervise-lab.{self.name}."

    @property
    def port_prefix(self) -> str:
        return f"vb-{self.tag}p"

    @cached_property
    def network(self) -> Network:
        return Network.of(self)

    @cached_property
    def login(self) -> keys.KeyPair:
        """The key pair with which the person, Ansible and the tests log in to every host."""
        return keys.pair(self.directory / "login", comment=f"hypervise-lab {self.name}")

    @property
    def known_hosts(self) -> Path:
        return self.directory / "known_hosts"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One command at a time changes a lab."""
        with locked_directory(self.runtime, f"waiting for another command on lab {self.name}"):
            self.hosts_directory.mkdir(parents=True, exist_ok=True)
            self.directory.chmod(0o700)
            yield
