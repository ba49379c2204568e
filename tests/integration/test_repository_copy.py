# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Points copied to another repository: they are there wholly or not at all, and nothing is sent twice."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from harness import points
from harness.host import LAB, SCRATCH, Host, Result
from harness.points import CHAIN, GUEST, NAME, NAMES, REPOSITORY, UUID

REPLICA = f"{SCRATCH}/replica"
COPY = f"{REPLICA}/guests/{NAME}.{UUID}"
WISH: dict[str, Any] = {"repository": REPLICA, "source": REPOSITORY, "create": True}

#: A run is killed before each so many-th of its changes.
EACH = int(os.environ.get("HYPERVISE_COPY_KILLS", "11"))


@pytest.fixture
def host(host: Host) -> Host:
    host.needs("rsync")
    return host


@pytest.fixture
def one_host(one_host: Host) -> Host:
    one_host.needs("rsync")
    return one_host


def copy(host: Host, **options: Any) -> list[str]:
    """Copy as it was foretold, and return the points."""
    foretold = host.run("backup_copy", check=True, **WISH, **options)["domains"]
    done = host.run("backup_copy", **WISH, **options)["domains"]
    untold = ("points", "lag")
    found = [{name: told for name, told in account.items() if name not in untold} for account in done]
    assert [{name: told for name, told in account.items() if name not in untold} for account in foretold] == found
    assert [point["name"] for point in done[0]["points"]] == done[0]["copied"]
    return list(done[0]["copied"])


def sent(result: Result) -> int:
    """How many bytes were sent."""
    return sum(point["sent_bytes"] for account in result["domains"] for point in account.get("points", []))


def there(host: Host) -> list[str]:
    """The names of the points in the replica, the oldest first."""
    return host.sh(f"cd {COPY} 2>/dev/null && ls -d 2*/manifest.json | cut -d/ -f1 || true").split()


def assert_replica(host: Host, names: list[str] = NAMES) -> None:
    """Fail unless some points are there, each what it is in the source, and nothing else is left."""
    assert there(host) == names
    assert points.contents(host, guest=COPY) == points.of(points.contents(host), names)
    points.assert_closed(host, COPY)
    assert host.sh(f"ls -d {COPY}/.making 2>/dev/null || true") == ""


def test_copied(host: Host) -> None:
    points.make(host, CHAIN[:2])
    points.make(host, CHAIN[:1], "law-other", "00000000-0000-0000-0000-000000000001")
    assert copy(host, domain=[UUID]) == NAMES[:2]
    assert_replica(host, NAMES[:2])
    points.make(host, CHAIN[2:])
    assert copy(host, domain=["law-g*"]) == NAMES[2:]
    assert_replica(host)
    assert copy(host) == []  # of the guest itself
    assert len(host.sh(f"ls {REPLICA}/guests").split()) == 2
    found = host.run("backup_info", repository=REPLICA, domain=[UUID])
    assert found["repository"]["id"] != host.run("backup_info", repository=REPOSITORY)["repository"]["id"]
    assert {point["copied"]["from"] for point in found["points"]} == {REPOSITORY}
    assert host.run("backup_verify", repository=REPLICA).changed


def test_what_was_pruned(host: Host) -> None:
    """In the target it does not come back unless it is asked for; in the source it may be merged already."""
    points.make(host, CHAIN[:3])
    assert copy(host, points="latest") == NAMES[:3]  # which rests on the others
    host.run("backup_prune", repository=REPLICA, keep_last=1)
    assert there(host) == NAMES[2:3]
    assert copy(host) == []
    points.make(host, CHAIN[3:])
    host.run("backup_prune", repository=REPOSITORY, keep_last=2)
    assert copy(host) == NAMES[3:]
    assert_replica(host, NAMES[2:])
    host.run("backup_prune", repository=REPLICA, keep_last=1)
    assert copy(host, points="all") == NAMES[2:3]
    assert_replica(host, NAMES[2:])


def test_what_cannot_be_copied(one_host: Host) -> None:
    host = one_host
    points.make(host)
    wish = {**WISH, "create": False}
    assert "there is none" in host.fails("backup_copy", **wish)["msg"]
    for source, said in (("nowhere", "neither"), ("/nowhere", "/nowhere"), (SCRATCH, "no repository at /srv/law")):
        assert said in host.fails("backup_copy", **{**WISH, "source": source})["msg"]
    assert "no points of law-nobody" in host.fails("backup_copy", **WISH, domain=["law-nobody"])["msg"]
    host.sh(f"mv {GUEST}/{NAMES[1]}/manifest.json {GUEST}/{NAMES[1]}/pruned.json")
    assert f"{REPOSITORY}/guests" in (told := host.fails("backup_copy", **WISH)["msg"])
    assert "that has not ended" in told
    host.sh(f"mv {GUEST}/{NAMES[1]}/pruned.json {GUEST}/{NAMES[1]}/manifest.json")
    host.run("backup_copy", **WISH, points="latest")
    host.sh(f"rm -r {COPY}/{NAMES[3]}; sed -i s/^......../01234567/ {COPY}/{NAMES[2]}/SHA256SUMS")
    assert "is not what it is in the source's" in host.fails("backup_copy", **WISH)["msg"]


def test_damage_does_not_spread(one_host: Host) -> None:
    host = one_host
    points.make(host)
    host.sh(f"printf x | dd of={GUEST}/{NAMES[2]}/vda.qcow2 bs=1 seek=400000 conv=notrunc status=none")
    failed = host.fails("backup_copy", **WISH)
    assert "did not arrive as it was noted" in failed["msg"]
    assert failed["domains"][0]["copied"] == NAMES[:2]
    assert failed.changed
    assert_replica(host, NAMES[:2])


