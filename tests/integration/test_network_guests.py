# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks with running guests: restarted under them, refused to be taken from them, changed while they talk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from harness import laws
from harness.host import Host, Result
from network_talker import TALKING, Talker

IP: dict[str, Any] = {"address": "192.0.2.1", "prefix": 24}
NET: dict[str, Any] = {"name": "law-net", "bridge": {"name": "law-br"}, "ips": [IP]}
MACS = ("52:54:00:00:1c:01", "52:54:00:00:1c:02")
GUESTS = [{"domain": "law-guest", "mac": mac} for mac in MACS]


class Estate:
    """A network that runs, and a guest with two interfaces on it. The guest is paused: its interfaces are real."""

    def __init__(self, host: Host, macs: Sequence[str] = MACS, **network: Any) -> None:
        self.host = host
        self.macs = macs
        self.spec = {**NET, **network}
        host.run("network", **self.spec, state="active")
        cards = [{"mac": mac, "source": {"network": "law-net"}} for mac in macs]
        host.run("domain", name="law-guest", type="qemu", memory="64MiB", interfaces=cards, state="paused")

    def apply(self, **options: Any) -> Result:
        self.spec.update(options)
        return laws.twin(self.host, "network", **self.spec)

    @property
    def bridges(self) -> list[str]:
        """The bridge of each interface on the host, C('') for none."""
        taps = self.host.sh("virsh domiflist law-guest | awk '/:/ { print $1 }'").split()
        links = self.host.sh(f"cd /sys/class/net; for tap in {' '.join(taps)}; do readlink $tap/master || echo; done")
        return [link.rpartition("/")[2] for link in links.split("\n")[:-1]]

    def assert_whole(self, bridge: str = "law-br") -> None:
        """All is as if nothing had happened."""
        assert self.bridges == [bridge for _mac in self.macs]
        assert [network for network in self.networks if network.startswith("law-")] == ["law-net"]
        assert len(self.ports) == len(self.macs)
        laws.assert_unchanged(self.host.run("network", **{**self.spec, "restart": "if_needed"}), "restarted")
        assert self.host.run("domain", name="law-guest")["pending_restart"] == []

    @property
    def networks(self) -> list[str]:
        return self.host.sh("virsh net-list --name").split()

    @property
    def ports(self) -> list[str]:
        return self.host.sh("virsh net-port-list law-net | grep -E '[0-9a-f]{8}-' || true").split()


def test_restart_takes_the_guests_along(host: Host) -> None:
    """What cannot be live waits, until a restart is allowed; then running guests are attached as before."""
    estate = Estate(host, mtu=1500)
    waits = estate.apply(mtu=1400, restart="never")
    assert (waits["pending_restart"], waits["restarted"], waits["reattached"]) == (["mtu"], False, [])

    done = estate.apply(restart="if_needed")
    assert done["changes"] == [{"path": "pending_restart", "before": ["mtu"], "after": [], "when": "stored"}]
    assert (done["pending_restart"], done["restarted"], done["reattached"]) == ([], True, GUESTS)
    assert "mtu 1400" in host.sh("ip link show law-br")
    estate.assert_whole()

    changed = estate.apply(bridge={"name": "law-br2"}, domain={"name": "example.com"})
    assert changed["restarted"]
    estate.assert_whole("law-br2")


@pytest.mark.parametrize("state", ["inactive", "absent"])
def test_network_is_not_taken_from_running_guests(host: Host, state: str) -> None:
    estate = Estate(host)
    said = laws.refused(host, "network", name="law-net", state=state)
    assert f"running guests are attached to it: law-guest ({MACS[0]}), law-guest ({MACS[1]})" in said
    assert "cut_off_guests" in said

    assert laws.twin(host, "network", name="law-net", state=state, cut_off_guests=True).changed
    assert estate.bridges == ["", ""]
    again = laws.twin(host, "network", **NET, state="active")
    assert again["reattached"] == GUESTS
    estate.assert_whole()


def test_guests_that_somebody_cut_off_are_attached_again(host: Host) -> None:
    """virsh net-destroy and net-start leave them without a link."""
    estate = Estate(host)
    host.sh("virsh -q net-destroy law-net && virsh -q net-start law-net")
    assert estate.bridges == ["", ""]
    laws.assert_unchanged(host.run("network", **NET), "restarted by hand")
    repaired = estate.apply(restart="if_needed")
    assert (repaired.paths, repaired["restarted"], repaired["reattached"]) == (["attached"], False, GUESTS)
    estate.assert_whole()


# -- while a guest talks -----------------------------------------------------------------------------------------------

HOST = IP["address"]
RESERVED = "192.0.2.99"
DHCP = {"ranges": [{"start": "192.0.2.10", "end": "192.0.2.20"}]}
MANY = [{"mac": f"52:54:00:00:1d:{number:02x}", "ip": f"192.0.2.{100 + number}"} for number in range(49)]


def test_changes_while_a_guest_talks(host: Host) -> None:
    """No packet is lost while reservations, names and port groups come and go; a restart takes a moment."""

    def network(reserved: Sequence[Mapping[str, str]] = (), **options: Any) -> Result:
        ip = {**IP, "dhcp": {**DHCP, "hosts": list(reserved)}}
        return host.run("network", name="law-net", ips=[ip], **options)

    network(forward={"mode": "open"}, bridge={"name": "law-br", "stp": False}, mtu=1500, state="active")
    talker = Talker(host)
    talker.renew()
    named = {"hosts": [{"ip": "192.0.2.50", "hostnames": ["one.example"]}]}
    reserved = [*MANY, {"mac": TALKING, "ip": RESERVED}]
    with talker.pinging(HOST) as coming:
        done = network(reserved, dns=named, portgroups=[{"name": "red"}])
    assert (len(done["applied_live"]), done["pending_restart"]) == (52, [])
    assert talker.renew() == RESERVED
    with talker.pinging(HOST) as going:
        network(dns={"hosts": []}, portgroups=[])
    assert coming["sent"] > 10
    assert (coming["lost"], going["lost"]) == (0, 0)

    with talker.pinging(HOST) as restarted:
        done = network(mtu=1400, restart="if_needed")
        assert (done["restarted"], done["reattached"]) == (True, [{"domain": "law-guest", "mac": TALKING}])
        talker.reaches(HOST)
    print(f"{host.name}: {coming}, {going}; a restart of {done.milliseconds} ms: {restarted}")


def test_restart_killed_before_each_change(host: Host) -> None:
    """Wherever it is killed, the next run ends the restart, and guests are attached."""
    estate = Estate(host, MACS[:1], mtu=1500)
    killed, number = True, 0
    while killed:
        number += 1
        estate.spec.update(mtu=1400 + number, restart="if_needed")
        killed = host.killed("network", die_at=number, **estate.spec)
        estate.apply()
        estate.assert_whole()
        assert f"mtu {estate.spec['mtu']}" in host.sh("ip link show law-br")
    assert number > 7, "there was nothing to be killed between"
