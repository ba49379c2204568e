# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks: the laws for each option, and that a change reaches dnsmasq and the bridge while guests are attached."""

from __future__ import annotations

import random
import shlex
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from harness import laws
from harness.host import Host
from harness.laws import Case

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import reconcile
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.network import NETWORK
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.parse import parse

IP: dict[str, Any] = {"address": "192.0.2.1", "prefix": 24}
IP6: dict[str, Any] = {"address": "2001:db8:1::1", "prefix": 64}
RANGE = {"start": "192.0.2.100", "end": "192.0.2.120"}
RANGE2 = {"start": "192.0.2.130", "end": "192.0.2.140"}
RANGE3 = {"start": "192.0.3.100", "end": "192.0.3.120"}
MAC, MAC2 = "52:54:00:00:00:01", "52:54:00:00:00:02"
DUID, DUID2 = "0:1:0:1:18:aa:62:fe:0:16:3e:44:55:66", "0:1:0:1:18:aa:62:fe:0:16:3e:44:55:77"
LEASE = {"mac": MAC, "name": "one", "ip": "192.0.2.50"}
LEASE2 = {"mac": MAC2, "name": "two", "ip": "192.0.2.51"}
SRV = {"service": "ldap", "protocol": "tcp", "domain": "example.com", "target": "one.example.com"}
ROUTE = {"address": "198.51.100.0", "prefix": 24, "gateway": "192.0.2.2", "metric": 1}
BRIDGED = {"forward": {"mode": "bridge"}, "bridge": {"name": "law-br"}}
OVS = {**BRIDGED, "virtualport": {"type": "openvswitch"}}
VEPA = {"forward": {"mode": "vepa", "interfaces": ["host0"]}, "virtualport": {"type": "802.1Qbg"}}
UUIDS = ("6f0a3f3e-5cf1-4ab8-9b39-000000000001", "6f0a3f3e-5cf1-4ab8-9b39-000000000002")


def nat(**more: Any) -> dict[str, Any]:
    """A network with an address, behind NAT."""
    return {"forward": {"mode": "nat", **more}, "ips": [IP]}


def dhcp(**more: Any) -> dict[str, Any]:
    """A network with a DHCP server."""
    return {"ips": [{**IP, "dhcp": {"ranges": [RANGE], **more}}]}


def dns(**more: Any) -> dict[str, Any]:
    """A network with a DNS server."""
    return {"ips": [IP], "dns": more}


def group(**more: Any) -> dict[str, Any]:
    """A network with a port group."""
    return {"ips": [IP], "portgroups": [{"name": "red", **more}]}


def ovs_group(**more: Any) -> dict[str, Any]:
    """A network on Open vSwitch with a port group."""
    return {**OVS, "portgroups": [{"name": "red", "virtualport": {"type": "openvswitch"}, **more}]}


def link_cases(
    where: str, around: Callable[..., dict[str, Any]], ovs: Callable[..., dict[str, Any]], live: bool
) -> Iterator[Case]:
    """What a network and a port group have in common: bandwidth, VLAN and virtual port."""
    for direction in ("inbound", "outbound"):
        limits = {"bandwidth": {direction: {"average": "1MiB", "peak": "2MiB", "burst": "1MiB"}}}
        for limit in ("average", "peak", "burst"):
            path = f"{where}bandwidth.{direction}.{limit}"
            yield Case(
                path, "1MiB", "1536KiB", around(**limits), live, running=live
            )  # not every kernel has sfq, police
    tag = {"vlan": {"tags": [{"id": 42}]}}
    tags = {"vlan": {"trunk": True, "tags": [{"id": 42, "native_mode": "untagged"}, {"id": 43}]}}
    yield Case(f"{where}vlan.trunk", False, True, ovs(**tag), live)
    yield Case(
        f"{where}vlan.tags",
        [{"id": 42}, {"id": 43}],
        [{"id": 43}, {"id": 44}],
        ovs(**tag),
        live,
        changes=(f"{where}vlan.tags[42]", f"{where}vlan.tags[44]"),
    )
    yield Case(
        f"{where}vlan.tags[42].id",
        42,
        44,
        ovs(**tag),
        live,
        changes=(f"{where}vlan.tags[42]", f"{where}vlan.tags[44]"),
    )
    yield Case(f"{where}vlan.tags[42].native_mode", "untagged", "tagged", ovs(**tags), live)
    yield Case(f"{where}virtualport.type", "802.1Qbh", "openvswitch", around(), live)
    yield Case(f"{where}virtualport.profileid", "one", "two", ovs(), live)
    yield Case(f"{where}virtualport.interfaceid", *UUIDS, ovs(), live)
    qbg = {"virtualport": {"type": "802.1Qbg", "managerid": 1, "typeid": 2, "typeidversion": 3}}
    yield Case(f"{where}virtualport.managerid", 5, 6, around(**qbg), live)
    yield Case(f"{where}virtualport.typeid", 5, 6, around(**qbg), live)
    yield Case(f"{where}virtualport.typeidversion", 5, 6, around(**qbg), live)
    yield Case(f"{where}virtualport.instanceid", *UUIDS, around(**qbg), live)


