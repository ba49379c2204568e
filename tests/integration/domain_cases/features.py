# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/features.py."""

from __future__ import annotations

from domain_cases.common import EVERYWHERE
from harness.parts import AS_IS, Case, Part

OLD = ("bookworm",)  # its libvirt does not know the option

#: Features of machines other than x86: option, a value, and what the refusal speaks of.
ELSEWHERE = (
    ("gic", "3", "gic"),
    ("aia", "aplic", "aia"),
    ("ras", True, "ras"),
    ("hpt.resizing", "enabled", "hpt"),
    ("hpt.maxpagesize", "64KiB", "hpt"),
    ("htm", True, "htm"),
    ("nested_hv", True, "nested-hv"),
    ("ccf_assist", True, "ccf-assist"),
    ("cfpc", "fixed", "cfpc"),
    ("sbbc", "fixed", "sbbc"),
    ("ibs", "fixed-ibs", "ibs"),
)

PARTS = (
    Part(
        "features",
        {"clock": {"timers": [{"name": "hpet"}, {"name": "rtc"}]}},
        (
            Case("features.acpi", True, False),
            Case("features.pae", True, False),
            Case("features.pmu", True, False),
            Case("features.vmport", True, False),
            Case("features.vmcoreinfo", True, False),
            Case("features.ps2", True, False, refused_on=OLD),
            Case("features.tcg.tb_cache", "16MiB", "32MiB"),
            Case("features.hap", False, True, running=False),
            Case("features.pvspinlock", False, True, running=False),
            Case("features.apic_eoi", False, True, running=False),
            Case("features.apic", True, False, also={"features.apic_eoi": None}, changes=("features.apic",)),
            Case("features.smm_tseg", "8MiB", "48MiB", running=False),
            Case("features.smm", True, False, also={"features.smm_tseg": None}, changes=("features.smm",)),
            Case("clock.offset", "utc", "localtime"),
            Case("clock.timers[hpet].present", False, True),
            Case("clock.timers[rtc].tickpolicy", "catchup", "delay"),
            Case("clock.timers[rtc].track", "guest", "wall"),
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
            Case(
                "clock.offset",
                AS_IS,
                "variable",
                changes=("clock.offset", "clock.basis"),
                also={"clock.timezone": None, "clock.basis": "utc"},
                running=False,
                note="variable",
            ),
            Case("clock.basis", AS_IS, "localtime", running=False),
            Case("clock.adjustment", AS_IS, "120", running=False),
            Case(
                "clock.start",
                AS_IS,
                1000000000,
                also={"clock.offset": "absolute", "clock.basis": None, "clock.adjustment": None},
                changes=("clock.offset", "clock.start"),
                running=False,
            ),
        ),
    ),
    Part(
        "timers",
        {"type": "kvm", "clock": {"timers": [{"name": "tsc"}, {"name": "rtc"}]}},
        (
            Case("clock.timers[tsc].frequency", 2000000000, 3000000000, running=False),
            Case("clock.timers[tsc].mode", "auto", "native", running=False),
            *(
                Case(
                    f"clock.timers[rtc].catchup.{name}",
                    None,
                    value,
                    also={"clock.timers[rtc].tickpolicy": "catchup"},
                    changes=changes,
                    running=False,
                )
                for name, value, changes in (
                    ("threshold", 123, ("clock.timers[rtc].tickpolicy", "clock.timers[rtc].catchup.threshold")),
                    ("slew", 120, ("clock.timers[rtc].catchup.slew",)),
                    ("limit", 10000, ("clock.timers[rtc].catchup.limit",)),
                )
            ),
        ),
    ),
    Part(
        "kvm-features",
        {"type": "kvm"},
        (
            *(
                Case(f"features.kvm.{name}", False, True, running=False)
                for name in ("hidden", "hint_dedicated", "poll_control", "pv_ipi")
            ),
            Case(
                "features.kvm.dirty_ring.state", False, True, also={"features.kvm.dirty_ring.size": 4096}, running=False
            ),
            Case("features.kvm.dirty_ring.size", AS_IS, 8192, running=False),
            Case("features.ioapic", "kvm", "qemu", running=False),
            Case("features.msrs", "fault", "ignore", running=False),
            Case("features.async_teardown", False, True, running=False, refused_on=OLD, refusal="async-teardown"),
            *(
                Case(f"features.hyperv.{name}", False, True, running=False)
                for name in (
                    *("relaxed", "vapic", "vpindex", "runtime", "synic", "reset", "frequencies"),
                    *("reenlightenment", "ipi", "evmcs", "avic"),
                )
            ),
            *(
                Case(f"features.hyperv.{name}", False, True, running=False, refused_on=OLD)
                for name in ("emsr_bitmap", "xmm_input")
            ),
            Case(
                "features.hyperv.spinlocks.state",
                False,
                True,
                also={"features.hyperv.spinlocks.retries": 4096},
                running=False,
            ),
            Case("features.hyperv.spinlocks.retries", AS_IS, 8191, running=False),
            Case("features.hyperv.stimer.state", False, True, running=False),
            Case("features.hyperv.stimer.direct", AS_IS, True, running=False),
            Case(
                "features.hyperv.vendor_id.state",
                False,
                True,
                also={"features.hyperv.vendor_id.value": "one"},
                running=False,
            ),
            Case("features.hyperv.vendor_id.value", AS_IS, "KVM Hv", running=False),
            Case("features.hyperv.tlbflush.state", False, True, running=False),
            Case(
                "features.hyperv.tlbflush.direct",
                AS_IS,
                True,
                also={"features.hyperv.tlbflush.state": True},
                changes=("features.hyperv.tlbflush.direct",),
                running=False,
                refused_on=OLD,
            ),
            Case(
                "features.hyperv.tlbflush.extended",
                AS_IS,
                True,
                also={"features.hyperv.tlbflush.state": True},
                changes=("features.hyperv.tlbflush.extended",),
                running=False,
                refused_on=OLD,
            ),
        ),
    ),
    Part(
        "hyperv-passthrough",
        {"type": "kvm"},
        (Case("features.hyperv.mode", "passthrough", "custom", running=False),),
    ),
    Part(
        "features-elsewhere",
        {},
        tuple(
            Case(f"features.{name}", None, value, refused_on=EVERYWHERE, refusal=refusal)
            for name, value, refusal in ELSEWHERE
        ),
    ),
)
