# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys and certificates in a host's files. The host's openssl makes the keys; nothing here ever reads one."""

from __future__ import annotations

import os
import stat
import subprocess
import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.files import replacing

_MAKE_KEY = ("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072", "-out")
# The authority takes the key from a request, and nothing else.
_REQUEST = ("req", "-new", "-subj", "/CN=request", "-key")
_PUBLIC_KEY = ("pkey", "-pubout", "-in")


@dataclass(frozen=True)
class KeptFile:
    """A key, and who may read it."""

    path: str
    group: int | None  # that reads it too; where None, only its owner does

    @property
    def mode(self) -> int:
        """The key's mode."""
        return 0o600 if self.group is None else 0o640

    def public_key(self) -> str | None:
        """Return the public half; None where there is no key, or none that openssl can read."""
        try:
            return _openssl(*_PUBLIC_KEY, self.path) if os.path.exists(self.path) else None
        except OperationFailed:
            return None

    def is_kept(self) -> bool:
        """Tell whether those may read it who should, and no others."""
        status = os.stat(self.path)
        return stat.S_IMODE(status.st_mode) == self.mode and self.group in (None, status.st_gid)

    def keep(self) -> None:
        """Let those read it who should, and no others."""
        if self.group is not None:
            os.chown(self.path, -1, self.group)
        os.chmod(self.path, self.mode)

    def make(self) -> None:
        """Make a new key. It was never readable for others, and is whole once it has its name."""
        with _draft(self.path) as draft:
            _openssl(*_MAKE_KEY, draft.name)
            KeptFile(draft.name, self.group).keep()

    def request(self) -> str:
        """Return what an authority is asked with for a certificate."""
        return _openssl(*_REQUEST, self.path)


def read(path: str) -> str | None:
    """Return what is in a file; None where there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return None


def write(path: str, text: str) -> None:
    """Write a certificate, for everyone to read."""
    with _draft(path) as draft:
        draft.write(text.encode())
        os.fchmod(draft.fileno(), 0o644)


def _draft(path: str) -> t.ContextManager[t.IO[bytes]]:
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
    return replacing(path)


def _openssl(*arguments: str) -> str:
    command = ["openssl", *arguments]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise OperationFailed("This host has no openssl, which makes the keys.", "Install it.") from error
    if done.returncode:
        raise OperationFailed(f"{' '.join(command)} failed: {done.stderr.strip()}")
    return done.stdout
