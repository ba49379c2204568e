# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Points in a repository: told, verified, removed by a policy."""

from __future__ import annotations

import os
import random
import time
from typing import Any

import pytest
from harness import points
from harness.host import SCRATCH, Host, Result
from harness.points import CHAIN, GUEST, NAME, NAMES, REPOSITORY, UUID

#: How many prunes are killed.
KILLS = int(os.environ.get("HYPERVISE_KILLS", "4"))


def twin(host: Host, module: str, **options: Any) -> Result:
    """Run a module in check mode and then really: foretold and done are the same for each guest."""
    foretold = host.foretells(module, repository=REPOSITORY, **options)
    done = host.run(module, repository=REPOSITORY, **options)
    found = [{name: told for name, told in account.items() if name != "points"} for account in done["domains"]]
    assert foretold["domains"] == found
    return done


def test_told(host: Host) -> None:
    points.make(host)
    points.make(host, CHAIN[:1], "law-other", "00000000-0000-0000-0000-000000000001")
    found = host.foretells("backup_info", repository=REPOSITORY)
    assert [(point["domain"], point["name"]) for point in found["points"]] == [
        *((NAME, name) for name in NAMES),
        ("law-other", NAMES[0]),
    ]
    last = found["points"][3]
    assert (last["kind"], last["parent"], last["uuid"]) == ("incremental", NAMES[2], UUID)
    assert (last["state"], last["protected"], last["verified"]) == ("complete", False, None)
    assert last["virtual_size"] == sum(disk["virtual_size"] for disk in last["disks"]) > last["stored_bytes"] > 0
    for chosen in (NAME, "law-g*", UUID):
        found = host.run("backup_info", repository=REPOSITORY, domain=[chosen], point=["*08T*"])
        assert [point["name"] for point in found["points"]] == [NAMES[3]]
    host.sh(f"echo >{GUEST}/{NAMES[1]}/manifest.json")
    damaged = host.run("backup_info", repository=REPOSITORY, point=[NAMES[1]])["points"][0]
    assert damaged["state"] == "damaged"
    assert "manifest.json" in damaged["problem"]


def test_blocks_are_those_that_a_guest_reads(host: Host) -> None:
    points.make(host)
    for name in NAMES:
        for target in ("vda", "vdb", "vdc")[: 2 + (name in NAMES[2:])]:
            image = f"{GUEST}/{name}/{target}"
            host.sh(f"qemu-img convert -f qcow2 -O raw {image}.qcow2 {SCRATCH}/raw")
            sums = host.sh(f"split -b 4M --filter=sha256sum {SCRATCH}/raw | cut -c -64")
            assert host.sh(f"cat {image}.blocks") == sums, f"{name}/{target}"


def test_verified(host: Host) -> None:
    points.make(host)
    assert len(twin(host, "backup_verify", level="files")["domains"][0]["points"]) == len(NAMES)
    done = twin(host, "backup_verify", point=NAMES[:3], reverify_after=3600)  # what has been seen was less
    assert [point["problems"] for point in done["domains"][0]["points"]] == [[], [], []]
    assert not twin(host, "backup_verify", point=NAMES[:3], reverify_after=3600).changed
    done = twin(host, "backup_verify", reverify_after=3600)
    assert done["domains"][0]["skipped"] == NAMES[:3]
    assert twin(host, "backup_verify", level="files").changed
    found = host.run("backup_info", repository=REPOSITORY)["points"][-1]["verified"]
    assert (found["level"], found["problems"]) == ("files", [])
    assert abs(found["at"] - time.time()) < 600


def test_what_is_not_there(host: Host) -> None:
    refused = host.refused("backup_verify", repository=f"{SCRATCH}/nothing")
    assert "there is none" in refused["msg"]
    points.make(host, CHAIN[:1])
    refused = host.refused("backup_prune", repository=REPOSITORY, domain=["law-nobody"])
    assert "there are no points of law-nobody" in refused["msg"]
    assert "keep_last" in host.refused("backup_prune", repository=REPOSITORY, keep_last=-1)["msg"]
    assert "reverify_after" in host.refused("backup_verify", repository=REPOSITORY, reverify_after=-1)["msg"]


