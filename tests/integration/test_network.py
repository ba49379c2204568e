# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks: the laws for each option, and that a change reaches dnsmasq and the bridge while guests are attached."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from harness import laws
from harness.host import Host
from harness.laws import Case

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.network import NETWORK

IP: dict[str, Any] = {"address": "192.0.2.1", "prefix": 24}
IP6: dict[str, Any] = {"address": "2001:db8:1::1", "prefix": 64}
RANGE = {"start": "192.0.2.100", "end": "192.0.2.120"}
RANGE2 = {"start": "192.0.2.130", "end": "192.0.2.140"}
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

SUITE = laws.Suite(
    "network",
    "networks",
    NETWORK,
    CASES,
    running="active",
)


@pytest.mark.parametrize(("case", "running"), laws.parameters(SUITE))
def test_laws(host: Host, case: Case, running: bool) -> None:
    laws.obey(host, SUITE, case, running)


def test_every_row_has_a_case() -> None:
    laws.assert_complete(SUITE)
