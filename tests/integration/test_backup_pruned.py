# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a guest's backups: made, verified, pruned, and made again, which goes on from what is left."""

from __future__ import annotations

from harness import backups
from harness.backups import REPOSITORY, assert_same, backup, define, keep, write
from harness.host import Host


def test_backups_go_on_after_a_prune(host: Host) -> None:
    define(host, state="running")
    names = []
    for number in range(3):
        write(host, f"write -P {7 + number} {number}M 1000k", "discard 100k 64k")
        keep(host, str(number))
        names.append(backup(host)["point"])
    host.run("backup_verify", repository=REPOSITORY)
    host.run("backup_prune", repository=REPOSITORY, keep_last=1)
    assert backups.points(host) == names[2:]
    assert_same(host, names[2], "2")

    write(host, "write -P 99 2M 64k", "write -z 0 64k")
    keep(host, "3")
    done = backup(host)
    assert (done["kind"], done["parent"]) == ("incremental", names[2])
    assert_same(host, done["point"], "3")

    host.run("backup_prune", repository=REPOSITORY, max_age=0, protected=[names[2]], lose_verified=True)
    assert backups.points(host) == names[2:]  # libvirt tracks since a point that is not there any more
    write(host, "write -P 98 4M 64k")
    keep(host, "4")
    done = backup(host)
    assert done["kind"] != "incremental"
    assert_same(host, done["point"], "4")
    assert_same(host, names[2], "2")
    host.run("backup_verify", repository=REPOSITORY)
