# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a storage pool (U(https://libvirt.org/formatstorage.html))."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    DIRECTORY,
    MODE,
    NAME,
    UUID,
    YES,
    Choice,
    Int,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, Group, List, Node, Table, Values

#: What a pool of each type cannot be defined without.
NEEDS: dict[str, tuple[str, ...]] = {
    "dir": ("target.path",),
    "fs": ("source.devices", "target.path"),
    "netfs": ("source.hosts", "source.dir", "target.path"),
    "logical": (),  # the volume group has the pool's name unless source.name says another
    "disk": ("source.devices", "target.path"),
    "iscsi": ("source.hosts", "source.devices", "target.path"),
    "iscsi-direct": ("source.hosts", "source.devices", "source.initiator"),
    "scsi": ("source.adapter", "target.path"),
    "mpath": ("target.path",),
    "rbd": ("source.name", "source.hosts"),
    "gluster": ("source.name", "source.hosts"),
    "zfs": ("source.name",),
    "vstorage": ("source.name", "target.path"),
    "sheepdog": ("source.name", "source.hosts"),
}

#: Types whose target is a directory of the host, with files as volumes.
DIRECTORIES = ("dir", "fs", "netfs", "vstorage")

#: Types in which libvirt makes volumes, and those in which it gives one another size. In the others the storage has the
#: volumes that it has.
MAKES_VOLUMES = (*DIRECTORIES, "logical", "disk", "rbd", "zfs", "sheepdog")
DELETES_VOLUMES = (*MAKES_VOLUMES, "gluster")
RESIZES_VOLUMES = (*DIRECTORIES, "rbd", "sheepdog")

#: Types in which it writes into volumes and reads what is in them.
TRANSFERS_VOLUMES = (*DIRECTORIES, "logical", "disk", "zfs", "iscsi", "scsi", "mpath")

# The label is not among them: libvirt reads it from the file system and never writes it there.
PERMISSIONS = Group(
    "permissions",
    "permissions",
    (
        Field("mode", "mode", MODE),
        Field("owner", "owner", Int(0)),
        Field("group", "group", Int(0)),
    ),
)

ADAPTER: tuple[Node, ...] = (
    Field("type", "@type", Choice("scsi_host", "fc_host")),
    Field("name", "@name"),
    Field("parent", "@parent"),
    Field("parent_wwnn", "@parent_wwnn"),
    Field("parent_wwpn", "@parent_wwpn"),
    Field("parent_fabric_wwn", "@parent_fabric_wwn"),
    Field("managed", "@managed", YES),
    Field("wwnn", "@wwnn"),
    Field("wwpn", "@wwpn"),
    Group(
        "parentaddr",
        "parentaddr",
        (
            Field("unique_id", "@unique_id", Int(0)),
            Group(
                "address",
                "address",
                tuple(Field(name, f"@{name}", required=True) for name in ("domain", "bus", "slot", "function")),
            ),
        ),
    ),
)

SOURCE = Group(
    "source",
    "source",
    (
        List(
            "hosts",
            "host",
            (Field("name", "@name", required=True), Field("port", "@port", Int(1, 65535))),
            keys=("name+port",),
            alike=("name",),
        ),
        List(
            "devices",
            "device",
            (Field("path", "@path", required=True), Field("part_separator", "@part_separator", YES)),
            keys=("path",),
        ),
        Field("dir", "dir/@path"),
        Group("adapter", "adapter", ADAPTER),
        Field("name", "name"),
        Field("format", "format/@type"),
        Field("initiator", "initiator/iqn/@name"),
        Group(
            "auth",
            "auth",
            (
                Field("type", "@type", Choice("chap", "ceph"), required=True),
                Field("username", "@username", required=True),
                Group(
                    "secret",
                    "secret",
                    (Field("uuid", "@uuid", UUID), Field("usage", "@usage")),
                    rules={"mutually_exclusive": [("uuid", "usage")]},
                ),
            ),
        ),
        Field("protocol_version", "protocol/@ver"),
        Field("vendor", "vendor/@name"),
        Field("product", "product/@name"),
    ),
)

STORAGE_POOL = Table(
    "pool",
    (
        Field("name", "name", NAME, required=True, fixed=True),
        Field("uuid", "uuid", UUID, fixed=True),
        Field("type", "@type", Choice(*NEEDS), fixed=True),
        SOURCE,
        Group("target", "target", (Field("path", "path", DIRECTORY), PERMISSIONS)),
        Group("features", "features", (Field("cow", "cow/@state", YES),)),
        Field("refresh_allocation", "refresh/volume/@allocation", Choice("default", "capacity"), absent="default"),
        Values("mount_options", "fs:mount_opts/fs:option", "name"),
        List(
            "config_options",
            "rbd:config_opts/rbd:option",
            (Field("name", "@name", required=True), Field("value", "@value", required=True)),
            keys=("name",),
        ),
    ),
)

#: What libvirt tells in a document and does not take from one.
UNKEPT = (
    "capacity",
    "allocation",
    "available",
    "source/device/freeExtent",
    "source/format/vendor",
    "source/format/product",
)