IP_, DHCP_, RANGE_, LEASE_ = (
    "ips[192.0.2.1]",
    "ips[192.0.2.1].dhcp",
    "ips[192.0.2.1].dhcp.ranges[192.0.2.100-192.0.2.120]",
    f"ips[192.0.2.1].dhcp.hosts[{MAC}]",
)
SRV_ = "dns.srvs[ldap-tcp-example.com-one.example.com]"

CASES = (
    Case("uuid", *UUIDS, refused=True),
    Case("title", "one", "two", refused_on=("bookworm",)),
    Case("description", "one", "two", refused_on=("bookworm",)),
    Case("forward.mode", "nat", "route", {"ips": [IP]}),
    Case("forward.interfaces", ["host0"], ["lo"], nat(), note="nat"),
    Case("forward.interfaces", ["host0"], ["lo", "eth9"], {"forward": {"mode": "private"}}, note="macvtap"),
    Case("forward.pf", "eth8", "eth9", {"forward": {"mode": "hostdev"}}, running=False),
    Case("forward.managed", True, False, {"forward": {"mode": "hostdev", "pf": "eth9"}}, running=False),
    Case("forward.nat.ipv6", False, True, {"forward": {"mode": "nat"}, "ips": [IP6]}),
    Case("forward.nat.address.start", "192.0.2.200", "192.0.2.201", nat(nat={"address": {"end": "192.0.2.210"}})),
    Case("forward.nat.address.end", "192.0.2.210", "192.0.2.211", nat(nat={"address": {"start": "192.0.2.200"}})),
    Case("forward.nat.port.start", 2000, 2001, nat(nat={"port": {"end": 3000}})),
    Case("forward.nat.port.end", 3000, 3001, nat(nat={"port": {"start": 2000}})),
    Case("bridge.name", "law-br1", "law-br2", {"ips": [IP]}),
    Case("bridge.stp", True, False, {"ips": [IP]}),
    Case("bridge.delay", 0, 2, {"ips": [IP]}),
    Case("bridge.zone", "one", "two", {"ips": [IP]}, running=False, note="firewalld"),
    Case("bridge.mac_table_manager", "kernel", "libvirt", {"ips": [IP]}, running=False),  # not every kernel can
    Case("mtu", 1500, 1400, {"ips": [IP]}),
    Case("mac", "52:54:00:00:0a:01", "52:54:00:00:0a:02", {"ips": [IP]}),
    Case("isolated", False, True),
    Case("trust_guest_rx_filters", False, True),
    Case("ipv6", False, True),
    Case("domain.name", "one.example", "two.example", {"ips": [IP]}),
    Case("domain.local_only", False, True, {"ips": [IP], "domain": {"name": "one.example"}}),
    Case(
        "domain.register",
        False,
        True,
        {"ips": [IP], "domain": {"name": "one.example", "local_only": True}},
        refused_on=("bookworm",),
        running=False,
        note="systemd-resolved",
    ),
    Case("dns.enable", True, False, {"ips": [IP]}),
    Case("dns.forward_plain_names", True, False, {"ips": [IP]}),
    Case(
        "dns.forwarders",
        [{"addr": "192.0.2.9"}, {"domain": "a.example"}],
        [{"addr": "192.0.2.8"}],
        {"ips": [IP]},
        changes=("dns.forwarders[192.0.2.9]", "dns.forwarders[a.example]", "dns.forwarders[192.0.2.8]"),
    ),
    Case(
        "dns.forwarders[a.example].addr",
        "192.0.2.8",
        "192.0.2.9",
        dns(forwarders=[{"domain": "a.example"}]),
        changes=("dns.forwarders[192.0.2.8-a.example]", "dns.forwarders[192.0.2.9-a.example]"),
    ),
    Case(
        "dns.forwarders[192.0.2.8].domain",
        "a.example",
        "b.example",
        dns(forwarders=[{"addr": "192.0.2.8"}]),
        changes=("dns.forwarders[192.0.2.8-a.example]", "dns.forwarders[192.0.2.8-b.example]"),
    ),
    Case(
        "dns.hosts",
        [{"ip": "192.0.2.5", "hostnames": ["a"]}, {"ip": "192.0.2.6", "hostnames": ["b"]}],
        [{"ip": "192.0.2.7", "hostnames": ["c"]}, {"ip": "192.0.2.5", "hostnames": ["a"]}],
        {"ips": [IP]},
        live=True,
        changes=("dns.hosts[192.0.2.6]", "dns.hosts[192.0.2.7]"),
    ),
    Case(
        "dns.hosts[192.0.2.5].ip",
        "192.0.2.5",
        "192.0.2.6",
        dns(hosts=[{"ip": "192.0.2.5", "hostnames": ["a"]}]),
        live=True,
        changes=("dns.hosts[192.0.2.5]", "dns.hosts[192.0.2.6]"),
    ),
    Case("dns.hosts[192.0.2.5].hostnames", ["a", "b"], ["b", "c"], dns(hosts=[{"ip": "192.0.2.5"}]), live=True),
    Case(
        "dns.srvs",
        [SRV],
        [{**SRV, "service": "kerberos"}],
        {"ips": [IP]},
        live=True,
        changes=(SRV_, SRV_.replace("ldap", "kerberos")),
    ),
    *(
        Case(
            f"{SRV_}.{option}",
            SRV[option],
            other,
            dns(srvs=[SRV]),
            live=True,
            changes=(SRV_, SRV_.replace(SRV[option], other, 1)),
        )
        for option, other in (
            ("service", "kerberos"),
            ("protocol", "udp"),
            ("domain", "example.net"),
            ("target", "two.example.com"),
        )
    ),
    *(
        Case(f"{SRV_}.{option}", 389, 390, dns(srvs=[{**SRV, "port": 1, "priority": 1, "weight": 1}]), live=True)
        for option in ("port", "priority", "weight")
    ),
    Case(
        "dns.txts",
        [{"name": "a.example", "value": "1"}],
        [{"name": "b.example", "value": "2"}],
        {"ips": [IP]},
        live=True,
        changes=("dns.txts[a.example]", "dns.txts[b.example]"),
    ),
    Case(
        "dns.txts[a.example].name",
        "a.example",
        "b.example",
        dns(txts=[{"name": "a.example", "value": "1"}]),
        live=True,
        changes=("dns.txts[a.example]", "dns.txts[b.example]"),
    ),
    Case("dns.txts[a.example].value", "1", "2", dns(txts=[{"name": "a.example"}]), live=True),
    Case("ips", [IP], [IP6], changes=(IP_, "ips[2001:db8:1::1]")),
    Case(f"{IP_}.address", "192.0.2.1", "192.0.2.2", {"ips": [IP]}, changes=(IP_, "ips[192.0.2.2]")),
    Case(f"{IP_}.prefix", 24, 25, {"ips": [IP]}),
    Case(f"{IP_}.local_ptr", False, True, {"ips": [IP]}),
    Case(f"{IP_}.tftp.root", "/srv/law", "/srv", {"ips": [IP]}),
    Case(
        f"{DHCP_}.ranges",
        [RANGE],
        [RANGE2],
        {"ips": [IP]},
        live=True,
        changes=(RANGE_, f"{DHCP_}.ranges[192.0.2.130-192.0.2.140]"),
    ),
    Case(
        f"{RANGE_}.start",
        "192.0.2.100",
        "192.0.2.110",
        dhcp(),
        live=True,
        changes=(RANGE_, f"{DHCP_}.ranges[192.0.2.110-192.0.2.120]"),
    ),
    Case(
        f"{RANGE_}.end",
        "192.0.2.120",
        "192.0.2.110",
        dhcp(),
        live=True,
        changes=(RANGE_, f"{DHCP_}.ranges[192.0.2.100-192.0.2.110]"),
    ),
    Case(f"{DHCP_}.ranges[192.0.2.100-192.0.2.120].lease", 600, 0, dhcp(), live=True),
    Case(f"{DHCP_}.hosts", [LEASE], [LEASE2], dhcp(), live=True, changes=(LEASE_, f"{DHCP_}.hosts[{MAC2}]")),
    Case(f"{LEASE_}.mac", MAC, MAC2, dhcp(hosts=[LEASE]), live=True, changes=(LEASE_, f"{DHCP_}.hosts[{MAC2}]")),
    Case(
        "ips[2001:db8:1::1].dhcp.hosts[two].id",
        DUID,
        DUID2,
        {"ips": [{**IP6, "dhcp": {"hosts": [{"name": "two", "ip": "2001:db8:1::50"}]}}]},
        live=True,
        changes=tuple(f"ips[2001:db8:1::1].dhcp.hosts[{duid}]" for duid in (DUID, DUID2)),
    ),
    Case(f"{LEASE_}.name", "one", "two", dhcp(hosts=[LEASE]), live=True),
    Case(f"{LEASE_}.ip", "192.0.2.50", "192.0.2.51", dhcp(hosts=[LEASE]), live=True),
    Case(f"{LEASE_}.lease", 600, 1200, dhcp(hosts=[LEASE]), live=True),
    Case(f"{DHCP_}.bootp.file", "one.0", "two.0", dhcp(bootp={"server": "192.0.2.9"})),
    Case(f"{DHCP_}.bootp.server", "192.0.2.9", "192.0.2.8", dhcp(bootp={"file": "one.0"})),
    Case(
        "routes",
        [ROUTE],
        [{**ROUTE, "address": "203.0.113.0"}],
        {"forward": {"mode": "route"}, "ips": [IP]},
        changes=("routes[198.51.100.0-24]", "routes[203.0.113.0-24]"),
    ),
    *(
        Case(
            f"routes[198.51.100.0].{option}",
            ROUTE[option],
            other,
            {"ips": [IP], "routes": [ROUTE]},
            changes=("routes[198.51.100.0-24]", f"routes[{label}]"),
        )
        for option, other, label in (("address", "203.0.113.0", "203.0.113.0-24"), ("prefix", 25, "198.51.100.0-25"))
    ),
    Case("routes[198.51.100.0-24].gateway", "192.0.2.2", "192.0.2.3", {"ips": [IP], "routes": [ROUTE]}),
    Case("routes[198.51.100.0-24].metric", 1, 2, {"ips": [IP], "routes": [ROUTE]}),
    Case(
        "portgroups",
        [{"name": "red"}, {"name": "blue"}],
        [{"name": "blue"}, {"name": "green"}],
        {"ips": [IP]},
        live=True,
        changes=("portgroups[red]", "portgroups[green]"),
    ),
    Case("portgroups[red].name", "red", "green", group(), live=True, changes=("portgroups[red]", "portgroups[green]")),
    Case("portgroups[red].default", True, False, group(), live=True),
    Case("portgroups[red].trust_guest_rx_filters", True, False, group(), live=True),
    *link_cases("portgroups[red].", group, ovs_group, live=True),
    *link_cases("", lambda **more: {"ips": [IP], **more}, lambda **more: {**OVS, **more}, live=False),
)

