# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Guests that are to come, out of what is stated of them to M(domain)."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.model import Guest, Needs
from ansible_collections.hypervise.kvm.plugins.module_utils.units import parse_size

Spec = t.Mapping[str, t.Any]


def guest(spec: Spec, where: str) -> Guest:
    """Return a guest without a host.

    :raises InvalidSpec: where it is not stated what it takes.
    """
    problems = [(f"{where}.{option}", "it is missing") for option in ("name", "memory") if not spec.get(option)]
    if problems:
        raise InvalidSpec(problems)
    try:
        memory, vcpus = parse_size(spec["memory"]), int(spec.get("current_vcpus") or spec.get("vcpus") or 1)
        load = round(1000 * float(spec.get("load") or 0))
    except (TypeError, ValueError) as error:
        raise InvalidSpec([(where, str(error))]) from error
    return Guest(
        str(spec["name"]),
        str(spec.get("uuid") or ""),
        None,
        (memory, vcpus, load),
        needs=_needs(spec),
        labels=(spec.get("metadata") or {}).get("labels") or {},
    )


def _needs(spec: Spec) -> Needs:
    system = spec.get("os") or {}
    kind = spec.get("type") or "auto"
    return Needs(
        type="" if kind == "auto" else kind,
        arch="" if kind == "auto" else system.get("arch") or "",
        machine=system.get("machine") or "",
        networks=_sources(spec, "interfaces", "network"),
        storage_pools=_sources(spec, "disks", "pool"),
    )


def _sources(spec: Spec, devices: str, key: str) -> frozenset[str]:
    sources = [device.get("source") or {} for device in spec.get(devices) or ()]
    return frozenset(source[key] for source in sources if source.get(key))
