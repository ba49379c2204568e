# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a document states and libvirt does not keep: stated again, it would be a change for ever."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import NUMBERS, Size
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.tuning import lowest_free

SIZE = Size(stored=1024, unit="unit")

_PINS = ("vcpu/@cpuset", *(f"cputune/{kind}/@cpuset" for kind in ("vcpupin", "emulatorpin", "iothreadpin")))


def take_out(document: xml.Element) -> None:
    """Remove from a document all that libvirt accepts and forgets, or makes anew."""
    _total_of_numa(document)
    if xml.get(document, "os/bootmenu/@enable") == "no":
        xml.drop(document, "os/bootmenu/@timeout")
    for label in xml.find_all(document, "seclabel"):
        xml.drop(label, "imagelabel")  # of a running guest
        if label.get("type") == "none" and label.get("model") is None:
            label.set("model", "none")
    pinned = [path for path in _PINS if xml.get(document, path) is not None]
    if xml.get(document, "numatune/memory/@placement") == "auto" and not pinned:
        xml.drop(document, "vcpu/@placement")  # which follows
    _fill_first_cell(document)
    _number_iothreads(document)
    for kind in ("vcpu", "iothread"):
        _one_by_one(document, f"cputune/{kind}sched", f"{kind}s")
    for disk in xml.find_all(document, "devices/disk"):
        if xml.find(disk, "source") is None:
            disk.attrib.pop("type", None)  # a drive without media is one of files
        xml.drop(disk, "mirror")  # of a running guest, as is the number of an image
        for image in (*disk.iter("backingStore"), *disk.iter("source")):
            image.attrib.pop("index", None)
    for channel in xml.find_all(document, "devices/channel"):
        if is_made_by_libvirt(channel.get("type"), xml.get(channel, "source/@path")):
            xml.drop(channel, "source")
        if xml.get(channel, "address/@port") is None:
            xml.drop(channel, "address/@bus")  # libvirt looks for a port, and takes the bus where it finds one
    for alias in document.iter("alias"):
        if not str(alias.get("name")).startswith("ua-"):
            alias.attrib.clear()
    for alias in [alias for alias in document.iter("alias") if xml.is_empty(alias)]:
        alias.getparent().remove(alias)
    _foreign_metadata(document)


def is_made_by_libvirt(kind: str | None, path: str | None) -> bool:
    """Tell whether the socket of a channel is one that libvirt makes anew at each start of the guest."""
    return kind == "unix" and (path is None or path.startswith("/var/lib/libvirt/qemu/channel/"))


def _fill_first_cell(document: xml.Element) -> None:
    """The first NUMA cell has the processors that none has."""
    cells = xml.find_all(document, "cpu/numa/cell")
    count = int(xml.get(document, "vcpu") or 0)
    taken = set().union(*(NUMBERS.members(cell.get("cpus", "")) for cell in cells))
    if cells and set(range(count)) - taken:
        cells[0].set(
            "cpus", NUMBERS.parse(f"{cells[0].get('cpus', '')},{','.join(map(str, set(range(count)) - taken))}")
        )


def _number_iothreads(document: xml.Element) -> None:
    """Threads that have no number where others do get the lowest free ones."""
    listed = xml.find(document, "iothreadids")
    taken = {int(thread.get("id")) for thread in listed} if listed is not None else set()
    free = lowest_free(taken)
    for _missing in range(int(xml.get(document, "iothreads") or 0) - len(taken)) if taken else ():
        thread = xml.build("iothread")
        thread.set("id", str(next(free)))
        listed.append(thread)


def _one_by_one(document: xml.Element, path: str, attribute: str) -> None:
    """What is stated for several threads at once is kept for each."""
    for entry in xml.find_all(document, path):
        for number in sorted(NUMBERS.members(entry.get(attribute) or "")):
            one = xml.clone(entry)
            one.set(attribute, str(number))
            entry.addprevious(one)
        entry.getparent().remove(entry)


def _total_of_numa(document: xml.Element) -> None:
    """The memory of a guest with NUMA cells is what those and its modules have, whatever else is stated."""
    cells = [SIZE.read(cell, "@memory") for cell in xml.find_all(document, "cpu/numa/cell")]
    modules = [SIZE.read(module, "target/size") for module in xml.find_all(document, "devices/memory")]
    total = sum(size or 0 for size in (*cells, *modules))
    if not any(cells):
        return
    xml.drop(document, "memory")
    if (SIZE.read(document, "currentMemory") or 0) > total:
        xml.drop(document, "currentMemory")


def _foreign_metadata(document: xml.Element) -> None:
    """Metadata are in a namespace each, and one element for each (virXMLNodeSanitizeNamespaces in libvirt)."""
    metadata = xml.find(document, "metadata")
    seen = set()
    for entry in list(metadata) if metadata is not None else ():
        if entry.prefix is None or entry.nsmap[entry.prefix] in seen:
            metadata.remove(entry)
        else:
            seen.add(entry.nsmap[entry.prefix])