SUITE = laws.Suite("network", "networks", NETWORK, CASES, running="active")


@pytest.mark.parametrize(("case", "running"), laws.parameters(SUITE))
def test_laws(host: Host, case: Case, running: bool) -> None:
    laws.obey(host, SUITE, case, running)


def test_every_row_has_a_case() -> None:
    laws.assert_complete(SUITE)


# -- power -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wished", ["present", "active", "inactive", "absent"])
@pytest.mark.parametrize("there", ["absent", "inactive", "active"])
def test_states(host: Host, there: str, wished: str) -> None:
    if there != "absent":
        host.run("network", name="law-net", ips=[IP], state=there)
    done = laws.twin(host, "network", name="law-net", ips=[IP], state=wished)

    expected = wished if wished != "present" else "inactive" if there == "absent" else there
    assert done.changed == (expected != there)
    if done.changed:
        assert done["diff"]["before"]["state"] == there
        assert done["diff"]["after"]["state"] == expected
    found = host.run("network_info", name=["law-net"])["networks"]
    assert [network["state"] for network in found] == ([] if expected == "absent" else [expected])
    laws.assert_unchanged(host.run("network", name="law-net", ips=[IP], state=wished), wished)


def test_autostart(host: Host) -> None:
    spec: dict[str, Any] = {"name": "law-net", "ips": [IP]}
    for wished in (True, False):
        changed = laws.twin(host, "network", **spec, autostart=wished)
        assert changed.changed
        laws.assert_unchanged(host.run("network", **spec, autostart=wished), "set")
        laws.assert_unchanged(host.run("network", **spec), "set, and the option left out")
        (found,) = host.run("network_info", name=["law-net"])["networks"]
        assert found["autostart"] == found["spec"]["autostart"] == wished


