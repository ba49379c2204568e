# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains: what a wish means where it does not say everything, and what is refused before anything is touched."""

from __future__ import annotations

import json
from typing import Any

import pytest
from harness import laws
from harness.host import PREFIX, SCRATCH, Host
from harness.laws import twin

NAME = f"{PREFIX}wish"
GUEST: dict[str, Any] = {"name": NAME, "type": "qemu", "memory": "64MiB"}
MACS = ("52:54:00:00:2b:01", "52:54:00:00:2b:02")

REFUSED: tuple[tuple[dict[str, Any], tuple[str, ...]], ...] = (
    ({"memory": None}, ("memory", "a new domain needs it")),
    ({"memory": "2 gigs"}, ("memory", "unknown unit", "GiB")),
    ({"memory": "-1"}, ("memory", "not a size")),
    ({"memory": 0}, ("memory", "too small")),
    ({"vcpus": 0}, ("vcpus", "at least 1")),
    ({"current_memory": "1GiB"}, ("current_memory", "memory", "64MiB")),
    ({"current_vcpus": 2, "vcpus": 1}, ("current_vcpus", "vcpus")),
    ({"vcpus": 3, "cpu": {"topology": {"sockets": 1, "cores": 2, "threads": 1}}}, ("cpu.topology", "2", "3")),
    ({"cpu": {"mode": "custom", "model": "Pentium-9"}}, ("cpu.model", "Pentium-9")),
    ({"uuid": "no"}, ("uuid",)),
    ({"name": "law/wish"}, ("name", "/")),
    ({"os": {"boot_devices": []}}, ("os.boot_devices",)),
    ({"os": {"boot_menu": {"enable": False, "timeout": 5}}}, ("os.boot_menu.timeout",)),
    ({"os": {"arch": "vax"}}, ("os.arch", "vax", "x86_64")),
    ({"os": {"machine": "q36"}}, ("q36",)),
    ({"os": {"kernel": "vmlinuz"}}, ("os.kernel", "absolute")),
    ({"disks": [{"target": "vda"}, {"target": "vda"}]}, ("disks[1].target", "disks[0]")),
    ({"disks": [{"target": "hda", "bus": "ide"}]}, ("disks[0].bus", "ide", "sata")),
    ({"disks": [{"target": "vda", "source": {"file": "a.raw"}}]}, ("disks[0].source.file", "absolute")),
    ({"disks": [{"target": "vda", "source": {"pool": "a"}}]}, ("pool", "volume")),
    ({"disks": [{"target": "vda", "source": {"file": "/a", "dev": "/b"}}]}, ("file", "dev")),
    ({"disks": [{"target": "vda", "drivers": {}}]}, ("drivers", "disks")),
    ({"disks": [{"target": "vda", "driver": {"cache": "fast"}}]}, ("cache", "fast", "writeback")),
    ({"interfaces": [{"mac": MACS[0]}, {"mac": MACS[0].upper()}]}, ("interfaces[1].mac", "interfaces[0]")),
    ({"interfaces": [{"mac": "01:00:5e:00:00:01"}]}, ("interfaces[0].mac", "multicast")),
    ({"interfaces": [{"alias": "net0"}]}, ("interfaces[0].alias", "ua-")),
    ({"interfaces": [{"type": "user", "model": "e1000e", "queues": 2}]}, ("interfaces[0].queues", "virtio")),
    (
        {"os": {"boot_devices": ["hd"]}, "disks": [{"target": "vda", "boot_order": 1}]},
        ("disks[0].boot_order", "os.boot_devices"),
    ),
    ({"graphics": [{"type": "vnc", "port": 5900, "autoport": True}]}, ("graphics[0].port", "autoport")),
    ({"graphics": [{"type": "vnc", "port": 99999}]}, ("graphics[0].port", "65535")),
    ({"undefine": ["nvram", "keep_nvram"]}, ("undefine", "opposites")),
)


@pytest.mark.parametrize(
    ("options", "words"), REFUSED, ids=lambda value: "" if isinstance(value, tuple) else str(value)
)
def test_refused(one_host: Host, options: dict[str, Any], words: tuple[str, ...]) -> None:
    said = laws.refused(one_host, "domain", **{**GUEST, **options})
    assert not [word for word in words if word not in said], said


def test_all_problems_at_once(one_host: Host) -> None:
    said = laws.refused(
        one_host,
        "domain",
        name=NAME,
        memory="1 gig",
        disks=[{"target": "vda", "source": {"file": "x"}}, {"target": "vda"}],
        interfaces=[{"mac": "nonsense"}],
    )
    for path in ("memory:", "disks[0].source.file:", "disks[1].target:", "interfaces[0].mac:"):
        assert path in said


