# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine as an appliance describes it: U(https://www.dmtf.org/standards/ovf), in our own words."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

IDE, SATA, SCSI, VIRTIO = "ide", "sata", "scsi", "virtio"


@dataclass(frozen=True)
class Disk:
    """A disk, with what it holds."""

    bus: str
    file: str  # of the package, '' for a disk that holds nothing
    capacity: int  # bytes
    channel: int = 0  # of IDE, which has two with two places each
    compression: str = ""


@dataclass(frozen=True)
class Interface:
    """A network adapter."""

    network: str  # as the appliance calls it
    model: str  # as libvirt calls it
    mac: str = ""


@dataclass(frozen=True)
class Machine:
    """What both sides know of."""

    name: str
    vcpus: int
    memory: int  # bytes
    cores: int = 0  # of a socket; 0 where it is not said
    firmware: str = "bios"
    secure_boot: bool = False
    guest_os: str = ""  # in the words of the appliance
    description: str = ""
    scsi: str = ""  # model of the SCSI controllers, as libvirt calls it
    disks: tuple[Disk, ...] = ()
    drives: tuple[str, ...] = ()  # CD-ROM drives, by bus
    interfaces: tuple[Interface, ...] = ()
    sound: str = ""
    unmatched: tuple[str, ...] = field(default=(), compare=False)  # what the other side has nothing for, for people


def named(values: t.Iterable[str]) -> str:
    """Return names for a sentence."""
    return ", ".join(sorted(set(values))) or "none"
