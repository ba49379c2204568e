# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disaster recovery of four guests that write sequences, from a site of two hosts to another one and back."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import recovery_lab as recovery
from recovery_lab import GUESTS, HOSTS, IMAGES, NETWORKS, SITES, lab, on, play, recover

pytestmark = pytest.mark.skipif(
    not os.environ.get("HYPERVISE_RECOVERY"), reason="takes long: HYPERVISE_RECOVERY=1 runs it"
)


@pytest.fixture(scope="module", autouse=True)
def _sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    directory = tmp_path_factory.mktemp("sites")
    lab("up", *HOSTS)
    play(str(Path(__file__).parent / "recovery_site.yml"), directory, **_of_sites())
    yield
    lab("down")


def _of_sites() -> dict[str, Any]:
    """What the hosts are, and who is on them at first."""
    subnet = "{{ 210 + groups['kvm_hosts'].index(inventory_hostname) }}"
    ips = {"address": f"192.168.{subnet}.1", "prefix": 24}
    ranges = [{"start": f"192.168.{subnet}.10", "end": f"192.168.{subnet}.99"}]
    at = " if inventory_hostname in {} else ".format(list(SITES["berlin"]))
    return {
        "host_features": [],
        "host_ssh_peers": HOSTS,
        "host_networks": [
            {
                "name": f"{{{{ '{NETWORKS['berlin']}'{at}'{NETWORKS['munich']}' }}}}",
                "state": "active",
                "autostart": True,
                "ips": [{**ips, "dhcp": {"ranges": ranges}}],
            }
        ],
        "image": lab("image", "tiny").splitlines()[-1],
        "images": f"{{{{ '{IMAGES['berlin']}'{at}'{IMAGES['munich']}' }}}}",
        "guests": {host: [name for name in GUESTS if recovery.host_of(name, "berlin") == host] for host in HOSTS},
    }


def each(report: dict[str, Any], name: str) -> list[Any]:
    """What the report tells of the guests."""
    return [guest[name] for guest in report["guests"]]


def test_protected(tmp_path: Path) -> None:
    told = recover("status", tmp_path, fails=True)  # nothing is at the other site
    assert each(told, "rpo_met") == [False] * len(GUESTS)
    recovery.begin_writing("berlin")
    told = recover("protect", tmp_path)
    assert each(told, "rpo_met") == [True] * len(GUESTS)
    told = recover("status", tmp_path)
    assert each(told, "active") == ["berlin"] * len(GUESTS)
    assert all(lag < 600 for lag in each(told, "lag"))


def test_rehearsed(tmp_path: Path) -> None:
    """Nothing of it leaves its bubbles or touches what is there, and nothing is left of it."""
    before = {host: _untouched(host) for host in SITES["munich"]}
    for host in SITES["munich"]:
        on(host, _CAPTURE)
    told = recover("test", tmp_path, disaster_recovery_keep=True)
    assert each(told, "rto_met") == [True] * len(GUESTS)
    assert recovery.states("munich") == {f"drtest-{name}": "running" for name in GUESTS}
    identities = [_identities(guest) for guest in GUESTS]
    assert all(not production & test for production, test in identities), identities
    for guest in GUESTS:
        assert recovery.written(guest, "munich", f"drtest-{guest}") > 0
    addresses = {identity for _production, test in identities for identity in test if ":" in identity}
    for host in SITES["munich"]:
        captured = on(host, "kill $(cat /run/captured.pid); cat /run/captured")
        assert not [address for address in addresses if address in captured]
    recover("cleanup", tmp_path)
    assert recovery.states("munich") == {}
    assert {host: _untouched(host) for host in SITES["munich"]} == before
    assert set(recovery.states("berlin").values()) == {"running"}


#: Has the link-layer addresses of all that passes the host's way out.
_CAPTURE = """
cat >/run/capture.py <<'END'
import socket
way = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
way.bind(("host0", 0))
seen = set()
with open("/run/captured", "w", buffering=1) as file:
    while True:
        packet = way.recv(65536)
        for address in (packet[:6].hex(":"), packet[6:12].hex(":")):
            if address not in seen:
                seen.add(address)
                file.write(address + "\\n")
END
setsid python3 /run/capture.py >/dev/null 2>&1 </dev/null & echo $! >/run/captured.pid
"""


def _untouched(host: str) -> str:
    """What a test has to leave as it is: each file of the repository, networks, domains, images, and what is QEMU's."""
    files = "find . -type f ! -path '*/.*/*' ! -name '.*' -exec sha256sum {} +"
    repository = f"cd {recovery.REPOSITORY} && {files} | sort -k 2"
    others = "virsh net-list --all --name; virsh list --all --name; ls /srv/munich /var/lib/libvirt/qemu/nvram /srv"
    return on(host, f"{repository}; {others}")


