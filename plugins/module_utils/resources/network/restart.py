# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restarting a network under running guests.

libvirt takes the bridge away when a network stops, and leaves the interfaces of running guests without one, also when
the network is up again. So they wait on another network meanwhile, a transient one that leads nowhere. Where it is
there, a restart is under way: a run that finds it, after another one was killed, goes on from there.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError, OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.network.guests import (
    Attached,
    has_own_bridge,
    move,
    ports_of,
)

#: What a network where interfaces wait has of the one that is restarted: what keeps guests apart, and what they need.
#: Of one on a bridge or a device of the host's it has nothing, which other kinds of networks may not have.
_KEPT = ("mtu", "port", "vlan", "bandwidth", "portgroup")

#: Where the waiting place has the ports of guests that keep their links: whoever ends the restart needs them.
_PORTS = "metadata/hv:network/hv:ports"


def waiting_place(name: str) -> str:
    """Return the name of the network on which interfaces wait."""
    return f"{name}-restart"


def under_way(connection: Connection, name: str) -> bool:
    """Tell whether a restart was begun and not ended."""
    network = connection.lookup("networkLookupByName", waiting_place(name))
    return network is not None and not network.read.isPersistent()


def plan_set_aside(
    plan: Plan,
    name: str,
    definition: xml.Element,
    only: t.Container[tuple[str, str]] | None = None,
    ports: t.Sequence[xml.Element] = (),
) -> None:
    """Plan the begin of a restart.

    :arg only: the interfaces that are set aside, as in M(move).
    :arg ports: what the network knows of guests that keep their links; it is noted at the waiting place.
    """
    place = waiting_place(name)
    document = xml.build("network")
    xml.put(document, "name", place)
    if has_own_bridge(definition):
        document.extend(xml.clone(entry) for entry in definition if entry.tag in _KEPT)
    if ports:
        xml.find(document, _PORTS, create=True).extend(xml.clone(port) for port in ports)

    def run(connection: Connection) -> None:
        if not under_way(connection, name):
            connection.host.change.networkCreateXML(xml.text_of(document))
        failures = move(connection, name, place, only)
        if failures:
            stuck = move(connection, place, name)
            if not stuck:
                _remove(connection, place)
            raise OperationFailed(
                f"network {name}: it was not restarted, as interfaces of running guests cannot be moved: "
                f"{'; '.join([*failures, *stuck])}",
                "What waits for the restart is stored. Stop these guests, and run the task again.",
                guests=[*failures, *stuck],
            )

    plan.step("set guests aside", run)


def plan_stop(plan: Plan, name: str) -> None:
    """Plan stopping the network, from which no guest has an interface any more."""

    def run(connection: Connection) -> None:
        network = connection.host.read.networkLookupByName(name)
        if network.read.isActive():
            network.change.destroy()

    plan.step("stop", run)


def plan_start(plan: Plan, name: str) -> None:
    """Plan starting the network while interfaces wait for it."""

    def run(connection: Connection) -> None:
        try:
            connection.host.read.networkLookupByName(name).change.create()
        except KvmError as error:
            error.hint = f"Its guests wait on the network {waiting_place(name)}; the next run goes on from there."
            raise

    plan.step("start", run)


def plan_bring_back(plan: Plan, name: str) -> None:
    """Plan the end of a restart."""
    place = waiting_place(name)

    def run(connection: Connection) -> None:
        failures = move(connection, place, name)
        if failures:
            raise OperationFailed(
                f"network {name}: it runs, but interfaces of running guests could not be attached to it again: "
                f"{'; '.join(failures)}",
                f"They wait on the network {place}, which leads nowhere. The next run tries again.",
                guests=failures,
            )

    plan.step("attach guests", run)
    plan_removal(plan, name)


def plan_removal(plan: Plan, name: str) -> None:
    """Plan removing the network on which interfaces waited."""
    plan.step(f"remove {waiting_place(name)}", lambda connection: _remove(connection, waiting_place(name)))


def plan_reclaim(plan: Plan, name: str) -> None:
    """Plan telling a network that was restarted of the guests that kept their devices, as libvirt does when it starts.

    It would hand out a device twice otherwise.
    """

    def run(connection: Connection) -> None:
        network = connection.host.read.networkLookupByName(name)
        noted = connection.host.read.networkLookupByName(waiting_place(name)).read.XMLDesc(0)
        known = {port.read.UUIDString() for port in network.read.listAllPorts(0)}
        missing = ports_of(connection, name) - known
        for port in xml.find_all(xml.parse(noted), f"{_PORTS}/networkport"):
            if xml.get(port, "uuid") not in missing:
                continue
            try:
                network.change.portCreateXML(xml.text_of(port), constant("NETWORK_PORT_CREATE_RECLAIM"))
            except KvmError as error:
                owner = xml.get(port, "owner/name")
                plan.warnings.append(f"{owner} keeps its link, but the network does not know of it: {error.message}")

    plan.step("take guests up", run)


def told(guests: t.Iterable[Attached]) -> list[dict[str, str]]:
    """Return interfaces as a result has them."""
    return [{"domain": guest.domain, "mac": guest.mac} for guest in sorted(set(guests))]


def _remove(connection: Connection, place: str) -> None:
    network = connection.lookup("networkLookupByName", place)
    if network is not None:
        network.change.destroy()
