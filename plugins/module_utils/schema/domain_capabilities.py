# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host's QEMU has for guests of one kind (U(https://libvirt.org/formatdomaincaps.html)), as data.

libvirt says most of it in one way, "supported, with these values of these attributes", and adds to it with each
release. So that is read as it comes; rows are only needed for what is said otherwise.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.capabilities import snake
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import YES, Int, Size
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import read
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.cpu import CPU
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, List, Node

Told = dict[str, t.Any]

KIND: tuple[Node, ...] = (
    Field("arch", "arch"),
    Field("type", "domain"),
    Field("machine", "machine"),
    Field("emulator", "path"),
    Field("max_vcpus", "vcpu/@max", Int()),
)

#: What elements say beside their support: of AMD's and Intel's ways to keep a guest's memory from its host.
_MORE: tuple[Node, ...] = (
    *(Field(snake(name), name, Int()) for name in ("cbitpos", "reducedPhysBits", "maxGuests", "maxESGuests")),
    Field("cpu0_id", "cpu0Id"),
    *(Field(name, name, YES) for name in ("flc", "sgx1", "sgx2")),
    Field("section_size", "section_size", Size(stored=1024, unit="unit")),
    List(
        "sections",
        "sections/section",
        (Field("node", "@node", Int()), Field("size", "@size", Size(stored=1024, unit="unit"))),
    ),
)

_MODEL: tuple[Node, ...] = (
    Field("name", ""),
    Field("canonical", "@canonical"),
    Field("vendor", "@vendor"),
    Field("deprecated", "@deprecated", YES),
)


def domain_capabilities(document: xml.Element) -> Told:
    """Return all that a document says."""
    return {
        **read(KIND, document),
        "iothreads": xml.get(document, "iothreads/@supported") == "yes",
        "firmware": _offer(document, "os").get("firmware", []),
        "loader": {**_offer(document, "os/loader"), "paths": _texts(document, "os/loader/value")},
        "cpu": _cpu(document),
        "memory_backing": _offer(document, "memoryBacking"),
        "devices": _offers(document, "devices"),
        "features": _offers(document, "features"),
    }


def host_model(document: xml.Element) -> xml.Element:
    """Return the CPU that a guest with the host's model gets, as a guest's own; C(None) where there is none."""
    mode = xml.find(document, "cpu/mode[@name='host-model']")
    if mode is None or xml.find(mode, "model") is None:
        return None
    cpu = xml.build("cpu")
    cpu.set("mode", "custom")
    cpu.set("match", "exact")
    cpu.extend(xml.clone(mode))
    return cpu


def _cpu(document: xml.Element) -> Told:
    model = host_model(document)
    modes = {str(mode.get("name")): _told(mode) for mode in xml.find_all(document, "cpu/mode")}
    return {
        "modes": [name for name, mode in modes.items() if mode["supported"]],
        "migratable": {
            name: values for name, mode in modes.items() for enum, values in mode.items() if enum.endswith("migratable")
        },
        "host_model": None if model is None else read(CPU.fields, model),
        "models": list(_models(document)),
    }


def _models(document: xml.Element) -> t.Iterator[Told]:
    """Return the models by name, each with what keeps this host from it."""
    custom = "cpu/mode[@name='custom']"
    blockers = {
        blocked.get("model"): [feature.get("name") for feature in xml.find_all(blocked, "feature")]
        for blocked in xml.find_all(document, f"{custom}/blockers")
    }
    for model in xml.find_all(document, f"{custom}/model"):
        told = read(_MODEL, model)
        usable = {"yes": True, "no": False}.get(model.get("usable"))
        yield {**told, "usable": usable, "blockers": blockers.get(told["name"], [])}


def _offers(document: xml.Element, place: str) -> Told:
    found = xml.find(document, place)
    return {} if found is None else {snake(entry.tag): _told(entry) for entry in found}


def _offer(document: xml.Element, place: str) -> Told:
    found = xml.find(document, place)
    return {"supported": False} if found is None else _told(found)


def _told(entry: xml.Element) -> Told:
    """Return whether there is something, and the values that its attributes can have."""
    values = {snake(enum.get("name")): _texts(enum, "value") for enum in xml.find_all(entry, "enum")}
    return {"supported": entry.get("supported") == "yes", **values, **read(_MORE, entry)}


def _texts(parent: xml.Element, place: str) -> list[str]:
    return [str(entry.text) for entry in xml.find_all(parent, place)]
