# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a secret (U(https://libvirt.org/formatsecret.html)). Its value is no part of its definition."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import PATH, UUID, YES, Choice
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, Group, Table

#: The option that names what a secret is for, by the kind of that.
USAGES = {"volume": "volume", "ceph": "name", "iscsi": "target", "tls": "name", "vtpm": "name"}

SECRET = Table(
    "secret",
    (
        Field("uuid", "uuid", UUID, fixed=True),
        Group(
            "usage",
            "usage",
            (
                Field("type", "@type", Choice(*USAGES), required=True, fixed=True),
                Field("volume", "volume", PATH, fixed=True),
                Field("name", "name", fixed=True),
                Field("target", "target", fixed=True),
            ),
            rules={
                "required_if": [("type", kind, [option]) for kind, option in USAGES.items()],
                "mutually_exclusive": [("volume", "name", "target")],
            },
        ),
        Field("description", "description"),
        Field("ephemeral", "@ephemeral", YES, absent=False),
        Field("private", "@private", YES, absent=False),
    ),
)
