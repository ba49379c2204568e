# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How changes reach a running domain: one function per way that the tables name."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed, Timeout
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import live_tuning, slots
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import Difference, items_of, match
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.iotune import LIMITS, THROTTLE
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.memory import modules_in_use
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.shared import PLUG, UPDATE
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import List
from ansible_collections.hypervise.kvm.plugins.module_utils.waiting import wait_until

if t.TYPE_CHECKING:
    from ansible_collections.hypervise.kvm.plugins.module_utils.resources.defined import Wish

#: Seconds in which a guest has to release a device that it was asked to.
DETACH_TIMEOUT = 30

#: Seconds for which a balloon is watched on its way. A guest that takes longer goes on by itself.
BALLOON_TIMEOUT = 5

Way = t.Callable[[Handle, Difference], None]


def plan(plan: Plan, wish: Wish, differences: t.Sequence[Difference]) -> None:
    """Plan the steps for all I(differences) of a running domain. The definition will have been stored by then."""
    done: set[str] = set()
    for difference in sorted(differences, key=_order):
        if difference.path in done:
            continue
        run: t.Callable[[Handle], None]
        if difference.live == PLUG and difference.after is None:
            run = _detach(difference)
        elif difference.live == PLUG:
            run = _attach(difference, wish)
        elif difference.live == UPDATE:
            run = _update(difference.items[0].after)
        else:
            run = _setting(difference)
        paths = _paths(difference, differences)
        done.update(paths)
        plan.step(f"change {', '.join(paths)} of the running domain", _on(wish.name, run), live_paths=paths)


def _order(difference: Difference) -> int:
    return 0 if difference.live == PLUG and difference.after is None else 1  # what goes makes room for what comes


def _paths(difference: Difference, differences: t.Sequence[Difference]) -> list[str]:
    """Return what one call carries: all changes of a device that go one way, or one value."""
    if difference.live not in (UPDATE, THROTTLE):
        return [difference.path]
    device = difference.items[0].after
    return [other.path for other in differences if other.live == difference.live and other.items[0].after is device]


def _on(name: str, run: t.Callable[[Handle], None]) -> t.Callable[[Connection], None]:
    return lambda connection: run(connection.host.read.lookupByName(name))


def stored_device(difference: Difference, wish: Wish, document: xml.Element) -> xml.Element:
    """Return the element of a device that is to be plugged, as the stored definition has it."""
    node = t.cast(List, difference.node)
    wishes = wish.spec[node.name]
    entries = items_of(node, document)
    pairs = match(node, [item for _entry, item in entries], wishes)
    index = next(index for index, item in enumerate(wishes) if item is difference.after)
    return entries[pairs[index]][0]


def _attach(difference: Difference, wish: Wish) -> t.Callable[[Handle], None]:
    def run(domain: Handle) -> None:
        stored = xml.parse(domain.read.XMLDesc(constant("DOMAIN_XML_INACTIVE") | constant("DOMAIN_XML_SECURE")))
        device = xml.clone(stored_device(difference, wish, stored))
        slots.settle(device, xml.parse(domain.read.XMLDesc(0)))
        domain.change.attachDeviceFlags(xml.text_of(device), constant("DOMAIN_AFFECT_LIVE"))

    return run


def _detach(difference: Difference) -> t.Callable[[Handle], None]:
    device = difference.items[0].before
    alias = xml.get(device, "alias/@name")

    def run(domain: Handle) -> None:
        def gone() -> bool:
            running = xml.parse(domain.read.XMLDesc(0))
            return all(entry.get("name") != alias for entry in xml.find_all(running, "devices/*/alias"))

        try:
            domain.change.detachDeviceFlags(xml.text_of(device), constant("DOMAIN_AFFECT_LIVE"))
        except OperationFailed as error:  # an earlier run may have asked for it, and been killed
            if "process of unplug" not in error.message and not gone():
                raise
        if not wait_until(gone, DETACH_TIMEOUT):
            raise Timeout(
                f"{domain.label}: the guest did not release {difference.path} within {DETACH_TIMEOUT} seconds.",
                "It is gone from the stored definition, and will be gone after a restart; or run the task again.",
                option=difference.path,
            )

    return run


def _update(device: xml.Element) -> t.Callable[[Handle], None]:
    return lambda domain: domain.change.updateDeviceFlags(xml.text_of(device), constant("DOMAIN_AFFECT_LIVE"))


def _setting(difference: Difference) -> t.Callable[[Handle], None]:
    return lambda domain: SETTINGS[difference.live](domain, difference)


def _metadata(domain: Handle, difference: Difference) -> None:
    kind = constant(f"DOMAIN_METADATA_{difference.path.upper()}")
    domain.change.setMetadata(kind, difference.after or None, None, None, constant("DOMAIN_AFFECT_LIVE"))


def _memory(domain: Handle, difference: Difference) -> None:
    wanted = str((difference.after + modules_in_use(xml.parse(domain.read.XMLDesc(0)))) // 1024)
    domain.change.setMemoryFlags(int(wanted), constant("DOMAIN_AFFECT_LIVE"))
    wait_until(lambda: xml.get(xml.parse(domain.read.XMLDesc(0)), "currentMemory") == wanted, BALLOON_TIMEOUT)


def _throttle(domain: Handle, difference: Difference) -> None:
    disk = difference.items[0].after
    limits: dict[str, int | str] = {limit: int(xml.get(disk, f"iotune/{limit}") or 0) for limit in LIMITS}
    group = xml.get(disk, "iotune/group_name")
    if group:
        limits["group_name"] = group
    domain.change.setBlockIoTune(xml.get(disk, "target/@dev"), limits, constant("DOMAIN_AFFECT_LIVE"))


def _vcpus(domain: Handle, difference: Difference) -> None:
    domain.change.setVcpusFlags(difference.after, constant("DOMAIN_AFFECT_LIVE"))


def _lifecycle(domain: Handle, difference: Difference) -> None:
    event = constant(f"DOMAIN_LIFECYCLE_{difference.path[len('on_') :].upper()}")
    action = constant(f"DOMAIN_LIFECYCLE_ACTION_{difference.after.upper().replace('-', '_')}")
    domain.change.setLifecycleAction(event, action, constant("DOMAIN_AFFECT_LIVE"))


def _memballoon_stats(domain: Handle, difference: Difference) -> None:
    domain.change.setMemoryStatsPeriod(difference.after, constant("DOMAIN_AFFECT_LIVE"))


#: The ways of single values, by the names that rows have in C(live).
SETTINGS: dict[str, Way] = {
    "metadata": _metadata,
    "memory": _memory,
    THROTTLE: _throttle,
    "vcpus": _vcpus,
    "lifecycle": _lifecycle,
    "memballoon_stats": _memballoon_stats,
    **live_tuning.SETTINGS,
}
