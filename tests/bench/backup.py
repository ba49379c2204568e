# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups of the same disk by backup, virtnbdbackup and qemu-img convert, in turn: see README.md."""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

TOP = Path(__file__).parents[2]
sys.path[:0] = [str(TOP / "tests/integration")]
os.environ.setdefault("HYPERVISE_LAB", "bench")

import harness.host  # noqa: E402
from harness import lab  # noqa: E402
from harness.host import PREFIX, SCRATCH, Host  # noqa: E402

#: Whose guest each is: one of their own, as each wants no checkpoints but its own.
OURS, THEIRS = f"{PREFIX}ours", f"{PREFIX}theirs"
REPOSITORY = f"{SCRATCH}/repository"
VIRTNBDBACKUP = f"virtnbdbackup -d {THEIRS} -o {SCRATCH}/virtnbdbackup"

#: Writes to the disk of a guest, as the guest would: name, places of 64 KiB from here to there, how many of them, seed.
WRITE = """
import libvirt, libvirt_qemu, random, sys
name, first, last, number, seed = sys.argv[1], *map(int, sys.argv[2:])
domain = libvirt.open("qemu:///system").lookupByName(name)
def ask(command):
    said = libvirt_qemu.qemuMonitorCommand(domain, f'qemu-io -d virtio-disk0/virtio-backend "{command}"', 1)
    assert "rror" not in said, said
for place in sorted(random.Random(seed).sample(range(first, last), number)):
    ask(f"write -P {place % 255 + 1} {place * 64}k 64k")
ask("flush")
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=10, help="GiB of the disk (%(default)s)")
    parser.add_argument("--data", type=int, default=2, help="GiB of it that hold data (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured (%(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        lab.bring_up(Path(directory))
    harness.host.TIMEOUT = 3600
    host = Host(lab.ONE, lab.ALL[lab.ONE], coverage=False)
    took: dict[str, dict[str, list[tuple[float, float]]]] = {"full": {}, "increment of 1 %": {}}
    try:
        host.needs("virtnbdbackup", "python3-libnbd", "qemu-utils")
        for number in range(options.rounds):
            host.sweep()
            born(host, options.size, options.data)
            for kind, ways in rounds(host).items():
                if kind != "full":
                    for name in (OURS, THEIRS):
                        scatter(host, name, 0, options.size * 16384, options.size * 16384 // 100, number)
                for way, make in ways.items():
                    took[kind].setdefault(way, []).append(timed(host, make))
    finally:
        host.sweep()
        host.close()
    for kind, rows in took.items():
        show(kind, rows)


def born(host: Host, size: int, data: int) -> None:
    """Have two guests with the same disk, of which some holds what cannot be compressed."""
    host.sh(f"mkdir -p {SCRATCH} && qemu-img create -q -f qcow2 {SCRATCH}/{OURS}.qcow2 {size}G")
    host.sh(f"head -c {data}G /dev/urandom >{SCRATCH}/raw")
    host.sh(f"qemu-img convert -n -f raw -O qcow2 {SCRATCH}/raw {SCRATCH}/{OURS}.qcow2 && rm {SCRATCH}/raw")
    host.sh(f"cp --sparse=always {SCRATCH}/{OURS}.qcow2 {SCRATCH}/{THEIRS}.qcow2; sync")
    for name in (OURS, THEIRS):
        disk = {"target": "vda", "source": {"file": f"{SCRATCH}/{name}.qcow2"}, "driver": {"type": "qcow2"}}
        host.run("domain", name=name, type="qemu", memory="32MiB", disks=[disk], state="paused")


def scatter(host: Host, *what: object) -> None:
    host.sh(f"python3 - {' '.join(map(str, what))} <<'END'\n{WRITE}\nEND")


def rounds(host: Host) -> dict[str, dict[str, Callable[[], str]]]:
    """What is measured: what makes a backup, and returns where."""

    def ours() -> str:
        host.run("backup", domain=[OURS], repository=REPOSITORY, create=True)
        return REPOSITORY

    def virtnbdbackup(level: str) -> Callable[[], str]:
        def make() -> str:
            host.sh(f"{VIRTNBDBACKUP} -l {level} >{SCRATCH}/log 2>&1 || {{ tail -5 {SCRATCH}/log >&2; exit 1; }}")
            return f"{SCRATCH}/virtnbdbackup"

        return make

    def convert() -> str:
        host.sh(f"qemu-img convert -U -O qcow2 {SCRATCH}/{OURS}.qcow2 {SCRATCH}/converted")
        return f"{SCRATCH}/converted"

    return {
        "full": {"qemu-img convert": convert, "virtnbdbackup": virtnbdbackup("full"), "backup": ours},
        "increment of 1 %": {"virtnbdbackup": virtnbdbackup("inc"), "backup": ours},
    }


def timed(host: Host, make: Callable[[], str]) -> tuple[float, float]:
    """Return the seconds until it is on the disk, and the MiB that it has stored."""
    host.sh("sync")
    before, began = stored(host), time.perf_counter()
    place = make()
    host.sh(f"find {place} -type f -exec sync {{}} +")
    return time.perf_counter() - began, stored(host) - before


def stored(host: Host) -> float:
    places = f"{REPOSITORY} {SCRATCH}/virtnbdbackup {SCRATCH}/converted"
    return float(host.sh(f"du -skc {places} 2>/dev/null | tail -1").split()[0]) / 1024


def show(kind: str, rows: dict[str, list[tuple[float, float]]]) -> None:
    print(f"\n{kind}: seconds and MiB stored, medians; and how many times those of the first")
    medians = {way: [statistics.median(column) for column in zip(*row, strict=True)] for way, row in rows.items()}
    base = next(iter(medians.values()))
    for way, (seconds, size) in medians.items():
        print(f"  {way:17} {seconds:8.2f} s ({seconds / base[0]:.2f}) {size:9.1f} MiB ({size / base[1]:.2f})")


if __name__ == "__main__":
    main()
