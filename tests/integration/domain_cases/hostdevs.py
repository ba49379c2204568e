# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/hostdevs.py."""

from __future__ import annotations

from typing import Any

from domain_cases.common import UUIDS
from harness.parts import AS_IS, Case, Part

A, B, C = (
    {"type": "pci", "source": {"address": {"domain": 0, "bus": bus, "slot": 0, "function": 0}}} for bus in (6, 7, 26)
)


def became(a: Any, b: dict[str, Any], *labels: str, **more: Any) -> Case:
    """Another device."""
    return Case("hostdevs", a if a is AS_IS else [a], [b], changes=labels or ("hostdevs[0]",), running=False, **more)


def usb(source: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "usb", "source": source, **more}


PARTS = (
    Part(
        "hostdevs",
        {},
        (
            became(A, {**B, "managed": True, "rom": {"enabled": True, "bar": False, "file": "/one"}, "boot_order": 1}),
            became(
                AS_IS,
                {
                    **C,
                    "driver": {"name": "vfio"},
                    "alias": "ua-one",
                    "teaming": {"type": "transient", "persistent": "ua-net"},
                    "address": {"type": "pci", "domain": 0, "bus": 31, "slot": 0, "function": 0},
                },
                "hostdevs[0]",
                "hostdevs[ua-one]",
                note="named",
            ),
        ),
    ),
    Part(
        "hostdevs-new",
        {"hostdevs": [{**A, "driver": {"name": "vfio"}, "alias": "ua-one"}]},
        (
            Case(
                "hostdevs[ua-one].driver.model",
                None,
                "vfio_law",
                running=False,
                refused_on=("bookworm",),
                refusal="domain.rng",
            ),
        ),
    ),
    Part(
        "hostdevs-usb",
        {},
        (
            became(
                usb({"vendor": "0x046d", "product": "0xc52b"}),
                usb({"vendor": "0x046e", "product": "0x00ab", "startup_policy": "optional", "guest_reset": "off"}),
            ),
            became(
                AS_IS,
                usb({"address": {"bus": 14, "device": 6}}),
                note="address",
            ),
        ),
    ),
    Part(
        "hostdevs-scsi",
        {"controllers": [{"type": "scsi", "index": 0, "model": "virtio-scsi"}]},
        (
            became(
                {
                    "type": "scsi",
                    "source": {"adapter": "scsi_host0", "address": {"bus": 0, "target": 0, "unit": 0}},
                },
                {
                    "type": "scsi",
                    "source": {"adapter": "scsi_host1", "address": {"bus": 0, "target": 1, "unit": 12}},
                    "readonly": True,
                    "shareable": True,
                    "rawio": True,
                    "sgio": "filtered",
                },
            ),
            became(
                AS_IS,
                {
                    "type": "scsi",
                    "source": {
                        "protocol": "iscsi",
                        "name": "iqn.2026-01.example:one/1",
                        "hosts": [{"name": "192.0.2.1", "port": 3260}],
                        "initiator": "iqn.2026-01.example:host",
                        "auth": {"username": "law", "secret": {"type": "iscsi", "usage": "law"}},
                    },
                },
                note="iscsi",
            ),
            became(
                AS_IS,
                {
                    "type": "scsi_host",
                    "model": "virtio-transitional",
                    "source": {"protocol": "vhost", "wwpn": "naa.5123456789abcde0"},
                },
                note="vhost",
            ),
        ),
    ),
    Part(
        "hostdevs-mdev",
        {"graphics": [{"type": "vnc"}]},
        (
            became(
                {"type": "mdev", "model": "vfio-pci", "source": {"address": {"uuid": UUIDS[0]}}},
                {
                    "type": "mdev",
                    "model": "vfio-pci",
                    "display": True,
                    "ramfb": True,
                    "source": {"address": {"uuid": UUIDS[1]}},
                },
            ),
        ),
    ),
)
