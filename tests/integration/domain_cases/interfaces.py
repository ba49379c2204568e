# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/interfaces.py."""

from __future__ import annotations

from domain_cases.common import AS_IS, MAC, MAC2, Case, Part, networks
from harness.host import PREFIX

PARTS = (
    Part(
        "interface",
        {"interfaces": [{"mac": MAC, "source": {"network": f"{PREFIX}net1"}, "model": "virtio"}]},
        (
            Case(f"interfaces[{MAC}].alias", "ua-one", "ua-two"),
            Case(
                f"interfaces[{MAC}].source.network",
                f"{PREFIX}net1",
                f"{PREFIX}net2",
                live=True,
                changes=(f"interfaces[{MAC}].source",),
            ),
            Case(f"interfaces[{MAC}].source", AS_IS, {"network": f"{PREFIX}net1", "portgroup": "red"}, live=True),
            Case(f"interfaces[{MAC}].link_state", "up", "down", live=True),
            Case(f"interfaces[{MAC}].mtu", 1500, 1400),
            Case(f"interfaces[{MAC}].queues", 2, 4),
            Case(f"interfaces[{MAC}].filter", "clean-traffic", "no-arp-spoofing", live=True),
            Case(
                f"interfaces[{MAC}].source.portgroup",
                "red",
                "blue",
                changes=(f"interfaces[{MAC}].source",),
            ),
            Case(f"interfaces[{MAC}].isolated", False, True, running=False),
            Case(f"interfaces[{MAC}].boot_order", 1, 2),
        ),
        networks,
    ),
    Part(
        "interface-bridge",
        {"interfaces": [{"mac": MAC}]},
        (
            Case(
                f"interfaces[{MAC}].source.bridge",
                "virbr1",
                "virbr2",
                changes=(f"interfaces[{MAC}].source",),
                running=False,
            ),
        ),
    ),
    Part(
        "interface-direct",
        {"interfaces": [{"mac": MAC, "source": {"dev": "host0", "mode": "bridge"}}]},
        (
            Case(
                f"interfaces[{MAC}].source.mode",
                "bridge",
                "private",
                changes=(f"interfaces[{MAC}].source",),
                running=False,  # a container has no macvtap devices
            ),
            Case(
                f"interfaces[{MAC}].source.dev",
                "host0",
                "law-dev",
                changes=(f"interfaces[{MAC}].source",),
                running=False,
            ),
        ),
    ),
    Part(
        "interfaces",
        {},
        (
            Case(
                "interfaces",
                [{"mac": MAC, "type": "user", "model": "virtio"}],
                [{"mac": MAC, "type": "user", "model": "virtio"}, {"mac": MAC2, "type": "user", "model": "virtio"}],
                live=True,
                changes=(f"interfaces[{MAC2}]",),
            ),
            Case(f"interfaces[{MAC}].model", AS_IS, "e1000e"),
            Case(f"interfaces[{MAC}].type", AS_IS, "ethernet", running=False),
            Case(
                f"interfaces[{MAC}].mac",
                AS_IS,
                "52:54:00:00:0d:03",
                changes=(f"interfaces[{MAC}]", "interfaces[52:54:00:00:0d:03]"),
                running=False,
            ),
        ),
    ),
)
