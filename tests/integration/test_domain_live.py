# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains: what a live change does, seen from inside a guest that runs an operating system."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from harness import laws, tiny
from harness.host import PREFIX, SCRATCH, Host, Result

NAME = f"{PREFIX}live"
NETWORK = f"{PREFIX}net"
MAC, MAC2 = "52:54:00:00:1a:01", "52:54:00:00:1a:02"
DISK = {"target": "vda", "source": {"file": f"{SCRATCH}/one.raw"}}
DRIVE = {"target": "sda", "device": "cdrom", "bus": "sata", "source": {"file": f"{SCRATCH}/cd.raw"}}
CARD = {"mac": MAC, "source": {"network": NETWORK}, "model": "virtio"}


class Guest:
    """A guest that is up, changed by a few options at a time."""

    def __init__(self, host: Host) -> None:
        self.host = host

    def wish(self, **options: Any) -> Result:
        return laws.twin(self.host, "domain", name=NAME, **options)

    def live(self, **options: Any) -> Result:
        """Change something of the running guest, at once and for good."""
        changed = self.wish(**options)
        assert changed.changed
        assert {change["when"] for change in changed["changes"]} == {"live"}, changed["changes"]
        again = self.wish(**options)
        assert not again.changed, again["changes"]
        assert again["pending_restart"] == []
        return changed

    def sees(self, command: str, expected: str | Callable[[str], bool], seconds: float = 60) -> None:
        """Fail unless a command inside the guest prints what is expected, within some seconds."""
        deadline = time.monotonic() + seconds
        while True:
            seen = tiny.sh(self.host, NAME, f"{{ {command}; }} 2>/dev/null || :")
            if expected(seen) if callable(expected) else seen == expected:
                return
            assert time.monotonic() < deadline, f"{command!r} in the guest: {seen!r}"
            time.sleep(0.2)


@pytest.fixture
def guest(host: Host) -> Guest:
    tiny.install(host)
    host.sh(f"cd {SCRATCH} && truncate -s 1M one.raw cd.raw && truncate -s 2M two.raw && truncate -s 3M three.raw")
    host.run(
        "network",
        name=NETWORK,
        ips=[
            {"address": "192.0.2.1", "prefix": 24, "dhcp": {"ranges": [{"start": "192.0.2.10", "end": "192.0.2.99"}]}}
        ],
        state="active",
    )
    guest = Guest(host)
    made = guest.wish(
        type="qemu",
        memory="192MiB",
        vcpus=2,
        current_vcpus=1,
        **tiny.boot(),
        disks=[DISK, DRIVE],
        interfaces=[CARD],
        controllers=[{"type": "scsi", "index": 0, "model": "virtio-scsi"}],
        state="running",
        wait_for="agent",
    )
    assert made.changed
    assert made["steps"] == ["define", "start", "wait for the guest agent"]
    return guest


def test_changes_reach_the_guest(guest: Guest) -> None:
    """One guest for all of it: booting one takes longer than the rest."""
    processors(guest)
    disks(guest)
    media(guest)
    interfaces(guest)
    small_devices(guest)
    memory(guest)
    stop(guest)


def processors(guest: Guest) -> None:
    guest.sees("nproc", "1")
    guest.live(current_vcpus=2)
    guest.sees("nproc", "2")


def disks(guest: Guest) -> None:
    more = [
        {"target": "vdb", "source": {"file": f"{SCRATCH}/two.raw"}},
        {"target": "sdb", "source": {"file": f"{SCRATCH}/three.raw"}},
    ]
    plugged = guest.live(disks=[more[1], DRIVE, more[0], DISK])
    assert set(plugged.paths) == {"disks[vdb]", "disks[sdb]"}
    guest.sees("cat /sys/block/vdb/size", str(2 * 2048))
    guest.sees("cat /sys/block/sda/size", str(3 * 2048))
    unplugged = guest.live(disks=[DISK, DRIVE])
    assert set(unplugged.paths) == {"disks[vdb]", "disks[sdb]"}
    guest.sees("ls /sys/block | grep -E '^(vd|sd)' | xargs", "vda")
    kept = guest.live(disks=[more[0]], keep_unlisted=["disks"])
    assert kept.paths == ["disks[vdb]"]
    swapped = guest.live(disks=[DISK, DRIVE, {"target": "vdc", "source": {"file": f"{SCRATCH}/two.raw"}}])
    assert set(swapped.paths) == {"disks[vdb]", "disks[vdc]"}  # the same image: the old one goes first


