# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a network (U(https://libvirt.org/formatnetwork.html))."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    ADDRESS,
    INT,
    MAC,
    NAME,
    ON,
    PATH,
    PREFIX,
    TEXT,
    UUID,
    YES,
    Bool,
    Choice,
    Int,
    Size,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, Group, List, Table, Values

PORT = Int(1, 65535)
KIB = Size(stored=1024)  # bandwidth is written in KiB, per second where it is a rate

BANDWIDTH_INBOUND = (
    Field("average", "@average", KIB),
    Field("peak", "@peak", KIB),
    Field("burst", "@burst", KIB),
    Field("floor", "@floor", KIB),
)
BANDWIDTH_OUTBOUND = BANDWIDTH_INBOUND[:3]
BANDWIDTH = Group(
    "bandwidth",
    "bandwidth",
    (Group("inbound", "inbound", BANDWIDTH_INBOUND), Group("outbound", "outbound", BANDWIDTH_OUTBOUND)),
)

DHCP = Group(
    "dhcp",
    "dhcp",
    (
        List(
            "ranges",
            "range",
            (Field("start", "@start", ADDRESS, required=True), Field("end", "@end", ADDRESS, required=True)),
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
            ),
            keys=("mac", "id", "name", "ip"),
            live="ip-dhcp-host",
            rules={"required_one_of": [("mac", "id", "name")]},
        ),
        Group("bootp", "bootp", (Field("file", "@file", required=True), Field("server", "@server", ADDRESS))),
    ),
)

IPS = List(
    "ips",
    "ip",
    (
        Field("address", "@address", ADDRESS, required=True),
        Field("prefix", "@prefix", PREFIX, required=True),
        Field("family", "@family", Choice("ipv4", "ipv6"), absent="ipv4"),
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
                Field("protocol", "@protocol", required=True, live="dns-srv"),
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
            (Field("name", "@name", required=True, live="dns-txt"), Field("value", "@value", live="dns-txt")),
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
        Field("dev", "@dev"),
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
    ),
    keys=("name",),
    live="portgroup",
)

ROUTES = List(
    "routes",
    "route",
    (
        Field("address", "@address", ADDRESS, required=True),
        Field("prefix", "@prefix", PREFIX, required=True),
        Field("gateway", "@gateway", ADDRESS, required=True),
        Field("family", "@family", Choice("ipv4", "ipv6"), absent="ipv4"),
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
            (Field("name", "@name", TEXT, required=True), Field("local_only", "@localOnly", YES, absent=False)),
        ),
        DNS,
        IPS,
        ROUTES,
        PORTGROUPS,
        BANDWIDTH,
    ),
)
