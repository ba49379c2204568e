# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of a domain (U(https://libvirt.org/formatdomain.html)). Its devices are in domain_devices."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    NAME,
    ON,
    PATH,
    UUID,
    YES,
    Choice,
    Int,
    Machine,
    Presence,
    Size,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain_devices import DEVICES
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, Group, List, Node, Table, Values

MEMORY = Size(stored=1024, unit="unit", minimum=1024, live_step=2**20)  # QEMU has it in whole MiB


class Vcpus(Int):
    """The vCPUs that a domain can have. How many are plugged stays as it was: without the attribute, all."""

    def write(self, element: xml.Element, path: str, value: t.Any) -> None:
        before = xml.get(element, path)
        if before and xml.get(element, f"{path}/@current") is None:
            xml.put(element, f"{path}/@current", before)
        super().write(element, path, value)


class CurrentVcpus(Int):
    """The vCPUs that are plugged: libvirt leaves the attribute out where that is all of them."""

    def read(self, element: xml.Element, path: str) -> int | None:
        plugged = super().read(element, path)
        return plugged if plugged is not None else super().read(element, "vcpu")


class Feature(Presence):
    """A feature that new guests have unless told otherwise, so one that is not there is worth telling."""

    def read(self, element: xml.Element, path: str) -> bool:
        return bool(super().read(element, path))


class Firmware(Choice):
    """What the guest is started by. V(bios) is what libvirt uses where nothing is said, and few hosts describe it."""

    def encode(self, value: t.Any) -> str:
        return "" if value == "bios" else str(value)


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

CPU = Group(
    "cpu",
    "cpu",
    (
        Field("mode", "@mode", Choice("custom", "host-model", "host-passthrough", "maximum"), offered="cpu/mode"),
        Field("model", "model", offered="cpu/mode[@name='custom']/model"),
        Field("migratable", "@migratable", ON),
        Group(
            "topology",
            "topology",
            (
                Field("sockets", "@sockets", Int(1), required=True),
                Field("dies", "@dies", Int(1), absent=1),
                Field("cores", "@cores", Int(1), required=True),
                Field("threads", "@threads", Int(1), required=True),
            ),
        ),
        List(
            "features",
            "feature",
            (
                Field("name", "@name", required=True),
                Field("policy", "@policy", Choice("force", "require", "optional", "disable", "forbid")),
            ),
            keys=("name",),
            live_extra=True,
            rules={"required_by": {"name": ["policy"]}},
        ),
    ),
)

OS = Group(
    "os",
    "os",
    (
        Field("arch", "type/@arch"),
        Field("machine", "type/@machine", Machine()),
        Field(
            "firmware",
            "@firmware",
            Firmware("bios", "efi"),
            absent="bios",
            offered="os/enum[@name='firmware']/value",
        ),
        Group(
            "loader",
            "loader",
            (
                Field("path", "", PATH),
                Field("readonly", "@readonly", YES),
                Field("secure", "@secure", YES),
                Field("type", "@type", Choice("rom", "pflash")),
            ),
        ),
        Group("nvram", "nvram", (Field("path", "", PATH), Field("template", "@template", PATH))),
        Field("kernel", "kernel", PATH),
        Field("initrd", "initrd", PATH),
        Field("cmdline", "cmdline"),
        Values("boot_devices", "boot", "dev", Choice("fd", "hd", "cdrom", "network")),
        Group(
            "boot_menu",
            "bootmenu",
            (Field("enable", "@enable", YES, required=True), Field("timeout", "@timeout", Int(0, 65535))),
        ),
    ),
)

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

PM = Group(
    "pm",
    "pm",
    (
        Field("suspend_to_mem", "suspend-to-mem/@enabled", YES),
        Field("suspend_to_disk", "suspend-to-disk/@enabled", YES),
    ),
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
