# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All cases of a domain's options."""

from __future__ import annotations

from domain_cases.boot import PARTS as BOOT
from domain_cases.chardevs import PARTS as CHARDEVS
from domain_cases.controllers import PARTS as CONTROLLERS
from domain_cases.cpu import PARTS as CPU
from domain_cases.disks import PARTS as DISKS
from domain_cases.displays import PARTS as DISPLAYS
from domain_cases.extras import PARTS as EXTRAS
from domain_cases.features import PARTS as FEATURES
from domain_cases.filesystems import PARTS as FILESYSTEMS
from domain_cases.general import PARTS as GENERAL
from domain_cases.hostdevs import PARTS as HOSTDEVS
from domain_cases.interfaces import PARTS as INTERFACES
from domain_cases.memory import PARTS as MEMORY
from domain_cases.memory_devices import PARTS as MEMORY_DEVICES
from domain_cases.platform import PARTS as PLATFORM
from domain_cases.security import PARTS as SECURITY
from domain_cases.sound import PARTS as SOUND
from domain_cases.tuning import PARTS as TUNING
from domain_cases.usb import PARTS as USB

PARTS = (
    *GENERAL,
    *CPU,
    *MEMORY,
    *BOOT,
    *FEATURES,
    *TUNING,
    *SECURITY,
    *DISKS,
    *INTERFACES,
    *CONTROLLERS,
    *HOSTDEVS,
    *FILESYSTEMS,
    *MEMORY_DEVICES,
    *USB,
    *EXTRAS,
    *DISPLAYS,
    *SOUND,
    *CHARDEVS,
    *PLATFORM,
)
