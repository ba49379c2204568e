# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine of another hypervisor becomes a domain and its volumes: a manifest of one guest, and that is all."""

from __future__ import annotations

import os
import typing as t
from dataclasses import dataclass, replace

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.ovf import envelope, images, package, spec
from ansible_collections.hypervise.kvm.plugins.module_utils.ovf.machine import SATA, Disk, Machine
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.items import Item, stated
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.kinds import KINDS
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.report import report
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.work import Work
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.decision import is_not_known

if t.TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule

OPTIONS: dict[str, t.Any] = {
    "src": {"type": "list", "elements": "path", "required": True},
    "name": {"type": "str"},
    "pool": {"type": "str", "default": "default"},
    "format": {"type": "str", "choices": ["qcow2", "raw"], "default": "qcow2"},
    "networks": {"type": "dict", "default": {}},
    "devices": {"type": "str", "choices": ["keep", "virtio"], "default": "keep"},
    "macs": {"type": "str", "choices": ["keep", "new"], "default": "new"},
    "override": {"type": "dict", "default": {}},
    "allow_overcommit": {"type": "bool", "default": False},
    "state": {"type": "str", "choices": ["present", "running", "stopped"], "default": "present"},
}


@dataclass(frozen=True)
class Source:
    """What is to be imported."""

    machine: Machine
    contents: tuple[dict[str, t.Any], ...]  # of its disks, in their order; empty for one that holds nothing
    warnings: tuple[str, ...] = ()


def converge(module: AnsibleModule, connection: Connection) -> dict[str, t.Any]:
    """Have the machine here, and return what became of it.

    :raises KvmError: where it cannot be.
    """
    params = module.params
    source = look(params["src"], params["name"])
    for warning in source.warnings:
        module.warn(warning)
    document = manifest(source, params)
    told = {
        "name": source.machine.name,
        "guest_os": source.machine.guest_os,
        "unmatched": list(source.machine.unmatched),
        **document,
    }
    if connection.lookup("lookupByName", source.machine.name) is not None:
        # it has a life of its own by now: nothing but its state is ours
        document = {"domains": [{"name": source.machine.name, "state": params["state"]}]}
    items = stated(KINDS, document)
    work = Work(connection, "", None)
    module.no_log_values |= work.parse(items)
    touched = _decide(connection, items) and work.bring_about(items, go_on=False)
    for warning in (warning for item in items for warning in item.plan.warnings):
        module.warn(warning)
    result = {**told, **report(items, touched, connection.check_mode)}
    if any(item.error for item in items):
        module.fail_json(**result)
    return result


def _decide(connection: Connection, items: t.Iterable[Item]) -> bool:
    """Refuse volumes of which nobody knows what they hold: the guest would start with a disk that is not its own."""
    for item in items:
        if item.kind.name != "volume" or item.error:
            continue
        try:
            if is_not_known(item.wish, item.resource.observe(connection, item.wish)):
                raise Refused(
                    f"{item.label} exists, and was not made by an import.",
                    "Import under another 'name', or remove it if nobody needs it.",
                    option="name",
                )
        except KvmError as error:
            item.error = error
    return not any(item.error for item in items)


def look(paths: t.Sequence[str], name: str | None) -> Source:
    """Return what there is to import, as it is to be called.

    :raises Refused: where it is broken or cannot be.
    """
    descriptors = [path for path in paths if path.lower().endswith((".ova", ".ovf"))]
    if descriptors and len(paths) > 1:
        raise Refused(
            "src: an appliance is one file; its disks are named in it.", "State the .ova or .ovf alone.", option="src"
        )
    source = _appliance(descriptors[0]) if descriptors else _disks(paths)
    name = name or source.machine.name
    if not name or "/" in name:
        raise Refused(
            f"name: the machine is called {name!r}, as which libvirt has no guest.", "State a 'name'.", option="name"
        )
    return replace(source, machine=replace(source.machine, name=name))


def _appliance(path: str) -> Source:
    found = package.opened(path)
    machine, files = envelope.read(found.descriptor)
    found.check(files)
    warnings = []
    if not found.sums:
        warnings.append(f"{path} has no list of checksums (*.mf), so nobody knows whether it is as it was exported.")
    if found.is_signed:
        warnings.append(f"The signature of {path} was not verified; its checksums were.")
    contents = tuple(found.content(disk.file, disk.compression) if disk.file else {} for disk in machine.disks)
    return Source(machine, contents, tuple(warnings))


def _disks(paths: t.Sequence[str]) -> Source:
    contents = tuple(images.content_of(path.rstrip("/")) for path in paths)
    name = os.path.splitext(os.path.basename(paths[0].rstrip("/")))[0] if paths else ""
    return Source(Machine(name, 0, 0, disks=tuple(Disk(SATA, "", 0) for _path in paths)), contents)


def manifest(source: Source, params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return the volumes and the domain, in the words of their modules.

    :raises Refused: where something of it is not known.
    """
    machine = source.machine
    domain = spec.domain(machine, params["networks"], params["devices"], params["macs"])
    volumes = []
    for disk, entry, content in zip(machine.disks, domain["disks"], source.contents):
        suffix = "qcow2" if params["format"] == "qcow2" else "img"
        volume: dict[str, t.Any] = {
            "pool": params["pool"],
            "name": f"{machine.name}-{entry['target']}.{suffix}",
            "format": params["format"],
            "allow_overcommit": params["allow_overcommit"],
        }
        if disk.capacity:
            volume["capacity"] = disk.capacity
        if content:
            volume["content"] = content
        volumes.append(volume)
        entry["source"] = {"pool": params["pool"], "volume": volume["name"]}
    return {
        "volumes": volumes,
        "domains": [{**domain, **params["override"], "state": params["state"], "name": machine.name}],
    }
