# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where libvirt keeps what belongs to a guest beside its disks."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.waiting import wait_until

#: Seconds that firmware has to be done with writing.
_PATIENCE = 10

_VARIABLES = "/var/lib/libvirt/qemu/nvram"
_TPMS = "/var/lib/libvirt/swtpm"


def variables(document: xml.Element) -> str:
    """Return the file with a guest's UEFI variables, '' where it has none.

    Where libvirt chose the firmware, its 9.0 tells the file only while the guest runs.
    """
    stated = xml.get(document, "os/nvram/source/@file") or xml.get(document, "os/nvram")
    if not stated and xml.get(document, "os/@firmware") == "efi":
        return f"{_VARIABLES}/{xml.get(document, 'name')}_VARS.fd"
    return stated or ""


def tpm_state(document: xml.Element) -> str:
    """Return the directory with what a guest's emulated TPM holds, '' where it has none."""
    if xml.get(document, "devices/tpm/backend/@type") != "emulator":
        return ""
    return xml.get(document, "devices/tpm/backend/source/@path") or f"{_TPMS}/{xml.get(document, 'uuid')}"


def read_at_rest(path: str) -> bytes:
    """Read a file. The firmware of a guest that runs may be writing, to several places of it for one variable.

    :raises OperationFailed: where it does not come to rest.
    :raises OSError: where it cannot be read.
    """
    content: list[bytes] = [b""]

    def is_at_rest() -> bool:
        with open(path, "rb") as file:
            content.append(file.read())
        return content[-1] == content.pop(0)

    if not wait_until(is_at_rest, _PATIENCE):
        raise OperationFailed(f"{path} could not be copied: it is written to all the time.")
    return content[0]
