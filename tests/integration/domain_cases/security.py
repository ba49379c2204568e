# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/security.py."""

from __future__ import annotations

from domain_cases.common import AS_IS, EVERYWHERE, Case, Part

LABEL = {"model": "dac", "type": "static", "label": "+0:+0"}

PARTS = (
    Part(
        "security",
        {"seclabels": [LABEL]},
        (
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
        ),
    ),
    Part(
        "launch-security",
        {},
        (Case("launch_security.type", None, "sev", refused_on=EVERYWHERE),),
    ),
)
