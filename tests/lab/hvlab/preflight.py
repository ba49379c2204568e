# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the machine must be and have before a lab can run on it."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from hvlab import cache
from hvlab.commands import install_missing, run, succeeds
from hvlab.errors import LabError

# command -> Debian package
COMMANDS = {
    "debootstrap": "debootstrap",
    "ip": "iproute2",
    "losetup": "mount",
    "nft": "nftables",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "systemd-nspawn": "systemd-container",
}
SYSTEMS = {"bookworm": "Debian 12", "trixie": "Debian 13"}


def check_root() -> None:
    if os.geteuid() != 0:
        raise LabError("the lab makes machines and networks: run it as root")


def prepare() -> None:
    """Check the machine and install what is missing on it."""
    check_root()
    cache.directory()  # refuses a place that cannot be used
    system = platform.freedesktop_os_release()
    if system.get("ID") != "debian" or system.get("VERSION_CODENAME") not in SYSTEMS:
        name = system.get("PRETTY_NAME", "this system")
        raise LabError(f"the lab runs on {' and '.join(SYSTEMS.values())}; this machine runs {name}")
    _check_not_in_chroot()
    _check_kernel()
    install_missing(COMMANDS)


def _check_kernel() -> None:
    if "\toverlay\n" not in Path("/proc/filesystems").read_text() and not succeeds("modprobe", "overlay"):
        raise LabError("this machine's kernel has no overlayfs, on which hosts have their disks")
    if not succeeds("unshare", "--mount", "--net", "--pid", "--fork", "true"):
        raise LabError("this machine does not allow namespaces, which hosts are made of (unshare fails)")


def _check_not_in_chroot() -> None:
    """Whoever enters a mount namespace lands in its root, not in a chroot of it.

    libvirt does that for each guest: in a host that was started in a chroot it would work on the machine around it.
    """
    root = os.stat("/")
    if run(["nsenter", "--mount=/proc/self/ns/mnt", "stat", "--format=%d:%i", "/"]) != f"{root.st_dev}:{root.st_ino}\n":
        raise LabError("the lab cannot be in a chroot, out of which its hosts would reach; use a container or a VM")
