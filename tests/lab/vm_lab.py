# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one VM that tests of this folder share, as booting it takes long: a storage server and a KVM host in one."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

LAB = Path(__file__).parent / "lab"
NAME = "hvlab-selftest-vm"

PACKAGES = (
    "libvirt-clients",
    "libvirt-daemon-driver-storage-disk",
    "libvirt-daemon-driver-storage-iscsi",
    "libvirt-daemon-driver-storage-logical",
    "libvirt-daemon-driver-storage-mpath",
    "libvirt-daemon-driver-storage-scsi",
    "libvirt-daemon-system",
    "lvm2",
    "nfs-common",
    "nfs-kernel-server",
    "open-iscsi",
    "parted",
    "python3-libvirt",
    "python3-lxml",
    "qemu-system-x86",
    "qemu-utils",
    "tgt",
)


def lab(*arguments: str) -> str:
    """Run the command of the lab, which has to succeed, and return what it printed."""
    environment = {**os.environ, "HYPERVISE_LAB": NAME}
    done = subprocess.run([LAB, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=1800)
    assert done.returncode == 0, f"lab {' '.join(arguments)}: {done.stdout}{done.stderr}"
    return done.stdout.strip()


def in_vm(script: str) -> str:
    """Run a shell script in the VM."""
    return lab("ssh", "store", f"set -eu\n{script}")
