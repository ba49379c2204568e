# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of plugins/module_utils/schema/nwfilter.py. Most of them are what rules for several protocols match."""

from __future__ import annotations

_ATTRIBUTES = {
    "match": ("Whether packets have to be like this (V(true), unless stated) or must not be.", "bool"),
    "comment": ("A remark, up to 255 bytes, which is kept with the host's firewall rules.", "str"),
    "srcmacaddr": ("The sender's MAC address.", "str"),
    "srcmacmask": ("The bits of O(CTX.srcmacaddr) that count, V(ff:ff:ff:00:00:00).", "str"),
    "dstmacaddr": ("The receiver's MAC address.", "str"),
    "dstmacmask": ("The bits of O(CTX.dstmacaddr) that count.", "str"),
    "protocolid": (
        "The kind of frame, a number from V(0x600), or V(arp), V(rarp), V(ipv4), V(ipv6) or V(vlan).",
        "str",
    ),
    "vlanid": ("The VLAN, V(0) to V(4095).", "str"),
    "encap_protocol": ("The kind of frame in the VLAN, as that of O(rules[].mac.protocolid).", "str"),
    "srcipaddr": ("The sender's IP address.", "str"),
    "srcipmask": ("The mask for O(CTX.srcipaddr), V(24) or in full.", "str"),
    "dstipaddr": ("The receiver's IP address.", "str"),
    "dstipmask": ("The mask for O(CTX.dstipaddr), V(24) or in full.", "str"),
    "srcipfrom": ("The first of a range of senders' addresses.", "str"),
    "srcipto": ("The last of a range of senders' addresses.", "str"),
    "dstipfrom": ("The first of a range of receivers' addresses.", "str"),
    "dstipto": ("The last of a range of receivers' addresses.", "str"),
    "dscp": ("The class of traffic, V(0) to V(63).", "str"),
    "srcportstart": ("The sender's port, or the first of a range.", "str"),
    "srcportend": ("The last of a range of senders' ports.", "str"),
    "dstportstart": ("The receiver's port, or the first of a range.", "str"),
    "dstportend": ("The last of a range of receivers' ports.", "str"),
    "protocol": (
        "The protocol, a number, or V(tcp), V(udp), V(udplite), V(esp), V(ah), V(icmp), V(igmp), V(sctp) or V(icmpv6).",
        "str",
    ),
    "connlimit_above": ("Packets of connections beyond this number of them.", "str"),
    "state": (
        "States of connections, with commas, V(NEW), V(ESTABLISHED), V(RELATED), V(INVALID), or V(NONE) for any.",
        "str",
    ),
    "ipset": ("The name of a set of the host (C(ipset)), in which the packet's addresses or ports have to be.", "str"),
    "ipsetflags": ("What of the packet is looked up in O(CTX.ipset), V(src) and V(dst) with commas.", "str"),
    "flags": (
        "The TCP flags to look at and those of them that are set, V(SYN,ACK/SYN). V(ALL) and V(NONE) are words, too.",
        "str",
    ),
    "type": ("The type of message, V(0) to V(255).", "str"),
    "typeend": ("The last of a range of types.", "str"),
    "code": ("The code of the message, V(0) to V(255).", "str"),
    "codeend": ("The last of a range of codes.", "str"),
    "arpsrcmacaddr": ("The sender's MAC address in the message.", "str"),
    "arpdstmacaddr": ("The MAC address asked for or told in the message.", "str"),
    "arpsrcipaddr": ("The sender's IPv4 address in the message.", "str"),
    "arpsrcipmask": ("The mask for O(CTX.arpsrcipaddr).", "str"),
    "arpdstipaddr": ("The IPv4 address asked for or told in the message.", "str"),
    "arpdstipmask": ("The mask for O(CTX.arpdstipaddr).", "str"),
    "hwtype": ("The kind of hardware, a number.", "str"),
    "protocoltype": ("The kind of protocol, a number.", "str"),
    "opcode": (
        "What the message is, a number or one of RFC 826's words, V(Request), V(Reply), V(Request_Reverse) and so on.",
        "str",
    ),
    "gratuitous": ("Whether nobody asked.", "bool"),
    "stp_type": ("The type of message, V(0) to V(255).", "str"),
    "stp_flags": ("Its flags, V(0) to V(255).", "str"),
}

