# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What in a wish for the machine itself contradicts itself, and what follows from it without being stated."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import units, xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import NUMBERS
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import Comparison
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain import metadata
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Spec

Problems = t.Iterator[tuple[str, str]]


def contradictions(spec: Spec, now: Spec) -> Problems:
    """Return what cannot be true together, each with its option's path; see rules."""
    yield from _topology(spec, now)
    yield from _cells(spec, now)
    yield from _processors_of_cells(spec, now)
    features = {**now.get("features", {}), **spec.get("features", {})}
    if "apic_eoi" in spec.get("features", {}) and not features.get("apic"):
        yield "features.apic_eoi", "needs apic: true"
    if "smm_tseg" in spec.get("features", {}) and not features.get("smm"):
        yield "features.smm_tseg", "needs smm: true; libvirt forgets it otherwise"
    pinned = spec.get("vcpu_cpuset") or any(
        name.endswith("pin") and pin for name, pin in spec.get("cputune", {}).items()
    )
    automatic = spec.get("numatune", {}).get("memory", {}).get("placement") == "auto"
    if automatic and spec.get("vcpu_placement") == "static" and not pinned:
        yield "vcpu_placement", "libvirt makes it auto, like numatune.memory.placement, unless vcpu_cpuset is stated"
    if spec.get("vcpu_cpuset") and {**now, **spec}.get("vcpu_placement") == "auto":
        yield "vcpu_cpuset", "cannot be stated with vcpu_placement: auto, by which numad chooses"
    yield from _individual_vcpus(spec)
    yield from _iothreads(spec)
    yield from _secure_boot(spec.get("os", {}))
    yield from _enlightenments(spec, now)
    yield from _clock(spec, now)


def _topology(spec: Spec, now: Spec) -> Problems:
    stated = spec.get("cpu", {}).get("topology", {})
    topology = {**now.get("cpu", {}).get("topology", {}), **stated}
    if topology and (stated or "vcpus" in spec):
        product = 1
        for level in ("sockets", "dies", "clusters", "cores", "threads"):
            product *= topology.get(level, 1)
        vcpus = spec.get("vcpus", now.get("vcpus", 1))
        if product != vcpus:
            yield "cpu.topology", f"describes {product} vCPUs, but vcpus is {vcpus}; state both"


def _cells(spec: Spec, now: Spec) -> Problems:
    stated = spec.get("cpu", {}).get("numa", {}).get("cells")
    cells = stated or now.get("cpu", {}).get("numa", {}).get("cells")
    if not cells or stated == [] or (stated is None and "memory" not in spec):
        return
    merged = {**now, **spec}
    total = sum(cell["memory"] for cell in cells)
    if merged.get("memory", total) != total:
        shown = f"describes {units.format_size(total)}, but memory is {units.format_size(merged['memory'])}"
        yield "cpu.numa.cells", f"{shown}; state both"


def _processors_of_cells(spec: Spec, now: Spec) -> Problems:
    """libvirt gives the first cell what no cell has."""
    stated = spec.get("cpu", {}).get("numa", {}).get("cells", ())
    if not any("cpus" in cell for cell in stated):
        return
    known = {cell["id"]: cell.get("cpus", "") for cell in now.get("cpu", {}).get("numa", {}).get("cells", ())}
    cpus = [cell.get("cpus", known.get(cell.get("id", index), "")) for index, cell in enumerate(stated)]
    vcpus = {"vcpus": 1, **now, **spec}["vcpus"]
    if NUMBERS.parse(",".join(cpus)) != NUMBERS.parse(f"0-{vcpus - 1}"):
        yield "cpu.numa.cells", f"must have each of the {vcpus} vCPUs, 0-{vcpus - 1}, in one of their cpus"


def _individual_vcpus(spec: Spec) -> Problems:
    stated = spec.get("individual_vcpus", ())
    if stated and not any(vcpu["id"] == 0 and vcpu["enabled"] for vcpu in stated):
        yield "individual_vcpus", "vCPU 0 cannot be missing or off"
    if stated and "current_vcpus" in spec:
        plugged = sum(vcpu["enabled"] for vcpu in stated)
        if spec["current_vcpus"] != plugged:
            yield "current_vcpus", f"is not the number of individual_vcpus that are enabled, which is {plugged}"


def _iothreads(spec: Spec) -> Problems:
    count, ids = spec.get("iothreads"), spec.get("iothread_ids")
    if count is not None and ids and len(ids) != count:
        yield "iothreads", f"iothread_ids lists {len(ids)}; state one of them, or the same number"