def test_another_full_one_is_sent_as_what_differs(one_host: Host) -> None:
    host, written = one_host, ["write -P 7 0 24M", "write -P 8 40M 300k"]
    chain = [
        {"name": name, "disks": {"vda": {"size": 2**26, "full": True, "write": written[: number + 1]}}}
        for number, name in enumerate(NAMES[:2])
    ]
    points.make(host, chain[:1])
    copy(host)
    points.make(host, chain[1:])
    (told,) = host.run("backup_copy", **WISH)["domains"]
    assert told["points"][0]["sent_bytes"] < 2**20 < 24 * 2**20 < told["points"][0]["stored_bytes"]
    assert_replica(host, NAMES[:2])


def test_killed_at_each_step(one_host: Host) -> None:
    host = one_host
    points.make(host, CHAIN[:2])
    number = 1
    while host.killed("backup_copy", **WISH, die_at=number):
        host.run("backup_copy", **WISH)
        assert_replica(host, NAMES[:2])
        host.sh(f"rm -rf {REPLICA}")
        number += EACH
    assert number > 3 * EACH
    assert_replica(host, NAMES[:2])


# -- in the middle of what takes long ----------------------------------------------------------------------------------

SLOW: dict[str, Any] = {**WISH, "rate": "2MiB"}
LARGE = [
    {"name": name, "disks": {"vda": {"size": 2**26, "write": [f"write -P {3 + number} {8 * number}M 8M"]}}}
    for number, name in enumerate(NAMES[:2])
]


@pytest.fixture
def large(one_host: Host) -> Host:
    """A host with a point that was copied, and one that takes four seconds."""
    points.make(one_host, LARGE[:1])
    copy(one_host)
    points.make(one_host, LARGE[1:])
    return one_host


def assert_goes_on(host: Host, already: int = 2**20) -> None:
    """Fail unless what was there still is, and the next run brings the rest, without what has arrived."""
    assert_first_is_whole(host)
    assert sent(host.run("backup_copy", **WISH)) <= 2**23 + 2**19 - already
    assert_replica(host, NAMES[:2])


def assert_first_is_whole(host: Host) -> None:
    assert there(host) == NAMES[:1]
    host.run("backup_verify", repository=REPLICA)


def test_killed_in_the_middle(large: Host) -> None:
    assert large.killed("backup_copy", **SLOW, kill_after=3)
    assert large.sh("pgrep -x rsync || true") == "", "somebody still writes"
    assert_goes_on(large)


def test_nothing_is_merged_meanwhile(large: Host) -> None:
    held = f"sleep 2; flock --exclusive --nonblock {GUEST}/.readers true; echo $? >{SCRATCH}/held"
    assert large.struck("backup_copy", held, **SLOW).changed
    assert large.sh(f"cat {SCRATCH}/held").strip() == "1"


def test_no_room(large: Host) -> None:
    assert "are free" in large.fails("backup_copy", **WISH, keep_free="1EiB")["msg"]
    large.sh(f"mv {REPLICA} {SCRATCH}/old; mkdir {REPLICA}; mount -t tmpfs -o size=24M none {REPLICA}")
    try:
        large.sh(f"cp -a {SCRATCH}/old/. {REPLICA}")
        failed = large.struck("backup_copy", f"sleep 1.5; head -c 99M /dev/zero >{REPLICA}/filling 2>&-", **SLOW)
        assert "No space left" in failed["msg"]
        assert large.sh(f"ls -d {COPY}/.making 2>/dev/null || true") == ""
        assert_first_is_whole(large)
        large.sh(f"rm {REPLICA}/filling")
        assert_goes_on(large, already=0)
    finally:
        large.sh(f"umount {REPLICA}")


def test_over_ssh(large: Host, target: Host) -> None:
    """From another host, which is not there any more in the middle."""
    target.needs("rsync")
    target.sh(f"ssh-keygen -q -t ed25519 -N '' -f {SCRATCH}/key")
    public = target.sh(f"cat {SCRATCH}/key.pub").strip()
    large.sh(f"mkdir -pm 700 ~/.ssh; echo '{public}' >>~/.ssh/authorized_keys")
    opts = f"-o StrictHostKeyChecking=accept-new -o UserKnownHostsFile={SCRATCH}/known -o ServerAliveInterval=2"
    wish = {**SLOW, "source": f"{large.name}:{REPOSITORY}", "ssh_opts": opts, "key_file": f"{SCRATCH}/key"}
    try:
        assert copied(target.run("backup_copy", check=True, **wish)) == NAMES[:2]
        with cut_off(large, after=8):
            failed = target.attempt("backup_copy", **wish)
        assert copied(failed) == NAMES[:1]
        assert "the next run goes on" in failed["msg"]
        target.run("backup_verify", repository=REPLICA)
        assert copied(target.run("backup_copy", **wish)) == NAMES[1:2]
        assert points.contents(target, guest=COPY) == points.contents(large)
        points.assert_closed(target, COPY)
        refused = target.refused("backup_copy", **{**wish, "key_file": "/nowhere"})
        assert "Permission denied" in refused["msg"]
    finally:
        large.sh(f"sed -i '\\|{public}|d' ~/.ssh/authorized_keys")


def copied(result: Result) -> list[str]:
    """The points that were copied."""
    (account,) = result["domains"]
    return list(account["copied"])


@contextlib.contextmanager
def cut_off(host: Host, after: float) -> Iterator[None]:
    """Have the network of a host cut, some seconds from now."""
    cut = threading.Timer(after, lambda: subprocess.run([LAB, "cut", host.name], check=True))
    cut.start()
    try:
        yield
    finally:
        cut.join()
        subprocess.run([LAB, "heal", host.name], check=True)
