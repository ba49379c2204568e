# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/interfaces.py."""

from __future__ import annotations

from domain_cases.common import MAC, MAC2, UUIDS, networks
from harness.host import PREFIX, SCRATCH
from harness.parts import AS_IS, Case, Part

CARD = f"interfaces[{MAC}]"

#: Offloads, and options of the driver that wait for a restart.
OFFLOADS = ("csum", "tso4", "tso6", "ecn", "ufo")


def mac(number: int) -> str:
    return f"52:54:00:00:0e:{number:02x}"


PARTS = (
    Part(
        "interface",
        {"interfaces": [{"mac": MAC, "source": {"network": f"{PREFIX}net1"}}]},
        (
            Case(f"{CARD}.alias", "ua-one", "ua-two"),
            Case(f"{CARD}.source.network", f"{PREFIX}net1", f"{PREFIX}net2", live=True, changes=(f"{CARD}.source",)),
            Case(f"{CARD}.source", AS_IS, {"network": f"{PREFIX}net1", "portgroup": "red"}, live=True),
            Case(f"{CARD}.link_state", "up", "down", live=True),
            Case(f"{CARD}.mtu", 1500, 1400),
            Case(f"{CARD}.queues", 2, 4),
            Case(f"{CARD}.filter", "clean-traffic", "no-arp-spoofing", live=True),
            Case(f"{CARD}.source.portgroup", "red", "blue", changes=(f"{CARD}.source",)),
            Case(f"{CARD}.isolated", False, True, running=False),
            Case(f"{CARD}.boot_order", 1, 2),
            Case(
                f"{CARD}.bandwidth.outbound",
                {"average": "1MiB", "peak": "2MiB", "burst": "1MiB"},
                {"average": "3MiB", "peak": "4MiB", "burst": "3MiB"},
                changes=tuple(f"{CARD}.bandwidth.outbound.{limit}" for limit in ("average", "peak", "burst")),
                running=False,  # the lab's kernel can limit no traffic
            ),
            Case(
                f"{CARD}.bandwidth.inbound",
                {"average": "1MiB", "peak": "2MiB", "burst": "1MiB", "floor": "1MiB"},
                {"average": "2MiB", "peak": "3MiB", "burst": "2MiB", "floor": "2MiB"},
                changes=tuple(f"{CARD}.bandwidth.inbound.{limit}" for limit in ("average", "peak", "burst", "floor")),
                running=False,
            ),
        ),
        networks,
    ),
    Part(
        "interface-driver",
        {"interfaces": [{"mac": MAC, "source": {"network": f"{PREFIX}net1"}, "filter": "clean-traffic"}]},
        (
            Case(
                f"{CARD}.filter_parameters",
                [{"name": "IP", "value": "192.0.2.7"}],
                [{"name": "IP", "value": "192.0.2.7"}, {"name": "IP", "value": "192.0.2.8"}],
                live=True,
                changes=(f"{CARD}.filter_parameters[IP-192.0.2.8]",),
            ),
            Case(f"{CARD}.driver.name", "qemu", "vhost", running=False),  # the lab has no vhost
            Case(f"{CARD}.driver.rx_queue_size", 256, 512),
            Case(f"{CARD}.driver.tx_queue_size", 256, 512, running=False),  # of vhost-user only
            *(
                Case(f"{CARD}.driver.{name}", True, False)
                for name in ("ioeventfd", "event_idx", "rss", *(f"guest.{name}" for name in OFFLOADS))
            ),
            *(Case(f"{CARD}.driver.host.{name}", True, False) for name in (*OFFLOADS, "gso", "mrg_rxbuf")),
            Case(f"{CARD}.driver.rss_hash_report", False, True, running=False),
            Case(f"{CARD}.driver.txmode", "timer", "iothread"),
            Case(f"{CARD}.target.dev", "law-one", "law-two"),
            Case(f"{CARD}.mac_type", "generated", "static", running=False),
            Case(f"{CARD}.mac_check", True, False, running=False),
            Case(f"{CARD}.guest.dev", "eth0", "eth1", running=False),
            Case(f"{CARD}.tune.sndbuf", 1600, 3200, running=False),
            Case(f"{CARD}.coalesce.rx.frames.max", 5, 7, running=False),
            Case(f"{CARD}.backend.tap", "/dev/net/tun", f"{SCRATCH}/tun", running=False),
            Case(f"{CARD}.backend.vhost", "/dev/vhost-net", f"{SCRATCH}/vhost", running=False),
        ),
        networks,
    ),
    Part(
        "interface-bridge",
        {"interfaces": [{"mac": MAC, "source": {"bridge": "virbr1"}}]},
        (
            Case(f"{CARD}.source.bridge", "virbr1", "virbr2", changes=(f"{CARD}.source",), running=False),
            Case(
                f"{CARD}.virtualport",
                {"type": "openvswitch", "interfaceid": UUIDS[0]},
                {"type": "openvswitch", "interfaceid": UUIDS[1], "profileid": "one"},
                changes=(f"{CARD}.virtualport.interfaceid", f"{CARD}.virtualport.profileid"),
                running=False,
            ),
            Case(
                f"{CARD}.vlan",
                {"tags": [{"id": 42}]},
                {"trunk": True, "tags": [{"id": 42}, {"id": 47, "native_mode": "untagged"}]},
                changes=(f"{CARD}.vlan.trunk", f"{CARD}.vlan.tags[47]"),
                running=False,
            ),
            Case(
                f"{CARD}.virtualport.type",
                AS_IS,
                "midonet",
                also={f"{CARD}.virtualport.profileid": None},
                changes=(f"{CARD}.virtualport.type",),
                running=False,
            ),
        ),
    ),
    Part(
        "interface-direct",
        {"interfaces": [{"mac": MAC, "source": {"dev": "host0", "mode": "bridge"}}]},
        (
            Case(
                f"{CARD}.source.mode",
                "bridge",
                "private",
                changes=(f"{CARD}.source",),
                running=False,  # the lab's kernel has no macvtap devices
            ),
            Case(f"{CARD}.source.dev", "host0", "law-dev", changes=(f"{CARD}.source",), running=False),
            Case(f"{CARD}.trust_guest_rx_filters", False, True, running=False),
            Case(
                f"{CARD}.virtualport",
                {"type": "802.1Qbg", "managerid": 1, "typeid": 2, "typeidversion": 3, "instanceid": UUIDS[0]},
                {"type": "802.1Qbg", "managerid": 4, "typeid": 5, "typeidversion": 6, "instanceid": UUIDS[1]},
                changes=tuple(
                    f"{CARD}.virtualport.{name}" for name in ("managerid", "typeid", "typeidversion", "instanceid")
                ),
                running=False,
            ),
        ),
    ),
    Part(
        "interface-kinds",
        {"memory_backing": {"source": "memfd", "access": "shared"}},
        (
            Case(
                "interfaces",
                [],
                [
                    {
                        "mac": mac(1),
                        "type": "ethernet",
                        "target": {"dev": "law-tap", "managed": False},
                        "script": "/etc/qemu-ifup",
                        "downscript": "/etc/qemu-ifdown",
                        "source": {
                            "ips": [{"address": "192.0.2.1", "family": "ipv4", "prefix": 24, "peer": "192.0.2.2"}],
                            "routes": [
                                {
                                    "address": "198.51.100.0",
                                    "family": "ipv4",
                                    "prefix": 24,
                                    "gateway": "192.0.2.1",
                                    "metric": 3,
                                }
                            ],
                        },
                    },
                    {
                        "mac": mac(2),
                        "type": "vhostuser",
                        "source": {
                            "type": "unix",
                            "path": f"{SCRATCH}/vhost.socket",
                            "mode": "client",
                            "reconnect": {"enabled": True, "timeout": 10},
                        },
                    },
                    {"mac": mac(3), "type": "vdpa", "source": {"dev": "/dev/vhost-vdpa-0"}},
                    {
                        "mac": mac(4),
                        "alias": "ua-stays",
                        "type": "null",
                        "teaming": {"type": "persistent"},
                    },
                    {
                        "mac": mac(5),
                        "type": "hostdev",
                        "managed": True,
                        "source": {"address": {"type": "pci", "domain": "0", "bus": "2", "slot": "0", "function": "7"}},
                        "teaming": {"type": "transient", "persistent": "ua-stays"},
                    },
                    {"mac": mac(6), "type": "mcast", "source": {"host": "230.0.0.1", "port": 5558}},
                    {"mac": mac(7), "type": "server", "source": {"host": "192.0.2.1", "port": 5558}},
                    {"mac": mac(8), "type": "client", "source": {"host": "192.0.2.1", "port": 5558}},
                    {
                        "mac": mac(9),
                        "type": "udp",
                        "source": {"host": "192.0.2.1", "port": 5558, "local": {"host": "192.0.2.2", "port": 5559}},
                    },
                    {
                        "mac": mac(10),
                        "type": "user",
                        "ips": [{"address": "172.17.2.0", "family": "ipv4", "prefix": 24}],
                    },
                ],
                changes=tuple(f"interfaces[{mac(number)}]" for number in range(1, 11)),
                running=False,
            ),
        ),
    ),
    Part(
        "interface-passt",
        {},
        (
            Case(
                "interfaces",
                [],
                [
                    {
                        "mac": MAC,
                        "type": "user",
                        "backend": {"type": "passt", "log_file": "/var/log/passt1"},
                        "source": {"dev": "host0"},
                        "port_forwards": [
                            {
                                "proto": "tcp",
                                "address": "192.0.2.1",
                                "dev": "host0",
                                "ranges": [
                                    {"start": 22, "to": 2022},
                                    {"start": 1000, "end": 1050},
                                    {"start": 1020, "exclude": True},
                                ],
                            },
                            {"proto": "udp"},
                        ],
                    }
                ],
                changes=(CARD,),
                running=False,
                refused_on=("bookworm",),
                refusal="passt",
            ),
        ),
    ),
    Part(
        "interfaces",
        {},
        (
            Case(
                "interfaces",
                [{"mac": MAC, "type": "user"}],
                [{"mac": MAC, "type": "user"}, {"mac": MAC2, "type": "user"}],
                live=True,
                changes=(f"interfaces[{MAC2}]",),
            ),
            Case(f"{CARD}.model", AS_IS, "e1000e"),
            Case(f"{CARD}.type", AS_IS, "ethernet", running=False),
            Case(
                f"{CARD}.mac",
                AS_IS,
                "52:54:00:00:0d:03",
                changes=(CARD, "interfaces[52:54:00:00:0d:03]"),
                running=False,
            ),
        ),
    ),
    Part(
        "interface-variant",
        {"interfaces": [{"mac": MAC, "type": "hostdev", "source": {"address": {"type": "pci", "bus": "2"}}}]},
        (
            Case(
                f"{CARD}.driver",
                {"name": "vfio"},
                {"name": "vfio", "model": "mlx5_vfio_pci"},
                changes=(f"{CARD}.driver.model",),
                running=False,
                refused_on=("bookworm",),
                refusal="domain.rng",
            ),
            Case(f"{CARD}.managed", False, True, running=False),
        ),
    ),
)
