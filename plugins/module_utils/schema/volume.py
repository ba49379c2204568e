# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a storage volume (U(https://libvirt.org/formatstorage.html#storage-volume-xml))."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import units
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    DIRECTORY,
    NAME,
    PRESENT,
    Choice,
    Int,
    Mode,
    Size,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.disk_source import encryption
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, Group, Table

BYTES = Size(unit="unit")


class Capacity(Size):
    """What a guest sees. For all formats but raw, libvirt creates whole KiB, and resizes to whole sectors."""

    def same(self, current: t.Any, desired: t.Any) -> bool:
        return current is not None and desired <= current <= units.round_up(desired, 1024)


#: How libvirt makes the keys of an image that it encrypts.
ENCRYPTION = Group(
    "encryption",
    "target/encryption",
    (
        *encryption("").fields,
        Group(
            "cipher",
            "cipher",
            (
                Field("name", "@name", required=True),
                Field("size", "@size", Int(1), required=True),
                Field("mode", "@mode"),
                Field("hash", "@hash"),
            ),
            rules={"required_together": [("mode", "hash")]},
        ),
        Group("ivgen", "ivgen", (Field("name", "@name", required=True), Field("hash", "@hash"))),
    ),
    rules={"required_together": [("cipher", "ivgen")]},
)


class Id(Int):
    """A user's or group's ID. That of nobody, -1, is none stated."""

    def decode(self, text: str) -> int | None:
        number = int(text)  # libvirt takes no leading zero for octal here
        return None if number in (-1, 2**32 - 1) else number


# Only the capacity and the mode of an existing volume can be changed; all else is fixed when it is created.
VOLUME = Table(
    "volume",
    (
        Field("name", "name", NAME, required=True, fixed=True),
        Field("capacity", "capacity", Capacity(unit="unit")),
        Field("format", "target/format/@type", fixed=True, absent="raw"),  # of block devices, libvirt shows none
        Group(
            "backing_store",
            "backingStore",
            (
                Field("path", "path", DIRECTORY, fixed=True),
                Field("format", "format/@type", fixed=True),
            ),
            rules={"mutually_exclusive": [("path", "volume")], "required_one_of": [("path", "volume")]},
        ),
        Group(
            "permissions",
            "target/permissions",
            (
                Field("mode", "mode", Mode(), fixed=True),
                Field("owner", "owner", Id(0), fixed=True),
                Field("group", "group", Id(0), fixed=True),
            ),
        ),
        Field("compat", "target/compat", Choice("0.10", "1.1"), fixed=True, absent="0.10"),
        Field("cluster_size", "target/clusterSize", BYTES, fixed=True, absent=65536),
        Field("lazy_refcounts", "target/features/lazy_refcounts", PRESENT, fixed=True, absent=False),
        Field("extended_l2", "target/features/extended_l2", PRESENT, fixed=True, absent=False),
        Field("nocow", "target/nocow", PRESENT, absent=False),
        ENCRYPTION,
    ),
)

#: Rows that are not compared with an existing volume. libvirt gives an image to the guest that starts on it, and not
#: always takes it back; and what is said of the making alone it does not show any more when it has read the pool anew.
MADE_ONCE = (
    "permissions.owner",
    "permissions.group",
    "nocow",
    "encryption.engine",
    "encryption.secrets",
    "encryption.cipher",
    "encryption.ivgen",
)

#: How much is allocated at once. Afterwards libvirt shows what is in use, so it is nothing to compare with.
ALLOCATION = Field("allocation", "allocation", BYTES)

#: Formats in which libvirt makes volumes in a file system, of exactly the size that was asked for.
FORMATS = ("raw", "qcow2", "qcow", "qed", "vdi", "vmdk")
#: What else libvirt makes there: a directory, which has no size.
DIRECTORY_FORMAT = "dir"

#: What only qcow2 has.
OF_QCOW2 = ("compat", "cluster_size", "lazy_refcounts", "extended_l2")
