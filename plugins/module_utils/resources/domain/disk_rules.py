# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of disks, file systems and host devices libvirt would silently forget, or QEMU cannot have."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.disks import bus_of
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Spec

Problems = t.Iterator[tuple[str, str]]


def contradictions(spec: Spec, now: Spec) -> Problems:
    """Return what cannot be true together, each with its option's path.

    :arg now: what the domain is like, empty where there is none yet.
    """
    known = {disk["target"]: disk for disk in now.get("disks", ())}
    for index, stated in enumerate(spec.get("disks", ())):
        disk = {**known.get(stated.get("target"), {}), **stated}
        if stated.get("removable") and bus_of(disk) != "usb":
            yield f"disks[{index}].removable", "needs bus: usb; libvirt forgets it otherwise"
        if "boot_loadparm" in stated and "boot_order" not in disk:
            yield f"disks[{index}].boot_loadparm", "needs boot_order; libvirt forgets it otherwise"
        if stated.get("transient") is False and "transient_share_backing" in stated:
            yield f"disks[{index}].transient_share_backing", "needs transient: true"
        yield from _limits(f"disks[{index}].iotune", stated.get("iotune", {}))
    for index, filesystem in enumerate(spec.get("filesystems", ())):
        driver = filesystem.get("driver", {})
        if "wrpolicy" in driver and "type" not in driver:
            yield f"filesystems[{index}].driver.wrpolicy", "needs driver.type: path; libvirt forgets it otherwise"


def _limits(where: str, limits: Spec) -> Problems:
    for name, value in limits.items():
        way, _separator, what = name.partition("_")
        if value and way in ("read", "write") and limits.get(f"total_{what}"):
            yield f"{where}.{name}", f"cannot be stated together with total_{what}"
