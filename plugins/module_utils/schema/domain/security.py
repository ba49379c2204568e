# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may touch a guest: labels of the host, encryption of its memory (U(https://libvirt.org/formatdomain.html#security-label))."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    NUMBER,
    ON,
    YES,
    Choice,
    Int,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    Field,
    Group,
    List,
    Node,
    Spec,
)


def _made_at_start(label: Spec) -> bool:
    """Tell whether libvirt gives a running guest such a label by itself."""
    return label.get("type") == "dynamic" and "baselabel" not in label


SECLABELS = List(
    "seclabels",
    "seclabel",
    (
        Field("model", "@model", required=True),
        Field(
            "type",
            "@type",
            Choice("dynamic", "static", "none"),
            required=True,
            governs=("relabel", "label", "baselabel"),
        ),
        Field("relabel", "@relabel", YES),
        Field("label", "label", filled=True),
        Field("baselabel", "baselabel"),
    ),
    keys=("model",),
    implicit=_made_at_start,
)

_LAUNCH: tuple[Field, ...] = (
    Field(
        "type",
        "launchSecurity/@type",
        Choice("sev", "sev-snp", "s390-pv"),
        offered="features/launchSecurity/enum[@name='sectype']/value",
    ),
    Field("policy", "launchSecurity/policy", NUMBER),
    Field("kernel_hashes", "launchSecurity/@kernelHashes", YES),
    Field("cbitpos", "launchSecurity/cbitpos", Int(0)),
    Field("reduced_phys_bits", "launchSecurity/reducedPhysBits", Int(0)),
    Field("dh_cert", "launchSecurity/dhCert"),
    Field("session", "launchSecurity/session"),
    Field("author_key", "launchSecurity/@authorKey", YES),
    Field("vcek", "launchSecurity/@vcek", YES),
    Field("guest_visible_workarounds", "launchSecurity/guestVisibleWorkarounds"),
    Field("id_block", "launchSecurity/idBlock"),
    Field("id_auth", "launchSecurity/idAuth"),
    Field("host_data", "launchSecurity/hostData"),
)

LAUNCH_SECURITY = Group(
    "launch_security",
    "",
    _LAUNCH,
    whole=("launchSecurity",),
    rules={"required_by": {field.name: ["type"] for field in _LAUNCH[1:]}},
)

KEYWRAP = List(
    "keywrap",
    "keywrap/cipher",
    (Field("name", "@name", Choice("aes", "dea"), required=True), Field("state", "@state", ON, required=True)),
    keys=("name",),
)

SECURITY: tuple[Node, ...] = (SECLABELS, LAUNCH_SECURITY, KEYWRAP)
