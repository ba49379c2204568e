# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a running domain's document says otherwise than its definition, and means the same."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import host
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import NUMBERS

#: What hosts have for guests, by the attributes that decide it: asked once for guests that are alike.
Offers = dict[tuple[t.Optional[str], ...], xml.Element]


def recognise(domain: Handle, live: xml.Element, stored: xml.Element, offers: Offers) -> None:
    """Let the document of a running domain say what its definition does, where it means the same."""
    if stored is not None:
        host.recognise_firmware(live, stored)
        _recognise_tuning(domain, live, stored)
        _recognise_clock(live, stored)
        _recognise_features(live, stored)
    if host.may_be_host_model(live):
        kind = tuple(xml.get(live, path) for path in host.KIND)
        if kind not in offers:
            offers[kind] = host.capabilities(domain.connection, live)
        if offers[kind] is not None:
            host.recognise_host_model(live, offers[kind])
            _recognise_vendor(live, stored)


def _recognise_tuning(domain: Handle, live: xml.Element, stored: xml.Element) -> None:
    """Take out what libvirt notes of changes that ended where nothing is stored.

    Threads and processors that came while it ran are listed one by one; what is pinned no more is pinned to all.
    """
    for path in ("iothreadids", "vcpus"):
        if xml.find(stored, path) is None:
            xml.drop(live, path)
    pins = [pin for threads, pin in _pins(live).items() if threads not in _pins(stored)]
    if pins:
        everywhere = NUMBERS.parse(unpinned(domain, live))
        for pin in pins:
            if NUMBERS.parse(pin.get("cpuset")) == everywhere:
                pin.getparent().remove(pin)


def _recognise_clock(live: xml.Element, stored: xml.Element) -> None:
    """A clock that is so far from the local time runs as one that is so far from UTC."""
    if xml.get(stored, "clock/@basis") == "localtime" and xml.get(live, "clock/@basis") == "utc":
        for name in ("basis", "adjustment"):
            xml.put(live, f"clock/@{name}", xml.get(stored, f"clock/@{name}") or "0")


def _recognise_features(live: xml.Element, stored: xml.Element) -> None:
    """Of a CPU's feature a running guest tells whether it has it. No restart gives it what the host does not have."""
    for wished in xml.find_all(stored, "cpu/feature"):
        given = xml.find(live, f"cpu/feature[@name='{wished.get('name')}']")
        if wished.get("policy") == "optional" and given is None and xml.find(live, "cpu") is not None:
            xml.find(live, "cpu").append(xml.clone(wished))
        elif given is not None and (wished.get("policy"), given.get("policy")) in _GRANTED:
            given.set("policy", wished.get("policy"))


#: What is wished of a CPU's feature, and what a running guest tells of it then.
_GRANTED = {(wished, given) for wished in ("force", "optional") for given in ("require", "disable")}


def _recognise_vendor(live: xml.Element, stored: xml.Element) -> None:
    """The host's model with another vendor's name runs with it, and does not tell."""
    vendor = xml.get(stored, "cpu/model/@vendor_id") if stored is not None else None
    if vendor and xml.get(live, "cpu/@mode") == "host-model" and xml.find(live, "cpu/model") is None:
        xml.put(live, "cpu/model/@vendor_id", vendor)


def _pins(document: xml.Element) -> dict[tuple[str, str], xml.Element]:
    """Return the pins of a document, each with the threads that it is for."""
    return {
        (kind, pin.get(number) if number else ""): pin
        for kind, number in (("vcpupin", "vcpu"), ("iothreadpin", "iothread"), ("emulatorpin", ""))
        for pin in xml.find_all(document, f"cputune/{kind}")
    }


def unpinned(domain: Handle, running: xml.Element) -> str:
    """Return the processors of the host on which a thread may run that is pinned to none."""
    return xml.get(running, "vcpu/@cpuset") or f"0-{host_cpus(domain) - 1}"


def host_cpus(domain: Handle) -> int:
    """Return how many processors the host has."""
    return int(domain.connection.host.read.getCPUMap(0)[0])
