# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What libvirt refuses of a network although each option is right by itself.

libvirt says so only when it is asked to store the network: too late for check mode, and without the option's path.
"""

from __future__ import annotations

import ipaddress
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Spec

Problem = tuple[str, str]
Problems = t.Iterator[Problem]
Subnet = t.Union[ipaddress.IPv4Network, ipaddress.IPv6Network]

#: Modes in which libvirt makes the bridge and serves the network itself; without a mode it does, too.
_SERVED = (None, "nat", "route", "open")


def problems(spec: Spec) -> Problems:
    """Return what is wrong with a whole network, as option and sentence."""
    for ip in spec.get("ips", []):
        yield from _ip(ip, f"ips[{ip['address']}]")
    for route in spec.get("routes", []):
        yield from _route(route, f"routes[{route['address']}-{route['prefix']}]")
    yield from _forward(spec)
    yield from _dns(spec.get("dns", {}))
    yield from _bandwidth(spec, "")
    for group in spec.get("portgroups", []):
        yield from _bandwidth(group, f"portgroups[{group['name']}].")
    default = [group["name"] for group in spec.get("portgroups", []) if group.get("default")]
    if len(default) > 1:
        yield f"portgroups[{default[1]}].default", f"{default[0]!r} is the default already"


def not_of_mode(mode: str | None) -> dict[str, str]:
    """Return the options, and their paths, that libvirt fills in for some modes of C(forward) and refuses of this."""
    if mode in _SERVED:
        return {}
    own = {"bridge.delay": "bridge/@delay", "bridge.stp": "bridge/@stp", "mac": "mac/@address"}
    return own if mode == "bridge" else {**own, "bridge.name": "bridge/@name"}


def states(spec: Spec, option: str) -> bool:
    """Tell whether a spec states an option, which is in a group or in none."""
    group, _separator, name = option.rpartition(".")
    return name in (spec.get(group, {}) if group else spec)


def subnet(ip: Spec) -> Subnet:
    """Return the subnet of an item of C(ips) or C(routes) that has no problem."""
    return ipaddress.ip_network(f"{ip['address']}/{ip['prefix']}", strict=False)


def _prefix(item: Spec, where: str) -> Problems:
    longest = ipaddress.ip_address(item["address"]).max_prefixlen
    if item["prefix"] > longest:
        yield f"{where}.prefix", f"{item['prefix']} is too large for {item['address']}; at most {longest}"


def _ip(ip: Spec, where: str) -> Problems:
    dhcp = ip.get("dhcp", {})
    if "bootp" in dhcp and not dhcp.get("ranges") and not dhcp.get("hosts"):
        yield f"{where}.dhcp.bootp", "needs ranges or hosts beside it; libvirt forgets it otherwise"
    wrong = list(_prefix(ip, where))
    yield from wrong
    for given in [] if wrong else ip.get("dhcp", {}).get("ranges", []):
        label = f"{where}.dhcp.ranges[{given['start']}-{given['end']}]"
        start, end = (ipaddress.ip_address(given[name]) for name in ("start", "end"))
        for name, address in (("start", start), ("end", end)):
            if address not in subnet(ip):
                yield f"{label}.{name}", f"{address} is not in the subnet {subnet(ip)}"
        if start.version == end.version and int(start) > int(end):
            yield f"{label}.end", f"{end} is before the start {start}"


def _route(route: Spec, where: str) -> Problems:
    wrong = list(_prefix(route, where))
    yield from wrong
    if not wrong and subnet(route).network_address != ipaddress.ip_address(route["address"]):
        yield f"{where}.address", f"{route['address']} is not the address of a subnet; that would be {subnet(route)}"
    if ipaddress.ip_address(route["gateway"]).version != ipaddress.ip_address(route["address"]).version:
        yield f"{where}.gateway", f"{route['gateway']} is of another family than {route['address']}"


def _forward(spec: Spec) -> Problems:
    forward = spec.get("forward", {})
    mode = forward.get("mode", "nat" if forward else None)
    if mode != "nat" and "nat" in forward:
        yield "forward.nat", f"not possible with the mode {mode!r}; only with 'nat'"
    devices = forward.get("interfaces", [])
    if devices and mode == "open":
        yield "forward.interfaces", "not possible with the mode 'open', which leaves the firewall alone"
    if len(devices) > 1 and mode in _SERVED:
        yield "forward.interfaces", f"only one is possible with the mode {mode!r}"
    if mode in ("nat", "route") and not spec.get("ips"):
        yield "forward.mode", f"{mode!r} needs an address in ips"
    if mode in _SERVED:
        return
    for name in ("ips", "dns", "domain", "routes"):
        if spec.get(name):
            yield name, f"not possible with forward.mode {mode!r}; that network is served by others"
    for option in not_of_mode(mode):
        if states(spec, option):
            yield option, f"not possible with forward.mode {mode!r}, for which libvirt makes no bridge"


def _dns(dns: Spec) -> Problems:
    for host in dns.get("hosts", []):
        if not host.get("hostnames"):
            yield f"dns.hosts[{host['ip']}].hostnames", "at least one name is needed"
    for srv in dns.get("srvs", []):
        for name in ("port", "priority", "weight"):
            if name in srv and "target" not in srv:
                yield f"dns.srvs[{srv['service']}-{srv['protocol']}].{name}", "a target is needed"


def _bandwidth(spec: Spec, where: str) -> Problems:
    for direction, limits in spec.get("bandwidth", {}).items():
        if limits and "average" not in limits:
            yield f"{where}bandwidth.{direction}.average", "is needed, where there is another limit"
