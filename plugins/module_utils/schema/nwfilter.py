# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a network filter (U(https://libvirt.org/formatnwfilter.html))."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    NAME,
    UUID,
    YES,
    Bool,
    Choice,
    Codec,
    Int,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, Group, List, Table
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nwfilter_values import (
    CHAIN,
    ChainPriority,
    Comment,
    Flags,
    IpAddress,
    IpMask,
    IpVariable,
    MacPart,
    Number,
    Pattern,
    SetFlags,
    TcpFlags,
    Truth,
)

BYTE, WORD, LONG = Number(2**8 - 1), Number(2**16 - 1), Number(2**32 - 1)
MAC = MacPart()
PRIORITY = Int(-1000, 1000)

#: Words that libvirt knows for numbers.
ETHERTYPES = {"arp": 0x806, "rarp": 0x8035, "ipv4": 0x800, "ipv6": 0x86DD, "vlan": 0x8100}
PROTOCOLS = {
    "icmp": 1,
    "igmp": 2,
    "tcp": 6,
    "udp": 17,
    "esp": 50,
    "ah": 51,
    "icmpv6": 58,
    "sctp": 132,
    "udplite": 136,
}
OPCODES = {
    "request": 1,
    "reply": 2,
    "request_reverse": 3,
    "reply_reverse": 4,
    "drarp_request": 5,
    "drarp_reply": 6,
    "drarp_error": 7,
    "inarp_request": 8,
    "arp_nak": 10,
}
ETHERTYPE = Number(2**16 - 1, 0x600, ETHERTYPES)
PROTOCOL = Number(2**8 - 1, 0, PROTOCOLS)

Fields = tuple[Field, ...]


def _attributes(codec: Codec, *names: str) -> Fields:
    """Return rows for attributes; libvirt has dashes in some of their names."""
    return tuple(Field(name.replace("-", "_"), f"@{name}", codec) for name in names)


def _addresses(version: int) -> Fields:
    ends = ("src", "dst")
    return (
        *_attributes(IpAddress(version), *(f"{end}ipaddr" for end in ends)),
        *_attributes(IpMask(version), *(f"{end}ipmask" for end in ends)),
    )


def _connection(version: int) -> Fields:
    """Return what iptables matches of every protocol above IP."""
    return (
        *_attributes(MAC, "srcmacaddr"),
        *_addresses(version),
        *_attributes(IpAddress(version), "srcipfrom", "srcipto", "dstipfrom"),
        *_attributes(IpAddress(4) if version == 4 else IpVariable(), "dstipto"),
        *_attributes(Number(63), "dscp"),
        *_attributes(Number(2**16 - 1, base=10), "connlimit-above"),
        *_attributes(Flags(("NEW", "ESTABLISHED", "RELATED", "INVALID"), "NONE"), "state"),
    )


SOURCE = _attributes(MAC, "srcmacaddr", "srcmacmask")
LINK = (*SOURCE, *_attributes(MAC, "dstmacaddr", "dstmacmask"))
PORTS = _attributes(WORD, "srcportstart", "srcportend", "dstportstart", "dstportend")
ICMP = _attributes(BYTE, "type", "code")
IPSET = (
    *_attributes(Pattern(r"[\w.:+ -]{1,31}", "the name of a set, of up to 31 characters"), "ipset"),
    *_attributes(SetFlags(), "ipsetflags"),
)
ARP = (
    *LINK,
    *_attributes(MAC, "arpsrcmacaddr", "arpdstmacaddr"),
    *_attributes(IpAddress(4), "arpsrcipaddr", "arpdstipaddr"),
    *_attributes(IpMask(4), "arpsrcipmask", "arpdstipmask"),
    *_attributes(WORD, "hwtype", "protocoltype"),
    *_attributes(Number(2**16 - 1, 0, OPCODES), "opcode"),
    *_attributes(Truth("true", "false"), "gratuitous"),
)
STP = (
    *SOURCE,
    *_attributes(BYTE, "type", "flags"),
    *_attributes(WORD, "root-priority", "root-priority-hi"),
    *_attributes(MAC, "root-address", "root-address-mask"),
    *_attributes(LONG, "root-cost", "root-cost-hi"),
    *_attributes(WORD, "sender-priority", "sender-priority-hi"),
    *_attributes(MAC, "sender-address", "sender-address-mask"),
    *_attributes(WORD, "port", "port-hi", "age", "age-hi", "max-age", "max-age-hi"),
    *_attributes(WORD, "hello-time", "hello-time-hi", "forward-delay", "forward-delay-hi"),
)

