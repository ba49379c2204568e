# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Disks and drives (U(https://libvirt.org/formatdomain.html#hard-drives-floppy-disks-cdroms))."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    PATH,
    PRESENT,
    Choice,
    Int,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.shared import (
    ORDER,
    PLUG,
    UPDATE,
    Shown,
    enumeration,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    RESTART,
    Field,
    Group,
    List,
    Spec,
)


def bus_of(disk: Spec) -> str:
    """Return the bus of a disk, as libvirt infers it from the target where none is stated."""
    guess = {"vd": "virtio", "sd": "scsi", "hd": "ide", "fd": "fdc"}
    return str(disk.get("bus") or guess.get(str(disk.get("target"))[:2], ""))


def disk_plugs(disk: Spec, _before: object) -> str:
    """Say how a disk is added to a running guest: drives with exchangeable media, IDE and SATA cannot be."""
    fixed = disk.get("device", "disk") in ("cdrom", "floppy") or bus_of(disk) not in ("virtio", "scsi", "usb")
    return RESTART if fixed else PLUG


def media_change(disk: Spec, _before: object) -> str:
    """Say how a disk gets another source: only the media of a drive can be exchanged in a running guest."""
    return UPDATE if disk.get("device") in ("cdrom", "floppy") else RESTART


DISKS = List(
    "disks",
    "devices/disk",
    (
        Field("target", "target/@dev", required=True),
        Field(
            "device",
            "@device",
            Choice("disk", "cdrom", "floppy", "lun"),
            absent="disk",
            offered=enumeration("disk", "diskDevice"),
        ),
        Field(
            "bus",
            "target/@bus",
            Choice("virtio", "scsi", "sata", "ide", "usb", "fdc", "sd"),
            offered=enumeration("disk", "bus"),
        ),
        Group(
            "source",
            "",
            (
                Field("file", "source/@file", PATH, implies={"@type": "file"}),
                Field("dev", "source/@dev", PATH, implies={"@type": "block"}),
                Field("pool", "source/@pool", implies={"@type": "volume"}),
                Field("volume", "source/@volume"),
            ),
            whole=("source", "backingStore"),
            live=media_change,
            rules={
                "mutually_exclusive": [("file", "dev", "pool")],
                "required_together": [("pool", "volume")],
            },
        ),
        Group(
            "driver",
            "driver",
            (
                Field("type", "@type", Shown()),
                Field(
                    "cache", "@cache", Choice("default", "none", "writethrough", "writeback", "directsync", "unsafe")
                ),
                Field("io", "@io", Choice("threads", "native", "io_uring")),
                Field("discard", "@discard", Choice("ignore", "unmap")),
                Field("detect_zeroes", "@detect_zeroes", Choice("off", "on", "unmap")),
                Field("error_policy", "@error_policy", Choice("stop", "report", "ignore", "enospace")),
                Field("queues", "@queues", Int(1)),
            ),
        ),
        Field("readonly", "readonly", PRESENT, absent=False),
        Field("shareable", "shareable", PRESENT, absent=False),
        Field("serial", "serial"),
        Field("boot_order", "boot/@order", ORDER),
    ),
    keys=("target",),
    live=disk_plugs,
)
