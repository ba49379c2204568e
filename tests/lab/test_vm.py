# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts of kind vm do what containers cannot. They are emulated: this takes minutes."""

from __future__ import annotations

import platform
from collections.abc import Iterator

import pytest
import vm_storage
from footprint import Footprint
from harness import storage
from hvlab import preflight
from hvlab.commands import install_missing
from vm_lab import NAME, PACKAGES, in_vm, lab


@pytest.fixture(scope="module", autouse=True)
def _vm() -> Iterator[None]:
    """A lab with one VM; what the machine had before must be what it has after."""
    preflight.prepare()
    install_missing({"qemu-system-x86_64": "qemu-system-x86"})
    lab("down")
    before = Footprint.take(NAME)
    lab("up", "--packages", ",".join(PACKAGES), "--disks", "2", "store=trixie-vm")
    yield
    lab("down")
    assert Footprint.take(NAME) == before


def test_is_a_server_with_a_kernel_of_its_own() -> None:
    assert in_vm("hostname; systemctl is-system-running; uname -r").split() == [
        "store",
        "running",
        in_vm("basename /lib/modules/*"),
    ]
    assert in_vm("uname -v") != platform.version()
    assert int(in_vm("df --output=size -m / | tail -1")) > 9000


def test_storage_pools_work() -> None:
    host = vm_storage.VM("store", "trixie", coverage=False)
    try:
        storage.life(host, vm_storage.backends(host))
    finally:
        host.sweep()
        host.close()


def test_boots_the_same_disk_after_a_power_cut() -> None:
    boot = in_vm("echo here >/root/witness; sync; cat /proc/sys/kernel/random/boot_id")
    lab("power-off", "store")
    assert "off" in lab("status").splitlines()[1]
    lab("power-on", "store")
    assert in_vm("cat /root/witness") == "here"
    assert in_vm("cat /proc/sys/kernel/random/boot_id") != boot
