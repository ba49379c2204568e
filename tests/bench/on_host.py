# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of the benchmark that runs on the host, beside libvirt: our code against a bare script, in one process.

Called with the work and its arguments as JSON; prints what was measured as JSON.
"""

from __future__ import annotations

import collections
import contextlib
import cProfile
import io
import json
import pstats
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import libvirt
import libvirtmod
from ansible.module_utils.testing import patch_module_args

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import gather
from ansible_collections.hypervise.kvm.plugins.modules import domain, domain_info

URI = "qemu:///system"
PREFIX = "law-bench-"

#: A guest as people have them.
GUEST = """
<domain type='qemu'><name>{name}</name><memory unit='MiB'>2048</memory><vcpu>2</vcpu>
<os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/><apic/></features>
<devices>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/srv/{name}.qcow2'/>
<target dev='vda' bus='virtio'/></disk>
<disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>
<interface type='network'><source network='default'/><model type='virtio'/></interface>
<interface type='network'><source network='storage'/><model type='virtio'/></interface>
<serial type='pty'/><channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
<graphics type='vnc' autoport='yes'/><video><model type='virtio'/></video><rng model='virtio'>
<backend model='random'>/dev/urandom</backend></rng></devices></domain>
"""


def define(number: int) -> dict[str, Any]:
    """Have so many guests, and no more."""
    connection = libvirt.open(URI)
    names = {f"{PREFIX}{index:04}" for index in range(number)}
    for found in connection.listAllDomains():
        if found.name().startswith(PREFIX) and found.name() not in names:
            found.undefine()
        names.discard(found.name())
    for name in names:
        connection.defineXML(GUEST.format(name=name))
    connection.close()
    return {}


def bare() -> Any:
    """What a person writes who wants the documents and states of all domains, and has libvirt's documentation."""
    connection = libvirt.open(URI)
    found = [
        {
            "name": found.name(),
            "uuid": found.UUIDString(),
            "state": found.state(),
            "persistent": found.isPersistent(),
            "autostart": found.autostart(),
            "saved": found.hasManagedSaveImage(),
            "xml": found.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE),
        }
        for found in connection.listAllDomains()
    ]
    connection.close()
    return found


def ours(*parts: str) -> Callable[[], Any]:
    """What M(domain_info) does, without Ansible."""

    def run() -> Any:
        with Connection(URI, check_mode=True) as connection:
            return gather.gather(connection, gather.Questions([], parts, ["lease"], False))

    return run


def fleet(number: int) -> dict[str, float]:
    """Time the calls alone that bring a host so many guests, and those that look whether they are as stated."""

    def look() -> None:
        connection = libvirt.open(URI)
        for found in connection.listAllDomains():
            found.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
        connection.close()

    def seconds(way: Callable[..., Any], *arguments: Any) -> float:
        began = time.perf_counter()
        way(*arguments)
        return time.perf_counter() - began

    return {"first": seconds(define, number), "again": seconds(look)}


def info(rounds: int) -> dict[str, Any]:
    """Time and count reporting all domains."""
    ways = {"bare": bare, "ours": ours("spec"), "ours, states only": ours()}
    took: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        way()
    for _round in range(rounds):
        for name, way in ways.items():  # side by side: whatever else the machine does hits all of them
            began = time.perf_counter()
            way()
            took[name].append(1000 * (time.perf_counter() - began))
    return {name: {"ms": statistics.median(took[name]), "calls": calls_of(way)} for name, way in ways.items()}


def counts(tasks: dict[str, tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """Run modules, and count what each asks of libvirt."""
    modules = {"domain": domain, "domain_info": domain_info}

    def run(name: str, options: dict[str, Any]) -> Callable[[], Any]:
        def call() -> None:
            with patch_module_args(options), contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
                modules[name].main()

        return call

    return {title: {"calls": calls_of(run(name, options))} for title, (name, options) in tasks.items()}


def calls_of(way: Callable[[], Any]) -> dict[str, int]:
    """Return how many calls of each kind reach libvirt's library and may go to the daemon."""
    with counting() as made:
        way()
    return dict(made)


@contextlib.contextmanager
def counting() -> Iterator[collections.Counter[str]]:
    local = ("GetName", "GetUUIDString", "GetUUID", "Free", "GetConnect", "ErrorHandler", "LastError")
    made: collections.Counter[str] = collections.Counter()

    def counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            made[name] += 1
            return function(*arguments)

        return call

    originals = {
        name: function
        for name, function in vars(libvirtmod).items()
        if name.startswith("vir") and callable(function) and not name.endswith(local)
    }
    for name, function in originals.items():
        setattr(libvirtmod, name, counted(name, function))
    try:
        yield made
    finally:
        for name, function in originals.items():
            setattr(libvirtmod, name, function)


def profile() -> dict[str, Any]:
    """Tell where reporting all domains spends its time."""
    profiler = cProfile.Profile()
    profiler.runcall(ours("spec"))
    text = io.StringIO()
    pstats.Stats(profiler, stream=text).sort_stats("tottime").print_stats(25)
    return {"text": text.getvalue()}


if __name__ == "__main__":
    WORKS: dict[str, Callable[..., dict[str, Any]]] = {
        "define": define,
        "info": info,
        "fleet": fleet,
        "counts": counts,
        "profile": profile,
    }
    work, *arguments = json.loads(sys.argv[1])
    print(json.dumps(WORKS[work](*arguments)))
