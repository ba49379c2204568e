# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest to be backed up, what it writes, and what is in its points."""

from __future__ import annotations

import json
import shlex
from typing import Any

from harness.host import PREFIX, SCRATCH, Host, Result

GUEST = f"{PREFIX}guest"
REPOSITORY = f"{SCRATCH}/repository"


def define(host: Host, sizes: dict[str, str] | None = None, **options: Any) -> dict[str, Any]:
    """Have a guest with disks of some sizes, and return what was stated of it."""
    disks = []
    for target, size in (sizes or {"vda": "8M", "vdb": "2M"}).items():
        host.sh(f"qemu-img create -q -f qcow2 {SCRATCH}/{target}.qcow2 {size}")
        driver = {"type": "qcow2", "discard": "unmap", "detect_zeroes": "off"}
        disks.append({"target": target, "source": {"file": f"{SCRATCH}/{target}.qcow2"}, "driver": driver})
    stated = {"name": GUEST, "type": "qemu", "memory": "32MiB", "disks": disks, **options}
    host.run("domain", **stated)
    return stated


def backup(host: Host, at_rest: bool = True, **options: Any) -> dict[str, Any]:
    """Make a point, as it was foretold, and return what became of it.

    :arg at_rest: libvirt does nothing in its own time, so that what check mode touches is to be seen.
    """
    wish = {"domain": [GUEST], "repository": REPOSITORY, "create": True, **options}
    foretold = one(host.foretells("backup", **wish) if at_rest else host.run("backup", check=True, **wish))
    done = one(host.run("backup", **wish))
    for name in ("changed", "kind", "reason", "parent", "excluded", "changes", "steps"):
        assert foretold[name] == done[name], f"check mode foretold another {name}"
    assert [disk["kind"] for disk in foretold["disks"]] == [disk["kind"] for disk in done["disks"]]
    return done


def one(result: Result) -> dict[str, Any]:
    """What became of the only guest."""
    (told,) = result["domains"]
    return dict(told)


def write(host: Host, *commands: str, disk: int = 0) -> None:
    """Let QEMU write to a disk of a guest in memory as if the guest did, with commands of qemu-io."""
    asked = [f'qemu-io -d virtio-disk{disk}/virtio-backend "{command}"' for command in (*commands, "flush")]
    host.sh("\n".join(f"virsh qemu-monitor-command {GUEST} --hmp {shlex.quote(question)}" for question in asked))


def keep(host: Host, name: str, *targets: str) -> None:
    """Keep the images as they are now, for a comparison."""
    host.sh(f"mkdir -p {SCRATCH}/kept/{name}")
    for target in targets or ("vda", "vdb"):
        host.sh(f"cp --sparse=always {SCRATCH}/{target}.qcow2 {SCRATCH}/kept/{name}/{target}.qcow2")


def directory(host: Host) -> str:
    """Where the points of the guest are."""
    return host.sh(f"ls -d {REPOSITORY}/guests/{GUEST}.*").strip()


def points(host: Host) -> list[str]:
    """The names of the points, the oldest first."""
    return host.sh(f"cd {directory(host)} && ls -d */manifest.json 2>/dev/null | cut -d/ -f1 || true").split()


def manifest(host: Host, point: str) -> dict[str, Any]:
    """What a point tells of itself."""
    return dict(json.loads(host.sh(f"cat {directory(host)}/{point}/manifest.json")))


def assert_same(host: Host, point: str, kept: str, *targets: str) -> None:
    """Fail unless the disks in a point are what was kept."""
    for target in targets or ("vda", "vdb"):
        images = f"{directory(host)}/{point}/{target}.qcow2 {SCRATCH}/kept/{kept}/{target}.qcow2"
        assert "identical" in host.sh(f"qemu-img compare -f qcow2 -F qcow2 {images}")


def assert_sound(host: Host) -> None:
    """Fail unless all points are whole, rest on nothing outside, and nothing is left of others."""
    top = directory(host)
    assert host.sh(f"ls -d {top}/.making 2>/dev/null || true") == ""
    for point in points(host):
        host.sh(f"cd {top}/{point} && sha256sum --quiet --check --strict SHA256SUMS")
        for image in host.sh(f"ls {top}/{point}/*.qcow2").split():
            chain = json.loads(host.sh(f"qemu-img info --output=json --backing-chain {image}"))
            assert all(link.get("full-backing-filename", top).startswith(top) for link in chain), chain
            assert all(link.get("backing-filename", "../").startswith("../") for link in chain), chain
    newest = manifest(host, points(host)[-1])
    assert checkpoints(host) == ([newest["checkpoint"]] if newest["checkpoint"] else [])
    assert not is_awake(host) or "None" in host.sh(f"virsh domjobinfo {GUEST}")


def is_awake(host: Host) -> bool:
    """Whether the guest is in memory."""
    return host.sh(f"virsh domstate {GUEST}").strip() != "shut off"


def checkpoints(host: Host) -> list[str]:
    """The names of libvirt's checkpoints of the guest."""
    return host.sh(f"virsh -q checkpoint-list {GUEST} --name").split()


def off(host: Host) -> None:
    """End the guest."""
    host.run("domain", name=GUEST, state="stopped", shutdown={"timeout": 0, "on_timeout": "destroy"})
