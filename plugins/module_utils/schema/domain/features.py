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
    Codec,
    Int,
    Presence,
    Size,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    Field,
    Group,
    List,
    Node,
)


class Feature(Presence):
    """A feature that new guests have unless told otherwise, so one that is not there is worth telling."""

    reads_absence = True

    def read(self, element: xml.Element, path: str) -> bool:
        return bool(super().read(element, path))


class Adjustment(Codec):
    """Seconds that the guest's clock is off, or V(reset)."""

    def parse(self, value: object) -> str:
        text = str(value).strip()
        if text == "reset":
            return text
        try:
            return str(int(text))
        except ValueError as error:
            raise ValueError(f"{value!r} is neither a number of seconds nor 'reset'") from error


def _switch(name: str) -> Field:
    return Field(name, f"{name.replace('_', '-')}/@state", ON)


def _switch_named(name: str) -> Field:  # hyperv's elements have underscores
    return Field(name, f"{name}/@state", ON)


def _state(*more: Node) -> tuple[Node, ...]:
    return (Field("state", "@state", ON, required=True, governs=tuple(row.name for row in more)), *more)


SPECULATION = Choice("broken", "workaround", "fixed")

ENLIGHTENMENTS: tuple[Node, ...] = (
    *(_switch_named(name) for name in ("relaxed", "vapic")),
    Group("spinlocks", "spinlocks", _state(Field("retries", "@retries", Int(4095)))),
    *(_switch_named(name) for name in ("vpindex", "runtime", "synic")),
    Group("stimer", "stimer", _state(Field("direct", "direct/@state", ON))),
    _switch_named("reset"),
    Group("vendor_id", "vendor_id", _state(Field("value", "@value"))),
    *(_switch_named(name) for name in ("frequencies", "reenlightenment")),
    Group(
        "tlbflush",
        "tlbflush",
        _state(Field("direct", "direct/@state", ON), Field("extended", "extended/@state", ON)),
    ),
    *(_switch_named(name) for name in ("ipi", "evmcs", "avic", "emsr_bitmap", "xmm_input")),
)

HYPERV = Group(
    "hyperv",
    "hyperv",
    (
        Field(
            "mode",
            "@mode",
            Choice("custom", "passthrough"),
            absent="custom",
            governs=tuple(row.name for row in ENLIGHTENMENTS),
        ),
        *ENLIGHTENMENTS,
    ),
)

KVM = Group(
    "kvm",
    "kvm",
    (
        *(_switch(name) for name in ("hidden", "hint_dedicated", "poll_control", "pv_ipi")),
        Group("dirty_ring", "dirty-ring", _state(Field("size", "@size", Int(1024, 65536)))),
    ),
)

FEATURES = Group(
    "features",
    "features",
    (
        Field("acpi", "acpi", Feature()),
        Field("apic", "apic", Feature(), governs=("apic_eoi",)),
        Field("apic_eoi", "apic/@eoi", ON),
        Field("pae", "pae", Feature()),
        *(_switch(name) for name in ("hap", "pmu", "pvspinlock")),
        Field("smm", "smm/@state", ON, governs=("smm_tseg",)),
        Field("smm_tseg", "smm/tseg", Size(stored=2**20, unit="unit")),
        *(_switch(name) for name in ("vmport", "vmcoreinfo", "ps2", "ras")),
        Field("async_teardown", "async-teardown/@enabled", YES),
        HYPERV,
        KVM,
        Group("tcg", "tcg", (Field("tb_cache", "tb-cache", Size(stored=1024, unit="unit")),)),
        Field("ioapic", "ioapic/@driver", Choice("kvm", "qemu")),
        Field("msrs", "msrs/@unknown", Choice("ignore", "fault")),
        Field("gic", "gic/@version", Choice("2", "3", "host")),
        Field("aia", "aia/@value", Choice("none", "aplic", "aplic-imsic")),
        Group(
            "hpt",
            "hpt",
            (
                Field("resizing", "@resizing", Choice("enabled", "disabled", "required")),
                Field("maxpagesize", "maxpagesize", Size(stored=1024, unit="unit")),
            ),
        ),
        *(_switch(name) for name in ("htm", "nested_hv", "ccf_assist")),
        Field("cfpc", "cfpc/@value", SPECULATION),
        Field("sbbc", "sbbc/@value", SPECULATION),
        Field("ibs", "ibs/@value", Choice("broken", "workaround", "fixed-ibs", "fixed-ccd", "fixed-na")),
    ),
    always=True,
)

TIMERS = List(
    "timers",
    "timer",
    (
        Field(
            "name",
            "@name",
            Choice("hpet", "kvmclock", "pit", "rtc", "tsc", "hypervclock", "platform", "armvtimer"),
            required=True,
        ),
        Field("present", "@present", YES),
        Field("tickpolicy", "@tickpolicy", Choice("delay", "catchup", "merge", "discard")),
        Field("track", "@track", Choice("boot", "guest", "wall", "realtime")),
        Field("frequency", "@frequency", Int(1)),
        Field("mode", "@mode", Choice("auto", "native", "emulate", "paravirt", "smpsafe")),
        Group("catchup", "catchup", tuple(Field(name, f"@{name}", Int(0)) for name in ("threshold", "slew", "limit"))),
    ),
    keys=("name",),
)

CLOCK = Group(
    "clock",
    "clock",
    (
        Field(
            "offset",
            "@offset",
            Choice("utc", "localtime", "timezone", "variable", "absolute"),
            absent="utc",
            governs=("timezone", "basis", "adjustment", "start"),
        ),
        Field("timezone", "@timezone"),
        Field("basis", "@basis", Choice("utc", "localtime")),
        Field("adjustment", "@adjustment", Adjustment(), filled=True),  # a guest that sets its clock changes it
        Field("start", "@start", Int(0)),
        TIMERS,
    ),
)

ACTIONS = ("destroy", "restart", "preserve", "rename-restart")

LIFECYCLE: tuple[Node, ...] = (
    Field("on_poweroff", "on_poweroff", Choice(*ACTIONS), live="lifecycle"),
    Field("on_reboot", "on_reboot", Choice(*ACTIONS), live="lifecycle"),
    Field("on_crash", "on_crash", Choice(*ACTIONS, "coredump-destroy", "coredump-restart"), live="lifecycle"),
    Field("on_lockfailure", "on_lockfailure", Choice("poweroff", "restart", "pause", "ignore")),
)

PM = Group(
    "pm",
    "pm",
    (
        Field("suspend_to_mem", "suspend-to-mem/@enabled", YES),
        Field("suspend_to_disk", "suspend-to-disk/@enabled", YES),
    ),
)
