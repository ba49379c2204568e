# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a guest has beside its disks: its UEFI variables, and the state of its TPM."""

from __future__ import annotations

import os
import subprocess

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.files import replacing
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import Point
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import beside


def bring(guest: Guest, point: Point, document: xml.Element) -> None:
    """Put both where libvirt looks for them for a guest of this definition."""
    variables, state = beside.variables(document), beside.tpm_state(document)
    if point.nvram and variables:
        os.makedirs(os.path.dirname(variables), exist_ok=True)
        with open(guest.file(point.name, point.nvram), "rb") as kept, replacing(variables) as file:
            file.write(kept.read())
    if point.tpm and state:
        os.makedirs(state, mode=0o711, exist_ok=True)
        _unpack(guest.file(point.name, point.tpm), state)


def _unpack(archive: str, directory: str) -> None:
    command = ["tar", "--extract", "--file", archive, "--directory", directory, "--recursive-unlink", "--same-owner"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OperationFailed(f"{' '.join(command)} failed: {done.stderr.strip()}")
