# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host of many guests: one manifest beside loops over domain and over community's virt, and a bare script."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

PREFIX = "law-bench-"

#: A loop's cost is that of its tasks; more of them take long and tell nothing new.
LONGEST_LOOP = 10

#: What runs a playbook with some tasks, and returns the seconds that it took.
Play = Callable[[list[dict[str, Any]]], float]


def guest(index: int) -> dict[str, Any]:
    """A guest as a playbook states it."""
    name = f"{PREFIX}{index:04}"
    return {
        "name": name,
        "type": "qemu",
        "memory": "2GiB",
        "vcpus": 2,
        "disks": [
            {"target": "vda", "source": {"file": f"/srv/{name}.qcow2"}, "driver": {"type": "qcow2"}},
            {"target": "sda", "device": "cdrom", "bus": "sata"},
        ],
        "interfaces": [
            {"source": {"network": "default"}, "model": "virtio"},
            {"source": {"network": "storage"}, "model": "virtio"},
        ],
    }


def document(index: int) -> str:
    """The same guest as community's virt is given it."""
    name = f"{PREFIX}{index:04}"
    return (
        f"<domain type='qemu'><name>{name}</name><memory unit='MiB'>2048</memory><vcpu>2</vcpu>"
        "<os><type arch='x86_64' machine='q35'>hvm</type></os><devices>"
        f"<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/srv/{name}.qcow2'/>"
        "<target dev='vda' bus='virtio'/></disk><disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk>"
        "<interface type='network'><source network='default'/><model type='virtio'/></interface>"
        "<interface type='network'><source network='storage'/><model type='virtio'/></interface>"
        "</devices></domain>"
    )


def ways(number: int) -> dict[str, dict[str, Any]]:
    """Return the tasks that bring a host so many guests, loops only where they end in time."""
    told = {"loop_var": "one", "label": "guest"}
    found: dict[str, dict[str, Any]] = {
        "manifest": {"hypervise.kvm.manifest": {"domains": [guest(index) for index in range(number)]}}
    }
    if number <= LONGEST_LOOP:
        found["loop over domain"] = {
            "hypervise.kvm.domain": None,
            "args": "{{ one }}",
            "loop": [guest(index) for index in range(number)],
            "loop_control": told,
        }
        found["loop over community virt"] = {
            "community.libvirt.virt": {"command": "define", "xml": "{{ one }}"},
            "loop": [document(index) for index in range(number)],
            "loop_control": told,
        }
    return found


def measure(
    numbers: list[int], rounds: int, play: Play, clear: Callable[[], None], bare: Callable[[int], dict[str, float]]
) -> None:
    """Measure the first converge and the no-op of each way, all in turn, for each number of guests.

    :arg clear: leaves the host without guests of ours, and without what was remembered of them.
    :arg bare: what a script takes on the host, in seconds: C(first) and C(again).
    """
    ping: dict[str, Any] = {"ansible.builtin.ping": {}}
    for number in numbers:
        first: dict[str, list[float]] = {}
        again: dict[str, list[float]] = {}
        pings: list[float] = []
        for _round in range(rounds):
            start = play([ping])
            pings.append((play([ping] * 6) - start) / 5)
            for name, task in ways(number).items():
                clear()
                first.setdefault(name, []).append(play([ping, task]) - start)
                again.setdefault(name, []).append(play([ping, task]) - start if "loop" in task else _again(play, task))
            handed = {"ansible.builtin.ping": {"data": [guest(index) for index in range(number)]}}
            again.setdefault("ping, handed the same", []).append(_again(play, handed))
            clear()
            for kind, seconds in bare(number).items():
                (first if kind == "first" else again).setdefault("bare script", []).append(seconds)
        medians = ({name: statistics.median(took) for name, took in each.items()} for each in (first, again))
        show(number, statistics.median(pings), *medians)


def _again(play: Play, task: dict[str, Any]) -> float:
    """Return what one more task takes that has nothing to do; a run before learned what it is to remember."""
    play([task])
    few, many = (play([{**task, "loop": list(range(count)), "loop_control": {"label": ""}}]) for count in (1, 6))
    return (many - few) / 5


def show(number: int, ping: float, first: dict[str, float], again: dict[str, float]) -> None:
    """Print what was measured for one number of guests."""
    print(f"\n{number} guests; one ping task takes {1000 * ping:.0f} ms")
    for title, took in (("first converge", first), ("nothing to do", again)):
        for name, seconds in took.items():
            print(
                f"  {title:15} {name:26} {seconds:8.2f} s {seconds / ping:8.2f} pings "
                f"{seconds / took['bare script']:8.1f} bare scripts {1000 * seconds / number:8.1f} ms a guest",
                flush=True,
            )
