# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network filters: the laws for every option, what is refused, and what running guests have of a change."""

from __future__ import annotations

from typing import Any

import pytest
from harness import tiny
from harness.host import PREFIX, Host
from harness.laws import NAME, Case, Suite, assert_complete, assert_unchanged, obey, parameters, refused, twin

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nwfilter import MATCHES, NWFILTER

#: Two values of each attribute, as libvirt would not write all of them.
VALUES: dict[str, tuple[Any, Any]] = {
    "match": (False, True),
    "comment": ("one", "two; $(ls) `ls` \"'  <&>"),
    "mac": ("52:54:0:a:b:c", "$MAC"),
    "macmask": ("ff:ff:ff:0:0:0", "ff:ff:ff:ff:ff:ff"),
    "address": ("192.0.2.1", "$IP[1]"),
    "address6": ("2001:DB8::1", "$IPV6[@2]"),
    "mask": ("255.255.255.0", "25"),
    "mask6": ("64", "ffff:ffff::"),
    "protocolid": ("arp", "0x8100"),
    "encap_protocol": ("ipv4", "0x86dd"),
    "protocol": ("tcp", "17"),
    "state": ("NEW", "RELATED,ESTABLISHED"),
    "ipset": ("law", "$SET"),
    "ipsetflags": ("src,dst", "DST"),
    "opcode": ("Request", "2"),
    "gratuitous": (True, False),
    "connlimit_above": ("7", "$LIMIT"),
    "dscp": ("1", "0x3f"),
    "vlanid": ("42", "0x2b"),
}


def two(name: str, protocol: str) -> tuple[Any, Any]:
    """Two values of an attribute of a protocol."""
    if name == "flags" and protocol != "stp":
        return "SYN,ACK/SYN", "ALL/NONE"
    six = "6" if "6" in protocol else ""
    if name == "dstipto" and six:
        return "$LAST", "$LAST[2]"
    if name.startswith("arp"):
        name = name[3:]
    for end in ("ipmask", "ipaddr", "ipfrom", "ipto"):
        if name.endswith(end):
            return VALUES[("mask" if end == "ipmask" else "address") + six]
    if name.endswith(("macmask", "address_mask")):
        return VALUES["macmask"]
    if name.endswith(("macaddr", "_address")):
        return VALUES["mac"]
    return VALUES.get(name, ("7", "0x10"))


def protocol_case(protocol: str, fields: Any) -> Case:
    """A rule with every attribute of a protocol, and one with another value of each."""
    name = protocol.replace("-", "_")
    names = ("match", *(field.name for field in fields), "comment")
    values = {each: two(each, protocol) for each in names}
    a, b = ({each: values[each][at] for each in names} for at in (0, 1))
    rule = {"action": "accept", "direction": "in"}
    return Case("rules", [{**rule, name: a}], [{**rule, name: b}], note=name)


REFERENCE = {"filter": "clean-traffic", "parameters": [{"name": "IP", "value": "192.0.2.1"}]}
REFERENCES = {
    "filter": "clean-traffic-gateway",
    "parameters": [
        {"name": "IP", "value": "192.0.2.9"},
        {"name": "GATEWAY_MAC", "value": "52:54:00:00:00:01"},
        {"name": "IP", "value": "192.0.2.8"},
    ],
}
ONE = {"action": "accept", "direction": "out", "tcp": {"dstportstart": "22"}}
OTHER = {"action": "drop", "direction": "inout", "priority": -5, "statematch": False}

SUITE = Suite(
    module="nwfilter",
    found="nwfilters",
    table=NWFILTER,
    stopped="present",
    cases=(
        Case("uuid", "6f0a3f3e-5cf1-4ab8-9b39-0a2f4b1c7d55", "6f0a3f3e-5cf1-4ab8-9b39-0a2f4b1c7d56", refused=True),
        Case("chain", "root", "ipv4-law", changes=("chain",)),
        Case("chain", "arp", "mac", {"priority": -3}, note="its-priority"),
        Case("priority", -700, 0, {"chain": "ipv4"}),
        Case("rules", [ONE, OTHER], [OTHER, ONE], note="order"),
        Case("rules", [ONE], [{"action": "reject", "direction": "in", "all": {}}], note="bare"),
        Case("rules", [ONE, {"filterref": REFERENCE}], [ONE, {"filterref": REFERENCES}, OTHER], note="references"),
        *(protocol_case(protocol, fields) for protocol, fields in MATCHES.items()),
    ),
)


def test_every_row_has_a_case() -> None:
    assert_complete(SUITE)


@pytest.mark.parametrize(("case", "running"), parameters(SUITE))
def test_laws(host: Host, case: Case, running: bool) -> None:
    obey(host, SUITE, case, running)


def test_filters_of_the_host_are_as_gathered(host: Host) -> None:
    """What libvirt brings along, in its own order of rules and references."""
    found = host.run("nwfilter_info")["nwfilters"]
    assert "clean-traffic" in [each["name"] for each in found]
    for each in found:
        assert_unchanged(host.run("nwfilter", **each["spec"]), "gathered")
    (clean,) = host.run("nwfilter_info", name=["clean-traffic"])["nwfilters"]
    assert next(rule["filterref"]["filter"] for rule in clean["spec"]["rules"]) == "no-mac-spoofing"


