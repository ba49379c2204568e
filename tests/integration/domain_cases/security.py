# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/security.py."""

from __future__ import annotations

from domain_cases.common import EVERYWHERE
from harness.parts import AS_IS, Case, Part

LABEL = {"model": "dac", "type": "static", "label": "+0:+0"}
BASED = {"model": "selinux", "type": "dynamic", "baselabel": "system_u:system_r:svirt_custom_t:s0"}

SEV = {
    "type": "sev",
    "policy": 1,
    "kernel_hashes": True,
    "cbitpos": 47,
    "reduced_phys_bits": 1,
    "dh_cert": "QQ==",
    "session": "QQ==",
}
SNP = {
    "type": "sev-snp",
    "policy": "0x30000",
    "author_key": True,
    "vcek": True,
    "guest_visible_workarounds": "QQ==",
    "id_block": "QQ==",
    "id_auth": "QQ==",
    "host_data": "QQ==",
}

PARTS = (
    Part(
        "security",
        {"seclabels": [LABEL]},
        (
            Case("seclabels", AS_IS, [LABEL, BASED], changes=("seclabels[selinux]",), running=False),
            Case("seclabels[selinux].baselabel", AS_IS, "system_u:system_r:svirt_t:s0", running=False),
            Case("seclabels[dac].label", AS_IS, "+1:+1", running=False),
            Case("seclabels[dac].relabel", AS_IS, True, running=False),
            Case(
                "seclabels[dac].type",
                AS_IS,
                "none",
                also={"seclabels[dac].label": None, "seclabels[dac].relabel": None},
                changes=("seclabels[dac].type",),
                running=False,
            ),
            Case(
                "keywrap",
                [{"name": "aes", "state": True}],
                [{"name": "dea", "state": True}],
                changes=("keywrap[aes]", "keywrap[dea]"),
                running=False,
            ),
            Case("keywrap[dea].state", AS_IS, False, running=False),
        ),
    ),
    Part(
        "launch-security",
        {},
        tuple(
            Case("launch_security", None, kind, refused_on=EVERYWHERE, refusal="launch", note=str(kind["type"]))
            for kind in (SEV, SNP)
        ),
    ),
)
