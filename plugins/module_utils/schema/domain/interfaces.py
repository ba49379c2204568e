# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Network interfaces (U(https://libvirt.org/formatdomain.html#network-interfaces))."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    MAC,
    YES,
    Choice,
    Int,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.shared import (
    ORDER,
    PLUG,
    UPDATE,
    UserAlias,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    RESTART,
    Field,
    Group,
    List,
    Spec,
)


def reconnection(interface: Spec, before: Spec | None) -> str:
    """Say how an interface gets another source: libvirt replugs it from network or bridge to another."""
    sources = (before or {}, interface.get("source") or {})
    plain = all("network" in source or "bridge" in source for source in sources)
    same_group = sources[0].get("portgroup") == sources[1].get("portgroup")
    return UPDATE if plain and same_group else RESTART


INTERFACES = List(
    "interfaces",
    "devices/interface",
    (
        Field("type", "@type", Choice("network", "bridge", "direct", "user", "ethernet")),
        Field("mac", "mac/@address", MAC),
        Field("alias", "alias/@name", UserAlias()),
        Group(
            "source",
            "",
            (
                Field("network", "source/@network", implies={"@type": "network"}),
                Field("portgroup", "source/@portgroup"),
                Field("bridge", "source/@bridge", implies={"@type": "bridge"}),
                Field("dev", "source/@dev", implies={"@type": "direct"}),
                Field("mode", "source/@mode", Choice("vepa", "bridge", "private", "passthrough")),
            ),
            whole=("source",),
            live=reconnection,
            rules={
                "mutually_exclusive": [("network", "bridge", "dev")],
                "required_by": {"portgroup": ["network"], "mode": ["dev"]},
            },
        ),
        Field("model", "model/@type"),
        Field("link_state", "link/@state", Choice("up", "down"), live=UPDATE, absent="up"),
        Field("mtu", "mtu/@size", Int(68, 65535)),
        Field("queues", "driver/@queues", Int(1)),
        Field("filter", "filterref/@filter", live=UPDATE),
        Field("isolated", "port/@isolated", YES, absent=False),
        Field("boot_order", "boot/@order", ORDER),
    ),
    keys=("mac", "alias"),
    alike=("type", "source"),
    live=PLUG,
)