FILTER, OUTER, NET, GUEST = (f"{PREFIX}{name}" for name in ("ping", "outer", "net", "guest"))
DROP = [{"action": "drop", "direction": "in", "ip": {"srcipaddr": "$HOST", "protocol": "icmp"}}]


def pings(host: Host) -> bool:
    """Whether a guest answers."""
    return host.sh("ping -c 2 -i 0.2 -W 1 -q 192.0.2.2 >/dev/null && echo yes || echo no").strip() == "yes"


def test_running_guest_has_the_change_at_once(host: Host) -> None:
    """A ping reaches the guest, does not, and does again; the guest's filter refers to the one that changes."""
    tiny.install(host)
    host.run("network", name=NET, ips=[{"address": "192.0.2.1", "prefix": 24}], state="active")
    host.run("nwfilter", name=FILTER, rules=[])
    host.run("nwfilter", name=OUTER, rules=[{"filterref": {"filter": FILTER}}])
    card: dict[str, Any] = {"source": {"network": NET}, "model": "virtio", "filter": OUTER}
    card["filter_parameters"] = [{"name": "HOST", "value": "192.0.2.1"}]
    options = {"name": GUEST, "type": "qemu", "memory": "192MiB", "interfaces": [card], **tiny.boot()}
    host.run("domain", state="running", wait_for="agent", **options)
    tiny.sh(host, GUEST, "ip addr add 192.0.2.2/24 dev eth0; ip link set eth0 up")
    assert pings(host)
    changed = twin(host, "nwfilter", name=FILTER, rules=DROP)
    assert changed["applied_live"] == ["rules"]
    assert not pings(host)
    assert_unchanged(host.run("nwfilter", name=FILTER, rules=DROP), "changed")
    (found,) = host.run("nwfilter_info", name=[OUTER])["nwfilters"]
    assert [binding["domain"] for binding in found["bindings"]] == [GUEST]
    for name, user in ((FILTER, f"nwfilter {OUTER}"), (OUTER, f"domain {GUEST} (interface vnet")):
        assert f"is in use by {user}" in refused(host, "nwfilter", name=name, state="absent")
    missing = [{"action": "drop", "direction": "in", "ip": {"srcipaddr": "$NOBODY_HAS_IT"}}]
    assert "NOBODY_HAS_IT" in host.fails("nwfilter", name=FILTER, rules=missing)["msg"]
    assert not pings(host), "a change that failed is none"
    assert twin(host, "nwfilter", name=FILTER, rules=[])["applied_live"] == ["rules"]
    assert pings(host)


def test_refused(one_host: Host) -> None:
    """Before anything is touched, with the option's path."""
    rule = {"action": "drop", "direction": "in"}
    for rules, says in (
        (
            [{**rule, "tcp": {"dstportstart": "http"}}],
            "rules[0].tcp.dstportstart: 'http' is not a number like 26 or 0x1a",
        ),
        ([rule, {**rule, "ip": {"srcipaddr": "2001:db8::1"}}], "rules[1].ip.srcipaddr: '2001:db8::1' is not an IPv4"),
        ([{**rule, "ip": {"srcipmask": "255.0.255.0"}}], "its ones must come before its zeros"),
        ([{**rule, "ip": {"match": False}}], "rules[0].ip.match: there is nothing that shall not match"),
        ([{**rule, "all": {"ipset": "law"}}], "rules[0].all.ipset: ipset and ipsetflags belong together"),
        ([{**rule, "tcp": {"flags": "SYN"}}], "rules[0].tcp.flags: 'SYN' is not like SYN,ACK/SYN"),
        ([{**rule, "mac": {"srcmacaddr": "$"}}], "rules[0].mac.srcmacaddr: '$' is not a variable like $IP"),
        ([{**rule, "tcp": {}, "udp": {}}], "mutually exclusive"),
        ([{"tcp": {}}], "one of the following is required: action, filterref found in rules"),
        ([{"filterref": {"filter": NAME}}], f"would refer to itself: {NAME} > {NAME}"),
    ):
        assert says in refused(one_host, "nwfilter", name=NAME, rules=rules)
    assert "chain: 'tcp-law' is not a chain" in refused(one_host, "nwfilter", name=NAME, chain="tcp-law")
    for text, says in (
        (
            "<rule action='drop' direction='in'><tcp ipset='law' ipsetflags='src'/></rule>",
            "libvirt forgets ipset in <tcp>",
        ),
        ("<rule action='drop' direction='in'><tcp dport='5'/></rule>", "nwfilter.rng does not accept"),
    ):
        assert says in refused(one_host, "nwfilter", name=NAME, xml=text)


def test_references(one_host: Host) -> None:
    """One to what is not there warns; a loop over another filter is none; a guest that is off keeps its filter, too."""
    host = one_host
    made = twin(host, "nwfilter", name=OUTER, rules=[{"filterref": {"filter": FILTER}}])
    assert f"not there yet: {FILTER};" in str(made["warnings"])
    loop = [{"filterref": {"filter": OUTER}}]
    assert f"{FILTER} > {OUTER} > {FILTER}" in refused(host, "nwfilter", name=FILTER, rules=loop)
    card = {"source": {"network": "default"}, "filter": OUTER}
    host.run("domain", name=GUEST, type="qemu", memory="32MiB", interfaces=[card])
    assert f"is in use by domain {GUEST};" in refused(host, "nwfilter", name=OUTER, state="absent")
