# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Node devices: what is planned for PCI devices and for running mediated devices, which the test hosts cannot have."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.node_device import users
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.node_device.mediated import MediatedDevice
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.node_device.pci import address
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.node_device.resource import NodeDevice
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.stored import Seen

UUID = "6f0a3f3e-5cf1-4ab8-9b39-0a2f4b1c7d55"
CARD = """
<device>
  <name>pci_0000_3b_00_1</name>
  <driver><name>{driver}</name></driver>
  <capability type='pci'><domain>0</domain><bus>59</bus><slot>0</slot><function>1</function></capability>
</device>
"""
MEDIATED = f"""
<device>
  <name>mdev_{UUID.replace("-", "_")}_0000_3b_00_1</name>
  <parent>pci_0000_3b_00_1</parent>
  <capability type='mdev'>
    <type id='x'/><uuid>{UUID}</uuid><iommuGroup number='3'/><attr name='a' value='1'/>
  </capability>
</device>
"""
GUEST = """
<domain><devices>
  <hostdev><source><address domain='0x0000' bus='0x3b' slot='0x00' function='0x1'/></source></hostdev>
  <interface><source><address type='pci' domain='0' bus='0x3b' slot='0' function='0x2'/></source></interface>
  <hostdev><source><address uuid='u-u-i-d'/></source></hostdev>
  <disk type='nvme'><source><address domain='0' bus='1' slot='2' function='3'/></source></disk>
</devices></domain>
"""


BRIDGE = CARD.replace("<domain>", "<class>0x060400</class><domain>")


def plan(
    has: str, state: str, guests: list[users.Use] | None = None, host: list[str] | None = None, **more: Any
) -> Plan:
    """What is planned for a card that has some driver."""
    device = NodeDevice()
    wish = device.parse({"name": "0000:3B:00.1", "state": state, **more})
    seen = Seen(wish.name, xml.parse(CARD.format(driver=has)), facts={"guests": guests or [], "host": host or []})
    return device.plan(wish, seen)


def test_devices_of_a_guest() -> None:
    assert set(users._given(xml.parse(GUEST))) == {
        ("pci", "0", "59", "0", "1"),
        ("pci", "0", "59", "0", "2"),
        ("mdev", "u-u-i-d"),
        ("pci", "0", "1", "2", "3"),
    }
    assert address(xml.parse(CARD)) == ("pci", "0", "59", "0", "1")


@pytest.mark.parametrize(
    ("driver", "state", "steps"),
    [
        ("nouveau", "detached", ["detach"]),
        ("nouveau", "attached", []),
        ("nouveau", "present", []),
        ("vfio-pci", "detached", []),
        ("nvgrace_gpu_vfio_pci", "detached", []),
        ("vfio-pci", "attached", ["reattach"]),
    ],
)
def test_state_is_the_driver(driver: str, state: str, steps: list[str]) -> None:
    planned = plan(driver, state)
    assert [step.name for step in planned.steps] == steps
    assert planned.changed is bool(steps)


def test_device_in_use_stays() -> None:
    here = users.Use("web", ("pci", "0", "59", "0", "1"), running=True)
    with pytest.raises(Refused, match=r"pci_0000_3b_00_1 is in use by running guests: web"):
        plan("vfio-pci", "attached", [here])
    other = users.Use("web", ("pci", "0", "59", "0", "2"), running=True)
    off = users.Use("web", ("pci", "0", "59", "0", "1"), running=False)
    assert plan("vfio-pci", "attached", [other, off]).changed
    with pytest.raises(Refused, match=r"is in use by the host: disk /dev/nvme0n1"):
        plan("nvme", "detached", host=["disk /dev/nvme0n1"])


def test_bridges_stay() -> None:
    device = NodeDevice()
    wish = device.parse({"name": "pci_0000_3b_00_1", "state": "detached"})
    with pytest.raises(Refused, match=r"name: pci_0000_3b_00_1 is a bridge"):
        device.plan(wish, Seen(wish.name, xml.parse(BRIDGE.format(driver="pcieport"))))


def test_another_driver_takes_a_detour() -> None:
    assert not plan("vfio-pci", "detached", driver="vfio-pci").changed
    with pytest.raises(Refused, match=r"driver: .* is detached already, with the driver vfio-pci"):
        plan("vfio-pci", "detached", driver="mlx5_vfio_pci")


def running(state: str = "present", used: bool = False, **more: Any) -> Plan:
    """What is planned for a mediated device that runs."""
    device = NodeDevice()
    wish = device.parse({"uuid": UUID, "state": state, **more})
    seen = Seen(UUID, xml.parse(MEDIATED), xml.parse(MEDIATED), autostart=True, facts={"parent": True})
    seen.facts["guests"] = [users.Use("web", ("mdev", UUID), running=True)] * used
    return device.plan(wish, seen)


def test_running_mediated_device_has_its_attributes_after_a_restart() -> None:
    planned = running(attributes=[{"name": "a", "value": "2"}])
    assert [step.name for step in planned.steps] == ["undefine", "define", "set autostart"]
    assert [(change.path, change.when) for change in planned.changes] == [("attributes", "restart")]
    assert planned.pending_restart == ["attributes"]
    assert [step.name for step in running("inactive").steps] == ["stop"]
    assert [step.name for step in running("absent").steps] == ["stop", "undefine"]
    for state in ("inactive", "absent"):
        with pytest.raises(Refused, match=r"is in use by running guests: web"):
            running(state, used=True)


def test_definition_has_nothing_that_libvirt_only_tells() -> None:
    device = MediatedDevice()
    seen = Seen(UUID, xml.parse(MEDIATED))
    seen.facts["parent"] = True
    wish = device.parse({"uuid": UUID, "state": "present", "attributes": []})
    document = xml.clone(seen.stored)
    device.complete(document, wish, seen, device.reconcile(document, wish))
    assert [entry.tag for entry in document.iter()] == ["device", "parent", "capability", "type", "uuid"]
