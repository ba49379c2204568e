# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Node devices, as far as hosts without an IOMMU go: mediated devices that are defined, PCI devices that stay."""

from __future__ import annotations

from typing import Any

import pytest
from harness.host import PREFIX, Host, Result
from harness.laws import assert_unchanged, refused, twin

UUID = "6f0a3f3e-5cf1-4ab8-9b39-0a2f4b1c7d55"


@pytest.fixture
def parent(host: Host) -> str:
    """Any device of the host: what it is matters only when a part of it is started."""
    return str(host.run("node_device_info", capability=["pci"])["node_devices"][-1]["name"])


def found(host: Host) -> dict[str, Any]:
    """What is told of the mediated device."""
    (told,) = host.run("node_device_info", capability=["mdev"])["node_devices"]
    return dict(told)


def test_mediated_device_is_defined_changed_and_removed(host: Host, parent: str) -> None:
    attributes = [{"name": "one", "value": "1"}, {"name": "two", "value": "2"}]

    def apply(**more: Any) -> Result:
        done = twin(host, "node_device", uuid=UUID, **more)
        assert_unchanged(host.run("node_device", check=True, uuid=UUID, **more), "applied")
        assert_unchanged(host.run("node_device", uuid=UUID, **more), "applied")
        return done

    made = apply(parent=parent, type="mtty-1", attributes=attributes, autostart=True)
    assert made["diff"]["after"]["state"] == "inactive"
    assert found(host)["spec"] == {
        "uuid": UUID,
        "parent": parent,
        "type": "mtty-1",
        "attributes": attributes,
        "autostart": True,
    }
    changed = apply(attributes=attributes[::-1])
    assert changed.paths == ["attributes"]
    assert changed["steps"] == ["undefine", "define", "set autostart"]
    gathered = found(host)
    assert gathered["spec"]["attributes"] == attributes[::-1]
    assert (gathered["autostart"], gathered["state"], gathered["domains"]) == (True, "inactive", [])
    assert apply(autostart=False).paths == ["autostart"]
    assert "type: the mediated device exists with 'mtty-1'" in refused(host, "node_device", uuid=UUID, type="mtty-2")
    host.run("node_device", **gathered["spec"])
    assert_unchanged(host.run("node_device", **gathered["spec"]), "as gathered")
    assert apply(state="absent").paths == ["state"]
    assert host.run("node_device_info", capability=["mdev"])["node_devices"] == []
    assert twin(host, "node_device", **gathered["spec"]).changed
    assert found(host)["spec"] == gathered["spec"]


@pytest.mark.parametrize("change", [1, 2, 3])
def test_killed_change_is_finished_by_the_next(host: Host, parent: str, change: int) -> None:
    options: dict[str, Any] = {"uuid": UUID, "parent": parent, "type": "mtty-1"}
    host.run("node_device", **options, autostart=True)
    changed: dict[str, Any] = {**options, "attributes": [{"name": "one", "value": "1"}], "autostart": True}
    assert host.killed("node_device", die_at=change, **changed)
    host.run("node_device", **changed)
    assert_unchanged(host.run("node_device", **changed), "finished")


def test_gathered_pci_devices_are_as_they_are(host: Host) -> None:
    told = host.run("node_device_info")["node_devices"]
    devices = [each for each in told if "pci" in each["capabilities"]]
    assert devices
    assert {each["state"] for each in devices} == {"attached"}
    assert any("net" in each["capabilities"] and each["facts"]["interface"] for each in told)
    for each in devices:
        assert_unchanged(host.run("node_device", **each["spec"]), "gathered")
    name = devices[-1]["name"]
    address = "{}:{}:{}.{}".format(*name.split("_")[1:])
    assert_unchanged(host.run("node_device", name=address, state="attached"), "found by its address")


def test_detaching_is_foretold_and_nothing_is_taken_from_the_host(host: Host) -> None:
    """In check mode alone: the hosts have this machine's own devices, which they could not detach anyway."""
    for each in host.run("node_device_info", capability=["pci"])["node_devices"]:
        options: dict[str, Any] = {"name": each["name"], "state": "detached"}
        planned = host.attempt("node_device", check=True, **options)
        if planned.failed:
            assert any(words in planned["msg"] for words in ("is in use by the host: ", "is a bridge"))
        else:
            assert planned["steps"] == ["detach"]
            assert planned["diff"]["after"] == {"state": "detached", "driver": "vfio-pci"}


def test_who_has_a_device_is_told(host: Host, parent: str) -> None:
    host.run("node_device", uuid=UUID, parent=parent, type="mtty-1")
    mediated = {"type": "mdev", "model": "vfio-pci", "source": {"address": {"uuid": UUID}}}
    digits = parent.split("_")[1:]
    numbers = {part: f"0x{digits[at]}" for at, part in enumerate(("domain", "bus", "slot", "function"))}
    whole = {"type": "pci", "managed": True, "source": {"address": numbers}}
    name = f"{PREFIX}guest"
    host.run("domain", name=name, type="qemu", memory="32MiB", hostdevs=[mediated, whole])
    told = host.run("node_device_info", name=[parent, "mdev_*"])["node_devices"]
    assert {each["name"][:4]: each["domains"] for each in told} == {"mdev": [name], "pci_": [name]}


def test_refused(one_host: Host) -> None:
    def says(words: str, **options: Any) -> None:
        assert words in refused(one_host, "node_device", **options)

    says("name: state it for a PCI device, or uuid for a mediated device")
    says("name: state it for a PCI device, or uuid", name="pci_0000_00_00_0", uuid=UUID)
    says("PCI device pci_00ff_00_00_0: there is none", name="00FF:00:00.0", state="detached")
    says("name: computer is not a PCI device", name="computer", state="detached")
    says("state: active is for mediated devices", name="computer", state="active")
    says("state: this is for PCI devices", uuid=UUID, state="detached")
    says("parent: only a mediated device has it", name="computer", parent="computer")
    says("parent: a new mediated device needs it; type: a new", uuid=UUID)
    says("parent: this host has no device pci_00ff_00_00_0", uuid=UUID, parent="pci_00ff_00_00_0", type="x")
    says("uuid: 'law' is not a UUID", uuid="law")
