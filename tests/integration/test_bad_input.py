# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input is refused before anything is touched, with a sentence that names the option and without a traceback."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from harness import laws
from harness.host import SCRATCH, Host, assert_same
from harness.lab import NEWEST
from harness.playbooks import results_of

IP: dict[str, Any] = {"address": "192.0.2.1", "prefix": 24}
DISK = {"target": "vda", "source": {"file": f"{SCRATCH}/a.qcow2"}}
POOL: dict[str, Any] = {"name": "law-pool", "type": "dir", "target": {"path": f"{SCRATCH}/pool"}, "state": "active"}
TAKEN: dict[str, Any] = {"name": "law-taken", "ips": [IP]}


@dataclass(frozen=True)
class Bad:
    """Options that a module refuses, and words of the refusal."""

    name: str
    module: str
    options: dict[str, Any]
    says: tuple[str, ...]
    user: str = ""


def network(name: str, *says: str, **options: Any) -> Bad:
    return Bad(name, "network", {"name": "law-bad", **options}, says)


def at(name: str, uri: str, *says: str) -> Bad:
    return network(name, f"Cannot connect to {uri}: ", "'uri'", *says, uri=uri)


def guest(name: str, *says: str, **options: Any) -> Bad:
    return Bad(name, "domain", {"name": "law-bad", "type": "qemu", **options}, says)


def volume(name: str, *says: str, **options: Any) -> Bad:
    return Bad(name, "volume", {"name": "law-bad", "pool": "law-pool", **options}, says)


#: Of a range that is kept for tests; the hosts are told that nobody is there.
NOBODY = "198.18.0.1"

SU = {"become": True, "become_method": "ansible.builtin.su", "become_flags": "-s /bin/sh"}
#: What Ansible says itself in the place of one.
NO_TRACEBACK = "(traceback unavailable)"

CASES = (
    network(
        "unknown_option",
        "Unsupported parameters",
        "ips.dhcp.hosts.macc",
        ips=[{**IP, "dhcp": {"hosts": [{"mac": "52:54:00:00:00:01", "macc": "x", "ip": "192.0.2.2"}]}}],
    ),
    network("wrong_type", "mtu", "cannot be converted to an int", mtu="many"),
    network("unknown_choice", "forward", "value of mode must be one of", forward={"mode": "nap"}),
    network("required_option", "missing required arguments: prefix found in ips", ips=[{"address": "192.0.2.1"}]),
    network(
        "not_an_address", "ips[0].address: '192.0.2.256' is not an IP address", ips=[{**IP, "address": "192.0.2.256"}]
    ),
    network(
        "not_a_mac",
        "ips[0].dhcp.hosts[0].mac: '52-54' is not a MAC address",
        ips=[{**IP, "dhcp": {"hosts": [{"mac": "52-54", "ip": "192.0.2.2"}]}}],
    ),
    Bad("not_a_name", "network", {"name": "a/b"}, ("name: 'a/b' cannot be a name",)),
    network(
        "wrong_unit",
        "bandwidth.inbound.average: '1MB' has the unknown unit 'MB'",
        bandwidth={"inbound": {"average": "1MB"}},
    ),
    network(
        "taken_subnet",
        "ips[0].address: the subnet 192.0.2.0/25 overlaps 192.0.2.0/24 of network law-taken",
        ips=[{**IP, "prefix": 25}],
    ),
    guest("wrong_unit_of_memory", "memory: '2GB' has the unknown unit 'GB'", memory="2GB"),
    guest("negative_memory", "memory: '-1GiB' is not a size", memory="-1GiB"),
    guest("duplicate_disk", "disks[1].target: 'vda' is already used by disks[0]", memory="64MiB", disks=[DISK, DISK]),
    guest(
        "unknown_option_of_a_disk",
        "Unsupported parameters",
        "disks.cachee",
        memory="64MiB",
        disks=[{**DISK, "cachee": "none"}],
    ),
    volume("negative_size", "capacity: '-1GiB' is not a size", capacity="-1GiB"),
    volume("larger_than_the_pool", "capacity", capacity="1EiB", format="raw"),
    Bad(
        "pool_is_a_file",
        "storage_pool",
        {**POOL, "name": "law-bad", "target": {"path": "/etc/hostname"}},
        ("target.path", "/etc/hostname"),
    ),
    Bad(
        "port_of_a_rule",
        "nwfilter",
        {"name": "law-bad", "rules": [{"action": "drop", "direction": "in", "tcp": {"dstportstart": "http"}}]},
        ("rules[0].tcp.dstportstart: 'http' is not a number",),
    ),
    Bad(
        "value_of_a_secret",
        "secret",
        {"uuid": "6f0a3f3e-5cf1-4ab8-9b39-0a2f4b1c7d55", "value_base64": "?"},
        ("value_base64: it is not Base64",),
    ),
    Bad(
        "no_such_device",
        "node_device",
        {"name": "00ff:00:00.0", "state": "detached"},
        ("pci_00ff_00_00_0: there is none",),
    ),
    at("no_such_driver", "nonsense:///system"),
    at("refused", "qemu+tcp://127.0.0.1:1/system", "refused"),
    at("down", f"qemu+ssh://root@{NOBODY}/system"),
    Bad(
        "wrong_user",
        "network",
        {"name": "law-bad"},
        ("Cannot connect to qemu:///system", "become: true"),
        user="nobody",
    ),
)