_STP_NUMBERS = {
    "root_priority": "The priority of the root bridge",
    "root_cost": "The cost of the way to the root bridge",
    "sender_priority": "The priority of the sending bridge",
    "port": "The port",
    "age": "The age of the message",
    "max_age": "The age to which messages count",
    "hello_time": "The time between messages",
    "forward_delay": "The time for which a port waits",
}
for _name, _text in _STP_NUMBERS.items():
    _ATTRIBUTES[_name] = (f"{_text}, or the least.", "str")
    _ATTRIBUTES[f"{_name}_hi"] = (f"{_text} at most.", "str")
for _name, _text in (("root", "root"), ("sender", "sending")):
    _ATTRIBUTES[f"{_name}_address"] = (f"The MAC address of the {_text} bridge.", "str")
    _ATTRIBUTES[f"{_name}_address_mask"] = (f"The bits of O(CTX.{_name}_address) that count.", "str")

_LINK = "srcmacaddr srcmacmask dstmacaddr dstmacmask"
_IP = "srcipaddr srcipmask dstipaddr dstipmask"
_ARP = f"{_LINK} arpsrcmacaddr arpdstmacaddr arpsrcipaddr arpsrcipmask arpdstipaddr arpdstipmask"
_ARP = f"{_ARP} hwtype protocoltype opcode gratuitous"
_PORTS = "srcportstart srcportend dstportstart dstportend"
_ABOVE = f"srcmacaddr {_IP} srcipfrom srcipto dstipfrom dstipto dscp connlimit_above state"
_STP = " ".join(
    (
        "srcmacaddr srcmacmask stp_type stp_flags root_address root_address_mask sender_address sender_address_mask",
        *(f"{name} {name}_hi" for name in _STP_NUMBERS),
    )
)

_MATCHES = {
    "mac": ("Frames", f"{_LINK} protocolid"),
    "vlan": ("Frames of a VLAN", f"{_LINK} vlanid encap_protocol"),
    "stp": ("Messages of the spanning tree protocol", _STP),
    "arp": ("ARP messages", _ARP),
    "rarp": ("Reverse ARP messages", _ARP),
    "ip": ("IPv4 packets, one by one", f"{_LINK} {_IP} {_PORTS} protocol dscp"),
    "ipv6": ("IPv6 packets, one by one", f"{_LINK} {_IP} {_PORTS} protocol type typeend code codeend"),
    "icmp": ("ICMP over IPv4", f"{_ABOVE} type code"),
    "igmp": ("IGMP", _ABOVE),
    "icmpv6": ("ICMP over IPv6", f"{_ABOVE} type code"),
}
for _suffix, _over in (("", "IPv4"), ("_ipv6", "IPv6")):
    _MATCHES[f"tcp{_suffix}"] = (f"TCP over {_over}", f"{_ABOVE} {_PORTS}")
    _MATCHES[f"udp{_suffix}"] = (f"UDP over {_over}", f"{_ABOVE} {_PORTS}")
    _MATCHES[f"sctp{_suffix}"] = (f"SCTP over {_over}", f"{_ABOVE} {_PORTS}")
    _MATCHES[f"all{_suffix}"] = (f"All that comes over {_over}", f"{_ABOVE} ipset ipsetflags")
    _MATCHES[f"udplite{_suffix}"] = (f"UDP-Lite over {_over}", _ABOVE)
    _MATCHES[f"esp{_suffix}"] = (f"ESP over {_over}", _ABOVE)
    _MATCHES[f"ah{_suffix}"] = (f"AH over {_over}", _ABOVE)
_MATCHES["tcp"] = ("TCP over IPv4", f"{_ABOVE} {_PORTS} flags")


