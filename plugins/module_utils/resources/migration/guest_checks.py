# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What in a guest itself keeps it where it is."""

from __future__ import annotations

import os
import re
import subprocess
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import beside
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration import storage
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.sight import Check, Refusal, Sight

#: Types of hostdevs and interfaces that libvirt cannot move. What mediated devices can, the target's QEMU knows.
_OF_THE_HOST = ("pci", "usb", "scsi", "scsi_host", "hostdev")

_SWTPM = ("swtpm", "--version")

Found = t.Iterator[Refusal]


def saved(sight: Sight) -> Found:
    """What is saved on disk would stay here."""
    if sight.source.state == "saved":
        yield Refusal("its memory is saved on this host's disk", "Start it first, or stop it.")


def snapshots(sight: Sight) -> Found:
    """libvirt moves none of them."""
    number = len(sight.source.handle.read.listAllSnapshots(0))
    if number:
        yield Refusal(
            f"it has {number} snapshot{'s' if number > 1 else ''}, and libvirt moves no guest that has any",
            "Delete its snapshots first.",
        )


def busy(sight: Sight) -> Found:
    """One job at a time."""
    if sight.source.job:
        yield Refusal(f"libvirt is busy with it ({sight.source.job})", "Wait for that, or cancel it.")
    if not sight.source.active or sight.source.journal:
        return  # the copies of a migration that failed are ended before the next begins
    for disk in sight.disks:
        if disk.writable and sight.source.handle.read.blockJobInfo(disk.target, 0):
            yield Refusal(f"a block job is at work on its disk {disk.target}", "Wait for it, or cancel it.")


def host_devices(sight: Sight) -> Found:
    """A device of this host is not at the other one."""
    if not sight.source.active:
        return
    for path in ("devices/hostdev", "devices/interface"):
        for device in xml.find_all(sight.document, path):
            goes_by_itself = xml.get(device, "teaming/@type") == "transient"
            if device.get("type") in _OF_THE_HOST and not goes_by_itself:
                yield Refusal(
                    f"it has a device of this host ({device.tag} of type {device.get('type')})",
                    "Detach the device, or move the guest while it is off.",
                )


def local_disks(sight: Sight) -> Found:
    """What only this host has must be copied, or be said to be at the target."""
    for disk in sight.disks:
        is_stated = sight.wish.disks.get(disk.target, {}).get("copy") is not None
        if disk.copy != "none" or is_stated or disk.is_network or not disk.writable:
            continue
        if not storage.is_shared(sight.here, disk.path):
            yield Refusal(
                f"its disk {disk.target} ({disk.path or disk.place}) is on this host alone, as far as can be seen",
                "State 'copy_storage', or 'copy: none' for a disk that the target has, too.",
            )


def caches(sight: Sight) -> Found:
    """What a host caches of a disk, the other one does not see."""
    for disk in sight.disks:
        unsafe = disk.cache not in ("none", "directsync", "default") and disk.writable
        if sight.source.active and unsafe and disk.copy == "none" and not sight.wish.options["unsafe"]:
            yield Refusal(
                f"its disk {disk.target} is cached by this host (cache {disk.cache}), so the target could read old "
                f"data",
                "Set its cache to 'none' and restart it; 'unsafe: true' takes the risk.",
            )


def copies(sight: Sight) -> Found:
    """What libvirt cannot copy as it is stated."""
    copied = storage.copied(sight.disks)
    if copied and sight.wish.options["tunnelled"]:
        yield Refusal("libvirt copies no disks through a tunnel", "Leave 'tunnelled' out.")
    layered = {disk.copy for disk in copied if disk.backing[0]}
    if len(layered) > 1:
        yield Refusal(
            "libvirt copies the disks of one guest all in full or all incrementally, where they have backing images",
            "State the same 'copy' for them.",
        )
    for disk in copied:
        if disk.copy == "incremental" and not sight.source.active:
            yield Refusal(
                f"what its disk {disk.target} is layered on is known only while it runs",
                "Start it first, or copy in full.",
            )
        if not disk.writable:
            yield Refusal(f"its disk {disk.target} is not one that libvirt copies", "Leave its 'copy' out.")


def kept_beside(sight: Sight) -> Found:
    """QEMU writes them at the target when the guest runs there, and one that is off does not."""
    if sight.source.active or not sight.here.is_local:
        return
    kept = {"UEFI variables": beside.variables(sight.document), "TPM state": beside.tpm_state(sight.document)}
    for words, path in kept.items():
        if os.path.exists(path) and not storage.is_shared(sight.here, path):
            yield Refusal(
                f"it is off, and its {words} ({path}) would stay behind", "Start it, and move it while it runs."
            )


def tpm(sight: Sight) -> Found:
    """Before 0.8, swtpm does not hand over a state that both hosts have."""
    state = beside.tpm_state(sight.document)
    if not state or not storage.is_shared(sight.here, state):
        return
    try:
        told = subprocess.run(_SWTPM, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return
    yield from old_swtpm(told.stdout)


def old_swtpm(told: str) -> Found:
    """Tell whether a swtpm, by what it says of itself, is too old for that."""
    version = re.search(r"version (\d+)\.(\d+)", told)
    if version and (int(version[1]), int(version[2])) < (0, 8):
        yield Refusal(
            f"its TPM is on storage that both hosts have, and swtpm {version[1]}.{version[2]} cannot hand that over",
            "Have swtpm 0.8 or newer on both hosts, or move the guest while it is off.",
        )


CHECKS: tuple[Check, ...] = (saved, snapshots, busy, host_devices, local_disks, caches, copies, kept_beside, tpm)
