# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains: interfaces, passwords and small devices of a guest that goes on running, seen on the host and in QEMU."""

from __future__ import annotations

import re
import shlex
from typing import Any

from harness import laws, tiny
from harness.host import PREFIX, Host, Result

NAME = f"{PREFIX}live"
NET, OTHER, SHARED, OFF = (f"{PREFIX}{name}" for name in ("net", "other", "shared", "off"))
MAC, MAC2 = "52:54:00:00:1b:01", "52:54:00:00:1b:02"

#: Logs in to a VNC server by a password, and prints what it answers: 0 where it is right.
_VNC = """
import socket, subprocess, sys
port, password = int(sys.argv[1]), sys.argv[2].encode()[:8].ljust(8, bytes(1))
key = bytes(int(f"{byte:08b}"[::-1], 2) for byte in password)
server = socket.create_connection(("127.0.0.1", port)).makefile("rwb", buffering=0)
server.write(server.read(12))
kinds = server.read(server.read(1)[0])
assert 2 in kinds, kinds
server.write(bytes([2]))
cipher = ["openssl", "enc", "-des-ecb", "-nopad", "-provider", "legacy", "-provider", "default", "-K", key.hex()]
server.write(subprocess.run(cipher, input=server.read(16), stdout=subprocess.PIPE, check=True).stdout)
print(int.from_bytes(server.read(4), "big"))
"""


class Guest:
    """A guest that is up, changed by a few options at a time."""

    def __init__(self, host: Host, state: str = "paused", **options: Any) -> None:
        self.host = host
        for number, name in enumerate((NET, OTHER)):
            address = {"address": f"192.0.2.{1 + 64 * number}", "prefix": 26}
            host.run("network", name=name, ips=[address], state="active")
        base = {"type": "qemu", "memory": "192MiB", "state": state}
        self.wish(**{**base, "interfaces": [{"mac": MAC, "source": {"network": NET}}], **options})

    def wish(self, **options: Any) -> Result:
        changed = laws.twin(self.host, "domain", name=NAME, **options)
        assert changed.changed
        again = laws.twin(self.host, "domain", name=NAME, **options)
        assert not again.changed, again["changes"]
        assert again["pending_restart"] == changed["pending_restart"], changed["changes"]
        return changed

    def live(self, **options: Any) -> Result:
        """Change something of the running guest, at once and for good."""
        changed = self.wish(**options)
        assert {change["when"] for change in changed["changes"]} == {"live"}, changed["changes"]
        assert changed["pending_restart"] == []
        return changed

    def waits(self, *paths: str, **options: Any) -> Result:
        """Change something of which some paths wait for a restart."""
        changed = self.wish(**options)
        assert {change["path"] for change in changed["changes"] if change["when"] == "restart"} == set(paths)
        assert set(changed["pending_restart"]) == set(paths)
        return changed

    def card(self, **options: Any) -> dict[str, Any]:
        return {"interfaces": [{"mac": MAC, **options}]}

    def bridge(self, mac: str) -> str:
        """The bridge on the host that an interface is plugged into."""
        tap = self.host.sh(f"virsh domiflist {NAME} | awk '$5 == \"{mac}\" {{ print $1 }}'").strip()
        return self.host.sh(f"basename $(readlink /sys/class/net/{tap}/master)").strip()

    def qemu(self, command: str) -> str:
        return self.host.sh(f"virsh qemu-monitor-command {NAME} --hmp {shlex.quote(command)}")


def test_interface_moves_between_networks(host: Host) -> None:
    """Seen on the host: the tap device is on the other bridge, and behind the filter."""
    guest = Guest(host)
    bridges = {name: host.sh(f"virsh net-info {name} | awk '/Bridge/ {{ print $2 }}'").strip() for name in (NET, OTHER)}
    assert guest.bridge(MAC) == bridges[NET]
    guest.live(**guest.card(source={"network": OTHER}))
    assert guest.bridge(MAC) == bridges[OTHER]
    guest.live(**guest.card(source={"bridge": bridges[NET]}, type="bridge"))
    assert guest.bridge(MAC) == bridges[NET]
    filtered = {"filter": "clean-traffic", "filter_parameters": [{"name": "IP", "value": "192.0.2.7"}]}
    guest.live(**guest.card(**filtered))
    tap = host.sh("virsh nwfilter-binding-list | awk '/clean-traffic/ { print $1 }'").strip()
    assert "192.0.2.7" in host.sh(f"virsh nwfilter-binding-dumpxml {tap}")
    guest.live(**guest.card(filter=""))
    assert "clean-traffic" not in host.sh("virsh nwfilter-binding-list")