def test_network_that_is_not_persistent(host: Host) -> None:
    """One that somebody only started: told as it is, made persistent when it is stated, removed when it must not be."""
    transient = "<network><name>law-net</name><ip address='192.0.2.1' prefix='24'/></network>"
    create = f'echo "{transient}" >/tmp/law.xml && virsh -q net-create /tmp/law.xml'
    host.sh(create)
    (found,) = host.run("network_info", name=["law-net"])["networks"]
    assert (found["state"], found["persistent"]) == ("active", False)
    made = laws.twin(host, "network", **found["spec"])
    assert made.paths == ["persistent"]
    laws.assert_unchanged(host.run("network", **found["spec"]), "made persistent")
    laws.twin(host, "network", name="law-net", state="absent")

    host.sh(create)
    laws.twin(host, "network", name="law-net", state="absent")
    assert host.run("network_info", name=["law-net"])["networks"] == []


# -- live --------------------------------------------------------------------------------------------------------------

LIVE: dict[str, Any] = {
    "name": "law-net",
    "bridge": {"name": "law-br"},
    "ips": [{**IP, "dhcp": {"ranges": [RANGE], "hosts": [LEASE]}}],
    "dns": {"hosts": [{"ip": "192.0.2.50", "hostnames": ["one.example"]}]},
}

