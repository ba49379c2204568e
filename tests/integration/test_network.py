# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks: power, live changes, lists, refusals and kills. The laws are in test_network_laws."""

from __future__ import annotations

import random
import shlex
from typing import Any

import pytest
from harness import laws
from harness.host import Host
from network_cases import DHCP_, IP, IP6, IP_, LEASE, LEASE2, MAC, MAC2, OPEN, RANGE, RANGE2, ROUTE, SRV

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import reconcile
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.network import NETWORK
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.parse import parse

RANGE3 = {"start": "192.0.3.100", "end": "192.0.3.120"}
BRIDGED = {"forward": {"mode": "bridge"}, "bridge": {"name": "law-br"}}
LEASE_ = f"{DHCP_}.hosts[{MAC}]"


def nat(**more: Any) -> dict[str, Any]:
    """A network with an address, behind NAT."""
    return {"forward": {"mode": "nat", **more}, "ips": [IP]}


def dns(**more: Any) -> dict[str, Any]:
    """A network with a DNS server."""
    return {"ips": [IP], "dns": more}


def group(**more: Any) -> dict[str, Any]:
    """A network with a port group."""
    return {"ips": [IP], "portgroups": [{"name": "red", **more}]}


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
    **OPEN,
    "name": "law-net",
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


def test_wider_routes_take_no_subnet(host: Host) -> None:
    """Nor does a route that came after the network."""
    host.sh("ip route add 192.0.0.0/16 dev host0; ip route add 192.0.2.128/25 dev host0")
    try:
        assert "overlaps 192.0.2.128/25 of the host's" in laws.refused(host, "network", name="law-net", ips=[IP])
        host.sh("ip route del 192.0.2.128/25")
        assert laws.twin(host, "network", name="law-net", ips=[IP], state="active").changed
        host.run("network", name="law-net", state="inactive")
        host.sh("ip route add 192.0.2.128/25 dev host0")
        assert laws.twin(host, "network", name="law-net", ips=[IP], domain={"name": "example.com"}).changed
    finally:
        host.sh("ip route del 192.0.0.0/16; ip route del 192.0.2.128/25")


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
