# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All devices of a domain (U(https://libvirt.org/formatdomain.html#devices)), each kind from its own table."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    PATH,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.chardevs import (
    CHANNELS,
    CONSOLES,
    PARALLELS,
    SERIALS,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.controllers import CONTROLLERS
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.disks import DISKS
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.displays import GRAPHICS, VIDEOS
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.extras import (
    CRYPTOS,
    IOMMUS,
    LEASES,
    NVRAM,
    PANICS,
    SHMEMS,
    VSOCKS,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.filesystems import FILESYSTEMS
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.hostdevs import HOSTDEVS
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.interfaces import INTERFACES
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.memory_devices import MEMORY_DEVICES
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.platform import (
    INPUTS,
    MEMBALLOON,
    RNGS,
    TPMS,
    WATCHDOGS,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.sound import AUDIOS, SOUNDS
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.usb import (
    HUBS,
    REDIRDEVS,
    REDIRFILTER,
    SMARTCARDS,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    Field,
    Node,
)

DEVICES: tuple[Node, ...] = (
    Field("emulator", "devices/emulator", PATH),
    DISKS,
    CONTROLLERS,
    FILESYSTEMS,
    HOSTDEVS,
    INTERFACES,
    GRAPHICS,
    VIDEOS,
    SOUNDS,
    AUDIOS,
    SERIALS,
    PARALLELS,
    CONSOLES,
    CHANNELS,
    INPUTS,
    RNGS,
    TPMS,
    WATCHDOGS,
    MEMBALLOON,
    MEMORY_DEVICES,
    HUBS,
    REDIRDEVS,
    REDIRFILTER,
    SMARTCARDS,
    SHMEMS,
    IOMMUS,
    VSOCKS,
    PANICS,
    CRYPTOS,
    LEASES,
    NVRAM,
)