#: Asks the DNS server at 192.0.2.1 for a name and the number of a type, and prints the answer as Python's text.
ASK = """
import socket, sys
question = b"".join(bytes([len(label)]) + label.encode() for label in sys.argv[1].split(".")) + b"\\0"
asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
asking.settimeout(5)
header = bytes.fromhex("000101000001000000000000")
asking.sendto(header + question + bytes([0, int(sys.argv[2]), 0, 1]), ("192.0.2.1", 53))
print(asking.recv(512)[12 + len(question) + 4:])
"""
A, TXT, SRV_TYPE = 1, 16, 33


def ask(host: Host, name: str, kind: int) -> str:
    return host.sh(f"python3 -c '{ASK}' {name} {kind}")


def test_live_changes_reach_the_running_network(host: Host) -> None:
    """DHCP and DNS answer anew at once, and what is attached to the bridge stays on it."""
    host.run("network", **LIVE, state="active")
    host.sh("ip link add law-guest type veth peer name law-peer && ip link set law-guest master law-br")
    try:
        attached = host.state()["interface law-guest"], host.state()["interface law-br"]
        changed = laws.twin(
            host,
            "network",
            name="law-net",
            ips=[{**IP, "dhcp": {"ranges": [RANGE2], "hosts": [{**LEASE, "ip": "192.0.2.60"}, LEASE2]}}],
            dns={
                "hosts": [{"ip": "192.0.2.60", "hostnames": ["one.example"]}],
                "txts": [{"name": "said.example", "value": "something"}],
                "srvs": [{**SRV, "domain": "srv.example", "port": 389}],
            },
            portgroups=[{"name": "red", "default": True}],
        )
        assert {change["when"] for change in changed["changes"]} == {"live"}
        assert changed["pending_restart"] == []
        assert "\\xc0\\x00\\x02<" in ask(host, "one.example", A)  # 192.0.2.60
        assert "something" in ask(host, "said.example", TXT)
        assert "\\x01\\x85" in ask(host, "_ldap._tcp.srv.example", SRV_TYPE)  # 389
        leases = host.sh("cat /var/lib/libvirt/dnsmasq/law-net.hostsfile")
        assert f"{MAC},192.0.2.60,one" in leases
        assert f"{MAC2},192.0.2.51,two" in leases
        assert "dhcp-range=192.0.2.130,192.0.2.140" in host.sh("cat /var/lib/libvirt/dnsmasq/law-net.conf")
        assert attached == (host.state()["interface law-guest"], host.state()["interface law-br"])
    finally:
        host.sh("ip link del law-guest")


