# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The repository that points are copied from: on this host, or on one that ssh reaches."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import tempfile
import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.repository import sums
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.copying import rsync
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import MANIFEST, PRUNED, READERS, Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.repository import MARK, Repository
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.telling import Tell

_REMOTE = re.compile(r"(?P<host>(?:[\w.-]+@)?(?:\w[\w.-]*|\[[0-9a-fA-F:.]+\])):(?P<path>/.*)")

#: A host that does not answer is found out within a minute, and nobody is asked for a password.
_SSH = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=30", "-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=4"]

#: What tells which points there are, and what of: neither disks nor secrets. The first rule that fits counts.
_CATALOGUE = [
    *("--recursive", "--prune-empty-dirs", "--exclude=.*", "--include=*/", f"--include=/{MARK}"),
    *(f"--include={name}" for name in (MANIFEST, PRUNED, sums.NAME)),
    "--exclude=*",
]


@dataclass(frozen=True)
class Source:
    """Where points are, as rsync names it."""

    host: str  # with a user, if one is stated; empty for this one
    path: str
    ssh: tuple[str, ...] = ()  # its command line

    def __str__(self) -> str:
        return f"{self.host}:{self.path}" if self.host else self.path

    @contextlib.contextmanager
    def catalogue(self) -> t.Iterator[Repository]:
        """Have the repository as it is there, without the images, for a while.

        :raises Refused: where there is none.
        """
        with tempfile.TemporaryDirectory(prefix="hypervise-catalogue-") as directory, self.named(directory):
            rsync.run([*_CATALOGUE, *self._shell(), f"{self}/", f"{directory}/"])
            if not os.path.exists(os.path.join(directory, MARK)):
                raise Refused(f"source: there is no repository at {self}.", "Is it mounted there?", option="source")
            yield Repository.open(directory)

    def pull(self, guest: Guest, point: str, into: str, options: t.Sequence[str], size: int, tell: Tell) -> int:
        """Bring the files of a point, and return how many bytes were sent. No images are merged there meanwhile.

        :arg guest: as it is in the catalogue.
        :raises OperationFailed: with what rsync said; what had arrived stays.
        """
        place = f"guests/{os.path.basename(guest.path)}"
        readers = os.path.join(self.path, place, READERS)
        with Guest(os.path.dirname(readers)).still() if not self.host else contextlib.nullcontext():
            return rsync.run(
                [*options, "--files-from=-", *self._shell(readers), f"{self}/{place}/{point}/", f"{into}/"],
                [sums.NAME, *sums.read(os.path.join(guest.path, point))],
                size,
                tell,
            )

    def _shell(self, readers: str = "") -> list[str]:
        if not self.host:
            return []
        locked = [f"--rsync-path=umask 077; flock --shared {shlex.quote(readers)} rsync"] if readers else []
        return [f"--rsh={shlex.join(self.ssh)}", *locked]

    @contextlib.contextmanager
    def named(self, directory: str) -> t.Iterator[None]:
        """Have errors tell of what is there, not of the directory with its catalogue."""
        try:
            yield
        except KvmError as error:
            error.message = error.message.replace(directory, str(self))
            raise


def source_of(text: str, key_file: str | None, ssh_opts: str) -> Source:
    """Return the source of a path, or of C([USER@]HOST:PATH).

    :raises ValueError: with a sentence that says what is accepted.
    """
    key = ["-i", key_file, "-o", "IdentitiesOnly=yes"] if key_file else []
    found = _REMOTE.fullmatch(text)
    if found:
        return Source(found["host"], found["path"].rstrip("/"), ("ssh", *shlex.split(ssh_opts), *key, *_SSH))
    if text.startswith("/"):
        return Source("", text.rstrip("/"))
    raise ValueError(f"{text!r} is neither a path from the root on, nor [USER@]HOST:PATH with such a path")