def _identities(guest: str) -> tuple[set[str], set[str]]:
    """The UUID and the MAC addresses of a guest and of its test."""
    find = "virsh dumpxml {} | sed -n \"s/.*<uuid>\\(.*\\)<.*/\\1/p; s/.*<mac address='\\(.*\\)'.*/\\1/p\""
    return (
        set(on(recovery.host_of(guest, "berlin"), find.format(guest)).split()),
        set(on(recovery.host_of(guest, "munich"), find.format(f"drtest-{guest}")).split()),
    )


def test_handed_over_and_back(tmp_path: Path) -> None:
    """Nothing is lost, byte by byte, also where the controller is killed in the middle."""
    acknowledged = {guest: recovery.acknowledged(guest, "berlin") for guest in GUESTS}
    _killed("failover", tmp_path, "munich")
    told = recover("failover", tmp_path)
    assert each(told, "rpo_met") == [True] * len(GUESTS)
    for guest in GUESTS:
        assert recovery.written(guest, "munich") >= acknowledged[guest]
        assert recovery.image(guest, "berlin") == recovery.image(guest, "munich")
    assert set(recovery.states("berlin").values()) == {"shut off"}
    assert recover("failover", tmp_path)["steps"] == []

    recovery.begin_writing("munich")
    recover("protect", tmp_path)
    acknowledged = {guest: recovery.acknowledged(guest, "munich") for guest in GUESTS}
    told = recover("failback", tmp_path)
    assert each(told, "rpo_met") == [True] * len(GUESTS)
    for guest in GUESTS:
        assert recovery.written(guest, "berlin") >= acknowledged[guest]
        assert recovery.image(guest, "munich") == recovery.image(guest, "berlin")
    assert set(recovery.states("munich").values()) == {"shut off"}
    recovery.begin_writing("berlin")
    recover("protect", tmp_path)


def _killed(mode: str, directory: Path, target: str) -> None:
    """Kill a run with all its processes once the first guest is on the other site."""
    wish = {"disaster_recovery_plan": recovery.PLAN}
    running = recovery.begin_playing(f"hypervise.kvm.dr_{mode}", directory, wish)
    while "running" not in recovery.states(target).values():
        assert running.poll() is None
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate()


def test_site_lost(tmp_path: Path) -> None:
    """Its hosts lose their power while guests write; each is at the other site what its newest point is."""
    at_least = {guest: recovery.acknowledged(guest, "berlin") for guest in GUESTS}
    recover("protect", tmp_path)
    at_most = {guest: recovery.acknowledged(guest, "berlin") for guest in GUESTS}
    for host in SITES["berlin"]:
        lab("power-off", host)
    told = recover("failover", tmp_path, fails=True, disaster_recovery_disaster=True)
    assert "nothing proves that hv1 is off" in str(told["problems"])
    assert recovery.states("munich").get("db1") != "running"
    told = recover("failover", tmp_path, disaster_recovery_disaster=True, disaster_recovery_fenced="hv1,hv2")
    assert each(told, "rpo_met") == [True] * len(GUESTS)
    assert each(told, "rto_met") == [True] * len(GUESTS)
    ready = {step["guest"]: step["ended"] for step in told["steps"] if step["phase"] == "ready"}
    begun = {step["guest"]: step["started"] for step in told["steps"] if step["phase"] == "restore"}
    assert ready["db1"] <= begun["app1"] <= ready["app1"] <= begun["app2"] <= ready["app2"] <= begun["web1"]
    for guest in GUESTS:
        assert at_least[guest] <= recovery.written(guest, "munich") <= at_most[guest]


def test_site_returned(tmp_path: Path) -> None:
    """Guests come home with all that they wrote elsewhere, and what the lost site had written is kept."""
    recovery.begin_writing("munich")
    for host in SITES["berlin"]:
        lab("power-on", host)
    told = recover("status", tmp_path, fails=True)
    assert each(told, "split") == [True] * len(GUESTS)  # libvirt has started the old copies
    assert "its old copy runs on hv1" in str(recover("failback", tmp_path, fails=True)["problems"])
    for guest in GUESTS:
        on(recovery.host_of(guest, "berlin"), f"virsh destroy {guest}")
    old = {guest: recovery.image(guest, "berlin") for guest in GUESTS}
    recover("protect", tmp_path)
    acknowledged = {guest: recovery.acknowledged(guest, "munich") for guest in GUESTS}
    told = recover("failback", tmp_path)
    assert each(told, "rpo_met") == [True] * len(GUESTS)
    for guest in GUESTS:
        assert recovery.written(guest, "berlin") >= acknowledged[guest]
        assert recovery.image(guest, "munich") == recovery.image(guest, "berlin")
        assert recovery.kept(guest, "berlin") == old[guest]
    assert set(recovery.states("munich").values()) == {"shut off"}
    recover("protect", tmp_path)
    recover("status", tmp_path)
    recover("cleanup", tmp_path, disaster_recovery_discard=True)
    for host in SITES["berlin"]:
        on(host, f"test ! -e {recovery.REPOSITORY}-diverged")
