# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the descriptor of an appliance (OVF 1.0 to 2.1, as VMware, VirtualBox, oVirt and we write it)."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, replace

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.ovf import hardware
from ansible_collections.hypervise.kvm.plugins.module_utils.ovf.machine import (
    IDE,
    SATA,
    SCSI,
    Disk,
    Interface,
    Machine,
    named,
)

_UNITS = {"byte": 1, "bytes": 1, "kilobytes": 2**10, "megabytes": 2**20, "gigabytes": 2**30, "terabytes": 2**40}
_POWER = re.compile(r"byte(?:\s*\*\s*(\d+)\s*(?:\^\s*(\d+))?)?$")


@dataclass(frozen=True)
class File:
    """A file that the descriptor refers to."""

    name: str
    size: int | None
    compression: str


@dataclass(frozen=True)
class Item:
    """A piece of hardware in CIM's words."""

    kind: int
    values: t.Mapping[str, str]
    required: bool

    def get(self, name: str) -> str:
        """Return one of the words, '' where it is not there."""
        return self.values.get(name, "")

    def number(self, name: str) -> int:
        """Return one of the numbers, 0 where it is not there.

        :raises Refused: where it is none.
        """
        text = self.get(name) or "0"
        if not text.isdecimal():
            raise broken(f"{name} of {self.label} is {text!r}, which is no number")
        return int(text)

    @property
    def subtypes(self) -> list[str]:
        """What it is in particular, in small letters. Several words are alternatives."""
        return self.get("ResourceSubType").lower().split()

    @property
    def label(self) -> str:
        """It in words."""
        return self.get("ElementName") or self.get("Caption") or f"item {self.get('InstanceID')}"


def broken(what: str) -> Refused:
    """Return what is to be said of a descriptor that cannot be understood."""
    return Refused(f"The descriptor of the appliance is broken: {what}.", "Export the machine again.", option="src")


def read(text: str) -> tuple[Machine, list[File]]:
    """Return the machine that a descriptor is of, and the files that it refers to.

    :raises Refused: where it is broken, or of what is no single machine.
    """
    try:
        root = xml.parse(re.sub(r"^\s*<\?xml.*?\?>", "", text.lstrip("\ufeff")))
    except Exception as error:  # lxml's, which is not imported here
        raise broken(str(error)) from error
    if _local(root) != "Envelope":
        raise broken(f"it begins with {_local(root)}, not with Envelope")
    return _Reader(root).machine()


