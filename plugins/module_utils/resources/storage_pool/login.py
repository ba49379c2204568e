# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The secret with which a pool logs in to its source: without it no start succeeds."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import NotFound, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.secret import USAGES

#: What a secret is for, by the way to log in.
KINDS = {"chap": "iscsi", "ceph": "ceph"}


def missing_secret(connection: Connection, document: xml.Element) -> str:
    """Return the secret that a pool needs and the host has not, by UUID or usage name; C('') for none."""
    uuid = xml.get(document, "source/auth/secret/@uuid") or ""
    usage = xml.get(document, "source/auth/secret/@usage") or ""
    if not uuid and not usage:
        return ""
    kind = KINDS[xml.get(document, "source/auth/@type") or "chap"]
    place = f"usage/{USAGES[kind]}"
    coming = [promise.document for promise in connection.coming.of("secret").values()]
    if any(uuid == xml.get(secret, "uuid") if uuid else usage == xml.get(secret, place) for secret in coming):
        return ""
    try:
        if uuid:
            connection.host.read.secretLookupByUUIDString(uuid)
        else:
            connection.host.read.secretLookupByUsage(constant(f"SECRET_USAGE_TYPE_{kind.upper()}"), usage)
    except NotFound:
        return uuid or usage
    return ""


def refuse_without(secret: str) -> None:
    """Refuse to start a pool that could not log in.

    :raises Refused: where a I(secret) is missing.
    """
    if secret:
        raise Refused(
            f"source.auth.secret: the host has no secret {secret}, so the pool cannot log in.",
            "Make it first with hypervise.kvm.secret.",
            option="source.auth.secret",
        )
