# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual CPUs: their number, model, topology (U(https://libvirt.org/formatdomain.html#cpu-model-and-topology)).

NUMA cells, which hold memory as well as CPUs, are in numa.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    NUMBERS,
    ON,
    YES,
    Choice,
    Int,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.numa import NUMA
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    Field,
    Group,
    List,
    Node,
)


class Vcpus(Int):
    """The vCPUs that a domain can have. How many are plugged stays as it was: without the attribute, all."""

    def write(self, element: xml.Element, path: str, value: t.Any) -> None:
        before = xml.get(element, path)
        if before and xml.get(element, f"{path}/@current") is None:
            xml.put(element, f"{path}/@current", before)
        super().write(element, path, value)


class CurrentVcpus(Int):
    """The vCPUs that are plugged: libvirt leaves the attribute out where that is all of them."""

    reads_absence = True

    def read(self, element: xml.Element, path: str) -> int | None:
        plugged = super().read(element, path)
        return plugged if plugged is not None else super().read(element, "vcpu")


class Settled(Choice):
    """A word in whose place a running guest's document tells what came of it."""

    def __init__(self, *choices: str, outcome: str) -> None:
        super().__init__(*choices)
        self.outcome = outcome

    def same_live(self, current: t.Any, desired: t.Any) -> bool:
        return current in (desired, self.outcome, None)


VCPUS: tuple[Node, ...] = (
    Field("vcpus", "vcpu", Vcpus(1)),
    Field("current_vcpus", "vcpu/@current", CurrentVcpus(1), live="vcpus"),
    Field("vcpu_placement", "vcpu/@placement", Choice("static", "auto"), absent="static", governs=("vcpu_cpuset",)),
    Field("vcpu_cpuset", "vcpu/@cpuset", NUMBERS, absent=""),
    List(
        "individual_vcpus",
        "vcpus/vcpu",
        (
            Field("id", "@id", Int(0), required=True),
            Field("enabled", "@enabled", YES, live="vcpu", required=True, governs=("hotpluggable", "order")),
            Field("hotpluggable", "@hotpluggable", YES, filled=True),
            Field("order", "@order", Int(1), filled=True),
        ),
        keys=("id",),
        implicit=lambda vcpu: not vcpu.get("enabled"),  # libvirt lists all that the guest can have
    ),
)

CPU = Group(
    "cpu",
    "cpu",
    (
        Field(
            "mode",
            "@mode",
            Choice("custom", "host-model", "host-passthrough", "maximum"),
            offered="cpu/mode",
            governs=("match", "check", "migratable", "model", "fallback", "vendor_id"),
        ),
        Field("match", "@match", Choice("minimum", "exact", "strict"), filled=True),
        Field("check", "@check", Settled("none", "partial", "full", outcome="full"), filled=True),
        Field("migratable", "@migratable", ON),
        Field("model", "model", offered="cpu/mode[@name='custom']/model"),
        Field("fallback", "model/@fallback", Settled("allow", "forbid", outcome="forbid"), filled=True, absent="allow"),
        Field("vendor_id", "model/@vendor_id"),
        Field("vendor", "vendor", filled=True),
        Group(
            "maxphysaddr",
            "",
            (
                Field("mode", "maxphysaddr/@mode", Choice("emulate", "passthrough")),
                Field("bits", "maxphysaddr/@bits", Int(1)),
                Field("limit", "maxphysaddr/@limit", Int(1)),
            ),
            whole=("maxphysaddr",),
            rules={"required_by": {"bits": ["mode"], "limit": ["mode"]}},
        ),
        Group(
            "topology",
            "topology",
            (
                Field("sockets", "@sockets", Int(1), required=True),
                Field("dies", "@dies", Int(1), absent=1),
                Field("clusters", "@clusters", Int(1), absent=1),
                Field("cores", "@cores", Int(1), required=True),
                Field("threads", "@threads", Int(1), required=True),
            ),
        ),
        Group(
            "cache",
            "",
            (
                Field("mode", "cache/@mode", Choice("emulate", "passthrough", "disable")),
                Field("level", "cache/@level", Int(1, 3)),
            ),
            whole=("cache",),
            rules={"required_by": {"level": ["mode"]}},
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
        NUMA,
    ),
)
