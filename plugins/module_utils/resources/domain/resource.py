# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Domains: defined, compared, changed while they run. Live changes are in live, power in power, the end in removal."""

from __future__ import annotations

import re
import secrets
import typing as t
from dataclasses import replace

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.defined import DefinedResource, Seen, Wish
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import (
    forgotten,
    formats,
    host,
    interfaces,
    live,
    live_tuning,
    overlays,
    power,
    removal,
    rules,
    slots,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.recognise import recognise
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import (
    Comparison,
    Difference,
    read,
    reconcile,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.table import DOMAIN
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import RESTART, Field, Spec

#: Options that a guest follows in its own time, or never: a restart does not make them true.
EVENTUAL = {node.name for node in DOMAIN.fields if isinstance(node, Field) and node.eventual}


class Domain(DefinedResource):
    """U(https://libvirt.org/formatdomain.html)."""

    noun = "domain"
    table = DOMAIN
    states = ("present", "running", "paused", "saved", "stopped", "absent")
    list_method = "listAllDomains"
    lookup_method = "lookupByName"
    define_method = "defineXMLFlags"
    schema = "domain"
    inactive_flag = "DOMAIN_XML_INACTIVE"
    secure_flag = "DOMAIN_XML_SECURE"
    takes_xml = True
    own_options: t.ClassVar[dict[str, t.Any]] = {
        "shutdown": {
            "type": "dict",
            "default": {},
            "options": {
                "timeout": {"type": "int", "default": 300},
                "on_timeout": {"type": "str", "choices": ["fail", "destroy"], "default": "fail"},
                "mode": {"type": "list", "elements": "str", "choices": ["agent", "acpi"], "default": []},
            },
        },
        "restart": {"type": "str", "choices": ["never", "if_needed"], "default": "never"},
        "undefine": {"type": "list", "elements": "str", "choices": list(removal.UNDEFINE), "default": []},
        "wait_for": {"type": "str", "choices": ["none", "agent"], "default": "none"},
        "wait_timeout": {"type": "int", "default": 300},
    }

    def settle(self, stated: xml.Element) -> None:
        forgotten.take_out(stated)

    # -- looking ---------------------------------------------------------------------------------------------------

    def look(self, handle: Handle, secrets: bool) -> Seen:
        seen = super().look(handle, secrets)
        seen.facts["power"] = power.power_of(handle)[0]
        if seen.facts["power"] == "saved":  # what it will be when it is restored
            secure = constant(self.secure_flag) if secrets else 0
            seen.live = xml.parse(handle.read.managedSaveGetXMLDesc(secure))
        if seen.live is not None:
            recognise(handle, seen.live, seen.stored, {})
        return seen

    def observe(self, connection: Connection, wish: Wish) -> Seen:
        """Add what the host offers, the formats of volumes, and what stands in the way of undefining."""
        handle = self.find(connection, wish.name)
        seen = Seen(wish.name) if handle is None else self.look(handle, secrets=True)
        if wish.state == "absent":
            if handle is not None:
                removal.observe(connection, handle, seen)
            return seen
        if not seen.exists or "type" in wish.spec or not {"arch", "machine"}.isdisjoint(wish.spec.get("os", {})):
            seen.facts["host"] = host.guest_types(connection)
        if any(host.gated(self.table.fields, wish.spec)):
            seen.facts["offer"] = host.capabilities(connection, self._kind_of_guest(wish, seen))
        if handle is not None and "disks" in wish.spec:
            seen.facts["below"] = overlays.below(handle)
        seen.facts["formats"] = formats.find(connection, wish.spec)
        if handle is not None and self.power(seen) in power.AWAKE:
            seen.facts["networks"] = interfaces.networks(connection, wish.spec, seen.live)
            seen.facts["silent_controllers"] = live_tuning.silent_controllers(handle, wish.spec)
        return seen

    def _kind_of_guest(self, wish: Wish, seen: Seen) -> xml.Element:
        """Return a document with what decides which QEMU runs the guest, and as what."""
        document = self.skeleton(wish, seen) if not seen.exists else xml.clone(self.definition(seen))
        spec = typed(wish.spec, seen)
        reconcile(
            self.table.fields, document, {name: spec[name] for name in ("type", "os", "emulator") if name in spec}
        )
        return document

    # -- deciding --------------------------------------------------------------------------------------------------

    def plan(self, wish: Wish, seen: Seen) -> Plan:
        problems = list(rules.opposites(wish.options["undefine"]))
        if wish.state == "absent":
            if problems:
                raise InvalidSpec(problems)
            return super().plan(wish, seen)
        wish = replace(wish, spec=overlays.understood(typed(wish.spec, seen), seen.facts.get("below", {})))
        now = read(self.table.fields, self.definition(seen)) if seen.exists else {}
        there = read(self.table.fields, wish.xml) if not now and is_whole(wish) else now
        wish = replace(wish, spec=interfaces.with_models(wish.spec, there))
        judged = list(rules.contradictions(wish, now))
        if seen.facts.get("offer") is not None:
            judged += host.not_offered(self.table.fields, wish.spec, seen.facts["offer"])
        problems += [problem for problem in judged if wish.xml is None or states(wish, problem[0])]
        if problems:
            raise InvalidSpec(problems)
        plan = super().plan(wish, seen)
        plan.facts["type"] = wish.spec.get("type") or self._type_of(wish, seen)
        for _schema, document in plan.documents:
            starts = seen.active or wish.state in ("running", "paused")
            plan.rehearsals.append(self._rehearsal(document, plan.label, starts))
        if wish.options["wait_for"] == "agent":
            power.plan_wait_for_agent(plan, wish.name, wish.options["wait_timeout"])
        return plan

    @staticmethod
    def _rehearsal(document: xml.Element, label: str, starts: bool) -> t.Callable[[Connection], None]:
        return lambda connection: host.rehearse(connection, document, label, starts)

    def _type_of(self, wish: Wish, seen: Seen) -> str:
        if seen.exists:
            return str(xml.get(self.definition(seen), "@type"))
        return best_type(wish.spec, seen)

    def skeleton(self, wish: Wish, seen: Seen) -> xml.Element:
        """A new guest of hardware virtualisation where the host has it, with ACPI, so that it can be asked to stop.

        A whole document as V(xml) is the guest as it stands.
        """
        if is_whole(wish):
            return xml.clone(wish.xml)
        document = xml.build("domain")
        xml.put(document, "@type", best_type(wish.spec, seen))
        arch = architecture(wish.spec, seen)
        xml.put(document, "os/type", "hvm")
        xml.put(document, "os/type/@arch", arch)
        if arch in host.MACHINES:
            xml.put(document, "os/type/@machine", host.MACHINES[arch])
        xml.put(document, "clock/@offset", "utc")  # a clock of which only the timers are stated needs it
        xml.find(document, "features/acpi", create=True)
        if arch == "x86_64":
            xml.find(document, "features/apic", create=True)
        return document

    def complete(self, document: xml.Element, wish: Wish, seen: Seen, stored: Comparison) -> None:
        rules.complete(document, self.definition(seen), wish.spec, stored)
        if not seen.exists and not is_whole(wish):
            slots.add_spare(document)
        formats.write(document, wish.spec, stored, seen.facts["formats"])

    def check(self, wish: Wish, seen: Seen, document: xml.Element) -> None:
        """Refuse an architecture or a kind of virtualisation that the host does not have."""
        offer = seen.facts.get("host")
        if offer is None:
            return
        arch, kind = xml.get(document, "os/type/@arch") or offer["arch"], xml.get(document, "@type")
        if arch not in offer["types"]:
            raise Refused(
                f"os.arch: this host has no emulator for {arch}.",
                f"It has {', '.join(sorted(offer['types']))}.",
                option="os.arch",
            )
        machine = wish.spec.get("os", {}).get("machine")
        if machine is not None and machine not in offer["machines"][arch]:
            raise Refused(
                f"os.machine: the QEMU of this host has no machine {machine} of architecture {arch}.",
                f"'qemu-system-{arch} -machine help' lists what it has.",
                option="os.machine",
            )
        if kind not in offer["types"][arch]:
            raise Refused(
                f"type: this host cannot run {arch} guests of type {kind}.",
                "For kvm, hardware virtualisation must be on in its firmware and /dev/kvm be there; "
                f"it offers {', '.join(offer['types'][arch])}.",
                option="type",
            )

    def define(self, connection: Connection, document: xml.Element) -> None:
        """Store a definition. New interfaces get their MAC here, so that the running guest gets the same one."""
        for interface in xml.find_all(document, "devices/interface"):
            if xml.find(interface, "mac") is None:
                xml.put(interface, "mac/@address", new_mac())
        super().define(connection, document)

    def within_reach(self, seen: Seen, differences: list[Difference]) -> list[Difference]:
        if self.power(seen) == "saved":
            return [replace(difference, live=RESTART) for difference in differences]
        differences = live_tuning.within_reach(seen.facts.get("silent_controllers", ()), differences)
        differences = interfaces.within_reach(differences, seen.facts.get("networks", {}))
        return slots.within_reach(seen.live, differences)

    def plan_live(self, plan: Plan, wish: Wish, differences: list[Difference], document: xml.Element) -> None:
        live.plan(plan, wish, differences)

    # -- power and removal -----------------------------------------------------------------------------------------

    def power(self, seen: Seen) -> str:
        return seen.facts["power"] if seen.exists else "absent"

    def power_wished(self, wish: Wish) -> str:
        return "stopped" if wish.state == "present" else wish.state

    def goes_on(self, wish: Wish, seen: Seen) -> bool:
        return seen.active and wish.state != "stopped"

    def plan_power(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        now = self.power(seen)
        power.check(wish, now)
        power.plan(plan, wish, now)
        then = now if wish.state == "present" else wish.state
        if wish.options["restart"] == "if_needed" and seen.active and then in ("running", "paused"):
            self._plan_restart(plan, wish, then)

    def _plan_restart(self, plan: Plan, wish: Wish, then: str) -> None:
        """Plan the restart that the user allowed, if anything waits for it by now or when the steps before are done."""
        restart = Plan(plan.label)
        power.plan_restart(restart, wish, then)
        restart.step("look what still waits", lambda connection: self._look_again(connection, plan, wish))
        plan.restart = restart.steps
        waiting = [path for path in plan.pending_restart if path not in EVENTUAL]
        if waiting:
            plan.let_restart(waiting)

    def _look_again(self, connection: Connection, plan: Plan, wish: Wish) -> None:
        still = self.pending(self.look(self.get(connection, wish.name), secrets=True))
        plan.pending_restart = [path for path in still if path not in EVENTUAL]
        if plan.pending_restart:
            plan.warnings.append(f"{', '.join(plan.pending_restart)}: not as stored, even after the restart.")

    def plan_removal(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        removal.plan(plan, wish, seen, self.power(seen))


def is_whole(wish: Wish) -> bool:
    """Tell whether the option C(xml) states a guest, not just a part of one."""
    return wish.xml is not None and xml.find(wish.xml, "os/type") is not None


def states(wish: Wish, path: str) -> bool:
    """Tell whether an option of the task is at I(path); what the option C(xml) states is for libvirt to judge."""
    return re.split(r"[.\[]", path)[0] in (*wish.stated, *wish.options)


def architecture(spec: Spec, seen: Seen) -> str:
    """Return the architecture of a guest: the stated one, its own, or the host's."""
    stated = spec.get("os", {}).get("arch")
    if stated is None and seen.exists:
        stated = xml.get(seen.stored if seen.stored is not None else seen.live, "os/type/@arch")
    return str(stated or seen.facts["host"]["arch"])


def typed(spec: Spec, seen: Seen) -> Spec:
    """Return a spec with V(auto) replaced by the type that it means on this host."""
    return {**spec, "type": best_type(spec, seen)} if spec.get("type") == "auto" else spec


def best_type(spec: Spec, seen: Seen) -> str:
    """Return V(kvm) where the host can run the guest's architecture so, else V(qemu)."""
    return "kvm" if "kvm" in seen.facts["host"]["types"].get(architecture(spec, seen), ()) else "qemu"


def new_mac() -> str:
    """Return a random MAC address with the prefix of QEMU's vendor, as libvirt makes them."""
    return "52:54:00:" + ":".join(f"{secrets.randbelow(256):02x}" for _byte in range(3))
