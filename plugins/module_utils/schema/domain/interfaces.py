# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Network interfaces (U(https://libvirt.org/formatdomain.html#network-interfaces))."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    ADDRESS,
    MAC,
    NUMBER,
    ON,
    PATH,
    YES,
    Choice,
    Codec,
    Int,
    Prefix,
    Size,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.shared import (
    BOOT,
    DEVICE,
    PLUG,
    ROM,
    UPDATE,
    VIRTIO,
    enumeration,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.network import virtualport, vlan
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    RESTART,
    Field,
    Group,
    List,
    Node,
    Spec,
)

PORT = Int(1, 65535)
KIB = Size(stored=1024, minimum=1024)  # bandwidth is written in KiB, per second where it is a rate


#: The types that libvirt knows filters for.
FILTERED = ("network", "bridge", "ethernet")


def reconnection(interface: Spec, before: Spec | None) -> str:
    """Say how an interface gets another source: libvirt replugs it from network or bridge to another."""
    sources = (before or {}, interface.get("source") or {})
    plain = all("network" in source or "bridge" in source for source in sources)
    same_group = sources[0].get("portgroup") == sources[1].get("portgroup")
    return UPDATE if plain and same_group else RESTART


def limiting(interface: Spec, _before: object) -> str:
    """Say how traffic gets another limit: it is the host's device that has one."""
    return UPDATE if interface.get("type", "network") in (*FILTERED, "direct") else RESTART


def linking(interface: Spec, _before: object) -> str:
    """Say how a cable is pulled: a device that is passed through has its own."""
    return RESTART if interface.get("type") == "hostdev" else UPDATE


class Stated(Choice):
    """A value that a running guest's document also shows of an interface whose network has it."""

    def read(self, element: xml.Element, path: str) -> str | None:
        return None if xml.get(element, "source/@network") else Codec.read(self, element, path)


class Device(Stated):
    """A device of the host. Where the type does not tell what for, a guest shares it by macvtap."""

    _USES = ("direct", "user", "vdpa", "vhostuser")

    def write(self, element: xml.Element, path: str, value: str) -> None:
        super().write(element, path, value)
        if value and element.get("type") not in self._USES:
            element.set("type", "direct")


FAMILY = Field("family", "@family", Choice("ipv4", "ipv6"))

IP: tuple[Node, ...] = (
    Field("address", "@address", ADDRESS, required=True),
    FAMILY,
    Field("prefix", "@prefix", Int(0, 128)),
)

#: Of the host's end of a tap device.
HOST_IPS: tuple[Node, ...] = (
    List("ips", "source/ip", (*IP, Field("peer", "@peer", ADDRESS)), keys=("address",)),
    List(
        "routes",
        "source/route",
        (
            Field("address", "@address", ADDRESS, required=True),
            FAMILY,
            Field("prefix", "@prefix", Prefix(classes=False)),
            Field("gateway", "@gateway", ADDRESS, required=True),
            Field("metric", "@metric", Int(1)),
        ),
        keys=("address",),
    ),
)


SOURCE = Group(
    "source",
    "",
    (
        Field("network", "source/@network", implies={"@type": "network"}),
        Field("portgroup", "source/@portgroup"),
        Field("bridge", "source/@bridge", Stated(), implies={"@type": "bridge"}),
        Field("dev", "source/@dev", Device()),
        Field("mode", "source/@mode", Stated("vepa", "bridge", "private", "passthrough", "server", "client")),
        Field("type", "source/@type", Choice("unix")),
        Field("path", "source/@path", PATH),
        Group(
            "reconnect", "source/reconnect", (Field("enabled", "@enabled", YES), Field("timeout", "@timeout", Int(1)))
        ),
        Field("host", "source/@address", ADDRESS),
        Field("port", "source/@port", PORT),
        Group(
            "local", "source/local", (Field("host", "@address", ADDRESS), Field("port", "@port", PORT, required=True))
        ),
        Group(
            "address",
            "source/address",
            (
                Field("type", "@type", Choice("pci"), required=True),
                *(Field(name, f"@{name}", NUMBER) for name in ("domain", "bus", "slot", "function")),
            ),
        ),
        *HOST_IPS,
    ),
    whole=("source",),
    live=reconnection,
    rules={
        "mutually_exclusive": [("network", "bridge", "dev", "path", "port", "address")],
        "required_by": {"portgroup": ["network"], "host": ["port"], "local": ["port"]},
    },
)

_OFFLOADS = ("csum", "tso4", "tso6", "ecn", "ufo")

