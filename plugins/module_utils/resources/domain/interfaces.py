# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Network interfaces: the model of a new one, and how a running guest's gets to another network.

What a network is on the host decides that, not its name: libvirt moves an interface from bridge to bridge, and
replaces no macvtap device.
"""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import Difference, items_of, match
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.interfaces import FILTERED, INTERFACES
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import RESTART, Spec

#: What most guests have a driver for, and the fastest that QEMU has.
MODEL = "virtio"

#: The sources that say by themselves of which type an interface is.
_TELLING = {"network": "network", "bridge": "bridge", "dev": "direct"}

#: Networks as the host knows them: name -> C(bridge), C(direct) for those without one, C(inactive) or C(missing).
Networks = dict[str, str]


def with_models(spec: Spec, now: Spec) -> Spec:
    """Return a spec that states the model of each interface: the one that it has, or V(virtio) for a new one."""
    if not spec.get("interfaces"):
        return spec
    current = now.get("interfaces", [])
    pairs = match(INTERFACES, current, spec["interfaces"])
    known = [current[pairs[index]] if index in pairs else {"model": MODEL} for index in range(len(spec["interfaces"]))]
    return {
        **spec,
        "interfaces": [
            {"model": was["model"], **item} if "model" in was and item.get("type") != "hostdev" else item
            for item, was in zip(spec["interfaces"], known)
        ],
    }


def contradictions(spec: Spec, now: Spec) -> t.Iterator[tuple[str, str]]:
    """Return what cannot be true of an interface, each with its option's path."""
    wishes = spec.get("interfaces", ())
    current = now.get("interfaces", [])
    pairs = match(INTERFACES, current, wishes)
    taken: dict[str, int] = {}
    for index, interface in enumerate(wishes):
        mac = interface.get("mac", "")
        if mac and taken.setdefault(mac, index) != index and index not in pairs and "teaming" not in interface:
            yield (
                f"interfaces[{index}].mac",
                f"{mac!r} is already used by interfaces[{taken[mac]}], with which it is no team",
            )
        where = f"interfaces[{index}]"
        source = interface.get("source", {})
        kind = {**(current[pairs[index]] if index in pairs else {}), **interface}
        kind.setdefault("type", next((_TELLING[name] for name in _TELLING if name in source), None))
        if kind["type"] is None:
            yield f"{where}.type", "a new interface needs it, or a source of network, bridge or dev"
        if not str(kind.get("model", MODEL)).startswith(MODEL) and kind["type"] != "hostdev":
            for name in sorted({"queues", "driver"} & set(interface)):
                yield f"{where}.{name}", "needs model: virtio; libvirt forgets it otherwise"
        if interface.get("filter") and kind["type"] not in FILTERED:
            yield f"{where}.filter", f"needs one of the types {', '.join(FILTERED)}; libvirt forgets it otherwise"
        if interface.get("filter_parameters") and interface.get("filter") == "":
            yield f"{where}.filter_parameters", "cannot be stated without a filter"
        vlan = interface.get("vlan", {})
        if len(vlan.get("tags", ())) > 1 and vlan.get("trunk") is False:
            yield f"{where}.vlan.trunk", "more than one tag makes it a trunk"


def networks(connection: Connection, spec: Spec, running: xml.Element) -> Networks:
    """Return what the networks are which interfaces of a running guest come from or get to."""
    if not spec.get("interfaces"):
        return {}
    current = [item for _entry, item in items_of(INTERFACES, running)]
    pairs = match(INTERFACES, current, spec["interfaces"])
    names = set()
    for index, interface in enumerate(spec["interfaces"]):
        sources = [current[pairs[index]].get("source", {}) if index in pairs else {}, interface.get("source", {})]
        if sources[1] and sources[0] != sources[1]:
            names |= {source["network"] for source in sources if "network" in source}
    return {name: _kind_of(connection, name) for name in sorted(names)}


def _kind_of(connection: Connection, name: str) -> str:
    coming = connection.coming.get("network", name)
    if coming:
        return _way_of(coming.document) if coming.active else "inactive"
    network = connection.lookup("networkLookupByName", name)
    if network is None:
        return "missing"
    return _way_of(xml.parse(network.read.XMLDesc(0))) if network.read.isActive() else "inactive"


def _way_of(network: xml.Element) -> str:
    libvirt_makes_one = xml.get(network, "forward/@mode") in (None, "nat", "route", "open")
    return "bridge" if libvirt_makes_one or xml.get(network, "bridge/@name") else "direct"


def within_reach(differences: t.Sequence[Difference], networks: Networks) -> list[Difference]:
    """Return the differences; those of an interface that libvirt cannot move as waiting for a restart.

    :raises Refused: where a running guest is to have an interface of a network that is not there.
    """
    moves = {}
    for difference in differences:
        if difference.row == "interfaces.source":
            sources = (difference.before or {}, difference.after)
            stays = any(networks.get(source.get("network", "")) == "direct" for source in sources)
            moves[_item(difference)] = RESTART if stays else difference.live
        if difference.row in ("interfaces", "interfaces.source") and difference.live and difference.after:
            source = difference.after.get("source", {}) if difference.row == "interfaces" else difference.after
            _refuse_without(networks, source.get("network"), difference.path)
    return [
        replace(difference, live=moves.get(_item(difference), RESTART))
        if difference.row in ("interfaces.source", "interfaces.type")  # the type follows the source
        else difference
        for difference in differences
    ]


def _refuse_without(networks: Networks, name: str | None, path: str) -> None:
    kind = networks.get(name or "")
    if kind in ("missing", "inactive"):
        raise Refused(
            f"{path}: there is no network {name} on this host."
            if kind == "missing"
            else f"{path}: the network {name} is not active.",
            "A running guest's interface needs one: hypervise.kvm.network with 'state: active'.",
            option=path,
        )


def _item(difference: Difference) -> str:
    return difference.path.rpartition(".")[0]