@pytest.mark.parametrize("bad", CASES, ids=lambda bad: bad.name)
def test_refused(host: Host, bad: Bad) -> None:
    """By both libvirts, and the same in check mode."""
    prepare(host)
    said = laws.refused(host, bad.module, user=bad.user, **bad.options)
    assert not [words for words in bad.says if words not in said], said


@pytest.fixture(scope="module")
def through_ansible(hosts: dict[str, Host], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The results of all cases as tasks of a playbook, one real run over ssh."""
    host = hosts[NEWEST]
    prepare(host)
    before = host.state()
    tasks = {
        bad.name: {
            f"hypervise.kvm.{bad.module}": bad.options,
            **({"become_user": bad.user, **SU} if bad.user else {}),
        }
        for bad in CASES
    }
    results, printed = results_of(host.name, tasks, tmp_path_factory.mktemp("play"))
    assert_same(before, host.state(), "a playbook full of bad input")
    host.sweep()
    assert "Traceback" not in printed
    return results


@pytest.mark.parametrize("bad", CASES, ids=lambda bad: bad.name)
def test_refused_through_ansible(through_ansible: dict[str, Any], bad: Bad) -> None:
    result = through_ansible[bad.name]
    assert result["failed"]
    assert result.get("exception", NO_TRACEBACK) == NO_TRACEBACK
    assert not [words for words in bad.says if words not in result["msg"]], result["msg"]


def test_stopped_daemon(one_host: Host, tmp_path: Path) -> None:
    """The daemon is stopped: which service to look at, not what a socket said."""
    units = one_host.sh("systemctl list-units --plain --no-legend 'libvirtd*' 'virt*d*' | cut -d' ' -f1").split()
    one_host.sh(f"systemctl stop {' '.join(units)}")
    try:
        results, printed = results_of(one_host.name, {"stopped": {"hypervise.kvm.network_info": {}}}, tmp_path)
    finally:
        one_host.sh(f"systemctl start {' '.join(unit for unit in units if unit.endswith('.socket'))}")
    assert "Cannot connect to qemu:///system" in results["stopped"]["msg"]
    assert "systemctl status libvirtd" in results["stopped"]["msg"]
    assert "Traceback" not in printed


def prepare(host: Host) -> None:
    host.run("storage_pool", **POOL)
    host.run("network", **TAKEN)
    host.sh(f"ip route replace unreachable {NOBODY}")
