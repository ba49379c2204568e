# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a mediated device, the one kind of node device that has a definition.

See U(https://libvirt.org/drvnodedev.html).
"""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import UUID
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, List, Table

MEDIATED_DEVICE = Table(
    "device",
    (
        Field("uuid", "capability/uuid", UUID, fixed=True),
        Field("parent", "parent", fixed=True),
        Field("type", "capability/type/@id", fixed=True),
        List(
            "attributes",
            "capability/attr",
            (Field("name", "@name", required=True), Field("value", "@value", required=True)),
            sequence=True,
        ),
    ),
)
