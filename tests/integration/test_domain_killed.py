# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains: a run that is killed at any instant leaves something that the next run finishes."""

from __future__ import annotations

import itertools
import random
import time
from typing import Any

from harness import laws, tiny
from harness.host import PREFIX, SCRATCH, Host

NAME = f"{PREFIX}killed"
GUEST: dict[str, Any] = {"name": NAME, "type": "qemu", "memory": "128MiB"}
PULL = {"timeout": 0, "on_timeout": "destroy"}


def disk(target: str) -> dict[str, Any]:
    return {"target": target, "source": {"file": f"{SCRATCH}/{target}.raw"}, "serial": target}


def prepare(host: Host) -> None:
    tiny.install(host)
    host.sh(f"cd {SCRATCH} && for name in vda vdb vdc; do echo $name >$name.raw && truncate -s 1M $name.raw; done")


def sums(host: Host) -> str:
    return host.sh(f"cd {SCRATCH} && sha256sum *.raw")


def settled(host: Host, wish: dict[str, Any], *waits: str) -> None:
    """The next run completes what is wished; then nothing is left to be done, and nothing waits but what has to."""
    # libvirtd ends the call of a client that is gone; who asks for a guest's memory waits for that
    host.sh(f"virsh -q dommemstat {NAME} >/dev/null 2>&1 || true")
    host.run("domain", **wish)
    again = laws.twin(host, "domain", **wish)
    assert not again.changed, again["changes"]
    assert again["pending_restart"] == list(waits)


def test_between_the_steps_of_a_change(host: Host) -> None:
    """Killed before its first, second … call, while a guest gets and loses devices."""
    prepare(host)
    before = sums(host)
    one = {
        **GUEST,
        **tiny.boot(),
        "title": "one",
        "vcpus": 2,
        "current_vcpus": 1,
        "disks": [disk("vda"), disk("vdb")],
        "interfaces": [{"type": "user", "model": "virtio"}],
        "state": "running",
    }
    host.run("domain", **one, wait_for="agent")
    two = {
        **one,
        "title": "two",
        "disks": [disk("vda"), disk("vdc")],
        "interfaces": [{"type": "user", "model": "virtio"}, {"type": "user", "model": "virtio", "link_state": "down"}],
    }
    there, back = two, one
    for number in itertools.count(1):
        if not host.killed("domain", die_at=number, **there):
            break
        settled(host, there)
        there, back = back, there
    assert number > 4
    assert sums(host) == before


def test_new_guest(host: Host) -> None:
    prepare(host)
    wish = {**GUEST, "disks": [disk("vda")], "autostart": True, "state": "running"}
    for number in (1, 2, 3):
        assert host.killed("domain", die_at=number, **wish)
        settled(host, wish)
        for step in (1, 2):
            host.killed("domain", die_at=step, name=NAME, state="absent", shutdown=PULL)
        host.run("domain", name=NAME, state="absent", shutdown=PULL)
        assert not host.run("domain_info", name=[NAME])["domains"]


def test_at_twenty_random_instants(host: Host) -> None:
    """A running guest, to and fro between two wishes that differ in the definition, in what is live and in devices."""
    prepare(host)
    before = sums(host)
    boot = tiny.boot()
    card = {"type": "user", "model": "virtio", "mac": "52:54:00:00:1d:01", "link_state": "up"}
    one = {
        **GUEST,
        **boot,
        "os": {**boot["os"], "boot_menu": {"enable": False}},
        "title": "one",
        "description": "",
        "disks": [disk("vda"), disk("vdb")],
        "interfaces": [card],
        "rngs": [],
        "state": "running",
    }
    two = {
        **one,
        "os": {**boot["os"], "boot_menu": {"enable": True}},  # waits for a restart
        "title": "two",
        "description": "with another disk, a second card, and a random number generator",
        "disks": [disk("vda"), disk("vdc")],
        "interfaces": [{**card, "link_state": "down"}, {**card, "mac": "52:54:00:00:1d:02"}],
        "rngs": [{"model": "virtio", "backend": {"model": "random", "device": "/dev/urandom"}}],
    }
    host.run("domain", **one, wait_for="agent")
    born = tiny.sh(host, NAME, "cat /proc/sys/kernel/random/boot_id")
    ways = {"one": (one, ()), "two": (two, ("os.boot_menu.enable",))}
    took = {}
    for name in ("two", "one"):
        began = time.monotonic()
        host.run("domain", **ways[name][0])
        took[name] = time.monotonic() - began
        settled(host, ways[name][0], *ways[name][1])
    instants = random.Random(3)
    killed = 0
    for number in range(20):
        name = ("two", "one")[number % 2]
        wish, waits = ways[name]
        killed += host.killed("domain", kill_after=instants.uniform(0.01, took[name]), **wish)
        settled(host, wish, *waits)
    assert killed > 10  # the others were done by then
    assert tiny.sh(host, NAME, "cat /proc/sys/kernel/random/boot_id") == born
    assert sums(host) == before


def test_daemon_restarts_in_the_middle(host: Host) -> None:
    """A clear error, a guest that lives on, and a next run that completes."""
    host.run("domain", **GUEST, state="running")
    host.sh("(sleep 1; systemctl restart libvirtd) >/dev/null 2>&1 &")
    failed = host.fails("domain", **GUEST, state="stopped", shutdown={"timeout": 20})
    assert NAME in failed["msg"]
    assert failed["error"]["step"] == "shut down"
    assert "libvirt error" in failed["msg"]
    host.sh("timeout 30 sh -c 'until virsh -q list; do sleep 0.1; done' >/dev/null 2>&1")
    assert host.run("domain_info", name=[NAME])["domains"][0]["state"] == "running"
    assert laws.twin(host, "domain", **GUEST, state="stopped", shutdown=PULL).paths == ["state"]
