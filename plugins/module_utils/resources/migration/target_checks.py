# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the target lacks."""

from __future__ import annotations

import socket
import typing as t
from urllib.parse import urlsplit

from ansible_collections.hypervise.kvm.plugins.module_utils import units, xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.host import KIND, guest_types
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration import mapping, storage, volumes
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.sight import Check, Refusal, Sight

#: The last of the ports to which libvirt moves guests. It takes the lowest that is free, and whoever knocked at one
#: where QEMU waits would be taken for the guest.
_PORT = 49215

#: Seconds after which a port that does not answer, not even by a refusal, is behind a firewall.
_PATIENCE = 3

#: Releases of libvirt that cannot receive what older ones started with VMX features: from, up to.
_VMX_TRAP = (9_010_000, 10_002_000)

Found = t.Iterator[Refusal]


def kind(sight: Sight) -> Found:
    """Another QEMU may lack what the guest is made of."""
    virtualisation, arch, machine = (xml.get(sight.document, path) for path in ("@type", "os/type/@arch", KIND[2]))
    offer = guest_types(sight.there)
    if virtualisation not in offer["types"].get(arch, ()):
        yield Refusal(f"the target runs no {arch} guests of type {virtualisation}", "Choose another target.")
    elif machine not in offer["machines"][arch]:
        yield Refusal(
            f"the QEMU of the target knows no machine {machine}",
            "Choose a target whose QEMU is not older; a guest that is off can be given another 'os.machine'.",
        )


def cpu(sight: Sight) -> Found:
    """The guest goes on with the processor that it has."""
    found = xml.find(sight.document, "cpu")
    if not sight.source.active or found is None or sight.document.get("type") != "kvm":
        return  # QEMU emulates the same everywhere
    kind = tuple(xml.get(sight.document, path) for path in KIND)
    text = xml.text_of(xml.clone(found))
    if found.get("mode") == "host-passthrough":
        text = xml.text_of(xml.find(sight.here.capabilities(), "host/cpu"))
    try:
        fits = sight.there.host.read.compareHypervisorCPU(*kind, text, 0) > 0
    except OperationFailed as error:
        yield Refusal(
            f"the target does not know its CPU: {error.details['libvirt']['message']}", "Choose another target."
        )
        return
    if not fits:
        yield Refusal(
            "the target's processor lacks something of its CPU",
            "Give it a CPU that all hosts have (host_info, cpu_baseline), which takes a restart; or move it while off.",
        )


def versions(sight: Sight) -> Found:
    """A trap between releases of libvirt."""
    if sight.source.active:
        yield from trap(sight.document, *(side.host.read.getLibVersion() for side in (sight.here, sight.there)))


def trap(document: xml.Element, old: int, new: int) -> Found:
    """Tell whether a guest that runs in one version of libvirt cannot go on in another one."""
    names = {str(feature.get("name")) for feature in xml.find_all(document, "cpu/feature")}
    if old < _VMX_TRAP[0] <= new < _VMX_TRAP[1] and any(name.startswith("vmx") for name in names):
        yield Refusal(
            "libvirt 9.10 to 10.1 cannot receive a guest with VMX features from an older one",
            "Update the target's libvirt to 10.2 or newer, or take vmx from the guest's CPU.",
        )


def memory(sight: Sight) -> Found:
    """What is not free cannot be given."""
    if sight.source.active:
        told = sight.there.host.read.getMemoryStats(constant("NODE_MEMORY_STATS_ALL_CELLS"), 0)
        yield from shortage(sight.document, told)


def shortage(document: xml.Element, there: t.Mapping[str, int]) -> Found:
    """Tell whether a guest has more memory than a host has free, in what libvirt tells of it."""
    free = 1024 * sum(there.get(part, 0) for part in ("free", "buffers", "cached"))
    needed = 1024 * int(xml.get(document, "currentMemory") or xml.get(document, "memory") or 0)
    if needed > free:
        yield Refusal(
            f"it has {units.about(needed)} of memory, and the target has {units.about(free)} free",
            "Choose another target, or move guests away from it.",
        )


def networks(sight: Sight) -> Found:
    """What it is plugged into has to be there."""
    for name in dict.fromkeys(mapping.networks(sight.document, sight.wish)):
        network = sight.there.lookup("networkLookupByName", name)
        if network is None:
            yield Refusal(f"the target has no network {name}", "Make it, or say in 'networks' what it is called there.")
        elif sight.source.active and not network.read.isActive():
            yield Refusal(f"the target's network {name} is not active", "Start it.")


def room(sight: Sight) -> Found:
    """Where disks are copied to has to be free and large enough."""
    for disk in storage.copied(sight.disks):
        if disk.place is None:
            continue
        pool = volumes.pool_of(sight.there, disk.place)
        if pool is None:
            if disk.place.pool:
                yield Refusal(
                    f"the target has no storage pool {disk.place.pool}", "Make it, or state another in 'disks'."
                )
            continue
        if not pool.read.isActive():
            yield Refusal(f"the target's {pool.label} is not active", "Start it.")
            continue
        _capacity, allocated, _physical = sight.source.handle.read.blockInfo(disk.target)
        free = pool.read.info()[3]
        if allocated > free:
            yield Refusal(
                f"its disk {disk.target} takes {units.about(allocated)}, and the target's {pool.label} has "
                f"{units.about(free)} left",
                "State another place in 'disks'.",
            )
        ours = sight.source.journal.volumes if sight.source.journal else ()
        occupied = disk.place not in ours and volumes.there(sight.there, disk.place)
        if occupied and not sight.wish.options["overwrite"]:
            refused = volumes.occupied(disk, sight.there)
            yield Refusal(refused.message.rstrip("."), refused.hint)


def ports(sight: Sight) -> Found:
    """QEMU speaks to QEMU, past libvirt's connection."""
    if not sight.here.is_local or sight.wish.options["tunnelled"] or not sight.source.active:
        return
    stated = urlsplit(sight.wish.options["migrate_uri"] or "")
    host = stated.hostname or sight.there.host.read.getHostname()
    try:
        with socket.create_connection((host, _PORT), _PATIENCE):
            pass
    except ConnectionRefusedError:
        pass  # nobody waits there yet
    except socket.gaierror:
        yield Refusal(
            f"this host does not know the name {host}, by which the target calls itself",
            "State the target's address in 'migrate_uri', as tcp://192.0.2.7.",
        )
    except OSError as error:
        yield Refusal(
            f"{host} does not answer at port {_PORT}, one of those where memory and disks would go "
            f"({error.strerror or 'no answer'})",
            "Open the ports 49152 to 49215 in the target's firewall, or state 'migrate_uri' in a network that is open.",
        )


CHECKS: tuple[Check, ...] = (kind, cpu, versions, memory, networks, room, ports)
