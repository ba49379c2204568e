# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ssh key pairs, made once and kept in the lab's state."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hvlab.commands import run


@dataclass(frozen=True)
class KeyPair:
    """An ed25519 key pair in two files, as ssh-keygen makes them."""

    path: Path

    @property
    def private(self) -> str:
        return self.path.read_text()

    @property
    def public(self) -> str:
        return self._public_path.read_text()

    @property
    def _public_path(self) -> Path:
        return Path(f"{self.path}.pub")


def pair(path: Path, comment: str) -> KeyPair:
    """The key pair at this path; made if it is not there."""
    public = Path(f"{path}.pub")
    if not public.exists():
        partial = Path(f"{path}.partial")
        for leftover in (partial, Path(f"{partial}.pub")):
            leftover.unlink(missing_ok=True)
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", partial])
        partial.rename(path)
        Path(f"{partial}.pub").rename(public)  # last: it says that the pair is whole
    return KeyPair(path)
