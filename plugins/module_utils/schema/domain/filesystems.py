# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Directories of the host that a guest mounts (U(https://libvirt.org/formatdomain.html#filesystems))."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    MODE,
    ON,
    PATH,
    PRESENT,
    Choice,
    Int,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.shared import (
    DEVICE,
    PLUG,
    VIRTIO,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    RESTART,
    Field,
    Group,
    List,
    Node,
    Spec,
)


def filesystem_plugs(filesystem: Spec, _before: object) -> str:
    """Say how a file system is added to a running guest: one that virtiofsd serves can be."""
    return PLUG if filesystem.get("driver", {}).get("type") == "virtiofs" else RESTART


_RANGE: tuple[Node, ...] = (
    Field("start", "@start", Int(0), required=True),
    Field("target", "@target", Int(0), required=True),
    Field("count", "@count", Int(1), required=True),
)

FILESYSTEMS = List(
    "filesystems",
    "devices/filesystem",
    (
        Field("target", "target/@dir", required=True),
        Field("type", "@type", Choice("mount"), absent="mount"),
        Field("accessmode", "@accessmode", Choice("passthrough", "mapped", "squash"), absent="passthrough"),
        Field("model", "@model", Choice("virtio", "virtio-transitional", "virtio-non-transitional")),
        Field("multidevs", "@multidevs", Choice("default", "remap", "forbid", "warn")),
        Field("fmode", "@fmode", MODE),
        Field("dmode", "@dmode", MODE),
        Group(
            "source",
            "",
            (Field("dir", "source/@dir", PATH), Field("socket", "source/@socket", PATH)),
            whole=("source",),
            rules={"mutually_exclusive": [("dir", "socket")]},
        ),
        Group(
            "driver",
            "driver",
            (
                Field("type", "@type", Choice("path", "handle", "virtiofs", "mtp")),
                Field("wrpolicy", "@wrpolicy", Choice("immediate")),
                Field("queue", "@queue", Int(1)),
                *VIRTIO,
            ),
        ),
        Group(
            "binary",
            "binary",
            (
                Field("path", "@path", PATH, filled=True),
                Field("xattr", "@xattr", ON),
                Group("cache", "cache", (Field("mode", "@mode", Choice("none", "always")),)),
                Group("sandbox", "sandbox", (Field("mode", "@mode", Choice("namespace", "chroot")),)),
                Group("lock", "lock", (Field("posix", "@posix", ON), Field("flock", "@flock", ON))),
                Group("thread_pool", "thread_pool", (Field("size", "@size", Int(0)),)),
                Group("openfiles", "openfiles", (Field("max", "@max", Int(1)),)),
            ),
        ),
        Group(
            "idmap", "idmap", (List("uid", "uid", _RANGE, keys=("start",)), List("gid", "gid", _RANGE, keys=("start",)))
        ),
        Field("readonly", "readonly", PRESENT, absent=False),
        *DEVICE,
    ),
    keys=("target",),
    live=filesystem_plugs,
)
