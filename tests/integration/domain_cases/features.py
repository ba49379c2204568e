# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/features.py."""

from __future__ import annotations

from domain_cases.common import AS_IS, Case, Part

PARTS = (
    Part(
        "features",
        {"clock": {"timers": [{"name": "hpet"}, {"name": "rtc"}]}},
        (
            Case("features.acpi", True, False),
            Case("features.apic", True, False),
            Case("features.pae", True, False),
            Case("features.pmu", True, False),
            Case("features.smm", False, True),
            Case("features.vmport", True, False),
            Case("clock.offset", "utc", "localtime"),
            Case("clock.timers[hpet].present", False, True),
            Case("clock.timers[rtc].tickpolicy", "catchup", "delay"),
            Case(
                "clock.timers[hpet].name",
                AS_IS,
                "pit",
                changes=("clock.timers[hpet]", "clock.timers[pit]"),
                running=False,
            ),
        ),
    ),
    Part(
        "clock",
        {"clock": {"offset": "timezone"}},
        (
            Case("clock.timezone", "Europe/Vienna", "Europe/Paris"),
            Case(
                "clock.timers",
                [{"name": "hpet", "present": True}],
                [{"name": "rtc", "tickpolicy": "catchup"}],
                changes=("clock.timers[hpet]", "clock.timers[rtc]"),
            ),
        ),
    ),
)
