# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A case for each option of plugins/module_utils/schema/network.py, in networks that several cases share."""

from __future__ import annotations

from typing import Any

from harness.parts import AS_IS, Case, Part

IP: dict[str, Any] = {"address": "192.0.2.1", "prefix": 24}
IP6: dict[str, Any] = {"address": "2001:db8:1::1", "prefix": 64}
RANGE = {"start": "192.0.2.100", "end": "192.0.2.120"}
RANGE2 = {"start": "192.0.2.130", "end": "192.0.2.140"}
MAC, MAC2, MAC3 = (f"52:54:00:00:00:0{number}" for number in (1, 2, 3))
DUID, DUID2 = "0:1:0:1:18:aa:62:fe:0:16:3e:44:55:66", "0:1:0:1:18:aa:62:fe:0:16:3e:44:55:77"
LEASE = {"mac": MAC, "name": "one", "ip": "192.0.2.50"}
LEASE2 = {"mac": MAC2, "name": "two", "ip": "192.0.2.51"}
SRV = {"service": "ldap", "protocol": "tcp", "domain": "example.com", "target": "one.example.com"}
ROUTE = {"address": "198.51.100.0", "prefix": 24, "gateway": "192.0.2.2", "metric": 1}
UUIDS = ("6f0a3f3e-5cf1-4ab8-9b39-000000000001", "6f0a3f3e-5cf1-4ab8-9b39-000000000002")

#: Mode V(open) leaves the firewall alone: libvirt writes its rules anew for many a change otherwise, which takes time.
OPEN: dict[str, Any] = {"forward": {"mode": "open"}, "bridge": {"name": "law-br"}}
OVS: dict[str, Any] = {
    "forward": {"mode": "bridge"},
    "bridge": {"name": "law-br"},
    "virtualport": {"type": "openvswitch"},
}
QBG = {"type": "802.1Qbg", "managerid": 1, "typeid": 2, "typeidversion": 3}
TRUNK = {"trunk": True, "tags": [{"id": 42, "native_mode": "untagged"}, {"id": 43}]}
LIMITS = {"average": "1MiB", "peak": "2MiB", "burst": "1MiB"}

IP_, DHCP_ = "ips[192.0.2.1]", "ips[192.0.2.1].dhcp"
RANGE_, RANGE2_ = f"{DHCP_}.ranges[192.0.2.100-192.0.2.120]", f"{DHCP_}.ranges[192.0.2.130-192.0.2.140]"
SRV_ = "dns.srvs[ldap-tcp-example.com-one.example.com]"


def limits(where: str, live: bool) -> tuple[Case, ...]:
    """What links may send; not every kernel has what libvirt needs for a running network's (sfq, police)."""
    return tuple(
        Case(f"{where}bandwidth.{direction}.{limit}", "1MiB", "1536KiB", live=live, running=live)
        for direction in ("inbound", "outbound")
        for limit in LIMITS
    )


def vlans(where: str, live: bool) -> tuple[Case, ...]:
    """VLANs and the port of an Open vSwitch."""
    here = f"{where}vlan"
    return (
        Case(f"{here}.tags[42].native_mode", "untagged", "tagged", live=live),
        Case(f"{here}.tags[43].id", 43, 44, live=live, changes=(f"{here}.tags[43]", f"{here}.tags[44]")),
        Case(f"{here}.tags", AS_IS, [{"id": 42}], live=live, running=live, changes=(f"{here}.tags[44]",)),
        Case(f"{here}.trunk", AS_IS, False, live=live, running=live),
        Case(f"{where}virtualport.profileid", "one", "two", live=live),
        Case(f"{where}virtualport.interfaceid", *UUIDS, live=live),
    )


def virtualports(where: str, live: bool) -> tuple[Case, ...]:
    """The port of a switch that is asked by 802.1Qbg."""
    return (
        *(Case(f"{where}virtualport.{name}", 5, 6, live=live) for name in ("managerid", "typeid", "typeidversion")),
        Case(f"{where}virtualport.instanceid", *UUIDS, live=live),
    )


