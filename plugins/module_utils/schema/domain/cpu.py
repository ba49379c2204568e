# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual CPUs: their number, model and topology (U(https://libvirt.org/formatdomain.html#cpu-model-and-topology))."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    ON,
    Choice,
    Int,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    Field,
    Group,
    List,
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

    def read(self, element: xml.Element, path: str) -> int | None:
        plugged = super().read(element, path)
        return plugged if plugged is not None else super().read(element, "vcpu")


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
