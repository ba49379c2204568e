# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a network (U(https://libvirt.org/formatnetwork.html))."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    ADDRESS,
    INT,
    MAC,
    NAME,
    ON,
    PATH,
    UUID,
    YES,
    Bool,
    Choice,
    Codec,
    Int,
    Lease,
    Prefix,
    Size,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    RESTART,
    Field,
    Group,
    List,
    Live,
    Table,
    Values,
)

PORT = Int(1, 65535)
KIB = Size(stored=1024, minimum=1024)  # bandwidth is written in KiB, per second where it is a rate
LEASE = Lease()


class PciAddress(Codec):
    """The place of a device on the host's PCI bus, as C(lspci -D) writes it: V(0000:03:10.1)."""

    _TEXT = re.compile(r"(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,2}):([0-9a-f]{1,2})\.([0-7])", re.IGNORECASE)
    _PARTS = (("domain", 4), ("bus", 2), ("slot", 2), ("function", 1))

    def parse(self, value: t.Any) -> str:
        match = self._TEXT.fullmatch(str(value).strip())
        if not match:
            raise ValueError(f"{value!r} is not a PCI address like '0000:03:10.1'")
        return self._text(int(part or "0", 16) for part in match.groups())

    @staticmethod
    def _text(numbers: t.Iterable[int]) -> str:
        return "{:04x}:{:02x}:{:02x}.{:x}".format(*numbers)

    def read(self, element: xml.Element, path: str) -> str:
        return self._text(int(element.get(name) or "0", 0) for name, _digits in self._PARTS)

    def write(self, element: xml.Element, path: str, value: str) -> None:
        element.set("type", "pci")
        for (name, digits), number in zip(self._PARTS, re.split(r"[:.]", value)):
            element.set(name, f"0x{number:0>{digits}}")

    def clear(self, element: xml.Element, path: str) -> None:
        for name in ("type", *(name for name, _digits in self._PARTS)):
            element.attrib.pop(name, None)


def bandwidth(live: Live = RESTART) -> Group:
    """Return the limits of a link."""
    limits = tuple(Field(name, f"@{name}", KIB, live) for name in ("average", "peak", "burst"))
    return Group(
        "bandwidth",
        "bandwidth",
        (
            Group("inbound", "inbound", limits),
            Group("outbound", "outbound", limits),
        ),
    )


def vlan(live: Live = RESTART) -> Group:
    """Return the VLAN tags of a link."""
    return Group(
        "vlan",
        "vlan",
        (
            Field("trunk", "@trunk", Bool("yes", ""), live, absent=False),
            List(
                "tags",
                "tag",
                (
                    Field("id", "@id", Int(0, 4095), live, required=True),
                    Field("native_mode", "@nativeMode", Choice("tagged", "untagged"), live),
                ),
                keys=("id",),
                live=live,
            ),
        ),
    )


def virtualport(live: Live = RESTART) -> Group:
    """Return how a link is plugged into a switch that is not a plain bridge."""
    return Group(
        "virtualport",
        "virtualport",
        (
            Field(
                "type",
                "@type",
                Choice("openvswitch", "midonet", "802.1Qbg", "802.1Qbh"),
                live,
                governs=("profileid", "interfaceid", "managerid", "typeid", "typeidversion", "instanceid"),
            ),
            Field("profileid", "parameters/@profileid", live=live),
            Field("interfaceid", "parameters/@interfaceid", UUID, live),
            Field("managerid", "parameters/@managerid", Int(0, 255), live),
            Field("typeid", "parameters/@typeid", Int(0, 2**24 - 1), live),
            Field("typeidversion", "parameters/@typeidversion", Int(0, 255), live),
            Field("instanceid", "parameters/@instanceid", UUID, live),
        ),
    )


DHCP = Group(
    "dhcp",
    "dhcp",
    (
        List(
            "ranges",
            "range",
            (
                Field("start", "@start", ADDRESS, required=True),
                Field("end", "@end", ADDRESS, required=True),
                Field("lease", "lease", LEASE, live="ip-dhcp-range"),
            ),
            keys=("start+end",),
            live="ip-dhcp-range",
        ),
        List(
            "hosts",
            "host",
            (
                Field("mac", "@mac", MAC, live="ip-dhcp-host"),
                Field("id", "@id", live="ip-dhcp-host"),
                Field("name", "@name", live="ip-dhcp-host"),
                Field("ip", "@ip", ADDRESS, required=True, live="ip-dhcp-host"),
                Field("lease", "lease", LEASE, live="ip-dhcp-host"),
            ),
            keys=("mac", "id", "name", "ip"),
            live="ip-dhcp-host",
            rules={"required_one_of": [("mac", "id", "name")], "mutually_exclusive": [("mac", "id")]},
        ),
        Group("bootp", "bootp", (Field("file", "@file", required=True), Field("server", "@server", ADDRESS))),
    ),
)

IPS = List(
    "ips",
    "ip",
    (
        Field("address", "@address", ADDRESS, required=True),
        Field("prefix", "@prefix", Prefix(classes=True), required=True),
        Field("local_ptr", "@localPtr", YES, absent=False),
        Group("tftp", "tftp", (Field("root", "@root", PATH, required=True),)),
        DHCP,
    ),
    keys=("address",),
)