def test_what_can_be_live_is(host: Host) -> None:
    """One of two changes of a device waits for a restart; the other does not wait with it."""
    guest = Guest(host)
    path = f"interfaces[{MAC}]"
    changed = guest.waits(f"{path}.mtu", **guest.card(mtu=1400, link_state="down"))
    assert changed["applied_live"] == [f"{path}.link_state"]
    assert "down" in host.sh(f"virsh domif-getlink {NAME} {MAC}")


def test_what_networks_are_is_looked_up(one_host: Host) -> None:
    """From a network with a bridge to one without, nothing can be moved; to one that is off, nothing at all."""
    guest = Guest(one_host)
    one_host.run("network", name=SHARED, forward={"mode": "bridge", "interfaces": ["host0"]}, state="active")
    one_host.run("network", name=OFF, ips=[{"address": "192.0.2.193", "prefix": 26}])
    for name, word in ((OFF, "not active"), (f"{PREFIX}none", "no network")):
        for card in ({"mac": MAC, "source": {"network": name}}, {"mac": MAC2, "source": {"network": name}}):
            said = laws.refused(one_host, "domain", name=NAME, interfaces=[card], keep_unlisted=["interfaces"])
            assert word in said
    guest.waits(f"interfaces[{MAC}].source", **guest.card(source={"network": SHARED}))
    (found,) = one_host.run("domain_info", name=[NAME])["domains"]
    assert found["pending_restart"] == [f"interfaces[{MAC}].source"]


def test_new_interfaces_are_virtio(host: Host) -> None:
    """A new one is what is fast; one that is there is what it is."""
    guest = Guest(host, interfaces=[{"mac": MAC, "type": "user", "model": "e1000e"}])
    plugged = guest.live(interfaces=[{"mac": MAC, "type": "user"}, {"mac": MAC2, "type": "user"}])
    assert plugged["diff"]["after"][f"interfaces[{MAC2}]"]["model"] == "virtio"
    assert [re.findall(r"e1000e|virtio", line) for line in guest.qemu("info network").splitlines() if "model=" in line]


def test_passwords_reach_qemu(host: Host) -> None:
    """Who knows the new one is let in, who knows the old one is not, and one that is over lets nobody in."""
    guest = Guest(host, graphics=[{"type": "vnc", "passwd": "first"}])
    port = 5900 + int(host.sh(f"virsh vncdisplay {NAME}").strip().rpartition(":")[2])

    def opens(password: str) -> bool:
        return host.sh(f"python3 -c {shlex.quote(_VNC)} {port} {password}").strip() == "0"

    assert opens("first")
    changed = guest.live(graphics=[{"type": "vnc", "passwd": "second"}])
    assert "second" not in str(changed.data)
    assert opens("second")
    assert not opens("first")
    guest.live(graphics=[{"type": "vnc", "passwd_valid_to": "2001-01-01T00:00:00"}])
    assert not opens("second")


def test_small_devices_come_and_go(host: Host) -> None:
    """A watchdog, a pointer on virtio and entropy, while the guest runs on."""
    boot = tiny.boot()
    guest = Guest(host, "running", channels=boot["channels"], os={**boot["os"], "machine": "pc"}, wait_for="agent")
    started = tiny.sh(host, NAME, "cat /run/counter /proc/sys/kernel/random/boot_id").split()
    guest.live(watchdogs=[{"model": "i6300esb", "action": "none"}])
    assert "i6300esb" in guest.qemu("info qtree")
    guest.live(inputs=[{"type": "tablet", "bus": "virtio"}])
    assert "virtio-tablet" in guest.qemu("info qtree")
    guest.live(rngs=[{"model": "virtio", "backend": {"model": "builtin"}}])
    assert "virtio-rng" in guest.qemu("info qtree")
    guest.live(watchdogs=[], inputs=[], rngs=[])
    assert not re.findall("i6300esb|virtio-tablet|virtio-rng", guest.qemu("info qtree"))
    now = tiny.sh(host, NAME, "cat /run/counter /proc/sys/kernel/random/boot_id").split()
    assert int(now[0]) > int(started[0])
    assert now[1] == started[1]