def test_pending_restart_stays_until_it_was_restarted(host: Host) -> None:
    """Every later run tells it, also one that does not state the option, and one that changes something live."""
    host.run("network", **LIVE, mtu=1500, state="active")
    assert host.run("network", name="law-net", mtu=1400)["pending_restart"] == ["mtu"]
    assert host.run("network", name="law-net")["pending_restart"] == ["mtu"]
    live = host.run("network", name="law-net", dns={"hosts": []})
    assert (live["applied_live"], live["pending_restart"]) == (["dns.hosts[192.0.2.50]"], ["mtu"])
    (found,) = host.run("network_info", name=["law-net"])["networks"]
    assert found["pending_restart"] == ["mtu"]
    assert host.run("network", name="law-net", state="inactive")["pending_restart"] == []
    assert host.run("network", name="law-net", state="active", mtu=1400)["pending_restart"] == []
    assert "mtu 1400" in host.sh("ip link show law-br")


# -- lists -------------------------------------------------------------------------------------------------------------


def test_order_of_items_does_not_matter(host: Host) -> None:
    def spec(step: int) -> dict[str, Any]:
        return {
            "name": "law-net",
            "ips": [{**IP, "dhcp": {"ranges": [RANGE, RANGE2][::step], "hosts": [LEASE, LEASE2][::step]}}, IP6][::step],
            "portgroups": [{"name": "red"}, {"name": "blue"}][::step],
        }

    host.run("network", **spec(1), state="active")
    laws.assert_unchanged(host.run("network", **spec(-1)), "written in another order")


def test_what_is_not_listed_stays_where_that_is_wished(host: Host) -> None:
    host.run("network", **LIVE, state="active")
    another: dict[str, Any] = {
        "name": "law-net",
        "ips": [{**IP, "dhcp": {"hosts": [LEASE2]}}],
        "keep_unlisted": ["ips.dhcp.hosts"],
    }
    assert laws.twin(host, "network", **another).paths == [f"{DHCP_}.hosts[{MAC2}]"]
    laws.assert_unchanged(host.run("network", **another), "added")
    assert laws.twin(host, "network", **{**another, "keep_unlisted": []}).paths == [LEASE_]


