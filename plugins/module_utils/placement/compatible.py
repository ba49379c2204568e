# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a guest can run on a host at all, whatever room there is. M(migrate) asks the hosts themselves once more."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.placement.model import Needs, Offers


def hindrance(needs: Needs, offers: Offers) -> str:
    """Return why a guest cannot run on a host, empty if it can. What the facts do not tell hinders nobody."""
    for ask in (_machine, _places, _cpu):
        reason = ask(needs, offers)
        if reason:
            return reason
    return ""


def _machine(needs: Needs, offers: Offers) -> str:
    if offers.machines is None or not needs.arch:
        return ""
    machines = offers.machines.get((needs.arch, needs.type))
    if machines is None:
        return f"it runs no guests of {needs.arch} by {needs.type}"
    if needs.machine and needs.machine not in machines:
        return f"its QEMU does not know the machine type {needs.machine}"
    return ""


def _places(needs: Needs, offers: Offers) -> str:
    return _missing("network", needs.networks, offers.networks) or _missing(
        "storage pool", needs.storage_pools, offers.storage_pools
    )


def _missing(kind: str, needed: frozenset[str], there: frozenset[str] | None) -> str:
    missing = sorted(needed - there) if there is not None else ()
    return f"it has no active {kind} {' and '.join(missing)}" if missing else ""


def _cpu(needs: Needs, offers: Offers) -> str:
    if needs.same_cpu and offers.cpu and needs.same_cpu != offers.cpu:
        return f"the guest has the very CPU of its host, {needs.same_cpu}, and this is {offers.cpu}"
    if needs.cpu is None:
        return ""
    known = offers.host_model
    if known and known.model == needs.cpu.model:  # then libvirt has told what the two differ in
        missing = (needs.cpu.require - known.require) | (known.disable - needs.cpu.disable)
        return _lacks(missing)
    if offers.cpu_models is not None and not offers.cpu_models.get(needs.cpu.model, False):
        return f"its CPU cannot be a {needs.cpu.model} for a guest"
    return ""


def _lacks(features: t.Collection[str]) -> str:
    return f"its CPU has not the guest's {', '.join(sorted(features))}" if features else ""
