# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tables of several devices have in common."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    NUMBER,
    ON,
    PATH,
    UUID,
    YES,
    Choice,
    Codec,
    Int,
    Number,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, Group, List, Node, Values

PLUG = "plug"  # attached to and detached from a running guest
UPDATE = "update"  # changed on a running guest's device

ORDER = Int(1)


class UserAlias(Codec):
    """A device's own name: starts with V(ua-). Others are libvirt's, made anew at each start."""

    def parse(self, value: object) -> str:
        text = str(value)
        if not text.startswith("ua-"):
            raise ValueError(f"{text!r} is not an alias of a user; it must start with 'ua-'")
        return text

    def decode(self, text: str) -> str | None:
        return text if text.startswith("ua-") else None


class Shown(Codec):
    """A text that libvirt may leave out of a running guest's document."""

    def same_live(self, current: object, desired: object) -> bool:
        return current is None or self.same(current, desired)


class Hexadecimal(Number):
    """A number that libvirt writes in hexadecimal; its users do, too, without a sign of it where it can be no other."""

    def decode(self, text: str) -> int:
        try:
            return int(text, 0)
        except ValueError:  # 1f, 08
            return int(text, 16)

    def encode(self, value: object) -> str:
        return f"{value:#x}"


class BusNumber(Number):
    """A number that only addresses on the PCI bus have in hexadecimal."""

    def write(self, element: xml.Element, path: str, value: object) -> None:
        steps, _attribute = xml.split(path)
        xml.put(element, path, f"{value:#x}" if xml.get(element, f"{steps}/@type") == "pci" else str(value))


HEXADECIMAL = Hexadecimal()

#: Where a device stands in the guest. libvirt gives it a place unless told.
ADDRESS = Group(
    "address",
    "",
    (
        Field(
            "type",
            "address/@type",
            Choice(
                "pci",
                "drive",
                "usb",
                "virtio-serial",
                "ccid",
                "isa",
                "dimm",
                "spapr-vio",
                "ccw",
                "virtio-mmio",
                "virtio-s390",
                "mdev",
                "unassigned",
            ),
            required=True,
        ),
        Field("domain", "address/@domain", HEXADECIMAL),
        Field("bus", "address/@bus", BusNumber()),
        Field("slot", "address/@slot", BusNumber()),
        Field("function", "address/@function", HEXADECIMAL),
        *(Field(name, f"address/@{name}", NUMBER) for name in ("controller", "target", "unit")),
        Field("port", "address/@port"),  # of a USB hub that hangs on another: 1.2
        Field("multifunction", "address/@multifunction", ON),
        *(
            Field(name, f"address/@{name}", HEXADECIMAL)
            for name in ("reg", "iobase", "irq", "base", "cssid", "ssid", "devno")
        ),
        Field("uuid", "address/@uuid", UUID),  # of a mediated device
    ),
    whole=("address",),
    filled=True,
)

ALIAS = Field("alias", "alias/@name", UserAlias())

#: What every device can have.
DEVICE: tuple[Node, ...] = (ALIAS, Field("acpi_index", "acpi/@index", Int(0)), ADDRESS)

#: Of devices that a guest can be booted from.
BOOT: tuple[Node, ...] = (Field("boot_order", "boot/@order", ORDER), Field("boot_loadparm", "boot/@loadparm"))

#: The firmware that a PCI device brings along.
ROM = Group("rom", "rom", (Field("enabled", "@enabled", YES), Field("bar", "@bar", ON), Field("file", "@file", PATH)))

#: Options of C(<driver>) that all virtio devices have.
VIRTIO: tuple[Node, ...] = tuple(Field(name, f"@{name}", ON) for name in ("iommu", "ats", "packed", "page_per_vq"))

#: Options of C(<driver>) of what has queues, and of the threads that serve them.
QUEUES: tuple[Node, ...] = (
    Field("queues", "@queues", Int(1)),
    Field("ioeventfd", "@ioeventfd", ON),
    Field("iothread", "@iothread", Int(1)),
    List(
        "iothreads",
        "iothreads/iothread",
        (Field("id", "@id", Int(1), required=True), Values("queues", "queue", "id", Int(0))),
        keys=("id",),
    ),
)


def enumeration(device: str, name: str) -> str:
    """Return where capabilities list the values that a host has for one attribute of a device."""
    return f"devices/{device}/enum[@name='{name}']/value"