class _Reader:
    """One descriptor on its way."""

    def __init__(self, root: xml.Element) -> None:
        self.root = root
        self.files = {_attribute(node, "id"): self._file(node) for node in _below(root, "References", "File")}
        self.disks = {_attribute(node, "diskId"): node for node in _below(root, "DiskSection", "Disk")}
        self.unmatched: list[str] = []

    def machine(self) -> tuple[Machine, list[File]]:
        system = self._system()
        sections = _children(system, "VirtualHardwareSection")
        if not sections:
            raise broken("it has no hardware")
        items = list(self._items(sections[0]))
        cpus = [item for item in items if item.kind == hardware.PROCESSOR]
        memory = [item for item in items if item.kind == hardware.MEMORY]
        if not cpus or not memory:
            raise broken("it does not say how much memory and how many CPUs the machine has")
        found = Machine(
            name=_text(system, "Name") or _attribute(system, "id"),
            vcpus=sum(item.number("VirtualQuantity") for item in cpus),
            cores=int(cpus[0].get("CoresPerSocket") or 0),
            memory=sum(item.number("VirtualQuantity") * unit(item.get("AllocationUnits")) for item in memory),
            guest_os=_text(next(iter(_children(system, "OperatingSystemSection")), None), "Description"),
            description=_text(next(iter(_children(system, "AnnotationSection")), None), "Annotation"),
        )
        if not found.vcpus or not found.memory:
            raise broken("the machine has no memory or no CPU")
        found = self._settings(found, system, sections[0])
        found = self._hardware(found, items)
        self._rest(system)
        return replace(found, unmatched=tuple(self.unmatched)), list(self.files.values())

    # -- parts -----------------------------------------------------------------------------------------------------

    @staticmethod
    def _file(node: xml.Element) -> File:
        name, size = _attribute(node, "href"), _attribute(node, "size")
        if _attribute(node, "chunkSize"):
            raise Refused(f"{name} is in pieces (ovf:chunkSize).", "Export the appliance without them.", option="src")
        return File(name, int(size) if size.isdecimal() else None, _attribute(node, "compression"))

    def _system(self) -> xml.Element:
        systems = [node for node in self.root.iter() if _local(node) == "VirtualSystem"]
        if len(systems) != 1:
            names = named(_text(node, "Name") or _attribute(node, "id") for node in systems)
            raise Refused(
                f"The appliance has {len(systems)} machines ({names}), and only one can be imported at a time.",
                "Export each machine for itself.",
                option="src",
            )
        return systems[0]

    def _items(self, section: xml.Element) -> t.Iterator[Item]:
        chosen = self._configuration()
        for node in section:
            if _local(node) not in ("Item", "EthernetPortItem", "StorageItem") or _attribute(node, "bound"):
                continue
            configurations = _attribute(node, "configuration").split()
            if configurations and chosen not in configurations:
                continue
            values = {_local(child): (child.text or "").strip() for child in node}
            yield Item(int(values.get("ResourceType") or 0), values, _attribute(node, "required") != "false")

    def _configuration(self) -> str:
        """Return the configuration that counts: the one that is the default, or the first."""
        found = _below(self.root, "DeploymentOptionSection", "Configuration")
        default = [node for node in found if _attribute(node, "default") == "true"]
        return _attribute((default or found)[0], "id") if found else ""

    def _settings(self, found: Machine, system: xml.Element, section: xml.Element) -> Machine:
        settings = {_attribute(node, "key"): _attribute(node, "value") for node in _children(section, "Config")}
        firmware = settings.get("firmware", "").lower()
        for node in system.iter():  # VirtualBox's own part
            if _local(node) == "Firmware":
                firmware = _attribute(node, "type").lower()
        secure = settings.get("bootOptions.efiSecureBootEnabled") == "true"
        extra = [_attribute(node, "key") for node in _children(section, "ExtraConfig")]
        if extra:
            self.unmatched.append(f"settings of VMware: {named(extra)}")
        return replace(found, firmware="efi" if firmware.startswith("efi") else "bios", secure_boot=secure)

    def _hardware(self, found: Machine, items: t.Sequence[Item]) -> Machine:
        controllers = {item.get("InstanceID"): self._controller(item) for item in items if _is_controller(item)}
        models = [model for bus, _address, model in controllers.values() if bus == SCSI]
        disks, drives, interfaces = [], [], []
        for item in sorted(items, key=lambda item: _place(item, controllers)):
            bus, address, _model = controllers.get(item.get("Parent"), (SATA, 0, ""))
            if item.kind == hardware.DISK:
                disks.append(self._disk(item, bus, address))
            elif item.kind in (hardware.CDROM, hardware.DVD):
                drives.append(IDE if bus == IDE else SATA)
            elif item.kind == hardware.ETHERNET:
                interfaces.append(self._interface(item))
        sounds = [item for item in items if item.kind == hardware.SOUND]
        for item in items:
            if item.kind in hardware.NAMES and item.kind not in (hardware.GRAPHICS, hardware.SOUND) and item.required:
                self.unmatched.append(f"{hardware.NAMES[item.kind]} ({item.label})")
            elif item.kind in (0, 1) and item.required:
                self.unmatched.append(item.label)
        return replace(
            found,
            scsi=self._one_of(models),
            disks=tuple(disks),
            drives=tuple(drives),
            interfaces=tuple(interfaces),
            sound=self._known(hardware.SOUNDS, sounds[0], "ich9") if sounds else "",
        )

    def _one_of(self, models: t.Sequence[str]) -> str:
        if len(set(models)) > 1:
            self.unmatched.append(f"SCSI controllers of several models; all are {models[0]}")
        return models[0] if models else ""

    def _controller(self, item: Item) -> tuple[str, int, str]:
        """Return bus, address and model of a controller."""
        address = int(item.get("Address")) if item.get("Address").isdecimal() else 0
        if item.kind == hardware.IDE_CONTROLLER:
            return IDE, address, ""
        if item.kind == hardware.SCSI_CONTROLLER:
            return SCSI, address, self._known(hardware.SCSI, item, hardware.INSTEAD_OF_SCSI)
        return self._known(hardware.STORAGE, item, SATA), address, ""

    def _known(self, table: t.Mapping[str, str], item: Item, otherwise: str) -> str:
        """Return what we call a piece of hardware, or what it gets instead."""
        for subtype in item.subtypes:
            if subtype in table:
                return table[subtype]
        if item.subtypes:
            self.unmatched.append(f"{item.label} is {item.get('ResourceSubType')}, and becomes {otherwise}")
        return otherwise

    def _disk(self, item: Item, bus: str, address: int) -> Disk:
        kind, _slash, identity = item.get("HostResource").removeprefix("ovf:").strip("/").partition("/")
        if kind == "file":
            file = self._referred(identity)
            return Disk(bus, file.name, 0, address, file.compression)
        node = self.disks.get(identity)
        if kind != "disk" or node is None:
            raise broken(f"{item.label} is of {item.get('HostResource') or 'nothing'}, which is not in it")
        if _attribute(node, "parentRef"):
            raise Refused(
                f"Disk {identity} holds only what differs from another one.",
                "Export the machine without its snapshots.",
                option="src",
            )
        capacity = _attribute(node, "capacity")
        if not capacity.isdecimal():
            raise broken(f"the capacity of disk {identity} is {capacity!r}")
        size = int(capacity) * unit(_attribute(node, "capacityAllocationUnits"))
        reference = _attribute(node, "fileRef")
        if not reference:
            return Disk(bus, "", size, address)
        file = self._referred(reference)
        return Disk(bus, file.name, size, address, file.compression)

    def _referred(self, identity: str) -> File:
        if identity not in self.files:
            raise broken(f"it refers to a file {identity} that it does not list")
        return self.files[identity]

    def _interface(self, item: Item) -> Interface:
        model = self._known(hardware.ADAPTERS, item, hardware.INSTEAD_OF_ADAPTER)
        mac = item.get("Address").lower().replace("-", ":")
        if re.fullmatch("[0-9a-f]{12}", mac):  # as VirtualBox writes it
            mac = ":".join(re.findall("..", mac))
        return Interface(
            item.get("Connection"), model, mac if re.fullmatch("([0-9a-f]{2}:){5}[0-9a-f]{2}", mac) else ""
        )

    def _rest(self, system: xml.Element) -> None:
        for section in _children(system, "ProductSection"):
            keys = [_attribute(node, "key") for node in _children(section, "Property")]
            if keys:
                self.unmatched.append(f"properties that the guest would be told (OVF environment): {named(keys)}")
        licences = [node for node in self.root.iter() if _local(node) == "EulaSection"]
        if licences:
            self.unmatched.append("a licence (EULA); read it in the descriptor")


