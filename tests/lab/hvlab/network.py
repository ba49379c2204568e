# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's network: a bridge with a private subnet, and NAT to whatever the machine reaches."""

from __future__ import annotations

import hashlib
import ipaddress
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hvlab import settings
from hvlab.commands import run, succeeds
from hvlab.errors import LabError
from hvlab.locks import locked_directory

if TYPE_CHECKING:
    from hvlab.state import Lab

#: A corner of the private ranges that libvirt, container engines and home routers leave alone.
POOL = ipaddress.ip_network("10.213.0.0/16")
FIRST_HOST = 10

_INTERFACES = Path("/sys/class/net")


@dataclass(frozen=True)
class Network:
    """What a host is told about its network."""

    bridge: str
    subnet: ipaddress.IPv4Network

    @classmethod
    def of(cls, lab: Lab) -> Network:
        """The network of a lab that has one; the choice of its subnet is kept as long as the lab."""
        if subnet := _kept_subnet(lab.directory):
            return cls(lab.tag, subnet)
        raise LabError(f"lab {lab.name} is not up")

    @property
    def gateway(self) -> ipaddress.IPv4Address:
        return self.subnet[1]

    def address(self, index: int) -> ipaddress.IPv4Interface:
        return ipaddress.IPv4Interface((self.subnet[FIRST_HOST + index], self.subnet.prefixlen))

    @property
    def nameservers(self) -> list[str]:
        """The machine's own, as far as they can be reached from outside of it."""
        for path in (Path("/etc/resolv.conf"), Path("/run/systemd/resolve/resolv.conf")):
            if path.exists():
                words = [line.split() for line in path.read_text().splitlines()]
                servers = [w[1] for w in words if len(w) > 1 and w[0] == "nameserver"]
                if usable := [s for s in servers if not ipaddress.ip_address(s.split("%")[0]).is_loopback]:
                    return usable
        raise LabError("this machine's name servers answer on its loopback only; hosts of the lab cannot use them")

    @property
    def mtu(self) -> int:
        """That of the way out: larger packets would get lost where ICMP is filtered."""
        devices = [route["dev"] for route in json.loads(run(["ip", "-json", "route", "show", "default"]))]
        return min([1500, *(int((_INTERFACES / device / "mtu").read_text()) for device in devices)])


def ensure(lab: Lab) -> None:
    """Make what is missing of the lab's network."""
    with locked_directory(lab.runtime.parent, "waiting for another lab's network"):
        settings.ensure(lab.runtime.parent)
        if not _kept_subnet(lab.directory):
            (lab.directory / "subnet").write_text(f"{_free_subnet(lab)}\n")
        network = lab.network
        if not (_INTERFACES / network.bridge).exists():
            run(["ip", "link", "add", network.bridge, "type", "bridge"])
        run(["ip", "address", "replace", f"{network.gateway}/{network.subnet.prefixlen}", "dev", network.bridge])
        run(["ip", "link", "set", network.bridge, "up"])
        table = f"ip {_table(lab)}"
        rules = (
            f"add table {table}; flush table {table};"
            f"add chain {table} postrouting {{ type nat hook postrouting priority srcnat; }};"
            f'add rule {table} postrouting ip saddr {network.subnet} oifname != "{network.bridge}" masquerade'
        )
        run(["nft", rules])
        _pass_firewall(network.bridge)


def remove(lab: Lab) -> None:
    """Take away whatever there is of the lab's network; to be called with nothing running in the lab."""
    for path in _INTERFACES.glob(f"{lab.port_prefix}*"):
        remove_interface(path.name)
    remove_interface(lab.tag)
    for rule in _firewall_rules(lab.tag):
        succeeds("iptables", "-D", *rule)
    succeeds("nft", f"delete table ip {_table(lab)}")


def remove_interface(name: str) -> None:
    """The kernel takes away interfaces of a killed host by itself, but in its own time."""
    if (_INTERFACES / name).exists():
        succeeds("ip", "link", "delete", name)


def is_cut(port: str) -> bool:
    try:
        return not int((_INTERFACES / port / "flags").read_text(), 16) & 1  # IFF_UP
    except FileNotFoundError:
        return False


def _pass_firewall(bridge: str) -> None:
    """Container engines have iptables drop what is forwarded and not theirs."""
    if succeeds("sh", "-c", "iptables -S FORWARD | grep -q -- '-P FORWARD DROP'"):
        for rule in _firewall_rules(bridge):
            if not succeeds("iptables", "-C", *rule):
                run(["iptables", "-I", *rule])


def _firewall_rules(bridge: str) -> list[list[str]]:
    return [["FORWARD", direction, bridge, "-j", "ACCEPT"] for direction in ("-i", "-o")]


def _table(lab: Lab) -> str:
    return f"hypervise-lab-{lab.name}"


def _kept_subnet(directory: Path) -> ipaddress.IPv4Network | None:
    try:
        return ipaddress.IPv4Network((directory / "subnet").read_text().strip())
    except (FileNotFoundError, ValueError):  # not chosen; or cut short, when the lab was killed
        return None


def _free_subnet(lab: Lab) -> ipaddress.IPv4Network:
    """A subnet of the pool that no route and no other lab of this machine has; by preference always the same."""
    taken = [
        ipaddress.ip_network(route["dst"])
        for route in json.loads(run(["ip", "-json", "-4", "route", "show", "table", "all"]))
        if route["dst"] != "default"
    ]
    taken += filter(None, map(_kept_subnet, lab.directory.parent.iterdir()))
    subnets = [ipaddress.IPv4Network(subnet) for subnet in POOL.subnets(new_prefix=24)]
    first = int(hashlib.sha256(lab.name.encode()).hexdigest(), 16) % len(subnets)
    for subnet in subnets[first:] + subnets[:first]:
        if not any(subnet.overlaps(other) for other in taken):
            return subnet
    raise LabError(f"no subnet of {POOL} is free on this machine")
