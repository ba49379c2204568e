# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest to take snapshots of, and what is to be seen of them."""

from __future__ import annotations

from typing import Any

from harness.host import PREFIX, SCRATCH, Host, Result

GUEST = f"{PREFIX}guest"


def define(host: Host, name: str = GUEST, **options: Any) -> dict[str, Any]:
    """Have a guest with two disks, and return what was stated of it."""
    prefix = "" if name == GUEST else f"{name}-"
    for target in ("vda", "vdb"):
        host.sh(f"qemu-img create -q -f qcow2 {SCRATCH}/{prefix}{target}.qcow2 2M")
    disks = [
        {"target": target, "source": {"file": f"{SCRATCH}/{prefix}{target}.qcow2"}, "driver": {"type": "qcow2"}}
        for target in ("vda", "vdb")
    ]
    stated = {"name": name, "type": "qemu", "memory": "32MiB", "disks": disks, **options}
    host.run("domain", **stated)
    return stated


def twin(host: Host, module: str, **options: Any) -> Result:
    """Run a module for many guests in check mode and then really: foretold and done are the same for each."""
    foretold = host.foretells(module, **options)
    done = host.run(module, **options)
    assert foretold["changed"] == done["changed"]
    assert foretold["domains"] == done["domains"], "check mode foretold something else"
    return done


def listed(host: Host, name: str = GUEST) -> list[str]:
    """The names of a guest's snapshots, as libvirt tells them."""
    return host.sh(f"virsh -q snapshot-list {name} --name --topological").split()


def image(host: Host, target: str, name: str = GUEST) -> str:
    """The image that a guest writes to now."""
    return host.sh(f"virsh -q domblklist {name} | awk '$1 == \"{target}\" {{print $2}}'").strip()


def content(host: Host, name: str = GUEST) -> str:
    """What a guest that is off would see on its disks."""
    raw = f"{SCRATCH}/raw"
    sums = [
        host.sh(f"qemu-img convert -O raw {image(host, target, name)} {raw} && sha256sum <{raw} && rm {raw}")
        for target in ("vda", "vdb")
    ]
    return " ".join(line.split()[0] for line in sums)


def scribble(host: Host, pattern: int) -> None:
    """Write to both disks of a guest that is off."""
    for target in ("vda", "vdb"):
        host.sh(f"qemu-io -c 'write -P {pattern} 1M 300k' {image(host, target)} >/dev/null")


def assert_holds(host: Host, pattern: int) -> None:
    """Fail unless both disks have what scribble wrote."""
    for target in ("vda", "vdb"):
        host.sh(f"! qemu-io -r -U -c 'read -P {pattern} 1M 300k' {image(host, target)} | grep failed")