#: What libvirt's schema has for further elements, and libvirt forgets: attributes, by element.
FORGOTTEN = {
    **dict.fromkeys(("tcp", "udp", "sctp", "icmp", "igmp", "esp", "ah", "udplite"), ("ipset",)),
    "tcp-ipv6": ("flags",),
}

#: What a rule can match, by the name of its element.
MATCHES: dict[str, Fields] = {
    "mac": (*LINK, *_attributes(ETHERTYPE, "protocolid")),
    "vlan": (*LINK, *_attributes(Number(4095), "vlanid"), *_attributes(ETHERTYPE, "encap-protocol")),
    "stp": STP,
    "arp": ARP,
    "rarp": ARP,
    "ip": (*LINK, *_addresses(4), *PORTS, *_attributes(PROTOCOL, "protocol"), *_attributes(Number(63), "dscp")),
    "ipv6": (
        *LINK,
        *_addresses(6),
        *PORTS,
        *_attributes(PROTOCOL, "protocol"),
        *_attributes(BYTE, "type", "typeend", "code", "codeend"),
    ),
    "icmp": (*_connection(4), *ICMP),
    "igmp": _connection(4),
    "icmpv6": (*_connection(6), *ICMP),
}
for _version, _suffix in ((4, ""), (6, "-ipv6")):
    MATCHES[f"tcp{_suffix}"] = MATCHES[f"udp{_suffix}"] = MATCHES[f"sctp{_suffix}"] = (*_connection(_version), *PORTS)
    MATCHES[f"all{_suffix}"] = (*_connection(_version), *IPSET)
    for _name in ("udplite", "esp", "ah"):
        MATCHES[f"{_name}{_suffix}"] = _connection(_version)
MATCHES["tcp"] = (*MATCHES["tcp"], *_attributes(TcpFlags(), "flags"))

_MATCHES = tuple(
    Group(
        name.replace("-", "_"),
        name,
        (Field("match", "@match", YES, absent=True), *fields, Field("comment", "@comment", Comment())),
        bare=True,
    )
    for name, fields in MATCHES.items()
)
_NAMES = tuple(node.name for node in _MATCHES)

FILTERREF = Group(
    "filterref",
    "",
    (
        Field("filter", "@filter", NAME, required=True),
        List(
            "parameters",
            "parameter",
            (Field("name", "@name", required=True), Field("value", "@value", required=True)),
            keys=("name",),
            repeats=("name",),
        ),
    ),
)

RULES = List(
    "rules",
    "rule",
    (
        FILTERREF,
        Field("action", "@action", Choice("drop", "accept", "reject", "continue", "return")),
        Field("direction", "@direction", Choice("in", "out", "inout")),
        Field("priority", "@priority", PRIORITY, absent=500),
        Field("statematch", "@statematch", Bool("", "false"), absent=True),
        *_MATCHES,
    ),
    sequence=True,
    also=("filterref",),
    rules={
        "required_one_of": [("action", "filterref")],
        "required_together": [("action", "direction")],
        "mutually_exclusive": [
            ("filterref", *_NAMES),
            *(("filterref", name) for name in ("action", "priority", "statematch")),
        ],
    },
)

NWFILTER = Table(
    "filter",
    (
        Field("name", "@name", NAME, required=True, fixed=True),
        Field("uuid", "uuid", UUID, fixed=True),
        Field("chain", "@chain", CHAIN, absent="root", governs=("priority",)),
        Field("priority", "@priority", ChainPriority(-1000, 1000)),
        RULES,
    ),
)