@pytest.mark.parametrize(
    ("policy", "kept"),
    [
        ({"keep_last": 1}, [3]),  # all become one
        ({"keep_last": 1, "protected": ["20260105*", "20260107*"]}, [0, 2, 3]),  # one in the middle
        ({"keep_last": 2}, [2, 3]),
        ({"max_age": 1, "protected": [NAMES[1]]}, [1]),  # the newest, which nothing rests on, and the oldest
    ],
    ids=["one", "middle", "oldest", "newest"],
)
def test_what_is_kept_stays_the_same(host: Host, policy: dict[str, Any], kept: list[int]) -> None:
    points.make(host)
    names = [NAMES[index] for index in kept]
    before = points.contents(host)
    done = twin(host, "backup_prune", **policy)
    assert sorted(done["domains"][0]["kept"]) == names
    assert points.contents(host) == points.of(before, names)
    points.assert_closed(host)
    assert twin(host, "backup_verify").changed  # which finds nothing wrong
    assert not twin(host, "backup_prune", **policy).changed
    assert sorted(host.sh(f"ls {GUEST}").split()) == names


def test_the_last_verified_point_is_not_lost(host: Host) -> None:
    points.make(host)
    assert twin(host, "backup_prune").changed is False  # without a rule, all are kept
    host.run("backup_verify", repository=REPOSITORY, point=[NAMES[1]])
    refused = host.refused("backup_prune", check=True, repository=REPOSITORY, keep_last=1)
    assert "lose_verified" in refused["msg"]
    assert host.fails("backup_prune", repository=REPOSITORY, keep_last=1)["msg"] == refused["msg"]
    host.run("backup_prune", repository=REPOSITORY, keep_last=3)
    host.run("backup_prune", repository=REPOSITORY, keep_last=1, lose_verified=True)


def test_protected(one_host: Host) -> None:
    host = one_host
    points.make(host)
    assert twin(host, "backup_protect", point=[NAMES[0], "20260107*"])["domains"][0]["steps"] == [
        f"protect {name}" for name in (NAMES[0], NAMES[2])
    ]
    assert not twin(host, "backup_protect", point=NAMES[:1]).changed
    twin(host, "backup_protect", point=[NAMES[2]], protected=False)
    found = host.run("backup_info", repository=REPOSITORY)["points"]
    assert [point["protected"] for point in found] == [True, False, False, False]
    assert twin(host, "backup_prune", keep_last=1)["domains"][0]["kept"] == {
        NAMES[0]: "protected",
        NAMES[3]: "keep_last",
    }
    assert "has no point" in host.refused("backup_protect", repository=REPOSITORY, point=NAMES[:2])["msg"]


def test_damage_is_not_merged(host: Host) -> None:
    points.make(host)
    host.sh(f"printf x | dd of={GUEST}/{NAMES[2]}/vda.qcow2 bs=1 seek=400000 conv=notrunc status=none")
    before = host.sh(f"cd {GUEST} && find 2* -type f | sort | xargs sha256sum")
    for _again in range(2):
        assert NAMES[2] in host.fails("backup_prune", repository=REPOSITORY, keep_last=1)["msg"]
    assert host.sh(f"cd {GUEST} && find 2* -type f | sort | xargs sha256sum") == before


