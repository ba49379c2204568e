# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same guest moved by migrate and by virsh migrate with the same settings, in turn: see README.md."""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).parents[2]
sys.path[:0] = [str(TOP / "tests/integration")]
os.environ.setdefault("HYPERVISE_LAB", "bench")

from harness import lab, tiny  # noqa: E402
from harness.host import Host  # noqa: E402
from harness.traveller import IMAGE, NAME, Traveller  # noqa: E402

#: What both are told. The image of the target is made beforehand for virsh, which the time of migrate includes.
VIRSH = "--live --p2p --tls --persistent --undefinesource --copy-storage-all --migrate-disks vda"

#: Prints total time and downtime of the last migration, in milliseconds.
TOOK = f"virsh domjobinfo {NAME} --completed | awk '/^(Time elapsed|Total downtime):/ {{print $3}}'"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each moves the guest (%(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        lab.bring_up(Path(directory))
    ends = [Host(name, lab.ALL[name], coverage=False) for name in (lab.NEWEST, lab.TARGET)]
    tiny.install(ends[1])
    guest = Traveller.born(ends[0])
    took: dict[str, list[tuple[float, float, float]]] = {"migrate": [], "virsh migrate": []}
    try:
        for number in range(2 * options.rounds):
            way = list(took)[number % 2]
            target = ends[(number + 1) % 2]
            took[way].append(moved(guest, target, way))
            guest.arrived(target)
    finally:
        for host in ends:
            host.sweep()
            host.close()
    base = [statistics.median(column) for column in zip(*took["virsh migrate"], strict=True)]
    print(
        "\nmedians of", options.rounds, "moves: wall clock, libvirt's total time, downtime; and how many times virsh's"
    )
    for way, rows in took.items():
        medians = [statistics.median(column) for column in zip(*rows, strict=True)]
        cells = (f"{value:8.2f} s ({value / other:.2f})" for value, other in zip(medians, base, strict=True))
        print(f"  {way:15}", *cells)


def moved(guest: Traveller, target: Host, way: str) -> tuple[float, float, float]:
    """Move the guest in one way; return what it took."""
    began = time.perf_counter()
    if way == "migrate":
        guest.host.run("migrate", **guest.wish(target))
    else:
        target.sh(f"qemu-img create -q -f qcow2 {IMAGE} 32M")
        guest.host.sh(f"virsh migrate {NAME} qemu+tls://{target.name}/system {VIRSH}")
    wall = time.perf_counter() - began
    total, downtime = (float(value) / 1000 for value in target.sh(TOOK).split())
    return wall, total, downtime


if __name__ == "__main__":
    main()
