# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network filters: the laws for every option, what is refused, and what running guests have of a change."""

from __future__ import annotations

from typing import Any

import pytest
from harness.host import Host
from harness.laws import Case, Suite, assert_complete, obey, parameters

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
