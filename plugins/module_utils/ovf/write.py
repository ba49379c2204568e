# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing the descriptor of an appliance, OVF 1.1, in the words that VMware and VirtualBox know."""

from __future__ import annotations

import itertools
import typing as t
from xml.etree import ElementTree

from ansible_collections.hypervise.kvm.plugins.module_utils.ovf import hardware
from ansible_collections.hypervise.kvm.plugins.module_utils.ovf.machine import IDE, SCSI, Machine

NAMESPACES = {
    "ovf": "http://schemas.dmtf.org/ovf/envelope/1",
    "rasd": "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData",
    "vssd": "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData",
    "vmw": "http://www.vmware.com/schema/ovf",
    "hv": "urn:hypervise:kvm:ovf:1",
}
#: A version of VMware's hardware that all of its products of the last decade know.
SYSTEM = "vmx-10"
FORMAT = "http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"
_PIECE_OF_MEMORY = "byte * 2^20"


def written(machine: Machine, files: t.Mapping[str, int], fingerprint: str) -> bytes:
    """Return a descriptor.

    :arg files: the images, and how many bytes each has.
    :arg fingerprint: of what was exported, by which a later export knows whether it would be the same.
    """
    for prefix, uri in NAMESPACES.items():
        ElementTree.register_namespace(prefix, uri)
    root = ElementTree.Element(_q("ovf:Envelope"), {"xml:lang": "en-US"})
    references = _add(root, "ovf:References")
    for disk in machine.disks:
        named = {"ovf:id": f"file-{disk.file}", "ovf:href": disk.file, "ovf:size": str(files[disk.file])}
        _add(references, "ovf:File", named)
    disks = _section(root, "ovf:DiskSection", "Disks of the machine")
    for disk in machine.disks:
        _add(
            disks,
            "ovf:Disk",
            {
                "ovf:diskId": disk.file,
                "ovf:fileRef": f"file-{disk.file}",
                "ovf:capacity": str(disk.capacity),
                "ovf:capacityAllocationUnits": "byte",
                "ovf:format": FORMAT,
            },
        )
    networks = _section(root, "ovf:NetworkSection", "Networks that the machine is attached to")
    for name in dict.fromkeys(interface.network for interface in machine.interfaces):
        _add(_add(networks, "ovf:Network", {"ovf:name": name}), "ovf:Description", text=name)
    _system(root, machine, fingerprint)
    ElementTree.indent(root)
    return t.cast(bytes, ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def fingerprint_in(descriptor: str) -> str:
    """Return the fingerprint of what a descriptor was written of, '' where it has none."""
    _before, _mark, after = descriptor.partition("<hv:Fingerprint>")
    return after.partition("<")[0]


def _system(root: ElementTree.Element, machine: Machine, fingerprint: str) -> None:
    system = _add(root, "ovf:VirtualSystem", {"ovf:id": machine.name})
    _add(system, "ovf:Info", text="A virtual machine")
    _add(system, "ovf:Name", text=machine.name)
    operating = _section(system, "ovf:OperatingSystemSection", "The guest's operating system", {"ovf:id": "1"})
    _add(operating, "ovf:Description", text="Other")
    if machine.description:
        _add(_section(system, "ovf:AnnotationSection", "What it is"), "ovf:Annotation", text=machine.description)
    section = _section(system, "ovf:VirtualHardwareSection", "Hardware of the machine")
    described = _add(section, "ovf:System")
    _add(described, "vssd:ElementName", text="Virtual Hardware Family")
    _add(described, "vssd:InstanceID", text="0")
    _add(described, "vssd:VirtualSystemIdentifier", text=machine.name)
    _add(described, "vssd:VirtualSystemType", text=SYSTEM)
    _Items(section).write(machine)
    if machine.firmware == "efi":
        _setting(section, "firmware", "efi")
        if machine.secure_boot:
            _setting(section, "bootOptions.efiSecureBootEnabled", "true")
    own = _section(system, "hv:ExportSection", "Of what it was exported", {"ovf:required": "false"})
    _add(own, "hv:Fingerprint", text=fingerprint)


class _Items:
    """The hardware, piece by piece. CIM wants their elements in the order of the alphabet."""

    def __init__(self, section: ElementTree.Element) -> None:
        self.section = section
        self.numbers = itertools.count(1)

    def write(self, machine: Machine) -> None:
        self._item(
            hardware.PROCESSOR,
            f"{machine.vcpus} virtual CPU",
            AllocationUnits="hertz * 10^6",
            VirtualQuantity=machine.vcpus,
            cores=machine.cores,
        )
        self._item(
            hardware.MEMORY,
            "Memory",
            AllocationUnits=_PIECE_OF_MEMORY,
            VirtualQuantity=machine.memory // 2**20,
        )
        controllers = self._controllers(machine)
        places: dict[str, itertools.count[int]] = {}
        for number, disk in enumerate(machine.disks, start=1):
            parent = controllers[disk.bus, disk.channel]
            place = next(places.setdefault(parent, itertools.count()))
            self._item(
                hardware.DISK,
                f"Hard disk {number}",
                AddressOnParent=place,
                HostResource=f"ovf:/disk/{disk.file}",
                Parent=parent,
            )
        for number, drive in enumerate(machine.drives, start=1):
            parent = controllers[drive, 1 if drive == IDE else 0]
            place = next(places.setdefault(parent, itertools.count()))
            self._item(
                hardware.CDROM,
                f"CD-ROM drive {number}",
                AddressOnParent=place,
                AutomaticAllocation="false",
                Parent=parent,
            )
        for number, interface in enumerate(machine.interfaces, start=1):
            self._item(
                hardware.ETHERNET,
                f"Ethernet adapter {number}",
                Address=interface.mac,
                AutomaticAllocation="true",
                Connection=interface.network,
                ResourceSubType=_spelled(hardware.written(hardware.ADAPTERS, interface.model)),
            )
        if machine.sound:
            word = hardware.written(hardware.SOUNDS, machine.sound)
            self._item(hardware.SOUND, "Sound card", ResourceSubType=word, required="false")

    def _controllers(self, machine: Machine) -> dict[tuple[str, int], str]:
        """Write the controllers that are needed, and return their numbers by bus and channel."""
        needed = {(disk.bus, disk.channel) for disk in machine.disks}
        needed |= {(drive, 1 if drive == IDE else 0) for drive in machine.drives}
        found = {}
        for bus, channel in sorted(needed):
            if bus == IDE:
                kind, subtype = hardware.IDE_CONTROLLER, ""
            elif bus == SCSI:
                kind, subtype = hardware.SCSI_CONTROLLER, _spelled(hardware.written(hardware.SCSI, machine.scsi))
            else:
                kind, subtype = hardware.STORAGE_CONTROLLER, _spelled(hardware.written(hardware.STORAGE, bus))
            label = f"{bus.upper()} controller {channel}"
            found[bus, channel] = self._item(kind, label, Address=channel, ResourceSubType=subtype)
        return found

    def _item(self, kind: int, label: str, required: str = "", cores: int = 0, **values: t.Any) -> str:
        """Write a piece, and return its number."""
        number = str(next(self.numbers))
        item = _add(self.section, "ovf:Item", {"ovf:required": required} if required else {})
        values.update(ElementName=label, InstanceID=number, ResourceType=kind)
        for name in sorted(values):
            if values[name] != "":
                _add(item, f"rasd:{name}", text=str(values[name]))
        if cores:
            _add(item, "vmw:CoresPerSocket", {"ovf:required": "false"}, str(cores))
        return number


#: Words that VMware compares with regard to case.
_SPELLED = {"e1000": "E1000", "e1000e": "E1000e", "pcnet32": "PCNet32", "vmxnet3": "VmxNet3", "ahci": "AHCI"}
_SPELLED |= {"lsilogicsas": "lsilogicsas", "virtualscsi": "VirtualSCSI", "virtioscsi": "VirtioSCSI"}


def _spelled(word: str) -> str:
    return _SPELLED.get(word, word)


def _setting(section: ElementTree.Element, key: str, value: str) -> None:
    _add(section, "vmw:Config", {"ovf:required": "false", "vmw:key": key, "vmw:value": value})


def _section(
    parent: ElementTree.Element, tag: str, info: str, attributes: t.Mapping[str, str] | None = None
) -> ElementTree.Element:
    section = _add(parent, tag, attributes)
    _add(section, "ovf:Info", text=info)
    return section


def _add(
    parent: ElementTree.Element, tag: str, attributes: t.Mapping[str, str] | None = None, text: str | None = None
) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, _q(tag), {_q(key): value for key, value in (attributes or {}).items()})
    element.text = text
    return element


def _q(name: str) -> str:
    """Return a name with its namespace, as ElementTree wants it."""
    prefix, _colon, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"
