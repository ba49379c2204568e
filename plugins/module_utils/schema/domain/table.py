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
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.cpu import CPU, VCPUS
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.devices import DEVICES
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.features import CLOCK, FEATURES, LIFECYCLE, PM
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.memory import MEMORY
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.metadata import METADATA
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.security import SECURITY
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.sysinfo import FWCFG, SYSINFO
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.tuning import TUNING
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
        Field("genid", "genid", UUID),
        Field("title", "title", live="metadata"),
        Field("description", "description", live="metadata"),
        METADATA,
        *MEMORY,
        *VCPUS,
        CPU,
        OS,
        SYSINFO,
        FWCFG,
        FEATURES,
        CLOCK,
        *LIFECYCLE,
        PM,
        *TUNING,
        *SECURITY,
        *DEVICES,
    ),
)