DNS = Group(
    "dns",
    "dns",
    (
        Field("enable", "@enable", YES, absent=True),
        Field("forward_plain_names", "@forwardPlainNames", YES, absent=True),
        List(
            "forwarders",
            "forwarder",
            (Field("addr", "@addr", ADDRESS), Field("domain", "@domain")),
            keys=("addr+domain", "domain", "addr"),
            rules={"required_one_of": [("addr", "domain")]},
        ),
        List(
            "hosts",
            "host",
            (
                Field("ip", "@ip", ADDRESS, required=True, live="dns-host"),
                Values("hostnames", "hostname", "", live="dns-host"),
            ),
            keys=("ip",),
            live="dns-host",
        ),
        List(
            "srvs",
            "srv",
            (
                Field("service", "@service", required=True, live="dns-srv"),
                Field("protocol", "@protocol", Choice("tcp", "udp"), required=True, live="dns-srv"),
                Field("domain", "@domain", live="dns-srv"),
                Field("target", "@target", live="dns-srv"),
                Field("port", "@port", PORT, live="dns-srv"),
                Field("priority", "@priority", Int(0, 65535), live="dns-srv"),
                Field("weight", "@weight", Int(0, 65535), live="dns-srv"),
            ),
            keys=("service+protocol+domain+target", "service+protocol+target", "service+protocol"),
            live="dns-srv",
        ),
        List(
            "txts",
            "txt",
            (
                Field("name", "@name", required=True, live="dns-txt"),
                Field("value", "@value", required=True, live="dns-txt"),
            ),
            keys=("name",),
            live="dns-txt",
        ),
    ),
)

FORWARD = Group(
    "forward",
    "forward",
    (
        Field("mode", "@mode", Choice("nat", "route", "open", "bridge", "private", "vepa", "passthrough", "hostdev")),
        Values("interfaces", "interface", "dev", live="forward-interface", ordered=False),
        Values("addresses", "address", "", PciAddress(), ordered=False),
        Field("driver", "driver/@name", Choice("vfio", "kvm", "xen")),
        Field("driver_model", "driver/@model"),
        Field("pf", "pf/@dev"),
        Field("managed", "@managed", YES, absent=False),
        Group(
            "nat",
            "nat",
            (
                Field("ipv6", "@ipv6", YES, absent=False),
                Group(
                    "address",
                    "address",
                    (Field("start", "@start", ADDRESS, required=True), Field("end", "@end", ADDRESS, required=True)),
                ),
                Group(
                    "port",
                    "port",
                    (Field("start", "@start", PORT, required=True), Field("end", "@end", PORT, required=True)),
                ),
            ),
        ),
    ),
)

PORTGROUPS = List(
    "portgroups",
    "portgroup",
    (
        Field("name", "@name", required=True, live="portgroup"),
        Field("default", "@default", YES, absent=False, live="portgroup"),
        Field("trust_guest_rx_filters", "@trustGuestRxFilters", YES, absent=False, live="portgroup"),
        bandwidth("portgroup"),
        vlan("portgroup"),
        virtualport("portgroup"),
    ),
    keys=("name",),
    live="portgroup",
)

ROUTES = List(
    "routes",
    "route",
    (
        Field("address", "@address", ADDRESS, required=True),
        Field("prefix", "@prefix", Prefix(classes=False), required=True),
        Field("gateway", "@gateway", ADDRESS, required=True),
        Field("metric", "@metric", Int(1)),
    ),
    keys=("address+prefix",),
)

NETWORK = Table(
    "network",
    (
        Field("name", "name", NAME, required=True, fixed=True),
        Field("uuid", "uuid", UUID, fixed=True),
        Field("title", "title"),
        Field("description", "description"),
        FORWARD,
        Group(
            "bridge",
            "bridge",
            (
                Field("name", "@name"),
                Field("stp", "@stp", ON, absent=True),
                Field("delay", "@delay", INT, absent=0),
                Field("zone", "@zone"),
                Field("mac_table_manager", "@macTableManager", Choice("kernel", "libvirt"), absent="kernel"),
            ),
        ),
        Field("mtu", "mtu/@size", Int(68, 65535)),
        Field("mac", "mac/@address", MAC),
        Field("isolated", "port/@isolated", Bool("yes", "no"), absent=False),
        Field("trust_guest_rx_filters", "@trustGuestRxFilters", YES, absent=False),
        Field("ipv6", "@ipv6", YES, absent=False),
        Group(
            "domain",
            "domain",
            (
                Field("name", "@name", required=True),
                Field("local_only", "@localOnly", YES, absent=False),
                Field("register", "@register", YES, absent=False),
            ),
        ),
        DNS,
        IPS,
        ROUTES,
        PORTGROUPS,
        bandwidth(),
        vlan(),
        virtualport(),
        Values("dnsmasq_options", "dnsmasq:options/dnsmasq:option", "value"),
    ),
)
