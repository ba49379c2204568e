# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Disks and drives (U(https://libvirt.org/formatdomain.html#hard-drives-floppy-disks-cdroms))."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    ON,
    PRESENT,
    YES,
    Choice,
    Int,
    Size,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.disk_source import (
    auth,
    backing_store,
    encryption,
    source,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.iotune import IOTUNE
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.shared import (
    BOOT,
    DEVICE,
    PLUG,
    QUEUES,
    UPDATE,
    VIRTIO,
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
        Field("target", "target/@dev", required=True, implies={"@type": "file"}),  # as long as it is empty
        Field(
            "device",
            "@device",
            Choice("disk", "cdrom", "floppy", "lun"),
            absent="disk",
            offered=enumeration("disk", "diskDevice"),
            governs=("address",),
        ),
        Field(
            "bus",
            "target/@bus",
            Choice("virtio", "scsi", "sata", "ide", "usb", "fdc", "sd"),
            offered=enumeration("disk", "bus"),
            governs=("model", "address"),
        ),
        Field("model", "@model", Choice("virtio", "virtio-transitional", "virtio-non-transitional")),
        source(media_change, "backingStore"),
        *backing_store(2),
        Group(
            "driver",
            "driver",
            (
                Field("name", "@name", filled=True),
                Field("type", "@type", Shown()),
                Field(
                    "cache", "@cache", Choice("default", "none", "writethrough", "writeback", "directsync", "unsafe")
                ),
                Field("io", "@io", Choice("threads", "native", "io_uring")),
                Field("discard", "@discard", Choice("ignore", "unmap")),
                Field("discard_no_unref", "@discard_no_unref", ON),
                Field("detect_zeroes", "@detect_zeroes", Choice("off", "on", "unmap")),
                Field("error_policy", "@error_policy", Choice("stop", "report", "ignore", "enospace")),
                Field("rerror_policy", "@rerror_policy", Choice("stop", "report", "ignore")),
                Field("copy_on_read", "@copy_on_read", ON),
                Field("event_idx", "@event_idx", ON),
                *QUEUES,
                Field("queue_size", "@queue_size", Int(1)),
                Group("metadata_cache", "metadata_cache", (Field("max_size", "max_size", Size(unit="unit")),)),
                *VIRTIO,
            ),
        ),
        auth("auth"),
        encryption("encryption"),
        IOTUNE,
        Field("readonly", "readonly", PRESENT, absent=False),
        Field("shareable", "shareable", PRESENT, absent=False),
        Field("transient", "transient", PRESENT, absent=False),
        Field("transient_share_backing", "transient/@shareBacking", YES),
        Field("snapshot", "@snapshot", Choice("no", "internal", "external", "manual")),
        Field("rawio", "@rawio", YES),
        Field("sgio", "@sgio", Choice("filtered", "unfiltered")),
        Field("tray", "target/@tray", Choice("open", "closed"), absent="closed", filled=True),
        Field("removable", "target/@removable", ON, absent=False),
        Field("rotation_rate", "target/@rotation_rate", Int(1)),
        Group(
            "geometry",
            "geometry",
            (
                Field("cyls", "@cyls", Int(1), required=True),
                Field("heads", "@heads", Int(1), required=True),
                Field("secs", "@secs", Int(1), required=True),
                Field("trans", "@trans", Choice("auto", "none", "lba")),
            ),
        ),
        Group(
            "blockio",
            "blockio",
            tuple(
                Field(name, f"@{name}", Size())
                for name in ("logical_block_size", "physical_block_size", "discard_granularity")
            ),
        ),
        Field("serial", "serial"),
        Field("wwn", "wwn"),
        Field("vendor", "vendor"),
        Field("product", "product"),
        *BOOT,
        *DEVICE,
    ),
    keys=("target",),
    live=disk_plugs,
)
