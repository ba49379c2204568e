# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A guest's own NUMA topology (U(https://libvirt.org/formatdomain.html#guest-numa-topology)).

What it is placed on of the host's is in tuning.
"""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    NUMBERS,
    YES,
    Choice,
    Int,
    Size,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    Field,
    Group,
    List,
    Node,
)

CELLS = List(
    "cells",
    "cell",
    (
        Field("id", "@id", Int(0)),
        Field("cpus", "@cpus", NUMBERS, absent=""),
        Field("memory", "@memory", Size(stored=1024, unit="unit", live_step=2**20), required=True),
        Field("mem_access", "@memAccess", Choice("shared", "private")),
        Field("discard", "@discard", YES),
        List(
            "distances",
            "distances/sibling",
            (Field("id", "@id", Int(0), required=True), Field("value", "@value", Int(10, 255), required=True)),
            keys=("id",),
            implicit=lambda distance: True,  # libvirt completes what is stated of them
        ),
        List(
            "caches",
            "cache",
            (
                Field("level", "@level", Int(0), required=True),
                Field("associativity", "@associativity", Choice("none", "direct", "full"), required=True),
                Field("policy", "@policy", Choice("none", "writeback", "writethrough"), required=True),
                Field("size", "size/@value", Size(stored=1024, unit="unit"), required=True),
                Field("line", "line/@value", Size(unit="unit"), required=True),
            ),
            keys=("level",),
        ),
    ),
    keys=("id",),
)

_BETWEEN: tuple[Node, ...] = (
    Field("initiator", "@initiator", Int(0), required=True),
    Field("target", "@target", Int(0), required=True),
    Field("cache", "@cache", Int(0)),
    Field("type", "@type", Choice("access", "read", "write"), required=True),
)
_KEYS = ("initiator+target+type+cache", "initiator+target+type")

NUMA = Group(
    "numa",
    "numa",
    (
        CELLS,
        Group(
            "interconnects",
            "interconnects",
            (
                List("latencies", "latency", (*_BETWEEN, Field("value", "@value", Int(0), required=True)), keys=_KEYS),
                List(
                    "bandwidths",
                    "bandwidth",
                    (*_BETWEEN, Field("value", "@value", Size(stored=1024, unit="unit"), required=True)),
                    keys=_KEYS,
                ),
            ),
        ),
    ),
)
