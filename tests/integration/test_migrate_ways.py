# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All ways to move a guest that works and answers pings; what a way is, is seen in QEMU while it moves.

HYPERVISE_WAYS=1 goes all of them, from both releases; without, those that no other test goes.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from harness import lab
from harness.host import PREFIX, SCRATCH, Host, Result
from harness.road import CARD, Road
from harness.traveller import CREATE, IMAGE, NAME, OS, OWN, Traveller

POOL = f"{PREFIX}travel"
BASE = f"{SCRATCH}/base.qcow2"
VARIABLES = f"/var/lib/libvirt/qemu/nvram/{NAME}_VARS.fd"
#: It starts a kernel that nobody has signed.
UEFI = {**OS, "firmware": "efi", "firmware_features": [{"name": "secure-boot", "enabled": False}]}
MARK, PLACE = "travelled", 0x40100  # in the event log of the firmware's variables, which it leaves alone

#: Asks QEMU again and again how it moves the guest.
_LOOK = f"""while :; do for what in parameters capabilities; do
virsh qemu-monitor-command {NAME} '{{"execute":"query-migrate-'$what'"}}'; done; sleep 0.2; done"""


def on(capability: str) -> str:
    return f'{{"state":true,"capability":"{capability}"}}'


@dataclass(frozen=True)
class Way:
    """The options of one move, and what QEMU says of them."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    seen: Sequence[str] = ()


@dataclass(frozen=True)
class Journey:
    """A guest, and the ways it goes, there and back in turn."""

    name: str
    ways: Sequence[Way]
    disks: Sequence[Mapping[str, Any]] = (OWN,)
    guest: Mapping[str, Any] = field(default_factory=dict)
    image: str = CREATE
    prepare: Callable[[Host], None] = lambda host: None  # on both hosts
    arrived: Callable[[Host, Result], None] = lambda host, moved: None
    in_ci: bool = False


ENCRYPTED = '"tls-creds":"objlibvirt_migrate_tls0"'
SHARED = {
    "target": "vda",
    "source": {"protocol": "nbd", "name": "shared", "hosts": [{"name": lab.TARGET, "port": 10809}]},
    "driver": {"type": "raw", "cache": "none"},
}


def with_base(host: Host) -> None:
    host.sh(f"qemu-img create -q -f qcow2 {BASE} 32M && qemu-io -c 'write -P 7 8M 24M' {BASE} >/dev/null")


def only_the_difference(host: Host, moved: Result) -> None:
    assert moved["statistics"]["disk"] < 12 * 2**20
    assert BASE in host.sh(f"qemu-img info -U {IMAGE}")


def with_pool(host: Host) -> None:
    host.sh(f"virsh pool-create-as {POOL} dir --target {SCRATCH}")


def of_the_pool(host: Host, moved: Result) -> None:
    assert f"make traveller.qcow2 of storage pool {POOL}" in moved["steps"]
    assert f"pool='{POOL}'" in host.sh(f"virsh dumpxml {NAME}")


def with_variables(host: Host) -> None:
    """Have what the guest's firmware will find, which only the first host has."""
    if host.name == lab.TARGET:
        return
    host.sh(f"qemu-img create -q -f qcow2 {IMAGE} 32M")
    guest: dict[str, Any] = {
        "name": NAME,
        "type": "qemu",
        "memory": "128MiB",
        "disks": [OWN],
        "os": UEFI,
    }
    host.run("domain", **guest, state="paused")
    host.run("domain", name=NAME, state="stopped", shutdown={"timeout": 0, "on_timeout": "destroy"})
    host.sh(f"printf {MARK} | dd of={VARIABLES} bs=1 seek={PLACE} conv=notrunc status=none")


def with_its_variables(host: Host, _moved: Result) -> None:
    assert host.sh(f"dd if={VARIABLES} bs=1 skip={PLACE} count={len(MARK)} status=none") == MARK


