# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Planning networks: pure, without a hypervisor."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, OperationFailed, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.defined import Seen
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.network.guests import Attached
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.network.resource import Guests, Network
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.network.restart import plan_set_aside, under_way
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.network.subnets import Taken

IP = {"address": "192.0.2.1", "prefix": 24}
STORED = """
<network>
  <name>a</name><uuid>6f0a3f3e-5cf1-4ab8-9b39-000000000001</uuid><mtu size='1500'/><bridge name='virbr1' stp='on'/>
  <ip address='192.0.2.1' prefix='24'><dhcp>
    <range start='192.0.2.10' end='192.0.2.20'/><host mac='52:54:00:00:00:01' name='one' ip='192.0.2.5'/>
  </dhcp></ip>
</network>
"""


def plan(seen: Seen, **params: Any) -> Plan:
    network = Network()
    seen.facts.setdefault("taken", [])
    seen.facts.setdefault("guests", Guests())
    return network.plan(network.parse({"name": "a", "state": "present", "restart": "never", **params}), seen)


def stored(active: bool = False) -> Seen:
    return Seen("a", xml.parse(STORED), xml.parse(STORED) if active else None)


def steps(made: Plan) -> list[str]:
    return [step.name for step in made.steps]


def paths(made: Plan) -> dict[str, str]:
    return {change.path: change.when for change in made.changes}


def test_new() -> None:
    made = plan(Seen("a"), ips=[IP], state="active", autostart=True)
    assert steps(made) == ["define", "start", "set autostart"]
    assert made.diff()["before"] == {"state": "absent", "autostart": False}
    assert made.diff()["after"] == {"state": "active", "name": "a", "ips": [IP], "autostart": True}


def test_as_it_is() -> None:
    for active in (False, True):
        made = plan(stored(active), mtu=1500, bridge={"stp": True}, ips=[IP])
        assert not made.changed
        assert steps(made) == []


def test_what_waits_for_a_restart() -> None:
    made = plan(stored(active=True), mtu=1400)
    assert paths(made) == {"mtu": "restart"}
    assert steps(made) == ["define"]
    assert made.pending_restart == ["mtu"]
    assert plan(stored(active=True), mtu=1400, state="inactive").pending_restart == []


def test_what_was_stored_earlier_still_waits() -> None:
    seen = stored(active=True)
    xml.put(seen.stored, "mtu/@size", "1400")
    for stated in ({}, {"mtu": 1400}, {"bridge": {"stp": True}}):
        made = plan(seen, **stated)
        assert not made.changed
        assert made.pending_restart == ["mtu"]


def test_live_what_goes_goes_first() -> None:
    hosts = [
        {"mac": "52:54:00:00:00:01", "name": "one", "ip": "192.0.2.6"},
        {"mac": "52:54:00:00:00:02", "name": "two", "ip": "192.0.2.5"},
    ]
    made = plan(stored(active=True), ips=[{**IP, "dhcp": {"hosts": hosts}}])
    where = "ips[192.0.2.1].dhcp.hosts"
    assert paths(made) == {f"{where}[52:54:00:00:00:01].ip": "live", f"{where}[52:54:00:00:00:02]": "live"}
    assert steps(made) == [
        "define",
        f"update {where}[52:54:00:00:00:01]",
        f"update {where}[52:54:00:00:00:01]",
        f"update {where}[52:54:00:00:00:02]",
    ]


def test_live_what_a_killed_run_left_to_be_done() -> None:
    seen = stored(active=True)
    xml.put(seen.stored, "ip/dhcp/host/@ip", "192.0.2.6")
    made = plan(seen, ips=[{**IP, "dhcp": {"hosts": [{"mac": "52:54:00:00:00:01", "ip": "192.0.2.6"}]}}])
    assert "define" not in steps(made)
    assert paths(made) == {"ips[192.0.2.1].dhcp.hosts[52:54:00:00:00:01].ip": "live"}


def test_removal() -> None:
    assert steps(plan(Seen("a"), state="absent")) == []
    assert steps(plan(stored(), state="absent")) == ["undefine"]
    assert steps(plan(stored(active=True), state="absent")) == ["stop", "undefine"]
    assert steps(plan(Seen("a", live=xml.parse(STORED)), state="absent")) == ["stop"]


