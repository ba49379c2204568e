# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Points given to restic, which encrypts them, stores what is equal once, and keeps them wherever it can write."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.repository import Repository

#: What is no point: one in the making, one that is going, locks.
_EXCLUDED = [".*"]


def send(path: str, options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Have restic take all points of a repository, whose images are not merged meanwhile.

    :arg options: C(repository) of restic, its C(password_file), further C(environment) and C(arguments).
    :raises OperationFailed: with what it said.
    """
    environment = {
        **os.environ,
        "RESTIC_REPOSITORY": options["repository"],
        "RESTIC_PASSWORD_FILE": options["password_file"],
        **options.get("environment", {}),
    }
    excluded = [f"--exclude={pattern}" for pattern in _EXCLUDED]
    command = ["restic", "backup", "--json", "--quiet", *excluded, *options.get("arguments", []), path]
    with contextlib.ExitStack() as held:
        for guest in Repository.open(path).guests():
            held.enter_context(guest.still())
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=environment, check=False)
        except FileNotFoundError as error:
            raise OperationFailed("There is no restic on this host.", "Install the package restic.") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise OperationFailed(f"restic failed: {' '.join(said) or done.returncode}")
    return {"changed": True, **_summary(done.stdout.decode(errors="replace"))}


def _summary(said: str) -> dict[str, t.Any]:
    """Return which snapshot was made, and what was added to it."""
    for line in reversed(said.splitlines()):
        with contextlib.suppress(ValueError):
            told = json.loads(line)
            if told.get("message_type") == "summary":
                return {"snapshot": told.get("snapshot_id"), "sent_bytes": told.get("data_added")}
    return {}
