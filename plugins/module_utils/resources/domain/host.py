# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the host can run: architectures, virtualisation, and what its QEMU has of each device."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, Group, List, Node, Spec

#: What a new guest gets where the spec does not say: the machine type that new installations of each architecture use.
MACHINES = {"x86_64": "q35", "aarch64": "virt", "riscv64": "virt"}

#: What decides which QEMU runs a guest, and as what.
KIND = ("devices/emulator", "os/type/@arch", "os/type/@machine", "@type")

#: libvirt's errors by which it tells that a definition makes no sense, now or later.
_SENSELESS = ("CONFIG_UNSUPPORTED", "XML_ERROR", "XML_DETAIL", "XML_INVALID_SCHEMA", "INVALID_ARG")


def guest_types(connection: Connection) -> dict[str, t.Any]:
    """Return what guests the host can run: C(arch), its own, and the C(types) and C(machines) of each architecture."""
    return connection.once("guest types", lambda: _guest_types(connection.capabilities()))


def _guest_types(document: xml.Element) -> dict[str, t.Any]:
    guests = {
        str(xml.get(guest, "arch/@name")): guest
        for guest in xml.find_all(document, "guest")
        if xml.get(guest, "os_type") == "hvm"
    }
    return {
        "arch": xml.get(document, "host/cpu/arch"),
        "types": {
            arch: [domain.get("type") for domain in xml.find_all(guest, "arch/domain")]
            for arch, guest in guests.items()
        },
        "machines": {
            arch: [
                machine.text
                for path in ("arch/machine", "arch/domain/machine")
                for machine in xml.find_all(guest, path)
            ]
            for arch, guest in guests.items()
        },
    }


def capabilities(connection: Connection, domain: xml.Element) -> xml.Element:
    """Return what the host's QEMU has for guests like I(domain), C(None) where it runs none of them.

    See U(https://libvirt.org/formatdomaincaps.html). libvirt keeps the answer, so that asking again is quick.
    """
    kind = tuple(xml.get(domain, path) for path in KIND)

    def ask() -> xml.Element:
        try:
            return xml.parse(connection.host.read.getDomainCapabilities(*kind, 0))
        except OperationFailed:
            return None  # what is wrong with these four is said where they are stated

    return connection.once(("domain capabilities", *kind), ask)


def gated(fields: t.Iterable[Node], spec: Spec, where: str = "") -> t.Iterator[tuple[str, str, t.Any]]:
    """Return what a spec states that not every host has: path, the place where capabilities list it, value."""
    for node in fields:
        value = spec.get(node.name)
        if value is None:
            continue
        path = where + node.name
        if isinstance(node, Field) and node.offered and value != node.absent:
            yield path, node.offered, value
        elif isinstance(node, Group):
            yield from gated(node.fields, value, path + ".")
        elif isinstance(node, List):
            for index, item in enumerate(value):
                yield from gated(node.fields, item, f"{path}[{index}].")


def not_offered(fields: t.Iterable[Node], spec: Spec, offer: xml.Element) -> t.Iterator[tuple[str, str]]:
    """Return what a spec states and the host's QEMU does not have, each with its option's path."""
    for path, place, value in gated(fields, spec):
        has = offered(offer, place)
        if has is not None and value not in has:
            yield path, f"the QEMU of this host has no {value!r}; it has {', '.join(has) or 'none at all'}"


def offered(offer: xml.Element, place: str) -> list[str] | None:
    """Return the values that a document of capabilities lists at I(place), C(None) where this libvirt does not tell.

    They are the texts of the elements there, or their names where each says whether it is supported.
    """
    found = xml.find_all(offer, place)
    if found:
        return [str(entry.get("name") or entry.text) for entry in found if entry.get("supported") != "no"]
    enumeration, device = (xml.find(offer, "/".join(place.split("/")[:length])) for length in (-1, 2))
    unsupported = device is not None and device.get("supported") == "no"
    return [] if unsupported or enumeration is not None else None


def recognise_host_model(live: xml.Element, offer: xml.Element) -> None:
    """Let a running guest's document say C(host-model) where its CPU is what this host makes of that.

    libvirt writes the model and features that the guest got at its start. As long as they are those that it would
    get today, that is the host's model; when they are not, its CPU would be another one after a restart.
    """
    cpu, mode = xml.find(live, "cpu"), xml.find(offer, "cpu/mode[@name='host-model']")
    features = _features(mode) if mode is not None else set()
    if features and xml.get(cpu, "model") == xml.get(mode, "model") and features <= _features(cpu):
        xml.put(cpu, "@mode", "host-model")
        xml.drop(cpu, "model")


