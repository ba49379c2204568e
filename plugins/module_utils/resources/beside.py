# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where libvirt keeps what belongs to a guest beside its disks."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils import xml

_VARIABLES = "/var/lib/libvirt/qemu/nvram"
_TPMS = "/var/lib/libvirt/swtpm"


def variables(document: xml.Element) -> str:
    """Return the file with a guest's UEFI variables, '' where it has none.

    Where libvirt chose the firmware, its 9.0 tells the file only while the guest runs.
    """
    stated = xml.get(document, "os/nvram")
    if not stated and xml.get(document, "os/@firmware") == "efi":
        return f"{_VARIABLES}/{xml.get(document, 'name')}_VARS.fd"
    return stated or ""


def tpm_state(document: xml.Element) -> str:
    """Return the directory with what a guest's emulated TPM holds, '' where it has none."""
    emulated = xml.get(document, "devices/tpm/backend/@type") == "emulator"
    return f"{_TPMS}/{xml.get(document, 'uuid')}" if emulated else ""