def test_uuid_is_fixed() -> None:
    with pytest.raises(Refused, match="uuid: the network exists with"):
        plan(stored(), uuid="6f0a3f3e-5cf1-4ab8-9b39-000000000002")


def test_family_follows_from_the_address() -> None:
    made = plan(Seen("a"), ips=[{"address": "2001:db8::1", "prefix": 64}])
    ((_schema, document),) = made.documents
    assert xml.get(document, "ip/@family") == "ipv6"


def test_a_device_that_xml_states_in_the_old_way() -> None:
    limits = "<bandwidth classID='3'><inbound average='1'/></bandwidth>"
    document = f"<network connections='1'><forward mode='nat' dev='x'/>{limits}</network>"
    wish = Network().parse({"name": "a", "state": "present", "xml": document})
    assert wish.spec["forward"] == {"mode": "nat", "interfaces": ["x"]}
    assert wish.rest is None


def test_pci_devices() -> None:
    made = plan(Seen("a"), forward={"mode": "hostdev", "addresses": ["0000:03:10.1", "3:1.2"], "driver": "vfio"})
    ((_schema, document),) = made.documents
    assert [dict(entry.attrib) for entry in xml.find_all(document, "forward/address")] == [
        {"type": "pci", "domain": "0x0000", "bus": bus, "slot": slot, "function": function}
        for bus, slot, function in (("0x03", "0x10", "0x1"), ("0x03", "0x01", "0x2"))
    ]
    again = plan(Seen("a", document), forward={"addresses": ["0000:03:01.2", "0000:03:10.1"]})
    assert not again.changed
    with pytest.raises(InvalidSpec, match=r"forward.addresses\[0\]: 'eth0' is not a PCI address"):
        plan(Seen("a"), forward={"addresses": ["eth0"]})


GUEST = Attached("web1", "52:54:00:00:00:09", "port")
TOLD = [{"domain": "web1", "mac": "52:54:00:00:00:09"}]
RESTART = ["set guests aside", "stop", "start", "attach guests", "remove a-restart"]


def guarded(active: bool = True, **guests: Any) -> Seen:
    seen = stored(active)
    seen.facts["guests"] = Guests(**guests)
    return seen


def test_restart_takes_guests_along() -> None:
    made = plan(guarded(attached=[GUEST]), mtu=1400, restart="if_needed")
    assert steps(made) == ["define", *RESTART]
    assert paths(made) == {"mtu": "restart", "pending_restart": "stored"}
    assert (made.facts, made.pending_restart) == ({"restarted": True, "reattached": TOLD}, [])


def test_restart_is_not_made_for_nothing() -> None:
    made = plan(guarded(attached=[GUEST]), mtu=1500, restart="if_needed")
    assert not made.changed
    assert made.facts == {"restarted": False, "reattached": []}


def test_restart_that_was_not_ended_is_ended() -> None:
    made = plan(guarded(active=False, aside=[GUEST], under_way=True))
    assert steps(made) == RESTART[2:]
    assert paths(made) == {"restart": "stored", "state": "stored"}
    made = plan(guarded(aside=[GUEST], under_way=True))
    assert steps(made) == RESTART[3:]


def test_guests_without_a_link_are_attached() -> None:
    made = plan(guarded(attached=[GUEST], cut_off=[GUEST]), restart="if_needed")
    assert steps(made) == [RESTART[0], *RESTART[3:]]
    assert paths(made) == {"attached": "stored"}
    made = plan(guarded(active=False, attached=[GUEST]), state="active")
    assert steps(made) == [RESTART[0], *RESTART[2:]]
    assert made.facts == {"restarted": False, "reattached": TOLD}


def test_guests_that_cannot_follow_are_named() -> None:
    with pytest.raises(Refused, match=r"cannot get from a bridge to a device of the host: web1 \(52:54"):
        plan(guarded(attached=[GUEST]), ips=[], forward={"mode": "private"}, restart="if_needed")


@pytest.mark.parametrize("state", ["inactive", "absent"])
def test_network_is_not_taken_from_guests(state: str) -> None:
    with pytest.raises(Refused, match=r"running guests are attached to it: web1 \(52:54"):
        plan(guarded(attached=[GUEST]), state=state, cut_off_guests=False)
    assert "stop" in steps(plan(guarded(attached=[GUEST]), state=state, cut_off_guests=True))


