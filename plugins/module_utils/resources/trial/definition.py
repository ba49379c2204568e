# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The definition of a guest that is started for a trial: what it needs to come up, and nothing of the world. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils import xml

#: All that is taken over. No other device: it could be the host's, somebody else's, or in use.
_KEPT = (
    *(
        "memory",
        "maxMemory",
        "currentMemory",
        "vcpu",
        "iothreads",
        "iothreadids",
        "os",
        "features",
        "cpu",
        "clock",
        "pm",
    ),
    *("sysinfo", "genid", "on_reboot", "on_crash"),
)
_DEVICES = ("emulator", "controller", "disk", "interface", "input", "tpm", "rng", "video", "panic", "memballoon")

_AGENT = "org.qemu.guest_agent.0"


@dataclass(frozen=True)
class Trial:
    """What a trial's guest is like, where that is not what the point says."""

    name: str
    uuid: str
    variables: str  # the file with its UEFI variables
    network: str | None
    memory: int = 0  # bytes; 0: as much as it has
    vcpus: int = 0


def definition(document: xml.Element, targets: t.Container[str], trial: Trial) -> xml.Element:
    """Return it.

    :arg document: the definition with an identity and images of its own.
    :arg targets: the disks that have such images.
    """
    made = xml.build("domain")
    made.set("type", document.get("type"))
    xml.put(made, "name", trial.name)
    xml.put(made, "uuid", trial.uuid)
    for name in _KEPT:
        for element in xml.find_all(document, name):
            made.append(xml.clone(element))
    _resize(made, trial)
    if xml.find(made, "os/nvram") is not None or xml.get(made, "os/@firmware") == "efi":
        xml.drop(made, "os/nvram/source")
        xml.put(made, "os/nvram", trial.variables)
    devices = xml.find(made, "devices", create=True)
    for name in _DEVICES:
        for element in xml.find_all(document, f"devices/{name}"):
            device = _device(name, xml.clone(element), targets, trial)
            if device is not None:
                devices.append(device)
    _talk(devices, document)
    return made


def _resize(made: xml.Element, trial: Trial) -> None:
    xml.drop(made, "vcpu/@cpuset")
    if trial.memory:
        for path in ("maxMemory", "currentMemory", "cpu/numa"):
            xml.drop(made, path)
        xml.put(made, "memory/@unit", "b")
        xml.put(made, "memory", str(trial.memory))
    if trial.vcpus:
        for path in ("vcpu/@current", "cpu/topology", "cpu/numa"):
            xml.drop(made, path)
        xml.put(made, "vcpu", str(trial.vcpus))


def _device(name: str, device: xml.Element, targets: t.Container[str], trial: Trial) -> xml.Element | None:
    if name == "disk" and xml.get(device, "target/@dev") not in targets:
        if device.get("device", "disk") in ("disk", "lun"):
            return None  # it is not in the point: somebody else's
        xml.drop(device, "source")  # no medium
    if name == "interface":
        return _interface(device, trial.network)
    if name == "tpm":
        xml.drop(device, "backend/source")  # the state is where libvirt has it for the new UUID
        return device if xml.get(device, "backend/@type") == "emulator" else None
    return device


def _interface(device: xml.Element, network: str | None) -> xml.Element | None:
    """Return an interface of the same kind in another network."""
    if network is None:
        return None
    made = xml.build("interface")
    made.set("type", "network")
    xml.put(made, "source/@network", network)
    for name in ("model", "boot", "address"):
        element = xml.find(device, name)
        if element is not None:
            made.append(xml.clone(element))
    return made


def _talk(devices: xml.Element, document: xml.Element) -> None:
    """Let it be heard: on a console, and by its agent."""
    serial = xml.build("serial")
    serial.set("type", "pty")
    devices.append(serial)
    if xml.find(document, f"devices/channel/target[@name='{_AGENT}']") is not None:
        channel = xml.build("channel")
        channel.set("type", "unix")
        xml.put(channel, "target/@type", "virtio")
        xml.put(channel, "target/@name", _AGENT)
        devices.append(channel)