DRIVER = Group(
    "driver",
    "driver",
    (
        Field("name", "@name", Choice("qemu", "vhost", "vfio", "kvm", "xen")),
        Field("model", "@model"),
        Field("rx_queue_size", "@rx_queue_size", Int(256, 1024)),
        Field("tx_queue_size", "@tx_queue_size", Int(256, 1024)),
        Field("rss", "@rss", ON),
        Field("rss_hash_report", "@rss_hash_report", ON),
        Field("txmode", "@txmode", Choice("iothread", "timer")),
        Field("ioeventfd", "@ioeventfd", ON),
        Field("event_idx", "@event_idx", ON),
        *VIRTIO,
        Group("host", "host", tuple(Field(name, f"@{name}", ON) for name in (*_OFFLOADS, "gso", "mrg_rxbuf"))),
        Group("guest", "guest", tuple(Field(name, f"@{name}", ON) for name in _OFFLOADS)),
    ),
)

_LIMITS = tuple(Field(name, f"@{name}", KIB, limiting) for name in ("average", "peak", "burst"))

BANDWIDTH = Group(
    "bandwidth",
    "bandwidth",
    (
        Group("inbound", "inbound", (*_LIMITS, Field("floor", "@floor", KIB, limiting))),
        Group("outbound", "outbound", _LIMITS),
    ),
)

PORT_FORWARDS = List(
    "port_forwards",
    "portForward",
    (
        Field("proto", "@proto", Choice("tcp", "udp"), required=True),
        Field("address", "@address", ADDRESS),
        Field("dev", "@dev"),
        List(
            "ranges",
            "range",
            (
                Field("start", "@start", PORT, required=True),
                Field("end", "@end", PORT),
                Field("to", "@to", PORT),
                Field("exclude", "@exclude", YES),
            ),
            keys=("start",),
        ),
    ),
    alike=("proto", "address", "dev"),
)


class Model(Codec):
    """The model of a card, which libvirt writes in lower case."""

    def parse(self, value: object) -> str:
        return str(value).lower()


class Filter(Codec):
    """The name of a filter, with which its parameters go."""

    def write(self, element: xml.Element, path: str, value: str) -> None:
        if value:
            super().write(element, path, value)
        else:
            xml.drop(element, "filterref")


INTERFACES = List(
    "interfaces",
    "devices/interface",
    (
        Field(
            "type",
            "@type",
            Choice(
                "network",
                "bridge",
                "direct",
                "user",
                "ethernet",
                "vhostuser",
                "vdpa",
                "hostdev",
                "mcast",
                "udp",
                "server",
                "client",
                "null",
            ),
            governs=("source", "managed", "virtualport", "backend", "port_forwards", "ips", "target"),
        ),
        Field("mac", "mac/@address", MAC),
        Field("mac_type", "mac/@type", Choice("generated", "static")),
        Field("mac_check", "mac/@check", YES),
        SOURCE,
        Field("managed", "@managed", YES, absent=False),
        Field("model", "model/@type", Model(), governs=("address",)),
        Field("link_state", "link/@state", Choice("up", "down"), live=linking, absent="up"),
        Field("mtu", "mtu/@size", Int(68, 65535)),
        Field("queues", "driver/@queues", Int(1)),
        DRIVER,
        Group(
            "backend",
            "backend",
            (
                Field(
                    "type",
                    "@type",
                    Choice("default", "passt"),
                    absent="default",
                    offered=enumeration("interface", "backendType"),
                ),
                Field("tap", "@tap", PATH),
                Field("vhost", "@vhost", PATH),
                Field("log_file", "@logFile", PATH),
            ),
        ),
        Group(
            "coalesce",
            "coalesce",
            (Group("rx", "rx", (Group("frames", "frames", (Field("max", "@max", Int(0)),)),)),),
        ),
        Group("target", "target", (Field("dev", "@dev"), Field("managed", "@managed", YES))),
        Group("guest", "guest", (Field("dev", "@dev"),)),
        Field("script", "script/@path", PATH),
        Field("downscript", "downscript/@path", PATH),
        List("ips", "ip", IP, keys=("address",)),  # QEMU's own network gives them to the guest
        PORT_FORWARDS,
        virtualport(),
        vlan(),
        Field("filter", "filterref/@filter", Filter(), live=UPDATE),
        List(
            "filter_parameters",
            "filterref/parameter",
            (Field("name", "@name", required=True), Field("value", "@value", required=True)),
            keys=("name+value",),
            live=UPDATE,
        ),
        BANDWIDTH,
        Group("tune", "tune", (Field("sndbuf", "sndbuf", Int(0)),)),
        Field("isolated", "port/@isolated", YES, absent=False),
        Field("trust_guest_rx_filters", "@trustGuestRxFilters", YES, absent=False),
        Group(
            "teaming",
            "teaming",
            (
                Field("type", "@type", Choice("persistent", "transient"), required=True, governs=("persistent",)),
                Field("persistent", "@persistent"),
            ),
        ),
        *BOOT,
        ROM,
        *DEVICE,
    ),
    keys=("mac", "alias"),
    repeats=("mac",),  # of a team
    alike=("type", "source"),
    live=PLUG,
)
