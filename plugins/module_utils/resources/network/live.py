# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changing a running network. libvirt takes one element at a time: C(virNetworkUpdate)."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import Difference


@dataclass(frozen=True)
class Update:
    """One element of a running network that goes or comes."""

    section: str  # as in libvirt's constants: ip-dhcp-host
    parent: int  # index of the ip element around it, -1 for none
    text: str


def plan(plan: Plan, name: str, differences: t.Sequence[Difference]) -> None:
    """Plan one call per item that goes, then per item that comes, so that none stands twice."""
    gone: dict[str, Update] = {}
    come: dict[str, Update] = {}
    for difference in differences:
        if difference.items:
            _note_item(difference, gone, come)
        else:
            _note_values(difference, gone, come)
    for command, updates in (("DELETE", gone), ("ADD_LAST", come)):
        for label, update in updates.items():
            plan.step(f"update {label}", _updater(name, command, update))


def _note_item(difference: Difference, gone: dict[str, Update], come: dict[str, Update]) -> None:
    position, item = next((at, item) for at, item in enumerate(difference.items) if item.node.live)
    label = "]".join(difference.path.split("]")[: position + 1]) + "]"
    # Only an address holds other items that libvirt updates one by one.
    parent = difference.items[0].index if position else -1
    if item.before is not None:
        gone[label] = Update(difference.live, parent, xml.text_of(item.before))
    if item.after is not None:
        come[label] = Update(difference.live, parent, xml.text_of(item.after))


def _note_values(difference: Difference, gone: dict[str, Update], come: dict[str, Update]) -> None:
    before, after = difference.before or [], difference.after
    for updates, devices, others in ((gone, before, after), (come, after, before)):
        for device in devices:
            if device not in others:
                interface = xml.build("interface")
                interface.set("dev", device)
                updates[f"{difference.path}[{device}]"] = Update(difference.live, -1, xml.text_of(interface))


def _updater(name: str, command: str, update: Update) -> t.Callable[[Connection], None]:
    def run(connection: Connection) -> None:
        connection.host.read.networkLookupByName(name).change.update(
            constant(f"NETWORK_UPDATE_COMMAND_{command}"),
            constant(f"NETWORK_SECTION_{update.section.upper().replace('-', '_')}"),
            update.parent,
            update.text,
            constant("NETWORK_UPDATE_AFFECT_LIVE"),
        )

    return run
