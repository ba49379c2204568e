# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of a domain (U(https://libvirt.org/formatdomain.html)), each part from its own file."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    NAME,
    UUID,
    Choice,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.boot import OS
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.cpu import CPU, CurrentVcpus, Vcpus
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.devices import DEVICES
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.features import CLOCK, FEATURES, LIFECYCLE, PM
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.memory import MEMORY
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    Field,
    Table,
)

DOMAIN = Table(
    "domain",
    (
        Field("name", "name", NAME, required=True, fixed=True),
        Field("uuid", "uuid", UUID, fixed=True),
        Field("type", "@type", Choice("auto", "kvm", "qemu")),
        Field("title", "title", live="metadata"),
        Field("description", "description", live="metadata"),
        Field("memory", "memory", MEMORY),
        Field("current_memory", "currentMemory", MEMORY, live="memory", eventual=True),
        Field("vcpus", "vcpu", Vcpus(1)),
        Field("current_vcpus", "vcpu/@current", CurrentVcpus(1), live="vcpus"),
        CPU,
        OS,
        FEATURES,
        CLOCK,
        *LIFECYCLE,
        PM,
        *DEVICES,
    ),
)
