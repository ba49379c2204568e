# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Features of the machine, its clock, and its power (U(https://libvirt.org/formatdomain.html#hypervisor-features))."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    ON,
    YES,
    Choice,
    Presence,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    Field,
    Group,
    List,
    Node,
)


class Feature(Presence):
    """A feature that new guests have unless told otherwise, so one that is not there is worth telling."""

    def read(self, element: xml.Element, path: str) -> bool:
        return bool(super().read(element, path))


FEATURES = Group(
    "features",
    "features",
    (
        Field("acpi", "acpi", Feature()),
        Field("apic", "apic", Feature()),
        Field("pae", "pae", Feature()),
        Field("pmu", "pmu/@state", ON),
        Field("smm", "smm/@state", ON),
        Field("vmport", "vmport/@state", ON),
    ),
)

CLOCK = Group(
    "clock",
    "clock",
    (
        Field("offset", "@offset", Choice("utc", "localtime", "timezone"), absent="utc"),
        Field("timezone", "@timezone"),
        List(
            "timers",
            "timer",
            (
                Field("name", "@name", Choice("hpet", "kvmclock", "pit", "rtc", "tsc", "hypervclock"), required=True),
                Field("present", "@present", YES),
                Field("tickpolicy", "@tickpolicy", Choice("delay", "catchup", "merge", "discard")),
            ),
            keys=("name",),
        ),
    ),
)

LIFECYCLE: tuple[Node, ...] = (
    Field("on_poweroff", "on_poweroff", Choice("destroy", "restart", "preserve", "rename-restart"), live="lifecycle"),
    Field("on_reboot", "on_reboot", Choice("destroy", "restart", "preserve", "rename-restart"), live="lifecycle"),
    Field(
        "on_crash",
        "on_crash",
        Choice("destroy", "restart", "preserve", "rename-restart", "coredump-destroy", "coredump-restart"),
        live="lifecycle",
    ),
)

PM = Group(
    "pm",
    "pm",
    (
        Field("suspend_to_mem", "suspend-to-mem/@enabled", YES),
        Field("suspend_to_disk", "suspend-to-disk/@enabled", YES),
    ),
)