def test_host_devices_stay_with_their_guests() -> None:
    text = "<network><name>a</name><forward mode='private'><interface dev='x'/></forward></network>"
    seen = Seen(
        "a", xml.parse(text), xml.parse(text), facts={"guests": Guests([GUEST], ports=[xml.parse("<networkport/>")])}
    )
    seen.facts["used"] = {"x"}
    made = plan(seen, trust_guest_rx_filters=True, restart="if_needed")
    assert "take guests up" in steps(made)
    assert made.facts == {"restarted": True, "reattached": []}
    made = plan(seen, forward={"interfaces": ["y"]})
    assert paths(made) == {"forward.interfaces": "restart"}  # it is in use
    del seen.facts["used"]
    made = plan(seen, forward={"interfaces": ["y"]})
    assert steps(made) == ["define", "update forward.interfaces[x]", "update forward.interfaces[y]"]


@pytest.mark.parametrize(
    ("taken", "by_network", "by_route"),
    [
        ("192.0.2.0/24", True, True),
        ("192.0.2.128/25", True, True),
        ("192.0.0.0/16", True, False),  # the kernel prefers the network, as for all that is local
        ("128.0.0.0/1", True, False),
        ("192.0.3.0/24", False, False),
        ("2001:db8::/32", False, False),
    ],
)
def test_subnet_that_is_taken(taken: str, by_network: bool, by_route: bool) -> None:
    for is_route, refused in ((False, by_network), (True, by_route)):
        facts = {"taken": [Taken(ip_network(taken), "somebody", is_route)]}
        if refused:
            with pytest.raises(Refused, match=r"ips\[0\].address: the subnet 192.0.2.0/24 overlaps .* of somebody"):
                plan(Seen("a", facts=facts), ips=[IP])
        else:
            assert plan(Seen("a", facts=facts), ips=[IP]).changed
        known = plan(Seen("a", xml.parse(STORED), facts=facts), ips=[IP], mtu=1400)
        assert paths(known) == {"mtu": "stored"}  # which is not about the subnet that it has


def test_what_libvirt_filled_in_gives_way_to_another_mode() -> None:
    ((_schema, document),) = plan(stored(), forward={"mode": "bridge"}, ips=[]).documents
    assert dict(xml.find(document, "bridge").attrib) == {"name": "virbr1"}
    ((_schema, document),) = plan(stored(), forward={"mode": "private", "interfaces": ["x"]}, ips=[]).documents
    assert xml.find(document, "bridge") is None


def test_what_is_wrong_as_a_whole_takes_what_is_stored_into_account() -> None:
    with pytest.raises(InvalidSpec) as caught:
        plan(stored(), forward={"mode": "bridge"})
    assert [problem["option"] for problem in caught.value.details["problems"]] == ["ips"]


def test_what_libvirt_forgets_is_refused() -> None:
    with pytest.raises(InvalidSpec, match=r"ips\[192.0.2.1\].dhcp.bootp: needs ranges or hosts"):
        plan(Seen("a"), ips=[{**IP, "dhcp": {"bootp": {"file": "one.0"}}}])


def test_a_guest_that_cannot_be_put_back_keeps_its_place(tmp_path: Path) -> None:
    """libvirt's test driver moves no interface at all."""
    guests = "".join(
        f"<domain type='test'><name>on-{name}</name><memory>8192</memory><os><type>hvm</type></os><devices>"
        f"<interface type='network'><mac address='52:54:00:00:00:01'/><source network='{name}'/></interface>"
        "</devices></domain>"
        for name in ("a", "a-restart")
    )
    (tmp_path / "node.xml").write_text(f"<node><network><name>a</name></network>{guests}</node>")
    with Connection(f"test://{tmp_path}/node.xml", check_mode=False) as connection:
        connection.host.change.networkCreateXML("<network><name>a-restart</name><bridge name='r'/></network>")
        steps = Plan("network a")
        plan_set_aside(steps, "a", xml.parse(STORED))
        with pytest.raises(OperationFailed, match=r"on-a .*on-a-restart "):
            steps.apply(connection)
        assert under_way(connection, "a")