SPICE: dict[str, Any] = {"graphics": [{"type": "spice"}]}


def test_what_qemu_has(host: Host) -> None:
    assert twin(host, "domain", **GUEST, **SPICE).changed


def test_what_qemu_lacks_is_named(one_host: Host) -> None:
    said = laws.refused(one_host, "domain", **GUEST, **SPICE)
    assert "graphics[0].type" in said
    assert "vnc" in said


def test_what_libvirt_refuses_is_foretold(host: Host) -> None:
    host.run("domain", **GUEST, disks=[{"target": "vda", "source": {"file": f"{SCRATCH}/one.raw"}}])
    said = laws.refused(host, "domain", **GUEST, interfaces=[{"type": "user", "mtu": 9000}])
    assert "libvirt does not accept" in said


def test_type_follows_the_host(host: Host) -> None:
    made = twin(host, "domain", **{**GUEST, "type": "auto"})
    has_kvm = "type='kvm'" in host.sh("virsh capabilities")
    assert made["type"] == ("kvm" if has_kvm else "qemu")
    assert not twin(host, "domain", **{**GUEST, "type": "auto"}).changed
    assert twin(host, "domain", name=NAME, state="absent")
    said = laws.refused(host, "domain", **{**GUEST, "type": "kvm", "os": {"arch": "aarch64"}})
    assert "aarch64" in said


def test_format_follows_the_volume(host: Host) -> None:
    pool = f"{PREFIX}pool"
    host.run("storage_pool", name=pool, type="dir", target={"path": f"{SCRATCH}/pool"}, state="active")
    for kind in ("raw", "qcow2"):
        host.run("volume", pool=pool, name=f"one.{kind}", format=kind, capacity="1MiB")

    def disk(**source: str) -> dict[str, Any]:
        return {"disks": [{"target": "vda", "source": source}]}

    for source, kind in (
        ({"pool": pool, "volume": "one.qcow2"}, "qcow2"),
        ({"file": f"{SCRATCH}/pool/one.raw"}, "raw"),
        ({"file": f"{SCRATCH}/pool/one.qcow2"}, "qcow2"),
        ({"pool": pool, "volume": "one.raw"}, "raw"),
    ):
        assert twin(host, "domain", **GUEST, **disk(**source)).changed
        assert spec(host)["disks"][0]["driver"]["type"] == kind, source
        assert not twin(host, "domain", **GUEST, **disk(**source)).changed


def test_memory_and_processors_follow(host: Host) -> None:
    host.run("domain", **GUEST, vcpus=2)
    assert (spec(host)["current_memory"], spec(host)["current_vcpus"]) == (64 * 2**20, 2)
    host.run("domain", **{**GUEST, "memory": "96MiB"}, vcpus=4)
    assert (spec(host)["current_memory"], spec(host)["current_vcpus"]) == (96 * 2**20, 4)
    host.run("domain", name=NAME, current_memory="80MiB", current_vcpus=3)
    host.run("domain", **{**GUEST, "memory": "128MiB"}, vcpus=8)
    assert (spec(host)["current_memory"], spec(host)["current_vcpus"]) == (80 * 2**20, 3)
    host.run("domain", **GUEST, vcpus=1)
    assert (spec(host)["current_memory"], spec(host)["current_vcpus"]) == (64 * 2**20, 1)


def test_interfaces_keep_their_addresses(host: Host) -> None:
    first, second = {"source": {"network": "one"}}, {"source": {"network": "two"}}
    assert twin(host, "domain", **GUEST, interfaces=[first, second]).changed
    one, two = macs(host)
    assert not twin(host, "domain", **GUEST, interfaces=[second, first]).changed
    changed = twin(host, "domain", **GUEST, interfaces=[{**second, "model": "e1000e"}, first])
    assert changed.paths == [f"interfaces[{two}].model"]
    assert macs(host) == [one, two]
    assert len(twin(host, "domain", **GUEST, interfaces=[second]).paths) == 1
    assert macs(host) == [two]
    assert twin(host, "domain", **GUEST, interfaces=[{"source": {"network": "three"}}]).paths == [
        f"interfaces[{two}].source"
    ]
    assert macs(host) == [two]