def _documented(name: str) -> str:
    what, attributes = _MATCHES[name]
    only_variable = " libvirt takes nothing but a variable here." if "6" in name else ""
    lines = [
        f"{name}:",
        "  description:",
        f"    - {what} (C(<{name.replace('_', '-')}>)); an empty dictionary is all of them.",
        "  type: dict",
        "  suboptions:",
    ]
    for attribute in ("match", *attributes.split(), "comment"):
        text, kind = _ATTRIBUTES[attribute]
        option = attribute[len("stp_") :] if attribute.startswith("stp_") else attribute
        lines += [
            f"    {option}:",
            "      description:",
            f"        - {text.replace('CTX', f'rules[].{name}')}{only_variable if attribute == 'dstipto' else ''}",
            f"      type: {kind}",
        ]
    return "".join(f"      {line}\n" for line in lines)


class ModuleDocFragment:
    DOCUMENTATION: str = r"""
options:
  name:
    description:
      - The filter's name, by which it is found.
    type: str
    required: true
  state:
    description:
      - V(present) makes sure that the filter is defined as stated.
      - V(absent) removes it. All options but O(name) are then ignored.
    type: str
    choices: [present, absent]
    default: present
  xml:
    description:
      - All or some of a filter as libvirt's own XML, a document C(<filter>) or some of the elements that are to be in
        one. It says the same as the options do, and where both state something, the option is what counts.
      - It is not logged.
    type: str
  uuid:
    description:
      - The filter's UUID. libvirt makes one up if none is stated. It cannot be changed.
    type: str
  chain:
    description:
      - Where the filter's rules stand (the attribute C(chain)). V(root) sees everything; V(mac), V(stp), V(vlan),
        V(arp), V(rarp), V(ipv4) and V(ipv6) see that protocol only. These names may go on, up to 12 characters in all,
        as V(ipv4-web).
      - V(root), unless stated.
    type: str
  priority:
    description:
      - The chain's place among others, V(-1000) to V(1000), those with smaller numbers first (the attribute
        C(priority)). libvirt has one for each kind of chain, which a chain of another kind gets unless this is stated.
    type: int
  rules:
    description:
      - The rules and the references to other filters, in their order (C(<rule>) and C(<filterref>)). The stated list is
        the whole list, and is compared as a whole; what an item does not state, it does not have.
      - An item is O(rules[].filterref), or a rule with O(rules[].action), O(rules[].direction), and what it is for. A
        rule for nothing in particular is for everything.
      - Everything that a rule matches but O(rules[].arp.match), O(rules[].arp.gratuitous) and comments can be a
        variable, to which the guest's interface gives values
        (O(hypervise.kvm.domain#module:interfaces[].filter_parameters)). V($IP) is each of its values in turn, V($IP[1])
        the second of them, V($A[@1]) and V($B[@1]) go through the values of both at the same time.
      - Numbers can be hexadecimal, V(0x1a). Quote MAC addresses in YAML.
    type: list
    elements: dict
    suboptions:
      filterref:
        description:
          - The rules of another filter, here (C(<filterref>)).
        type: dict
        suboptions:
          filter:
            description:
              - The other filter's name. One that is not there gives a warning.
            type: str
            required: true
          parameters:
            description:
              - Values of variables in it (C(<parameter>)). Items of one name give a variable several values.
            type: list
            elements: dict
            suboptions:
              name:
                description:
                  - The variable, without V($).
                type: str
                required: true
              value:
                description:
                  - Its value.
                type: str
                required: true
      action:
        description:
          - What becomes of a packet that is like this (the attribute C(action)). V(reject) tells the sender.
            V(continue) goes on with the next rule, V(return) with the chain that led here.
        type: str
        choices: [drop, accept, reject, continue, return]
      direction:
        description:
          - Whether it is about what the guest gets (V(in)), what it sends (V(out)), or both (the attribute
            C(direction)).
        type: str
        choices: [in, out, inout]
      priority:
        description:
          - The rule's place in its chain, V(-1000) to V(1000), smaller numbers first (the attribute C(priority)). Rules
            of the same priority are in the order of the list. V(500), unless stated.
        type: int
      statematch:
        description:
          - Whether what belongs to a connection that was let in or out is let through as well (V(true), unless stated;
            the attribute C(statematch)).
        type: bool
""" + "".join(map(_documented, _MATCHES))
