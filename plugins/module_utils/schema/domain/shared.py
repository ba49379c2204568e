# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tables of several devices have in common."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    Codec,
    Int,
)

PLUG = "plug"  # attached to and detached from a running guest
UPDATE = "update"  # changed on a running guest's device

ORDER = Int(1)


class UserAlias(Codec):
    """A device's own name: starts with V(ua-). Others are libvirt's, made anew at each start."""

    def parse(self, value: object) -> str:
        text = str(value)
        if not text.startswith("ua-"):
            raise ValueError(f"{text!r} is not an alias of a user; it must start with 'ua-'")
        return text

    def decode(self, text: str) -> str | None:
        return text if text.startswith("ua-") else None


class Shown(Codec):
    """A text that libvirt may leave out of a running guest's document."""

    def same_live(self, current: object, desired: object) -> bool:
        return current is None or self.same(current, desired)


def enumeration(device: str, name: str) -> str:
    """Return where capabilities list the values that a host has for one attribute of a device."""
    return f"devices/{device}/enum[@name='{name}']/value"
