# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory of 20 hypervisors with 50 guests each (libvirt's test driver), beside the bare API; needs no lab."""

from __future__ import annotations

import collections
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import libvirt
import libvirtmod

from ansible_collections.hypervise.kvm.plugins.module_utils import survey
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.gather import Questions, gather

HYPERVISORS, GUESTS, ROUNDS = 20, 50, 5
SOURCES = Path(__file__).parents[2] / ".cache/src"

GUEST = """
<domain type='test'><name>guest-{host:02}-{guest:02}</name><memory unit='MiB'>2048</memory><vcpu>2</vcpu>
<os><type>hvm</type></os><devices>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/srv/{host}-{guest}.qcow2'/>
<target dev='vda' bus='virtio'/></disk><disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>
<interface type='network'><source network='default'/><model type='virtio'/></interface>
<graphics type='vnc' autoport='yes'/><video><model type='virtio'/></video></devices></domain>
"""
NETWORK = """
<network><name>default</name><bridge name='virbr0'/><ip address='192.168.122.1' netmask='255.255.255.0'>
<dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp></ip></network>
"""


def nodes(directory: Path) -> list[str]:
    """Return the URIs of the hypervisors, whose guests run."""
    uris = []
    for host in range(HYPERVISORS):
        guests = "".join(GUEST.format(host=host, guest=guest) for guest in range(GUESTS))
        (directory / f"{host:02}").write_text(f"<node>{NETWORK}{guests}</node>")
        uris.append(f"test://{directory}/{host:02}")
    return uris


def bare(uri: str) -> None:
    """What a person writes who wants the states, documents and addresses of all guests."""
    connection = libvirt.open(uri)
    for domain in connection.listAllDomains():
        domain.name(), domain.UUIDString(), domain.state(), domain.isPersistent(), domain.autostart()
        domain.XMLDesc(), domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
        domain.interfaceAddresses(libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE)
    connection.close()


def ours(uri: str, *parts: str) -> list[dict[str, Any]]:
    """What the engine does for one hypervisor."""
    with Connection(uri, check_mode=True) as connection:
        return gather(connection, Questions([], parts, ["lease"], False))


def calls(way: Callable[[str], object], uris: list[str]) -> int:
    """Return how many calls a way makes to libvirt's C library for all, without those that stay in the process."""
    counted: collections.Counter[str] = collections.Counter()
    kept = dict(vars(libvirtmod))

    def count(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            counted[name] += 1
            return function(*arguments)

        return call

    for name, function in kept.items():
        if name.startswith(("virDomain", "virConnect")) and not name.endswith(("GetName", "GetUUIDString", "Free")):
            setattr(libvirtmod, name, count(name, function))
    try:
        for uri in uris:
            way(uri)
    finally:
        for name, function in kept.items():
            setattr(libvirtmod, name, function)
    return counted.total()


def processor() -> float:
    """Return the seconds of a processor that this process has used, and those that it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def timed(name: str, work: Callable[[], object], rounds: int = ROUNDS) -> None:
    """Print what something takes, by the clock and of processors."""
    took = []
    for _round in range(rounds):
        began, used = time.perf_counter(), processor()
        work()
        took.append((time.perf_counter() - began, processor() - used))
    clock, used = (statistics.median(times) for times in zip(*took, strict=True))
    print(f"{name:64} {clock:7.2f} s, of processors {used:6.2f} s", flush=True)


def listed(source: Path, **options: Any) -> Callable[[], None]:
    """Return what runs ansible-inventory."""
    source.write_text(json.dumps({"plugin": "hypervise.kvm.libvirt", **options}))
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(SOURCES)}
    program = [str(Path(sys.executable).parent / "ansible-inventory"), "-i", str(source), "--list"]

    def run() -> None:
        subprocess.run(program, env=environment, capture_output=True, check=True)

    return run


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        uris = nodes(directory)
        silent = directory / "ssh"
        silent.write_text("#!/bin/sh\nexec sleep 1000\n")
        silent.chmod(0o755)
        dead = f"qemu+ssh://silent/system?command={silent}"
        questions = Questions([], ["spec"], ["lease"], False)
        for way, run in {
            "bare": bare,
            "ours": lambda uri: ours(uri, "spec"),
            "ours, states only": ours,
        }.items():
            print(f"calls, {way}: {calls(run, uris)}", flush=True)
        timed("bare API, one after the other", lambda: [*map(bare, uris)])
        timed("the engine, one after the other", lambda: [ours(uri, "spec") for uri in uris])
        timed("the engine, all at once", lambda: survey.survey(uris, questions, 30))
        timed("ansible-inventory, an empty file", listed(directory / "empty.yml"))
        timed("ansible-inventory, without spec", listed(directory / "a.libvirt.yml", uris=uris, gather=[]))
        timed("ansible-inventory", listed(directory / "b.libvirt.yml", uris=uris))
        timed(
            "ansible-inventory, and one that never answers (timeout: 5)",
            listed(directory / "c.libvirt.yml", uris=[dead, *uris], timeout=5),
        )
        kept = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(directory / "kept")}
        cached = listed(directory / "d.libvirt.yml", uris=uris, **kept)
        timed("ansible-inventory, filling the cache", cached, rounds=1)
        timed("ansible-inventory, from the cache", cached)


if __name__ == "__main__":
    main()
