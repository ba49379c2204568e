# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which objects belong to which manifest, but for domains, which carry that in their definitions.

Most kinds have no place for such a word, so a file on the host tells. It is a journal: a line says who owns an object
from then on. The line is written before the object is made, so that whatever instant a run is killed at, nothing is
left that no one knows.
"""

from __future__ import annotations

import errno
import json
import os

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed

Key = tuple[str, str]


class Journal:
    """The owners of all objects of one hypervisor, but of its domains."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.owners: dict[Key, str] = {}
        for line in self._lines():
            try:
                kind, name, label = json.loads(line)
            except ValueError:
                continue  # the end of a line whose writer was killed; what it was about has not been begun
            self._note((kind, name), label)

    def _lines(self) -> list[str]:
        try:
            with open(self.path, encoding="utf-8") as journal:
                return journal.read().split("\n")
        except FileNotFoundError:
            return []

    def _note(self, key: Key, label: str) -> None:
        if label:
            self.owners[key] = label
        else:
            self.owners.pop(key, None)

    def write(self, key: Key, label: str) -> None:
        """Say who owns an object from now on, C('') where it is nobody."""
        # in one call, beginning with a line's end: another run may write at the same time or have been killed
        entry = f"\n{json.dumps([*key, label])}\n".encode()
        try:
            os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                if os.write(handle, entry) != len(entry):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            finally:
                os.close(handle)
        except OSError as error:
            raise OperationFailed(
                f"{' '.join(key)}: {self.path}, which tells whose it is, cannot be written: {error.strerror}.",
                "Nothing was done to it.",
            ) from error
        self._note(key, label)

    def owned(self, kind: str, label: str) -> list[str]:
        """Return the objects of a kind that a label owns."""
        return sorted(name for (is_a, name), owner in self.owners.items() if is_a == kind and owner == label)