PARTS = (
    Part(
        "general",
        {**OPEN, "ips": [IP]},
        (
            Case("title", "one", "two", refused_on=("bookworm",), live=False, note="said"),
            Case("description", "one", "two", refused_on=("bookworm",), note="said"),
            Case("forward.mode", "open", "route"),
            Case("bridge.name", "law-br1", "law-br2"),
            Case("bridge.stp", True, False),
            Case("bridge.delay", 0, 2),
            Case("mtu", 1500, 1400),
            Case("mac", "52:54:00:00:0a:01", "52:54:00:00:0a:02"),
            Case("isolated", False, True),
            Case("trust_guest_rx_filters", False, True),
            Case("ipv6", False, True),
            Case("domain.name", "one.example", "two.example"),
            Case("domain.local_only", False, True),
            Case("dns.enable", True, False),
            Case("dns.forward_plain_names", True, False),
            Case(f"{IP_}.prefix", 24, 25),
            Case(f"{IP_}.local_ptr", False, True),
            Case(f"{IP_}.tftp.root", "/srv/law", "/srv"),
            Case("dnsmasq_options", ["log-dhcp", "log-queries"], ["log-queries", "log-dhcp"]),
            *limits("", live=False),
        ),
    ),
    Part(
        "ips",
        {**OPEN, "ips": [{**IP, "dhcp": {"ranges": [RANGE], "bootp": {}}}], "routes": [ROUTE]},
        (
            Case(
                "routes[198.51.100.0].gateway", "192.0.2.2", "192.0.2.3", changes=("routes[198.51.100.0-24].gateway",)
            ),
            Case("routes[198.51.100.0].metric", 1, 2, changes=("routes[198.51.100.0-24].metric",)),
            Case(f"{DHCP_}.bootp.file", "one.0", "two.0"),
            Case(f"{DHCP_}.bootp.server", "192.0.2.9", "192.0.2.8"),
            Case("bridge.zone", "one", "two", running=False),  # needs firewalld
            Case("bridge.mac_table_manager", "kernel", "libvirt", running=False),  # not every kernel can
        ),
    ),
    Part(
        "keys",  # of lists of which items are not changed live: items come and go
        {**OPEN, "ips": [IP], "routes": [ROUTE, {**ROUTE, "address": "203.0.113.0"}]},
        (
            Case(
                "routes[198.51.100.0].address",
                "198.51.100.0",
                "198.51.101.0",
                changes=("routes[198.51.100.0-24]", "routes[198.51.101.0-24]"),
            ),
            Case("routes[203.0.113.0].prefix", 24, 25, changes=("routes[203.0.113.0-24]", "routes[203.0.113.0-25]")),
            Case(
                "dns.forwarders",
                [{"addr": "192.0.2.9"}, {"domain": "a.example"}],
                [{"addr": "192.0.2.8"}],
                changes=("dns.forwarders[192.0.2.9]", "dns.forwarders[a.example]", "dns.forwarders[192.0.2.8]"),
            ),
        ),
    ),
    Part(
        "forwarders",
        {**OPEN, "ips": [IP], "dns": {"forwarders": [{"domain": "a.example"}, {"addr": "192.0.2.7"}]}},
        (
            Case(
                "dns.forwarders[a.example].addr",
                "192.0.2.8",
                "192.0.2.9",
                changes=("dns.forwarders[192.0.2.8-a.example]", "dns.forwarders[192.0.2.9-a.example]"),
            ),
            Case(
                "dns.forwarders[192.0.2.7].domain",
                "b.example",
                "c.example",
                changes=("dns.forwarders[192.0.2.7-b.example]", "dns.forwarders[192.0.2.7-c.example]"),
            ),
            Case("ips", [IP], [IP6], changes=(IP_, "ips[2001:db8:1::1]")),
        ),
    ),
    Part(
        "address",
        {**OPEN, "ips": [IP], "domain": {"name": "one.example", "local_only": True}},
        (
            Case(f"{IP_}.address", "192.0.2.1", "192.0.2.2", changes=(IP_, "ips[192.0.2.2]")),
            # needs systemd-resolved to run
            Case("domain.register", False, True, refused_on=("bookworm",), running=False),
        ),
    ),
    Part(
        "nat",
        {
            "forward": {"mode": "nat", "nat": {"address": {}, "port": {}}},
            "ips": [IP],
        },
        (
            Case("forward.interfaces", ["host0"], ["lo"], live=True),
            Case("forward.nat.address.start", "192.0.2.200", "192.0.2.201"),
            Case("forward.nat.address.end", "192.0.2.210", "192.0.2.211"),
            Case("forward.nat.port.start", 2000, 2001),
            Case("forward.nat.port.end", 3000, 3001),
        ),
    ),
    Part("nat-ipv6", {"forward": {"mode": "nat"}, "ips": [IP6]}, (Case("forward.nat.ipv6", False, True),)),
    Part(
        "macvtap",
        {"forward": {"mode": "private"}},
        (Case("forward.interfaces", ["host0", "eth9"], ["lo", "eth9"], live=True),),
    ),
    Part(
        "hostdev",
        {"forward": {"mode": "hostdev"}},
        (
            Case("forward.pf", "eth8", "eth9", running=False),
            Case("forward.managed", True, False, running=False),
            Case("forward.driver", "vfio", "kvm", running=False),
            Case("forward.driver_model", "one", "two", refused_on=("bookworm",), running=False),
        ),
    ),
    Part(
        "dhcp",
        {
            **OPEN,
            "ips": [
                {**IP, "dhcp": {"ranges": [RANGE], "hosts": [LEASE]}},
                {**IP6, "dhcp": {"hosts": [{"name": "two", "ip": "2001:db8:1::50"}]}},
            ],
        },
        (
            Case(f"{RANGE_}.lease", 600, 0, live=True),
            Case(f"{DHCP_}.ranges", AS_IS, [RANGE2], live=True, changes=(RANGE_, RANGE2_)),
            Case(
                f"{RANGE2_}.start",
                AS_IS,
                "192.0.2.135",
                live=True,
                changes=(RANGE2_, f"{DHCP_}.ranges[192.0.2.135-192.0.2.140]"),
            ),
            Case(
                f"{DHCP_}.ranges[192.0.2.135-192.0.2.140].end",
                AS_IS,
                "192.0.2.139",
                live=True,
                changes=(f"{DHCP_}.ranges[192.0.2.135-192.0.2.140]", f"{DHCP_}.ranges[192.0.2.135-192.0.2.139]"),
            ),
            Case(f"{DHCP_}.hosts[{MAC}].name", AS_IS, "two", live=True),
            Case(f"{DHCP_}.hosts[{MAC}].ip", AS_IS, "192.0.2.51", live=True),
            Case(f"{DHCP_}.hosts[{MAC}].lease", 600, 1200, live=True),
            Case(
                f"{DHCP_}.hosts[{MAC}].mac",
                AS_IS,
                MAC3,
                live=True,
                changes=(f"{DHCP_}.hosts[{MAC}]", f"{DHCP_}.hosts[{MAC3}]"),
            ),
            Case(
                f"{DHCP_}.hosts",
                AS_IS,
                [LEASE2],
                live=True,
                changes=(f"{DHCP_}.hosts[{MAC3}]", f"{DHCP_}.hosts[{MAC2}]"),
            ),
            Case(
                "ips[2001:db8:1::1].dhcp.hosts[two].id",
                DUID,
                DUID2,
                live=True,
                changes=tuple(f"ips[2001:db8:1::1].dhcp.hosts[{duid}]" for duid in (DUID, DUID2)),
            ),
        ),
    ),
    Part(
        "names",
        {
            **OPEN,
            "ips": [IP],
            "dns": {
                "hosts": [{"ip": "192.0.2.5", "hostnames": ["a", "b"]}, {"ip": "192.0.2.6", "hostnames": ["c"]}],
                "srvs": [{**SRV, "port": 1, "priority": 1, "weight": 1}],
                "txts": [{"name": "a.example", "value": "1"}],
            },
        },
        (
            Case("dns.hosts[192.0.2.5].hostnames", AS_IS, ["b", "d"], live=True),
            Case(
                "dns.hosts[192.0.2.5].ip",
                AS_IS,
                "192.0.2.7",
                live=True,
                changes=("dns.hosts[192.0.2.5]", "dns.hosts[192.0.2.7]"),
            ),
            Case(
                "dns.hosts",
                AS_IS,
                [{"ip": "192.0.2.8", "hostnames": ["e"]}, {"ip": "192.0.2.6", "hostnames": ["c"]}],
                live=True,
                changes=("dns.hosts[192.0.2.7]", "dns.hosts[192.0.2.8]"),
            ),
            *(Case(f"{SRV_}.{name}", 389, 390, live=True) for name in ("port", "priority", "weight")),
            *(
                Case(f"{label}.{name}", AS_IS, value, live=True, changes=(label, label.replace(before, value, 1)))
                for label, name, before, value in (
                    (SRV_, "service", "ldap", "kerberos"),
                    (SRV_.replace("ldap", "kerberos"), "protocol", "tcp", "udp"),
                    ("dns.srvs[kerberos-udp-example.com-one.example.com]", "domain", "example.com", "example.net"),
                    ("dns.srvs[kerberos-udp-example.net-one.example.com]", "target", "one.example.com", "two.example"),
                )
            ),
            Case(
                "dns.srvs",
                AS_IS,
                [SRV],
                live=True,
                changes=("dns.srvs[kerberos-udp-example.net-two.example]", SRV_),
            ),
            Case("dns.txts[a.example].value", AS_IS, "2", live=True),
            Case(
                "dns.txts[a.example].name",
                AS_IS,
                "b.example",
                live=True,
                changes=("dns.txts[a.example]", "dns.txts[b.example]"),
            ),
            Case(
                "dns.txts",
                AS_IS,
                [{"name": "c.example", "value": "3"}],
                live=True,
                changes=("dns.txts[b.example]", "dns.txts[c.example]"),
            ),
        ),
    ),
    Part(
        "portgroups",
        {
            **OVS,
            "portgroups": [
                {
                    "name": "red",
                    "virtualport": {"type": "openvswitch"},
                    "vlan": TRUNK,
                    "bandwidth": {"inbound": {**LIMITS}, "outbound": {**LIMITS}},
                },
                {"name": "blue", "virtualport": {"type": "802.1Qbh"}},
                {"name": "green", "virtualport": QBG},
            ],
        },
        (
            Case("portgroups[red].default", True, False, live=True),
            Case("portgroups[red].trust_guest_rx_filters", True, False, live=True),
            *limits("portgroups[red].", live=True),
            *vlans("portgroups[red].", live=True),
            *virtualports("portgroups[green].", live=True),
            Case("portgroups[blue].virtualport.type", AS_IS, "openvswitch", live=True),
            Case(
                "portgroups[blue].name",
                AS_IS,
                "black",
                live=True,
                changes=("portgroups[blue]", "portgroups[black]"),
            ),
            Case(
                "portgroups",
                AS_IS,
                [{"name": "white"}],
                live=True,
                changes=tuple(f"portgroups[{name}]" for name in ("red", "black", "green", "white")),
            ),
        ),
    ),
    Part("vlans", {**OVS, "vlan": TRUNK}, vlans("", live=False)),
    Part(
        "virtualport",
        {**OPEN, "ips": [IP], "virtualport": QBG, "routes": [ROUTE]},
        (
            *virtualports("", live=False),
            Case(
                "routes",
                AS_IS,
                [{**ROUTE, "address": "203.0.113.0"}],
                changes=("routes[198.51.100.0-24]", "routes[203.0.113.0-24]"),
            ),
        ),
    ),
    Part(
        "switch",
        {**OPEN, "ips": [IP], "virtualport": {"type": "802.1Qbh"}},
        (Case("virtualport.type", AS_IS, "openvswitch"),),
    ),
)
