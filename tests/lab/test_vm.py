# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts of kind vm do what containers cannot. They are emulated: this takes minutes."""

from __future__ import annotations

import platform

import pytest
from vm_lab import in_vm, lab

pytestmark = pytest.mark.usefixtures("vm")


def test_is_a_server_with_a_kernel_of_its_own() -> None:
    assert in_vm("hostname; systemctl is-system-running; uname -r").split() == [
        "store",
        "running",
        in_vm("basename /lib/modules/*"),
    ]
    assert in_vm("uname -v") != platform.version()
    assert int(in_vm("df --output=size -m / | tail -1")) > 9000


def test_has_lvm() -> None:
    in_vm(
        "truncate --size=256M /var/tmp/disk\n"
        "vgcreate --quiet pool $(losetup --find --show /var/tmp/disk)\n"
        "lvcreate --quiet --yes --size 64M --name volume pool\n"
        "mkfs.ext4 -q /dev/pool/volume\n"
        "mount /dev/pool/volume /mnt"
    )
    assert in_vm("findmnt --noheadings --output SOURCE /mnt; umount /mnt") == "/dev/mapper/pool-volume"


def test_serves_and_mounts_nfs() -> None:
    in_vm(
        "mkdir /srv/share; echo here >/srv/share/witness\n"
        "echo '/srv/share *(rw,no_root_squash)' >/etc/exports\n"
        "exportfs -ra\n"
        "mount -t nfs store:/srv/share /mnt"
    )
    assert in_vm("findmnt --noheadings --output FSTYPE /mnt; cat /mnt/witness; umount /mnt").split() == ["nfs4", "here"]


def test_boots_the_same_disk_after_a_power_cut() -> None:
    boot = in_vm("echo here >/root/witness; sync; cat /proc/sys/kernel/random/boot_id")
    lab("power-off", "store")
    assert "off" in lab("status").splitlines()[1]
    lab("power-on", "store")
    assert in_vm("cat /root/witness") == "here"
    assert in_vm("cat /proc/sys/kernel/random/boot_id") != boot