def recognise_firmware(live: xml.Element, stored: xml.Element) -> None:
    """Let a running guest's document say C(efi) where libvirt chose the firmware: 9.0 then writes only the file.

    A stored definition that names the file itself is another matter: there nobody chose.
    """
    named = not xml.get(stored, "os/@firmware") and xml.get(stored, "os/loader/@type") == "pflash"
    if xml.get(live, "os/loader/@type") == "pflash" and not xml.get(live, "os/@firmware") and not named:
        xml.put(live, "os/@firmware", "efi")


def may_be_host_model(live: xml.Element) -> bool:
    """Tell whether it is worth asking what the host's model is: a running guest's CPU is one with features."""
    return xml.get(live, "cpu/@mode") == "custom" and xml.find(live, "cpu/feature") is not None


def _features(cpu: xml.Element) -> set[str]:
    return {str(feature.get("name")) for feature in xml.find_all(cpu, "feature")}


def rehearse(connection: Connection, document: xml.Element, label: str, starts: bool) -> None:
    """Let libvirt judge a definition without storing it, so that check mode foretells what it refuses.

    :arg starts: the guest runs or is to run, so what hinders only its start counts.
    :raises Refused: with what libvirt says.
    """
    said = _judgement(connection, document)
    if said["name"] in _SENSELESS:  # anything else, such as a pool that is not started, may be true only today
        if not starts and _only_hinders_start(connection, document, said["message"]):
            return
        raise Refused(
            f"{label}: libvirt does not accept the definition that this would make: {said['message']} "
            f"(libvirt error {said['code']}, {said['name']}).",
            "Change the options that it speaks of, or leave them out.",
            libvirt=said,
        )


def _only_hinders_start(connection: Connection, document: xml.Element, message: str) -> bool:
    if any(len(xml.find_all(display, "listen")) > 1 for display in xml.find_all(document, "devices/graphics")):
        return True  # the very thing that M(_not_startable) adds
    return bool(_judgement(connection, _not_startable(document))["message"] != message)


def _judgement(connection: Connection, document: xml.Element) -> dict[str, t.Any]:
    document = xml.clone(document)
    accepted: set[bytes] = connection.once("accepted definitions", set)
    kind = xml.bytes_of(_without_names(document))  # guests of one kind are judged alike, and it takes libvirt 50 ms
    said = {"name": "", "message": ""} if kind in accepted else _ask_for_judgement(connection, document)
    if not said["name"]:
        accepted.add(kind)
    return said


#: What tells guests of one kind apart: libvirt looks at none of these when it judges a definition.
_NAMES = (
    "name",
    "uuid",
    "title",
    "description",
    "metadata",
    "devices/disk/source/@file",
    "devices/disk/source/@volume",
    "devices/interface/mac/@address",
)


def _without_names(document: xml.Element) -> xml.Element:
    """Return a definition with nothing in it that tells the guest from others of its kind."""
    document = xml.clone(document)
    for path in _NAMES:
        steps, attribute = xml.split(path)
        for element in xml.find_all(document, steps):
            if attribute:
                element.attrib.pop(attribute, None)
            else:
                xml.empty(element)
    return document


def _ask_for_judgement(connection: Connection, document: xml.Element) -> dict[str, t.Any]:
    for interface in xml.find_all(document, "devices/interface"):
        if interface.get("type") == "hostdev":
            interface.getparent().remove(interface)  # libvirtd uses it once more after it freed it, and may crash
    try:
        connection.host.read.domainXMLToNative("qemu-argv", xml.text_of(document), 0)
    except OperationFailed as error:
        said: dict[str, t.Any] = error.details["libvirt"]
        return said
    return {"name": "", "message": ""}


def _not_startable(document: xml.Element) -> xml.Element:
    """Return a definition that libvirt stores and then refuses to start, before it looks at anything else.

    A definition of which it says something else is not even stored. A display that listens twice is such a thing
    (qemuProcessStartValidateGraphics in libvirt's src/qemu/qemu_process.c).
    """
    made = xml.clone(document)
    displays = [
        display for display in xml.find_all(made, "devices/graphics") if display.get("type") in ("vnc", "spice")
    ]
    display = displays[0] if displays else xml.build("graphics")
    if not displays:
        display.set("type", "vnc")
        xml.find(made, "devices", create=True).append(display)
    for _listener in range(2):
        display.append(xml.build("listen"))
        display[-1].set("type", "none")
    return made