JOURNEYS = (
    Journey(
        "copied",
        (
            Way("TLS", {"bandwidth": "24MiB", "max_downtime": 0.4}, (ENCRYPTED, '"downtime-limit":400')),
            Way("post-copy", {"postcopy": True, "postcopy_after": 1, "bandwidth": "24MiB"}, (on("postcopy-ram"),)),
            Way(
                "parallel, zstd",
                {"parallel_connections": 3, "compression": ["zstd"]},
                (on("multifd"), '"multifd-channels":3', '"multifd-compression":"zstd"', ENCRYPTED),
            ),
            Way(
                "XBZRLE, auto-converge",
                {"compression": ["xbzrle"], "auto_converge": True, "auto_converge_initial": 30, "bandwidth": "24MiB"},
                (on("xbzrle"), on("auto-converge"), '"cpu-throttle-initial":30'),
            ),
            Way("led by the module", {"peer2peer": False}, (ENCRYPTED,)),
            Way("synchronous writes", {"synchronous_writes": True}, (ENCRYPTED,)),
        ),
    ),
    Journey(
        "network disk",
        (
            Way("TLS", {"copy_storage": "none", "bandwidth": "24MiB"}, (ENCRYPTED,)),
            Way("tunnelled", {"copy_storage": "none", "tunnelled": True}, ('"tls-creds":""',)),
        ),
        (SHARED,),
        image="true",
    ),
    Journey(
        "UEFI",
        (Way("there"), Way("back")),
        guest={"os": UEFI},
        image="true",
        prepare=with_variables,
        arrived=with_its_variables,
    ),
    Journey(
        "incremental",
        (Way("there", {"copy_storage": "incremental"}), Way("back", {"copy_storage": "incremental"})),
        image=f"qemu-img create -q -f qcow2 -b {BASE} -F qcow2 {IMAGE}",
        prepare=with_base,
        arrived=only_the_difference,
        in_ci=True,
    ),
    Journey(
        "volume",
        (Way("there"), Way("back")),
        [{**OWN, "source": {"pool": POOL, "volume": "traveller.qcow2"}}],
        prepare=with_pool,
        image=f"virsh vol-create-as {POOL} traveller.qcow2 32M --format qcow2",
        arrived=of_the_pool,
    ),
)


@pytest.fixture
def served(target: Host) -> Iterator[None]:
    """A disk that all hosts reach."""
    target.sh(
        f"truncate -s 32M {SCRATCH}/shared.raw;"
        "systemd-run --quiet --collect --unit=law-nbd qemu-nbd --persistent --shared=9 --format=raw"
        f" --export-name=shared --port=10809 {SCRATCH}/shared.raw"
    )
    yield
    target.sh("systemctl stop law-nbd")


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.name)
def test_ways(host: Host, target: Host, journey: Journey) -> None:
    if not os.environ.get("HYPERVISE_WAYS") and not (journey.in_ci and host.name == lab.NEWEST):
        pytest.skip("the others go these ways too, one by one; HYPERVISE_WAYS=1 goes all")
    road = Road(host, target)
    road.build()
    try:
        for end in (host, target):
            journey.prepare(end)
        guest = Traveller.born(host, journey.disks, journey.image, interfaces=[CARD], **journey.guest)
        road.join(NAME)
        for way in journey.ways:
            goes(guest, target if guest.host is host else host, road, journey, way)
    finally:
        road.remove()


def goes(guest: Traveller, target: Host, road: Road, journey: Journey, way: Way) -> None:
    source, looked = guest.host, f"{SCRATCH}/looked"
    source.sh(f"systemd-run --quiet --collect --unit=law-look sh -c {shlex.quote(_LOOK + f' >{looked} 2>/dev/null')}")
    road.ping()
    moved = guest.moves(target, **way.options)
    pings = road.pings()
    source.sh("systemctl stop law-look")
    said = source.sh(f"cat {looked}")
    assert [seen for seen in way.seen if seen not in said] == []
    journey.arrived(target, moved)
    took = moved["statistics"]
    print(
        f"{source.name} to {target.name}, {journey.name}, {way.name}: {took['total_time']:.1f} s,"
        f" downtime {took['downtime']:.3f} s, {pings}",
        flush=True,
    )
    assert pings.gap < 30  # the guest answers, here and there
