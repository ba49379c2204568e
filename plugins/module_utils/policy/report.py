# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of a policy, for a person and in short."""

from __future__ import annotations

import time
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import units

Told = t.Mapping[str, t.Any]


def text(told: Told) -> str:
    """Return the report as lines."""
    outcome = "FAILED" if told["failed"] else "done"
    began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(told["began"]))
    lines = [f"{told['policy']} on {told['host']}, {began}: {outcome} after {told['seconds']:.0f} s"]
    for step in told["steps"]:
        lines.append(f"  {step['step']}: {_outcome(step)}")
        lines += [f"    {domain['name']}: {_of_domain(domain)}" for domain in step["domains"]]
    return "\n".join(lines) + "\n"


def short(told: Told) -> dict[str, t.Any]:
    """Return what is kept of each run for all time."""
    failed = [
        f"{step['step']} {domain['name']}"
        for step in told["steps"]
        for domain in step["domains"]
        if domain.get("failed")
    ]
    return {
        **{name: told[name] for name in ("policy", "began", "seconds", "failed")},
        "steps": [step["step"] for step in told["steps"]],
        "failures": failed or [step["step"] for step in told["steps"] if step["failed"]],
    }


def _outcome(step: Told) -> str:
    if step["domains"]:
        failed = sum(bool(domain.get("failed")) for domain in step["domains"])
        return f"{len(step['domains']) - failed} of {len(step['domains'])} guests, {step['seconds']:.0f} s"
    if step["failed"]:
        return f"FAILED: {step['msg']}"
    return "no guests" if "snapshot" not in step else f"snapshot {step['snapshot']}"


def _of_domain(domain: Told) -> str:
    if domain.get("failed"):
        return f"FAILED: {domain['msg']}"
    if domain.get("point"):
        stored = sum(disk["stored_bytes"] or 0 for disk in domain["disks"])
        made = "made" if domain["changed"] else "there"
        return f"{domain['point']} ({domain['kind']}, {units.about(stored)}) {made}"
    steps = domain.get("steps") or []
    return "; ".join(steps) if steps else "nothing to do"