def unit(text: str) -> int:
    """Return how many bytes a unit is.

    :raises Refused: where nobody knows it.
    """
    word = text.strip().lower()
    if not word:
        return 1
    if word in _UNITS:
        return _UNITS[word]
    found = _POWER.match(word)
    if not found:
        raise broken(f"{text!r} is no unit of size")
    base, power = int(found[1] or 1), int(found[2] or 1)
    if power > 60:
        raise broken(f"{text!r} is larger than any size")
    return int(base**power)


def _is_controller(item: Item) -> bool:
    return item.kind in (hardware.IDE_CONTROLLER, hardware.SCSI_CONTROLLER, hardware.STORAGE_CONTROLLER)


def _place(item: Item, controllers: t.Mapping[str, tuple[str, int, str]]) -> tuple[t.Any, ...]:
    """Return where an item is among its like: by controller, then by place."""
    order = list(controllers)
    parent = item.get("Parent")
    at = item.get("AddressOnParent")
    return (order.index(parent) if parent in order else len(order), int(at) if at.isdecimal() else 0)


def _local(node: xml.Element) -> str:
    return xml.local_name(node.tag) if isinstance(node.tag, str) else ""


def _children(node: xml.Element, name: str) -> list[xml.Element]:
    return [child for child in node if _local(child) == name]


def _below(root: xml.Element, section: str, name: str) -> list[xml.Element]:
    return [child for node in _children(root, section) for child in _children(node, name)]


def _attribute(node: xml.Element, name: str) -> str:
    """Return an attribute, whatever its namespace is."""
    return next((str(value) for key, value in node.attrib.items() if xml.local_name(key) == name), "")


def _text(node: xml.Element, name: str) -> str:
    found = [] if node is None else _children(node, name)
    return (found[0].text or "").strip() if found else ""