def _secure_boot(stated: Spec) -> Problems:
    for feature in stated.get("firmware_features", ()):
        if "secure_boot" in stated and feature["enabled"] != stated["secure_boot"]:
            yield "os.secure_boot", f"means the opposite of firmware_features: {feature['name']}"


def _enlightenments(spec: Spec, now: Spec) -> Problems:
    features = spec.get("features", {})
    hyperv = features.get("hyperv", {})
    before = now.get("features", {}).get("hyperv", {})
    if hyperv.get("mode", before.get("mode")) == "passthrough" and set(hyperv) - {"mode"}:
        yield "features.hyperv", "mode: passthrough takes all that the host has; nothing else can be stated with it"
    groups = {f"hyperv.{name}": value for name, value in hyperv.items() if isinstance(value, dict)}
    groups["kvm.dirty_ring"] = features.get("kvm", {}).get("dirty_ring", {})
    for family, name, needed in (
        ("hyperv", "spinlocks", "retries"),
        ("hyperv", "vendor_id", "value"),
        ("kvm", "dirty_ring", "size"),
    ):
        known = now.get("features", {}).get(family, {}).get(name, {})
        group = groups.get(f"{family}.{name}", {})
        if group.get("state") and needed not in {**known, **group}:
            yield f"features.{family}.{name}.{needed}", "is needed with state: true"
    for name, group in groups.items():
        if group.get("state") is False and len(group) > 1:
            yield f"features.{name}", "libvirt forgets the rest where state is false"


def _clock(spec: Spec, now: Spec) -> Problems:
    stated = spec.get("clock", {})
    offset = stated.get("offset", now.get("clock", {}).get("offset", "utc"))
    belongs = {
        "timezone": ("timezone",),
        "basis": ("variable",),
        "start": ("absolute",),
        "adjustment": ("variable", "utc", "localtime"),
    }
    for name, offsets in belongs.items():
        if name in stated and offset not in offsets:
            yield f"clock.{name}", f"needs offset: {' or '.join(offsets)}; it is {offset}"


def complete(document: xml.Element, spec: Spec, stored: Comparison) -> None:
    """Write what follows from a wish: libvirt refuses, or keeps, what belonged to the value before."""
    changed = {difference.path for difference in stored.differences}
    _choose_firmware_anew(document, spec.get("os", {}), changed)
    vcpus = xml.find(document, "vcpu")
    if vcpus is not None and not (vcpus.text or "").strip():
        vcpus.text = "1"  # where only something about them is stated
    placed = xml.get(document, "numatune/memory/@placement") == "auto" and "numatune" not in spec
    if placed and "vcpu_placement" in changed and spec["vcpu_placement"] == "static":
        xml.drop(document, "numatune/memory")  # libvirt added it with the other
    if "features.ps2" in changed and not spec["features"]["ps2"]:
        for device in xml.find_all(document, "devices/input[@bus='ps2']"):
            device.getparent().remove(device)  # libvirt added them
    if "os.loader.stateless" in changed and spec["os"]["loader"]["stateless"] and "nvram" not in spec["os"]:
        xml.drop(document, "os/nvram")
    for path in ("perf", "keywrap", "cpu/numa", metadata.ELEMENT):
        xml.prune(xml.find(document, path), document)  # libvirt's schema accepts no empty ones
    _count_vcpus(document, spec, changed)
    _count_iothreads(document, spec, changed)


def _choose_firmware_anew(document: xml.Element, stated: Spec, changed: set[str]) -> None:
    if "os.firmware" in changed and not {"firmware_features", "secure_boot"}.intersection(stated):
        xml.drop(document, "os/firmware")
    if any(path.startswith(("os.firmware", "os.secure_boot")) for path in changed):
        for name in ("loader", "nvram"):
            if name not in stated:
                xml.drop(document, f"os/{name}")


def _count_vcpus(document: xml.Element, spec: Spec, changed: set[str]) -> None:
    """Let the list of plugged vCPUs go where their number changes. libvirt itself counts what is listed."""
    if changed.intersection(("vcpus", "current_vcpus")) and "individual_vcpus" not in spec:
        xml.drop(document, "vcpus")


def _count_iothreads(document: xml.Element, spec: Spec, changed: set[str]) -> None:
    """Let the number of I/O threads, and the list that numbers them, follow each other."""
    listed = xml.find_all(document, "iothreadids/iothread")
    if any(path.startswith("iothread_ids") for path in changed):
        if "iothreads" not in spec:
            xml.put(document, "iothreads", str(len(listed)))
    elif "iothreads" in changed:
        for surplus in listed[spec["iothreads"] :]:
            surplus.getparent().remove(surplus)
