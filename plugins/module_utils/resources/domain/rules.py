# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What in a wish for a domain contradicts itself, and what follows from it without being stated."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import units, xml
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import (
    disk_rules,
    forgotten,
    interfaces,
    machine_rules,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.agent import AGENT
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import Comparison
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.memory import SIZE, modules, modules_in_use
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Spec

if t.TYPE_CHECKING:
    from ansible_collections.hypervise.kvm.plugins.module_utils.resources.defined import Wish

Problems = t.Iterator[tuple[str, str]]


def contradictions(wish: Wish, now: Spec) -> Problems:
    """Return what cannot be true together, each with its option's path.

    :arg now: what the domain is like, empty where there is none yet.
    """
    spec = wish.spec
    if not now and "memory" not in spec:
        yield "memory", "a new domain needs it"
    for part, whole, shown in (("current_memory", "memory", units.format_size), ("current_vcpus", "vcpus", str)):
        most = spec.get(whole, now.get(whole))
        if part in spec and most is not None and spec[part] > most:
            yield part, f"cannot be more than {whole}, which is {shown(most)}"
    yield from machine_rules.contradictions(spec, now)
    yield from disk_rules.contradictions(spec, now)
    yield from _boot_order(spec)
    menu = {**now.get("os", {}).get("boot_menu", {}), **spec.get("os", {}).get("boot_menu", {})}
    if "timeout" in spec.get("os", {}).get("boot_menu", {}) and not menu.get("enable"):
        yield "os.boot_menu.timeout", "needs enable: true; libvirt forgets it otherwise"
    yield from interfaces.contradictions(spec, now)
    yield from _displays(spec, now)
    for index, channel in enumerate(spec.get("channels", ())):
        if channel.get("source") and forgotten.is_made_by_libvirt(channel["type"], channel["source"].get("path")):
            yield f"channels[{index}].source", "needs a path outside of libvirt's own directory, or is left out"
    yield from _agent(wish, now)


def _displays(spec: Spec, now: Spec) -> Problems:
    for index, display in enumerate(spec.get("graphics", ())):
        where = f"graphics[{index}]"
        for name in ("port", "tls_port"):
            if display.get("autoport") and name in display:
                yield f"{where}.{name}", "cannot be stated together with autoport: true"
        has: Spec = next((other for other in now.get("graphics", ()) if other["type"] == display["type"]), {})
        for name in ("passwd_valid_to", "connected"):
            if name in display and not display.get("passwd", has.get("passwd")):
                yield f"{where}.{name}", "needs a passwd; libvirt forgets it otherwise"
        for name, kind in (("listen", "address"), ("socket", "socket")):
            told = [listen.get(kind) for listen in display.get("listens", ()) if listen["type"] == kind]
            if name in display and "listens" in display and told[:1] != [display[name]]:
                yield f"{where}.{name}", "is not the first of listens; state one of them"
    for index, card in enumerate(spec.get("videos", ())):
        if card.get("primary", index == 0) != (index == 0):
            yield f"videos[{index}].primary", "the first card is the primary one; put it first"


def _boot_order(spec: Spec) -> Problems:
    boot_devices = spec.get("os", {}).get("boot_devices")
    if boot_devices == []:
        yield "os.boot_devices", "cannot be empty: without it, libvirt boots from the disk, [hd]"
    for name in ("disks", "interfaces", "hostdevs", "redirdevs") if boot_devices else ():
        for index, device in enumerate(spec.get(name, ())):
            if "boot_order" in device:
                yield f"{name}[{index}].boot_order", "cannot be stated together with os.boot_devices"


def _agent(wish: Wish, now: Spec) -> Problems:
    if wish.options["wait_for"] != "agent":
        return
    if wish.state != "running":
        yield "wait_for", "waiting for the agent needs state: running"
    channels = list(wish.spec.get("channels", ()))
    if "channels" not in wish.spec or "channels" in wish.keep_unlisted:
        channels += now.get("channels", [])
    if all(channel.get("name") != AGENT for channel in channels):
        needed = f"channels: [{{type: unix, name: {AGENT}}}]"
        yield "wait_for", f"the agent has no channel to answer on; state {needed}"


def opposites(words: t.Collection[str]) -> Problems:
    """Return the words of O(undefine) that contradict another."""
    for word in words:
        if f"keep_{word}" in words:
            yield "undefine", f"{word} and keep_{word} are opposites; state one of them"


def complete(document: xml.Element, before: xml.Element, spec: Spec, stored: Comparison) -> None:
    """Write what follows from a wish: libvirt refuses, or keeps, what belonged to the value before.

    :arg before: the definition that I(document) was, C(None) where it is a new one.
    """
    changed = {difference.path for difference in stored.differences}
    if "memory" in changed and "current_memory" not in spec:
        _follow(document, before, "memory", "currentMemory")
    _count_modules(document, before, spec, changed)
    if "vcpus" in changed and "current_vcpus" not in spec:
        _follow(document, before, "vcpu", "vcpu/@current")
    machine_rules.complete(document, spec, stored)
    if "os.arch" in changed and "emulator" not in spec:
        xml.drop(document, "devices/emulator")
    _settle_boot_order(document, spec)
    _settle_devices(document, spec, stored)
    if spec.get("serials") == []:
        _drop_serial_consoles(document)


def _count_modules(document: xml.Element, before: xml.Element, spec: Spec, changed: set[str]) -> None:
    """Let libvirt's two totals have the memory modules that come, and not those that go."""
    if not any(path.startswith("memory_devices") for path in changed):
        return
    for name, path, counted in (
        ("memory", "memory", modules),
        ("current_memory", "currentMemory", modules_in_use),
    ):
        total = SIZE.read(document, path)
        if name in spec:
            SIZE.write(document, path, spec[name] + counted(document))
        elif before is not None and total is not None:
            SIZE.write(document, path, total + counted(document) - counted(before))


def _follow(document: xml.Element, before: xml.Element, whole: str, part: str) -> None:
    """Let what a guest has at present follow what it can have, as long as it was not set apart from it."""
    if before is not None:
        current = xml.get(before, part)
        apart = current is not None and current != xml.get(before, whole)
        if apart and int(current or 0) <= int(xml.get(document, whole) or 0):
            return
    xml.drop(document, part)


def _settle_boot_order(document: xml.Element, spec: Spec) -> None:
    """Keep one of the two ways to say what is booted: libvirt accepts no more, and adds C(os/boot) by itself."""
    of_devices, of_all = (xml.find_all(document, path) for path in ("devices/*/boot", "os/boot"))
    leaving = of_devices if "boot_devices" in spec.get("os", {}) else of_all if of_devices else ()
    for entry in leaving:
        entry.getparent().remove(entry)


def _settle_devices(document: xml.Element, spec: Spec, stored: Comparison) -> None:
    """Take from devices that become another kind what only the old kind had."""
    for difference in stored.differences:
        if difference.row.startswith("graphics.listens"):
            for attribute in ("listen", "socket"):
                xml.drop(difference.items[0].after, f"@{attribute}")  # libvirt's copy of the first
    watchdogs = xml.find_all(document, "devices/watchdog")
    stated_action = [entry.get("action") for entry in watchdogs if entry.get("model") != "itco"]
    for watchdog in watchdogs if stated_action else ():
        _set_or_drop(watchdog, "@action", stated_action[0])  # QEMU has one action for all of a guest


def _set_or_drop(element: xml.Element, path: str, value: str | None) -> None:
    if value is None:
        xml.drop(element, path)
    else:
        xml.put(element, path, value)


def _drop_serial_consoles(document: xml.Element) -> None:
    """Remove the consoles on a serial port that is gone: libvirt would bring the port back for them."""
    for console in xml.find_all(document, "devices/console"):
        if xml.get(console, "target/@type") in (None, "serial"):
            console.getparent().remove(console)
