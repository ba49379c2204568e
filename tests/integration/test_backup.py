# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups: each point is what was on the disks at its instant, whatever was written, whatever the guest's state."""

from __future__ import annotations

from harness.backups import assert_same, assert_sound, backup, define, keep, manifest, points, write
from harness.host import Host

#: What is written between the points of a disk of 5 GiB and a bit: to its beginning, to clusters' borders, beyond
#: 4 GiB, to the last cluster, which is a partial one; data, zeros, and what is no data any more.
ROUNDS: list[list[str]] = [
    ["write -P 1 0 2M", "write -P 1 8M 1M", "write -P 1 4608M 1M", "write -P 1 5368709120 1536"],
    ["write -P 2 130560 1024", "write -P 2 1M 3k"],
    ["write -P 0 256k 128k", "write -P 0 8M 512"],
    ["write -z 512k 128k", "write -z 4608M 70k"],
    ["write -z -u 768k 128k", "write -z -u 5368709120 1536"],
    ["discard 1280k 256k", "discard 8192k 1M"],
    [],
    ["write -P 3 4294966784 1024", "write -P 3 5368710144 512"],
    ["write -P 4 100k 700k", "write -z 200k 100k", "discard 400k 64k"],
    ["write -P 5 1536k 64k", "write -P 5 5368709120 512"],
]
#: What a point takes at most beside what was written: the tables of a qcow2 image.
ALLOWANCE = 2**20


def test_chain(host: Host) -> None:
    """Each point of a chain of ten is what the disks were at its instant; an increment has what was written alone."""
    define(host, {"vda": str(5 * 2**30 + 1536), "vdb": "2M"}, state="running")
    for number, commands in enumerate(ROUNDS):
        write(host, *commands)
        write(host, f"write -P {number + 1} {number * 128}k 64k", disk=1)
        keep(host, str(number))
        done = backup(host)
        assert done["changed"]
        assert done["kind"] == ("incremental" if number else "full")
        for disk in done["disks"] if number else ():
            assert disk["stored_bytes"] <= disk["dirty_bytes"] + ALLOWANCE
            assert disk["dirty_bytes"] <= 2 * ALLOWANCE
        if not commands:
            assert done["disks"][0]["dirty_bytes"] == 0
    made = points(host)
    assert len(made) == len(ROUNDS)
    for number, point in enumerate(made):
        assert_same(host, point, str(number))
        assert manifest(host, point)["parent"] == (made[number - 1] if number else None)
        assert manifest(host, point)["consistency"] == "crash"
    assert_sound(host)
