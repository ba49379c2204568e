# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts and their guests, out of what M(host_info) tells of each host."""

from __future__ import annotations

import dataclasses
import os.path
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.model import Cpu, Guest, Host, Needs, Offers

Told = t.Mapping[str, t.Any]

#: States in which a guest has its share of the host.
AWAKE = ("running", "paused", "suspended")

#: What of M(host_info) is needed, by the word of its option C(gather).
_NEEDED = {
    "memory.total": "memory",
    "cpus.online": "cpus",
    "domains": "domains",
    "networks": "networks",
    "storage_pools": "storage_pools",
}


@dataclasses.dataclass(frozen=True)
class Limits:
    """What a host may promise of what it has."""

    memory_overcommit: float = 1.0
    memory_reserve: int = 0
    vcpus_per_cpu: float = 4.0


def refuse_gaps(hosts: t.Mapping[str, t.Any]) -> None:
    """Refuse facts in which something is missing.

    :raises InvalidSpec: with the path of each.
    """
    problems = []
    for name, told in hosts.items():
        for path, part in _NEEDED.items():
            found = told
            for step in path.split("."):
                found = found.get(step) if isinstance(found, dict) else None
            if found is None:
                problems.append((f"hosts.{name}.{path}", f"it is missing; have host_info gather {part} of this host"))
    if problems:
        raise InvalidSpec(problems)


def watched(hosts: t.Mapping[str, Told]) -> bool:
    """Tell whether it is known of all guests that run how busy they are."""
    return all("load" in guest for told in hosts.values() for guest in told["domains"] if guest["state"] in AWAKE)


def host(name: str, told: Told, limits: Limits, labels: t.Mapping[str, str], drained: bool, with_load: bool) -> Host:
    """Return a host with what it may promise."""
    memory = int(told["memory"]["total"] * limits.memory_overcommit) - limits.memory_reserve
    online = told["cpus"]["online"]
    return Host(
        name,
        (max(0, memory), int(online * limits.vcpus_per_cpu), online * 1000 if with_load else 0),
        {str(label): str(value) for label, value in labels.items()},
        _offers(told),
        {guest["name"]: guest["uuid"] for guest in told["domains"]},
        drained,
    )


def _offers(told: Told) -> Offers:
    capabilities = told.get("capabilities") or {}
    kinds = [kind for kind in told.get("domain_capabilities") or () if kind["type"] == "kvm"]
    cpu = kinds[0]["cpu"] if kinds else {}
    return Offers(
        machines=_machines(capabilities["guests"]) if "guests" in capabilities else None,
        networks=_active(told["networks"]),
        storage_pools=_active(told["storage_pools"]),
        cpu_models={model["name"]: model["usable"] is not False for model in cpu["models"]} if cpu else None,
        host_model=_cpu(cpu["host_model"]) if cpu.get("host_model") else None,
        cpu=_processor(capabilities.get("cpu") or {}),
    )


def _machines(guests: t.Sequence[Told]) -> dict[tuple[str, str], frozenset[str]]:
    return {
        (guest["arch"], kind): frozenset(
            name for machine in guest["machines"] for name in (machine["name"], machine.get("canonical", ""))
        )
        for guest in guests
        for kind in guest["types"]
    }


def _active(objects: t.Sequence[Told]) -> frozenset[str]:
    return frozenset(each["name"] for each in objects if each["state"] == "active")


def _processor(cpu: Told) -> str:
    signature = ", ".join(f"{word} {number}" for word, number in sorted((cpu.get("signature") or {}).items()))
    return f"{cpu.get('vendor', '')} {cpu['model']} ({signature})".strip() if cpu.get("model") else ""


def _cpu(cpu: Told) -> Cpu:
    features = cpu.get("features") or ()
    required, disabled = (
        frozenset(feature["name"] for feature in features if feature.get("policy", "require") in policies)
        for policies in (("require", "force"), ("disable", "forbid"))
    )
    return Cpu(cpu["model"], required, disabled)


def guests(name: str, told: Told, stopped: str) -> list[Guest]:
    """Return the guests of a host that have room there, or are to."""
    found = []
    for guest in told["domains"]:
        running = guest["state"] in AWAKE
        if running or stopped != "ignore":
            found.append(_guest(name, told, guest, running, stays=not running and stopped == "reserve"))
    return found


def _guest(name: str, told: Told, guest: Told, running: bool, stays: bool) -> Guest:
    return Guest(
        guest["name"],
        guest["uuid"],
        name,
        (guest["maximum_memory"], guest["vcpus"], round(1000 * guest.get("load", 0))),
        running,
        _needs(told, guest),
        guest.get("labels") or {},
        "it has a device of the host to itself" if guest["resources"].get("hostdevs") else "",
        stays,
    )


def _needs(told: Told, guest: Told) -> Needs:
    needs = guest.get("needs") or {}
    cpu = guest["resources"].get("cpu") or {}
    virtualized = guest["type"] == "kvm"  # QEMU alone emulates any CPU
    passed = virtualized and cpu.get("mode") in ("host-passthrough", "maximum")
    pools = {pool for pool in (_pool_of(told, file) for file in needs.get("files", ())) if pool}
    return Needs(
        type=guest["type"],
        arch=needs.get("arch") or "",
        machine=needs.get("machine") or "",
        networks=frozenset(needs.get("networks", ())),
        storage_pools=frozenset(needs.get("storage_pools", ())) | pools,
        cpu=_cpu(cpu) if virtualized and cpu.get("model") and not passed else None,
        same_cpu=_processor((told.get("capabilities") or {}).get("cpu") or {}) if passed else "",
    )


def _pool_of(told: Told, file: str) -> str:
    """Return the pool in whose directory a file is."""
    return next((pool["name"] for pool in told["storage_pools"] if pool["path"] == os.path.dirname(file)), "")
