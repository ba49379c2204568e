# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks whose switch is not libvirt's: an Open vSwitch, a device of the host. A restart interrupts no guest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from harness import laws
from harness.host import Host
from network_talker import TALKING, Talker

HOST = "192.0.2.1"
MAC = "52:54:00:00:1c:64"


@pytest.fixture
def switch(host: Host) -> Iterator[str]:
    """An Open vSwitch with an address of the host's. Its datapath is a process: the kernel may have none."""
    host.needs("openvswitch-switch")
    host.sh(
        "systemctl start openvswitch-switch &&"
        " ovs-vsctl --may-exist add-br law-ovs -- set bridge law-ovs datapath_type=netdev"
    )
    host.sh(f"ip addr add {HOST}/24 dev law-ovs && ip link set law-ovs up")
    yield "law-ovs"
    host.sh("ovs-vsctl del-br law-ovs && systemctl stop openvswitch-switch")


def ports(host: Host) -> list[str]:
    return host.sh("virsh net-port-list law-net | grep -E '[0-9a-f]{8}-' || true").split()


def test_open_vswitch(host: Host, switch: str) -> None:
    spec: dict[str, Any] = {
        "name": "law-net",
        "forward": {"mode": "bridge"},
        "bridge": {"name": switch},
        "virtualport": {"type": "openvswitch"},
        "portgroups": [{"name": "plain", "default": True}, {"name": "red", "vlan": {"tags": [{"id": 42}]}}],
    }
    laws.twin(host, "network", **spec, state="active")
    talker = Talker(host, {"mac": MAC, "source": {"network": "law-net", "portgroup": "red"}})
    tags = host.sh(f"for port in $(ovs-vsctl list-ports {switch}); do ovs-vsctl get port $port tag; done").split()
    assert sorted(tags) == ["42", "[]"]

    talker.sh("ip addr add 192.0.2.2/24 dev eth0")
    talker.reaches(HOST)
    before = ports(host)
    with talker.pinging(HOST) as pinged:
        spec["trust_guest_rx_filters"] = True
        done = laws.twin(host, "network", **spec, restart="if_needed")
    assert (done["restarted"], done["reattached"], pinged["lost"]) == (True, [], 0)
    assert len(before) == 2
    assert ports(host) == before
    laws.assert_unchanged(host.run("network", **spec, restart="if_needed"), "restarted")


#: Makes the nodes of macvtap devices for a while, as udev does, which a container does not have.
NODES = """
for turn in $(seq 300); do
  for number in /sys/class/net/*/tap*/dev; do
    node=/dev/$(basename $(dirname $number))
    [ ! -e $number ] || [ -e $node ] || mknod $node c $(tr : " " <$number)
  done
  sleep 0.02
done
"""


def test_device_of_the_host(host: Host) -> None:
    """A guest keeps its macvtap device, and the network knows of it."""
    host.sh(f"sh -c '{NODES}' >/dev/null 2>&1 &")
    host.sh("ip link add law-a type veth peer name law-b && ip link add law-c type veth peer name law-d")
    try:
        spec: dict[str, Any] = {"name": "law-net", "forward": {"mode": "bridge", "interfaces": ["law-a"]}}
        laws.twin(host, "network", **spec, state="active")
        card = {"mac": TALKING, "source": {"network": "law-net"}}
        host.run("domain", name="law-guest", type="qemu", memory="64MiB", interfaces=[card], state="paused")

        spec["forward"]["interfaces"] = ["law-c", "law-a"]
        assert laws.twin(host, "network", **spec)["applied_live"] == ["forward.interfaces"]
        spec["forward"]["interfaces"] = ["law-c"]
        waits = laws.twin(host, "network", **spec)
        assert waits["pending_restart"] == ["forward.interfaces"]  # the guest uses the other one
        spec.update(forward={"mode": "bridge", "interfaces": ["law-a"]}, trust_guest_rx_filters=True)
        done = laws.twin(host, "network", **spec, restart="if_needed")
        assert (done["restarted"], done["reattached"]) == (True, [])
        assert "connections='1'" in host.sh("virsh net-dumpxml law-net")
        assert len(ports(host)) == 1

        killed, number = True, 0
        while killed:  # wherever it is, the next run ends the restart, and the network knows of its guest
            number += 1
            spec.update(trust_guest_rx_filters=number % 2 == 0, restart="if_needed")
            killed = host.killed("network", die_at=number, **spec)
            host.run("network", **spec)
            assert "connections='1'" in host.sh("virsh net-dumpxml law-net")
            assert len(ports(host)) == 1
        assert number > 5, "there was nothing to be killed between"
    finally:
        host.sh("virsh -q destroy law-guest; ip link del law-a; ip link del law-c")