def test_info_finds_by_patterns(host: Host) -> None:
    for name in ("law-a1", "law-a2", "law-b1"):
        host.run("network", name=name)

    def found(*patterns: str) -> list[str]:
        names = (network["name"] for network in host.run("network_info", name=patterns)["networks"])
        return [name for name in names if name.startswith("law-")]

    assert found() == ["law-a1", "law-a2", "law-b1"]
    assert found("law-a*") == ["law-a1", "law-a2"]
    assert found("law-?1") == ["law-a1", "law-b1"]
    assert found("law-a1", "nothing") == ["law-a1"]


def test_another_mode(host: Host) -> None:
    """What libvirt filled in for a bridge of its own does not stand in the way of one of the host."""
    host.run("network", name="law-net", **nat(), bridge={"name": "law-br"})
    bridged: dict[str, Any] = {"name": "law-net", "forward": {"mode": "bridge"}, "ips": []}
    assert laws.twin(host, "network", **bridged).paths == ["forward.mode", IP_]
    laws.assert_unchanged(host.run("network", **bridged), "changed")


# -- refused -----------------------------------------------------------------------------------------------------------


def ip_with(**more: Any) -> dict[str, Any]:
    return {"ips": [{**IP, **more}]}


#: What is wrong as a whole, and the option that the refusal names.
WRONG: tuple[tuple[str, dict[str, Any]], ...] = (
    (f"{IP_}.prefix", ip_with(prefix=33)),
    (f"{DHCP_}.ranges[192.0.3.100-192.0.3.120].start", ip_with(dhcp={"ranges": [RANGE3]})),
    (
        f"{DHCP_}.ranges[192.0.2.20-192.0.2.10].end",
        ip_with(dhcp={"ranges": [{"start": "192.0.2.20", "end": "192.0.2.10"}]}),
    ),
    ("routes[198.51.100.7-24].address", {"ips": [IP], "routes": [{**ROUTE, "address": "198.51.100.7"}]}),
    ("routes[198.51.100.0-24].gateway", {"ips": [IP6], "routes": [{**ROUTE, "gateway": "2001:db8:1::2"}]}),
    ("forward.nat", {"forward": {"mode": "route", "nat": {"port": {"start": 2000, "end": 3000}}}, "ips": [IP]}),
    ("forward.mode", {"forward": {"mode": "nat"}}),
    ("forward.mode", {"forward": {"mode": "route"}}),
    ("forward.interfaces", nat(interfaces=["eth8", "eth9"])),
    ("forward.interfaces", {"forward": {"mode": "open", "interfaces": ["eth9"]}, "ips": [IP]}),
    ("ips", {**BRIDGED, "ips": [IP]}),
    ("dns", {**BRIDGED, "dns": {"txts": [{"name": "a", "value": "b"}]}}),
    ("domain", {**BRIDGED, "domain": {"name": "example.com"}}),
    ("routes", {**BRIDGED, "routes": [ROUTE]}),
    ("bridge.stp", {"forward": {"mode": "bridge"}, "bridge": {"name": "law-br", "stp": False}}),
    ("bridge.delay", {"forward": {"mode": "bridge"}, "bridge": {"name": "law-br", "delay": 2}}),
    ("mac", {**BRIDGED, "mac": "52:54:00:00:0a:01"}),
    ("bridge.name", {"forward": {"mode": "private", "interfaces": ["host0"]}, "bridge": {"name": "law-br"}}),
    ("dns.hosts[192.0.2.5].hostnames", dns(hosts=[{"ip": "192.0.2.5"}])),
    ("dns.srvs[ldap-tcp].port", dns(srvs=[{"service": "ldap", "protocol": "tcp", "domain": "example.com", "port": 1}])),
    ("bandwidth.inbound.average", {"bandwidth": {"inbound": {"peak": "1MiB"}}}),
    ("portgroups[red].bandwidth.outbound.average", group(bandwidth={"outbound": {"burst": "1MiB"}})),
    ("portgroups[blue].default", {"portgroups": [{"name": "red", "default": True}, {"name": "blue", "default": True}]}),
)


