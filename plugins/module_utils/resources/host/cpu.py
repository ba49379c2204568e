# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What guests of one kind can have on a host, and whose CPU goes where: domain capabilities, baseline, comparison."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, OperationFailed, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.host import MACHINES
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.argspec import argument_spec
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import read, reconcile
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.cpu import CPU
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain_capabilities import domain_capabilities
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.fragment import parse_fragment
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.parse import parse

Told = dict[str, t.Any]
Options = t.Mapping[str, t.Any]

#: What decides which QEMU runs a guest, and as what: the options of whatever asks about guests of a kind.
KIND: Told = {
    "arch": {"type": "str"},
    "machine": {"type": "str"},
    "type": {"type": "str", "choices": ["kvm", "qemu"]},
    "emulator": {"type": "path"},
}

#: libvirt's answers to the question how the host's CPU compares with another (C(virCPUCompareResult)).
RELATIONS = ("incompatible", "identical", "subset")


def offers(connection: Connection, host: Told, kinds: t.Sequence[Options]) -> list[Told]:
    """Return what the host's QEMU has for guests of each kind."""
    found = []
    for index, options in enumerate(kinds):
        kind = _kind(host, options)
        try:
            document = connection.host.read.getDomainCapabilities(*kind, 0)
        except OperationFailed as error:
            raise _unknown_kind(f"domain_capabilities[{index}]", host, error) from error
        found.append(domain_capabilities(xml.parse(document)))
    return found


def baseline(connection: Connection, host: Told, options: Options) -> Told:
    """Return the CPU with which guests can run on each of several hosts."""
    documents = [xml.text_of(cpu) for cpu in cpus(options["cpus"], "cpu_baseline.cpus")]
    if not documents:
        raise InvalidSpec([("cpu_baseline.cpus", "there is no CPU to start from")])
    flags = constant("CONNECT_BASELINE_CPU_MIGRATABLE") if options["migratable"] else 0
    if options["expand_features"]:
        flags |= constant("CONNECT_BASELINE_CPU_EXPAND_FEATURES")
    try:
        found = connection.host.read.baselineHypervisorCPU(*_kind(host, options), documents, flags)
    except OperationFailed as error:
        raise _not_comparable("cpu_baseline.cpus", error) from error
    document = xml.parse(found)
    return {"cpu": read(CPU.fields, document), "xml": xml.text_of(document)}


def compare(connection: Connection, host: Told, options: Options) -> list[Told]:
    """Return how the CPU that this host can give a guest relates to each of several others."""
    kind = _kind(host, options)
    return [_compared(connection, kind, cpu) for cpu in cpus(options["cpus"], "cpu_compare.cpus")]


def _compared(connection: Connection, kind: tuple[t.Any, ...], cpu: xml.Element) -> Told:
    if not xml.get(cpu, "model"):  # of which libvirt says that every host can give it
        return _unknown("It names no model: it is another CPU on each host.")
    try:
        found = connection.host.read.compareHypervisorCPU(*kind, xml.text_of(cpu), 0)
    except OperationFailed as error:  # a model or a feature of which this libvirt does not know what it is
        return _unknown(error.details["libvirt"]["message"])
    return {"compatible": found > 0, "relation": RELATIONS[found], "reason": ""}


def _unknown(reason: str) -> Told:
    return {"compatible": False, "relation": "unknown", "reason": reason}


def cpus(stated: t.Sequence[t.Any], where: str) -> list[xml.Element]:
    """Return CPUs as documents, of which each is stated as M(domain) takes it, or as XML."""
    return [_cpu(entry, f"{where}[{index}]") for index, entry in enumerate(stated)]


def _cpu(stated: t.Any, where: str) -> xml.Element:
    if isinstance(stated, str):
        try:
            return parse_fragment("cpu", stated)
        except ValueError as error:
            raise InvalidSpec([(where, str(error))]) from error
    if not isinstance(stated, Mapping):
        raise InvalidSpec([(where, f"{stated!r} is neither a dictionary nor XML")])
    checked = ArgumentSpecValidator(argument_spec(CPU.fields)).validate(dict(stated))
    if checked.error_messages:
        raise InvalidSpec([(where, message) for message in checked.error_messages])
    try:
        spec = parse(CPU.fields, checked.validated_parameters)
    except InvalidSpec as error:
        raise InvalidSpec(
            [(f"{where}.{problem['option']}", problem["message"]) for problem in error.details["problems"]]
        ) from error
    document = xml.build("cpu")
    reconcile(CPU.fields, document, spec)
    return document


def _kind(host: Told, options: Options) -> tuple[t.Any, ...]:
    """Return emulator, architecture, machine and virtualization: what is not stated as M(domain) has it for a guest."""
    arch = options["arch"] or host["cpu"]["arch"]
    types = {guest["arch"]: guest["types"] for guest in host["guests"]}
    best = "kvm" if "kvm" in types.get(arch, ()) else "qemu"
    return options["emulator"], arch, options["machine"] or MACHINES.get(arch), options["type"] or best


def _unknown_kind(where: str, host: Told, error: OperationFailed) -> Refused:
    there = ", ".join(f"{guest['arch']} ({' or '.join(guest['types'])})" for guest in host["guests"])
    return Refused(
        f"{where}: libvirt knows of no such guests here: {error.details['libvirt']['message']}.",
        f"The host can run guests of {there}.",
        **error.details,
    )


def _not_comparable(where: str, error: OperationFailed) -> Refused:
    return Refused(
        f"{where}: libvirt finds no CPU for all of them: {error.details['libvirt']['message']}.",
        "If it does not know a model or a feature, ask the host with the newest libvirt.",
        **error.details,
    )