def test_nobody_merges_what_others_use(host: Host) -> None:
    points.make(host)
    before = points.contents(host)
    host.sh(f"flock -s {GUEST}/.readers sleep 60 >/dev/null 2>&1 & echo $! >{SCRATCH}/reader; sleep 0.2")
    assert "somebody restores or verifies" in host.fails("backup_prune", repository=REPOSITORY, keep_last=3)["msg"]
    assert points.contents(host) == points.of(before, NAMES[1:])
    host.run("backup_verify", repository=REPOSITORY)  # there may be many readers, also of what waits for merging
    host.sh(f"pkill -P $(cat {SCRATCH}/reader); flock {GUEST}/.readers true")
    host.sh(f"flock {GUEST}/.lock sleep 60 >/dev/null 2>&1 & echo $! >{SCRATCH}/writer; sleep 0.2")
    assert "is at work there" in host.fails("backup_prune", repository=REPOSITORY, keep_last=3)["msg"]
    host.sh(f"pkill -P $(cat {SCRATCH}/writer); flock {GUEST}/.lock true")
    assert host.run("backup_prune", repository=REPOSITORY, keep_last=3).changed
    points.assert_closed(host)


def test_no_room_for_merging(one_host: Host) -> None:
    host = one_host
    host.sh(f"mkdir {REPOSITORY} && mount -t tmpfs -o size=20M none {REPOSITORY}")
    try:
        points.make(host)
        before = points.contents(host)
        host.sh(f"head -c 100M /dev/zero >{REPOSITORY}/filling || true")
        refused = host.refused("backup_prune", check=True, repository=REPOSITORY, keep_last=1)
        assert "more for a while" in refused["msg"]
        assert host.fails("backup_prune", repository=REPOSITORY, keep_last=1)["msg"] == refused["msg"]
        assert points.contents(host) == before
    finally:
        host.sh(f"umount {REPOSITORY}")


def test_killed_at_each_step(one_host: Host) -> None:
    host = one_host
    points.make(host)
    step = stride = max(1, 32 // KILLS)
    while prune_killed(host, {"keep_last": 2, "protected": [NAMES[0]]}, [NAMES[0], *NAMES[2:]], die_at=step):
        step += stride
    assert step > 24


def test_several_that_rest_on_one(one_host: Host) -> None:
    """As they do where copies came of what was made elsewhere meanwhile; also if it is killed."""
    host, other = one_host, "20260109T120000Z"
    points.make(host, [*CHAIN, {**CHAIN[3], "name": other, "parent": NAMES[1]}])
    step = stride = max(1, 48 // KILLS)
    while prune_killed(host, {"keep_last": 1, "protected": [NAMES[3]]}, [NAMES[3], other], die_at=step):
        step += stride
    assert step > 32


def test_killed_at_any_moment(one_host: Host) -> None:
    """Also while qemu-img merges images, of which there is something to be merged here."""
    host, dice = one_host, random.Random(int(os.environ.get("HYPERVISE_SEED", "0")))
    sizes = {"size": 2**26 + 2**20}
    chain = [
        {"name": name, "disks": {"vda": {**sizes, "write": [f"write -P {9 + index} {index}M 60M"]}}}
        for index, name in enumerate(NAMES)
    ]
    points.make(host, chain)
    killed, moment = 0, 1.5
    while killed < -(-KILLS // 4):
        if prune_killed(host, {"keep_last": 1}, NAMES[3:], kill_after=moment * dice.uniform(0.5, 1)):
            killed += 1
        else:
            moment *= 0.7  # it is faster on this machine


def prune_killed(host: Host, policy: dict[str, Any], names: list[str], **moment: Any) -> bool:
    """Have a prune killed, and finished by the next; what is kept is the same all the time. Tell if it was killed."""
    wanted = points.contents(host, names)
    host.sh(f"rm -rf {SCRATCH}/spare && cp -a {REPOSITORY} {SCRATCH}/spare")
    killed = host.killed("backup_prune", repository=REPOSITORY, **policy, **moment)
    assert points.contents(host, names) == wanted, moment
    host.run("backup_verify", repository=REPOSITORY, point=names, level="files")
    host.run("backup_prune", repository=REPOSITORY, **policy)
    assert points.contents(host) == wanted, moment
    points.assert_closed(host)
    host.sh(f"rm -rf {REPOSITORY} && mv {SCRATCH}/spare {REPOSITORY}")
    return killed