@pytest.mark.parametrize(("option", "spec"), WRONG, ids=[wrong[0] for wrong in WRONG])
def test_what_is_wrong_as_a_whole_is_refused(host: Host, option: str, spec: dict[str, Any]) -> None:
    assert f"{option}: " in laws.refused(host, "network", name="law-net", **spec)


@pytest.mark.parametrize(("option", "spec"), WRONG, ids=[wrong[0] for wrong in WRONG])
def test_libvirt_refuses_it_too(host: Host, option: str, spec: dict[str, Any]) -> None:
    """We are as strict as libvirt, and not more."""
    document = xml.build("network")
    reconcile(NETWORK.fields, document, parse(NETWORK.fields, {"name": "law-net", **spec}))
    host.sh(
        f"printf %s {shlex.quote(xml.text_of(document))} >/tmp/law.xml; ! virsh -q net-define /tmp/law.xml 2>/dev/null"
    )


def test_subnet_that_is_taken_is_refused(host: Host) -> None:
    host.run("network", name="law-other", ips=[IP])
    said = laws.refused(host, "network", name="law-net", ips=[{"address": "192.0.2.129", "prefix": 25}])
    assert "ips[0].address: the subnet 192.0.2.128/25 overlaps 192.0.2.0/24 of network law-other" in said

    address = host.sh("ip -4 -o addr show host0").split()[3]
    address, prefix = address.split("/")
    said = laws.refused(host, "network", name="law-net", ips=[{"address": address, "prefix": int(prefix)}])
    assert "of the host's route on host0" in said


def test_own_subnet_is_not_taken(host: Host) -> None:
    """Neither the running network's own bridge nor its own definition stand in its way."""
    host.run("network", name="law-net", ips=[IP], state="active")
    changed = laws.twin(host, "network", name="law-net", ips=[{**IP, "local_ptr": True}])
    assert changed["pending_restart"] == [f"{IP_}.local_ptr"]


# -- killed ------------------------------------------------------------------------------------------------------------

KILLED = (
    pytest.param(None, {**LIVE, "state": "active", "autostart": True}, id="made"),
    pytest.param(
        {**LIVE, "state": "active"},
        {
            "name": "law-net",
            "mtu": 1400,
            "ips": [{**IP, "dhcp": {"ranges": [RANGE2], "hosts": [{**LEASE, "ip": "192.0.2.60"}, LEASE2]}}],
            "dns": {"hosts": [{"ip": "192.0.2.60", "hostnames": ["one.example"]}]},
            "autostart": True,
        },
        id="changed",
    ),
    pytest.param({**LIVE, "state": "active", "autostart": True}, {"name": "law-net", "state": "absent"}, id="removed"),
)


@pytest.mark.parametrize(("there", "wished"), KILLED)
def test_killed_before_each_change(host: Host, there: dict[str, Any] | None, wished: dict[str, Any]) -> None:
    """Wherever it is killed, the next run ends in the declared state."""
    killed, number = True, 0
    while killed:
        number += 1
        host.sweep()
        if there:
            host.run("network", **there)
        killed = host.killed("network", die_at=number, **wished)
        finish(host, wished)
    assert number > 2, "there was nothing to be killed between"


@pytest.mark.parametrize(("there", "wished"), KILLED)
def test_killed_at_random(host: Host, there: dict[str, Any] | None, wished: dict[str, Any]) -> None:
    """Also in the middle of a call to libvirt."""
    for _turn in range(5):
        host.sweep()
        if there:
            host.run("network", **there)
        host.killed("network", kill_after=random.uniform(0.005, 0.3), **wished)
        finish(host, wished)


def finish(host: Host, wished: dict[str, Any]) -> None:
    host.run("network", **wished)
    laws.assert_unchanged(host.run("network", **wished), "finished")
    if wished.get("state") != "absent":
        (found,) = host.run("network_info", name=["law-net"])["networks"]
        assert found["state"] == "active"
        assert found["pending_restart"] == (["mtu"] if "mtu" in wished else [])
