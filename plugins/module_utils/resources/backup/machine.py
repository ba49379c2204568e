# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a guest is beside its disks: its definition, its UEFI variables, the state of its TPM."""

from __future__ import annotations

import os
import tarfile
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import beside

DEFINITION, NVRAM, TPM = "domain.xml", "nvram", "tpm.tar"


@dataclass(frozen=True)
class Kept:
    """The files in the point."""

    nvram: str | None
    tpm: str | None


def keep(domain: Handle, directory: str) -> Kept:
    """Copy all of it into a directory. The definition has the guest's secrets: only root can read it."""
    text = domain.read.XMLDesc(constant("DOMAIN_XML_INACTIVE") | constant("DOMAIN_XML_SECURE"))
    document = xml.parse(text)
    try:
        with open(_new(directory, DEFINITION), "w", encoding="utf-8") as file:
            file.write(text)
        return Kept(_variables(document, directory), _tpm(document, directory))
    except OSError as error:
        raise OperationFailed(f"{directory}: {error.filename}: {error.strerror or error}.") from error


def _variables(document: xml.Element, directory: str) -> str | None:
    path = beside.variables(document)
    if not path or not os.path.exists(path):
        return None  # it has none, or none yet
    with open(_new(directory, NVRAM), "wb") as file:
        file.write(beside.read_at_rest(path))
    return NVRAM


def _tpm(document: xml.Element, directory: str) -> str | None:
    state = beside.tpm_state(document)
    if not state or not os.path.exists(state):
        return None
    with tarfile.open(_new(directory, TPM), "w") as archive:
        archive.add(state, arcname=".", filter=_by_number)
    return TPM


def _by_number(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Have a file belong to a number: the names of another host are others."""
    member.uname = member.gname = ""
    return member


def _new(directory: str, name: str) -> str:
    path = os.path.join(directory, name)
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    return path