def test_order_is_no_change(host: Host) -> None:
    disks = [{"target": f"vd{letter}", "source": {"file": f"{SCRATCH}/{letter}"}} for letter in "abc"]
    features = [{"name": name, "policy": "disable"} for name in ("svm", "cx16")]
    host.run("domain", **GUEST, disks=disks, cpu={"mode": "maximum", "features": features})
    again = twin(host, "domain", **GUEST, disks=disks[::-1], cpu={"mode": "maximum", "features": features[::-1]})
    assert not again.changed, again["changes"]


def test_boot_order_has_two_ways(host: Host) -> None:
    disks = [{"target": "vda", "source": {"file": "/a"}, "boot_order": 1}]
    host.run(
        "domain", **GUEST, os={"boot_devices": ["network", "hd"]}, disks=[{"target": "vda", "source": {"file": "/a"}}]
    )
    assert twin(host, "domain", **GUEST, disks=disks).paths == ["disks[vda].boot_order"]
    assert "boot_devices" not in spec(host)["os"]
    assert not twin(host, "domain", **GUEST, disks=disks).changed
    assert twin(host, "domain", **GUEST, os={"boot_devices": ["hd"]}).paths == ["os.boot_devices"]
    assert "boot_order" not in spec(host)["disks"][0]


def test_cpu_mode_there_and_back(host: Host) -> None:
    """Also on a running guest: what host-model has become there is told from a model that was asked for."""
    custom, model = {"mode": "custom", "model": "qemu64"}, {"mode": "host-model"}
    pull = {"timeout": 0, "on_timeout": "destroy"}
    host.run("domain", **GUEST, cpu=custom, state="running")
    for before, after, pending in (
        (custom, model, ["cpu.mode"]),
        (model, custom, ["cpu.mode", "cpu.model"]),
    ):
        assert not twin(host, "domain", **GUEST, cpu=before).changed
        changed = twin(host, "domain", **GUEST, cpu=after)
        assert sorted(changed["pending_restart"]) == pending
        assert sorted(twin(host, "domain", **GUEST, cpu=after)["pending_restart"]) == pending
        assert sorted(twin(host, "domain", name=NAME)["pending_restart"]) == pending
        assert "cpu.mode" in info(host)["pending_restart"]
        host.run("domain", name=NAME, state="stopped", shutdown=pull)
        host.run("domain", name=NAME, state="running")
        assert twin(host, "domain", **GUEST, cpu=after)["pending_restart"] == []
        assert info(host)["pending_restart"] == []


def test_secrets_are_shown_nowhere(host: Host) -> None:
    def display(passwd: str, **more: Any) -> dict[str, Any]:
        return {"graphics": [{"type": "vnc", "passwd": passwd, **more}]}

    marker = "law-sec1"
    for done in (
        twin(host, "domain", **GUEST, **display(marker)),
        twin(host, "domain", **GUEST, **display(marker)),
        twin(host, "domain", **GUEST, **display("law-sec2")),
        twin(host, "domain", **GUEST, **display(marker)),
        host.refused("domain", **GUEST, **display(marker), interfaces=[{"type": "user", "mtu": 9000}]),
        host.refused("domain", **GUEST, memory_="", **display(marker)),
        host.refused("domain", **GUEST, interfaces=[{"type": "user", "mtu": 9000}]),
        host.run("domain_info", name=[NAME]),
    ):
        assert "law-sec" not in json.dumps(done.data)
    assert "law-sec" not in host.sh("journalctl --since -10min --no-pager | grep -v virsh || true")


def test_unlisted_devices_stay_where_told(host: Host) -> None:
    def disk(letter: str) -> dict[str, Any]:
        return {"target": f"vd{letter}", "source": {"file": f"/{letter}"}}

    host.run("domain", **GUEST, disks=[disk("a"), disk("b")])
    assert twin(host, "domain", **GUEST, disks=[disk("c")], keep_unlisted=["disks"]).paths == ["disks[vdc]"]
    assert not twin(host, "domain", **GUEST, disks=[disk("a")], keep_unlisted=["disks"]).changed
    assert set(twin(host, "domain", **GUEST, disks=[disk("c")]).paths) == {"disks[vda]", "disks[vdb]"}


def info(host: Host) -> dict[str, Any]:
    (found,) = host.run("domain_info", name=[NAME])["domains"]
    assert isinstance(found, dict)
    return found


def spec(host: Host) -> dict[str, Any]:
    told: dict[str, Any] = info(host)["spec"]
    return told


def macs(host: Host) -> list[str]:
    return [interface["mac"] for interface in spec(host)["interfaces"]]
