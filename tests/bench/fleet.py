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

Task = tuple[dict[str, Any], int]  # a task of a playbook, and of how many objects one is

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


def ways(number: int) -> dict[str, Task]:
    """Return the tasks that bring a host so many guests, those of loops for as many as are worth the time."""
    few = min(number, LONGEST_LOOP)
    label = {"loop_var": "one", "label": "guest"}
    return {
        "manifest": ({"hypervise.kvm.manifest": {"domains": [guest(index) for index in range(number)]}}, number),
        "loop over domain": (
            {
                "hypervise.kvm.domain": "{{ one }}",
                "loop": [guest(index) for index in range(few)],
                "loop_control": label,
            },
            few,
        ),
        "loop over community virt": (
            {
                "community.libvirt.virt": {"command": "define", "xml": "{{ one }}"},
                "loop": [document(index) for index in range(few)],
                "loop_control": label,
            },
            few,
        ),
    }


def measure(
    numbers: list[int], rounds: int, play: Play, clear: Callable[[], None], bare: Callable[[int], dict[str, float]]
) -> list[dict[str, Any]]:
    """Measure the first converge and the no-op of each way, all in turn, for each number of guests.

    :arg clear: leaves the host without guests of ours, and without what was remembered of them.
    :arg bare: what a script takes on the host, in seconds: C(first) and C(again).
    """
    ping: dict[str, Any] = {"ansible.builtin.ping": {}}
    rows = []
    for number in numbers:
        first: dict[str, list[float]] = {}
        again: dict[str, list[float]] = {}
        pings: list[float] = []
        for _round in range(rounds):
            start = play([ping])
            pings.append((play([ping] * 6) - start) / 5)
            for name, (task, objects) in ways(number).items():
                clear()
                first.setdefault(name, []).append((play([ping, task]) - start) * number / objects)
                took = _again(play, task) if "loop" not in task else (play([ping, task]) - start) * number / objects
                again.setdefault(name, []).append(took)
            clear()
            for kind, seconds in bare(number).items():
                (first if kind == "first" else again).setdefault("bare script", []).append(seconds)
        rows.append(
            {
                "number": number,
                "ping": statistics.median(pings),
                "first": {name: statistics.median(took) for name, took in first.items()},
                "again": {name: statistics.median(took) for name, took in again.items()},
            }
        )
        show(rows[-1])
    return rows


def _again(play: Play, task: dict[str, Any]) -> float:
    """Return what one more task takes that has nothing to do; a run before learned what it is to remember."""
    play([task])
    few, many = (play([{**task, "loop": list(range(count)), "loop_control": {"label": ""}}]) for count in (1, 6))
    return (many - few) / 5


def show(row: dict[str, Any]) -> None:
    """Print what was measured for one number of guests."""
    print(f"\n{row['number']} guests; one ping task takes {1000 * row['ping']:.0f} ms")
    for kind, title in (("first", "first converge"), ("again", "nothing to do")):
        for name, seconds in row[kind].items():
            each = 1000 * seconds / row["number"]
            print(
                f"  {title:15} {name:26} {seconds:8.2f} s {seconds / row['ping']:8.2f} pings "
                f"{seconds / row[kind]['bare script']:8.1f} bare scripts {each:8.1f} ms a guest",
                flush=True,
            )