def media(guest: Guest) -> None:
    guest.sees("cat /sys/block/sr0/size", str(2048))
    guest.live(disks=[{"target": "sda", "source": {"file": f"{SCRATCH}/three.raw"}}], keep_unlisted=["disks"])
    guest.sees("blockdev --getsz /dev/sr0", str(3 * 2048))
    guest.live(disks=[{"target": "sda", "source": {}}], keep_unlisted=["disks"])


def interfaces(guest: Guest) -> None:
    """An interface keeps its MAC address, whatever becomes of it and of others."""
    guest.sees("cat /sys/class/net/eth0/address /sys/class/net/eth0/carrier | xargs", f"{MAC} 1")
    guest.live(interfaces=[{"source": {"network": NETWORK}, "link_state": "down"}])
    guest.sees("cat /sys/class/net/eth0/carrier", "0")
    guest.live(interfaces=[{"source": {"network": NETWORK}, "link_state": "up"}])
    guest.sees("cat /sys/class/net/eth0/address /sys/class/net/eth0/carrier | xargs", f"{MAC} 1")
    guest.live(interfaces=[CARD, {"type": "user", "model": "virtio"}])
    given = mac_addresses(guest)
    assert given[0] == MAC
    guest.sees("cat /sys/class/net/eth1/address", given[1])
    guest.live(interfaces=[{"type": "user", "model": "virtio"}])
    assert mac_addresses(guest) == given[1:]
    guest.sees("cat /sys/class/net/eth*/address", given[1])
    guest.live(interfaces=[{"mac": MAC2, **{k: v for k, v in CARD.items() if k != "mac"}}, {"type": "user"}])
    assert set(mac_addresses(guest)) == {MAC2, given[1]}


def mac_addresses(guest: Guest) -> list[str]:
    """The interfaces' addresses, the same in the stored definition and in the running guest."""
    (found,) = guest.host.run("domain_info", name=[NAME])["domains"]
    stored = [interface["mac"] for interface in found["spec"]["interfaces"]]
    running = guest.host.sh(f"virsh domiflist {NAME} | awk '/:/ {{ print $5 }}'").split()
    assert sorted(running) == sorted(stored)
    return stored


def small_devices(guest: Guest) -> None:
    guest.live(channels=[tiny.AGENT, {"type": "unix", "name": "law.one"}])
    guest.sees("cat /sys/class/virtio-ports/*/name | sort | xargs", "law.one org.qemu.guest_agent.0")
    guest.live(channels=[tiny.AGENT])
    guest.sees("cat /sys/class/virtio-ports/*/name | xargs", "org.qemu.guest_agent.0")
    guest.live(rngs=[{"model": "virtio", "backend": {"model": "random", "device": "/dev/urandom"}}])
    guest.sees("cat /sys/class/misc/hw_random/rng_available", lambda seen: "virtio_rng" in seen)
    guest.live(rngs=[])
    guest.sees("cat /sys/class/misc/hw_random/rng_available", lambda seen: "virtio_rng" not in seen)
    guest.live(inputs=[{"type": "tablet", "bus": "usb"}])
    guest.live(inputs=[])


def memory(guest: Guest) -> None:
    """A balloon takes its time, and says so until it is done."""
    total = int(tiny.sh(guest.host, NAME, "awk '/MemTotal/ { print $2 }' /proc/meminfo"))
    changed = guest.wish(current_memory="160MiB")
    assert changed["applied_live"] == ["current_memory"]
    guest.sees("awk '/MemTotal/ { print $2 }' /proc/meminfo", lambda seen: total - int(seen) > 30 * 1024)
    again = guest.wish(current_memory="160MiB")
    assert not again.changed
    assert again["pending_restart"] == []


def stop(guest: Guest) -> None:
    """Asked, the guest powers off by itself."""
    stopped = guest.wish(state="stopped", shutdown={"timeout": 60})
    assert stopped.paths == ["state"]
    assert "virDomainDestroyFlags" not in stopped.changes
