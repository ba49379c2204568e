# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/filesystems.py."""

from __future__ import annotations

from harness.host import SCRATCH
from harness.parts import Case, Part

NINE = {"target": "one", "source": {"dir": SCRATCH}}
VIRTIOFS = {"target": "two", "driver": {"type": "virtiofs"}, "source": {"dir": SCRATCH}}

PARTS = (
    Part(
        "filesystems",
        {
            "filesystems": [
                {**NINE, "accessmode": "mapped", "driver": {"type": "path"}},
                {"target": "five", "source": {"dir": "/srv"}},
            ],
        },
        (
            Case("filesystems[one].source", {"dir": SCRATCH}, {"dir": "/srv"}),
            Case("filesystems[five].accessmode", "passthrough", "mapped"),
            Case("filesystems[one].fmode", "0600", "0644"),
            Case("filesystems[one].dmode", "0700", "0755"),
            Case("filesystems[one].multidevs", "remap", "forbid"),
            Case("filesystems[one].model", "virtio", "virtio-non-transitional"),
            Case("filesystems[one].readonly", False, True),
            Case("filesystems[one].driver.wrpolicy", None, "immediate"),
        ),
    ),
    Part(
        "virtiofs",
        {
            "memory_backing": {"source": "memfd", "access": "shared"},
            "filesystems": [
                VIRTIOFS,
                {"target": "three", "driver": {"type": "virtiofs"}, "source": {"socket": "/run/one"}},
            ],
        },
        (
            Case("filesystems[two].driver.queue", 512, 1024, running=False),
            Case("filesystems[two].binary.path", "/usr/libexec/one", "/usr/libexec/two", running=False),
            Case("filesystems[two].binary.xattr", False, True, running=False),
            Case("filesystems[two].binary.cache.mode", "none", "always", running=False),
            Case("filesystems[two].binary.sandbox.mode", "namespace", "chroot", running=False),
            Case("filesystems[two].binary.lock.posix", False, True, running=False),
            Case("filesystems[two].binary.lock.flock", False, True, running=False),
            Case("filesystems[two].binary.thread_pool.size", 4, 0, running=False),
            Case(
                "filesystems[three].source.socket",
                "/run/one",
                "/run/two",
                changes=("filesystems[three].source",),
                running=False,
            ),
        ),
    ),
    Part(
        "filesystems-new",
        {
            "memory_backing": {"source": "memfd", "access": "shared"},
            "filesystems": [VIRTIOFS],
        },
        (
            Case(
                "filesystems[two].idmap",
                None,
                {
                    "uid": [{"start": 0, "target": 100000, "count": 65535}],
                    "gid": [{"start": 0, "target": 100000, "count": 65535}],
                },
                changes=("filesystems[two].idmap.uid[0]", "filesystems[two].idmap.gid[0]"),
                running=False,
                refused_on=("bookworm",),
                refusal="domain.rng",
            ),
            Case(
                "filesystems[two].binary.openfiles.max",
                1024,
                2048,
                running=False,
                refused_on=("bookworm",),
                refusal="domain.rng",
            ),
        ),
    ),
    Part(
        "filesystems-list",
        {},
        (
            Case(
                "filesystems",
                [NINE],
                [{**NINE, "target": "four", "type": "mount", "driver": {"type": "path"}}],
                changes=("filesystems[one]", "filesystems[four]"),
            ),
        ),
    ),
)
