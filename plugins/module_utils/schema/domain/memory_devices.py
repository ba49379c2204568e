# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Memory in modules, which can be plugged (U(https://libvirt.org/formatdomain.html#memory-devices))."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    PATH,
    PRESENT,
    UUID,
    YES,
    Choice,
    Int,
    Size,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.shared import (
    DEVICE,
    HEXADECIMAL,
    PLUG,
    UPDATE,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    RESTART,
    Field,
    Group,
    List,
    Spec,
)

_SIZE = Size(stored=1024, unit="unit", minimum=1024)


def memory_plugs(memory: Spec, _before: object) -> str:
    """Say how memory is added to a running guest."""
    return RESTART if memory.get("model") == "sgx-epc" else PLUG


MEMORY_DEVICES = List(
    "memory_devices",
    "devices/memory",
    (
        Field("model", "@model", Choice("dimm", "nvdimm", "virtio-mem", "virtio-pmem", "sgx-epc"), required=True),
        Field("access", "@access", Choice("shared", "private")),
        Field("discard", "@discard", YES),
        Field("uuid", "uuid", UUID, filled=True),
        Group(
            "source",
            "source",
            (
                Field("pagesize", "pagesize", _SIZE),
                Field("nodemask", "nodemask"),
                Field("path", "path", PATH),
                Field("alignsize", "alignsize", _SIZE),
                Field("pmem", "pmem", PRESENT, absent=False),
            ),
        ),
        Group(
            "target",
            "target",
            (
                Field("size", "size", _SIZE, required=True),
                Field("node", "node", Int(0)),
                Field("block", "block", _SIZE),
                Field("requested", "requested", Size(stored=1024, unit="unit"), live=UPDATE),
                Group("label", "label", (Field("size", "size", _SIZE, required=True),)),
                Field("readonly", "readonly", PRESENT, absent=False),
                Field("dynamic_memslots", "@dynamicMemslots", YES),
                Group("address", "address", (Field("base", "@base", HEXADECIMAL, required=True),), filled=True),
            ),
        ),
        *DEVICE,
    ),
    keys=("alias", "uuid"),
    alike=("model", "target"),
    live=memory_plugs,
)
