# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains, the pure part: what follows from a wish, what contradicts in it, what a document is recognised as."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import told
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.defined import Seen, Wish
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import (
    formats,
    host,
    recognise,
    rules,
    slots,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.resource import Domain
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import read, reconcile
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.table import DOMAIN

MIB = 2**20
OPTIONS = {
    "wait_for": "none",
    "undefine": [],
    "shutdown": {"timeout": 0, "on_timeout": "fail"},
    "wait_timeout": 1,
    "restart": "never",
}


def wish(state: str = "present", keep_unlisted: tuple[str, ...] = (), wait_for: str = "none", **spec: Any) -> Wish:
    return Wish("law", state, {"name": "law", **spec}, None, keep_unlisted, {**OPTIONS, "wait_for": wait_for})


def completed(before: str, **spec: Any) -> xml.Element:
    """What becomes of a definition, C('') where there is none, by what a spec states."""
    document = xml.parse(f"<domain>{before}</domain>")
    stored = reconcile(DOMAIN.fields, document, spec)
    rules.complete(document, xml.parse(f"<domain>{before}</domain>") if before else None, spec, stored)
    return document


def memory(maximum: int, current: int) -> str:
    return f"<memory unit='KiB'>{maximum * 1024}</memory><currentMemory unit='KiB'>{current * 1024}</currentMemory>"


@pytest.mark.parametrize(
    ("before", "wished", "current"),
    [
        ("", 64, None),  # a new one: all of it
        (memory(64, 64), 128, None),  # follows up
        (memory(64, 64), 32, None),  # and down
        (memory(64, 48), 128, 48),  # was set apart: stays
        (memory(64, 48), 32, None),  # but cannot be more than there is
    ],
)
def test_current_memory_follows(before: str, wished: int, current: int | None) -> None:
    document = completed(before, memory=wished * MIB)
    expected = None if current is None else str(current * 1024)
    assert xml.get(document, "currentMemory") == expected


@pytest.mark.parametrize(
    ("before", "wished", "current"),
    [
        ("", 4, None),
        ("<vcpu>2</vcpu>", 4, None),
        ("<vcpu current='1'>2</vcpu>", 4, "1"),
        ("<vcpu current='3'>4</vcpu>", 2, None),
    ],
)
def test_current_vcpus_follow(before: str, wished: int, current: str | None) -> None:
    document = completed(before, vcpus=wished)
    assert (xml.get(document, "vcpu"), xml.get(document, "vcpu/@current")) == (str(wished), current)


def test_stated_parts_do_not_follow() -> None:
    document = completed(
        memory(64, 64) + "<vcpu>2</vcpu>", memory=128 * MIB, current_memory=64 * MIB, vcpus=4, current_vcpus=2
    )
    assert xml.get(document, "currentMemory") == str(64 * 1024)
    assert xml.get(document, "vcpu/@current") == "2"


def test_firmware_takes_its_files_along() -> None:
    before = "<os firmware='efi'><type>hvm</type><loader>/code</loader><nvram>/vars</nvram></os>"
    document = completed(before, os={"firmware": "bios"})
    assert xml.text_of(document.find("os")).split() == "<os> <type>hvm</type> </os>".split()
    document = completed(before, os={"firmware": "bios", "loader": {"path": "/rom"}})
    assert xml.get(document, "os/loader") == "/rom"


def test_mode_takes_its_model_along() -> None:
    before = "<cpu mode='custom' match='exact' check='partial'><model>Nehalem</model></cpu>"
    document = completed(before, cpu={"mode": "host-model"})
    assert dict(document.find("cpu").attrib) == {"mode": "host-model"}
    assert document.find("cpu/model") is None


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ({}, "memory"),
        ({"memory": 64, "current_memory": 128}, "current_memory"),
        ({"memory": 64, "vcpus": 1, "current_vcpus": 2}, "current_vcpus"),
        ({"memory": 64, "vcpus": 2, "cpu": {"topology": {"sockets": 1, "cores": 1, "threads": 1}}}, "cpu.topology"),
        ({"memory": 64, "os": {"boot_devices": []}}, "os.boot_devices"),
        ({"memory": 64, "os": {"boot_menu": {"timeout": 1}}}, "os.boot_menu.timeout"),
        (
            {"memory": 64, "os": {"boot_devices": ["hd"]}, "disks": [{"target": "vda", "boot_order": 1}]},
            "disks[0].boot_order",
        ),
        ({"memory": 64, "interfaces": [{"type": "user", "model": "e1000e", "queues": 2}]}, "interfaces[0].queues"),
        ({"memory": 64, "graphics": [{"type": "vnc", "port": 1, "autoport": True}]}, "graphics[0].port"),
    ],
)
def test_contradictions(spec: dict[str, Any], path: str) -> None:
    assert [option for option, _said in rules.contradictions(wish(**spec), {})] == [path]


def test_contradiction_with_what_is_there() -> None:
    now = {"memory": 64, "vcpus": 2, "cpu": {"topology": {"sockets": 1, "cores": 2, "threads": 1}}}
    assert [path for path, _said in rules.contradictions(wish(vcpus=4), now)] == ["cpu.topology"]
    assert not list(rules.contradictions(wish(title="other"), now))
    assert [path for path, _said in rules.contradictions(wish(current_memory=65), now)] == ["current_memory"]


def test_agent_needs_a_channel() -> None:
    agent = {"type": "unix", "name": "org.qemu.guest_agent.0"}
    there = {"memory": 64, "channels": [agent]}

    def refused(now: dict[str, Any], **options: Any) -> bool:
        return bool(list(rules.contradictions(wish("running", wait_for="agent", **options), now)))

    assert refused({"memory": 64})
    assert not refused({"memory": 64}, channels=[agent])
    assert not refused(there)
    assert refused(there, channels=[])
    assert not refused(there, channels=[], keep_unlisted=("channels",))


OFFER = xml.parse(
    """
    <domainCapabilities>
      <os><enum name='firmware'/></os>
      <cpu>
        <mode name='host-passthrough' supported='no'/>
        <mode name='maximum' supported='yes'><enum name='x'/></mode>
        <mode name='host-model' supported='yes'>
          <model fallback='forbid'>EPYC</model><vendor>AMD</vendor>
          <feature policy='require' name='x2apic'/><feature policy='disable' name='vme'/>
        </mode>
        <mode name='custom' supported='yes'><model usable='yes'>qemu64</model><model usable='no'>EPYC</model></mode>
      </cpu>
      <devices>
        <graphics supported='yes'><enum name='type'><value>vnc</value></enum></graphics>
        <tpm supported='no'/>
      </devices>
    </domainCapabilities>
    """
)


@pytest.mark.parametrize(
    ("spec", "paths"),
    [
        ({"graphics": [{"type": "vnc"}, {"type": "spice"}]}, ["graphics[1].type"]),
        ({"cpu": {"mode": "host-passthrough"}}, ["cpu.mode"]),
        ({"cpu": {"mode": "custom", "model": "qemu64"}}, []),
        ({"cpu": {"mode": "custom", "model": "Z80"}}, ["cpu.model"]),
        ({"os": {"firmware": "efi"}}, ["os.firmware"]),  # none is installed
        ({"os": {"firmware": "bios"}}, []),  # what there is without being told
        ({"tpms": [{"model": "tpm-crb"}]}, ["tpms[0].model"]),
        ({"rngs": [{"model": "virtio"}]}, []),  # this libvirt does not tell
    ],
)
def test_not_offered(spec: dict[str, Any], paths: list[str]) -> None:
    assert [path for path, _said in host.not_offered(DOMAIN.fields, spec, OFFER)] == paths


@pytest.mark.parametrize(
    ("cpu", "mode"),
    [
        ("<model>EPYC</model><feature name='vme'/><feature name='x2apic'/><feature name='more'/>", "host-model"),
        ("<model>EPYC</model><feature name='x2apic'/>", "custom"),  # asked for by name, with a feature
        ("<model>qemu64</model><feature name='vme'/><feature name='x2apic'/>", "custom"),
    ],
)
def test_host_model_is_recognised(cpu: str, mode: str) -> None:
    live = xml.parse(f"<domain><cpu mode='custom' match='exact' check='full'>{cpu}</cpu></domain>")
    host.recognise_host_model(live, OFFER)
    assert xml.get(live, "cpu/@mode") == mode


@pytest.mark.parametrize(
    ("before", "disk", "expected"),
    [
        ("", {"source": {"file": "/q"}}, "qcow2"),
        ("", {"source": {"pool": "p", "volume": "v"}}, "raw"),
        ("", {"source": {"file": "/unknown"}}, None),
        ("", {"source": {"file": "/q"}, "driver": {"type": "raw"}}, "raw"),
        ("<driver type='raw'/><source file='/q'/>", {"source": {"file": "/q"}}, "raw"),  # it was so, and works
        ("<driver type='raw'/><source file='/r'/>", {"source": {"file": "/q"}}, "qcow2"),
    ],
)
def test_format_follows_the_source(before: str, disk: dict[str, Any], expected: str | None) -> None:
    existing = f"<disk type='file' device='disk'><target dev='vda'/>{before}</disk>" if before else ""
    document = xml.parse(f"<domain><devices>{existing}</devices></domain>")
    spec = {"disks": [{"target": "vda", **disk}]}
    stored = reconcile(DOMAIN.fields, document, spec)
    formats.write(document, spec, stored, {"/q": "qcow2", ("p", "v"): "raw"})
    assert xml.get(document, "devices/disk/driver/@type") == expected


HOST = {
    "arch": "x86_64",
    "types": {"x86_64": ["qemu", "kvm"], "aarch64": ["qemu"]},
    "machines": {"x86_64": ["q35", "pc"], "aarch64": ["virt"]},
}


def new(host: dict[str, Any] | None = None) -> Seen:
    return Seen("law", facts={"host": host or HOST, "formats": {}})


@pytest.mark.parametrize(
    ("spec", "host", "expected"),
    [
        ({}, HOST, "kvm"),
        ({"type": "auto"}, HOST, "kvm"),
        ({"type": "auto", "os": {"arch": "aarch64"}}, HOST, "qemu"),
        ({"type": "auto"}, {"arch": "x86_64", "types": {"x86_64": ["qemu"]}}, "qemu"),
    ],
)
def test_best_type(spec: dict[str, Any], host: dict[str, Any], expected: str) -> None:
    plan = Domain().plan(wish(memory=64 * MIB, **spec), new(host))
    ((_schema, document),) = plan.documents
    assert plan.facts["type"] == xml.get(document, "@type") == expected


def test_kvm_is_refused_without_it() -> None:
    with pytest.raises(Refused, match="type: this host cannot run aarch64 guests of type kvm"):
        Domain().plan(wish(memory=64 * MIB, type="kvm", os={"arch": "aarch64"}), new())
    with pytest.raises(Refused, match=r"os.machine: .* no machine q36"):
        Domain().plan(wish(memory=64 * MIB, os={"machine": "q36"}), new())
    with pytest.raises(Refused, match=r"os.arch: this host has no emulator for vax"):
        Domain().plan(wish(memory=64 * MIB, os={"arch": "vax"}), new())


def test_all_contradictions_in_one_message() -> None:
    with pytest.raises(InvalidSpec) as caught:
        Domain().plan(wish(os={"boot_devices": []}, graphics=[{"type": "vnc", "port": 1, "autoport": True}]), new())
    assert [problem["option"] for problem in caught.value.details["problems"]] == [
        "memory",
        "os.boot_devices",
        "graphics[0].port",
    ]


def test_a_document_reads_as_what_makes_it() -> None:
    spec = {
        "name": "law",
        "memory": 64 * MIB,
        "vcpus": 2,
        "os": {"firmware": "efi", "boot_devices": ["hd"]},
        "features": {"acpi": True, "apic": False, "pae": False, "smm": True},
        "disks": [{"target": "vda", "bus": "virtio", "source": {"pool": "p", "volume": "v"}, "boot_order": 1}],
        "interfaces": [{"type": "network", "mac": "52:54:00:00:00:01", "source": {"network": "n"}, "model": "virtio"}],
        "graphics": [{"type": "vnc", "port": 5901, "listen": "127.0.0.1"}],
        "rngs": [{"model": "virtio", "backend": {"model": "random", "device": "/dev/urandom"}}],
    }
    document = xml.build("domain")
    reconcile(DOMAIN.fields, document, spec)
    told = read(DOMAIN.fields, document)
    assert {name: told[name] for name in spec if name not in ("graphics", "interfaces")} == {
        name: value for name, value in spec.items() if name not in ("graphics", "interfaces")
    }
    assert not reconcile(DOMAIN.fields, document, told).differences


def plugs(running: str, **spec: Any) -> list[str]:
    """The devices that are plugged into a running guest at once."""
    document = xml.parse(f"<domain><devices>{running}</devices></domain>")
    found = reconcile(DOMAIN.fields, xml.clone(document), spec, live=True).differences
    return [difference.path for difference in slots.within_reach(document, found) if difference.live]


def port(index: int) -> str:
    return (
        f"<controller type='pci' index='{index}' model='pcie-root-port'><address type='pci' bus='0x00'/></controller>"
    )


def test_devices_are_plugged_where_there_is_room() -> None:
    disks = [{"target": target, "source": {"file": f"/{target}"}} for target in ("vda", "vdb", "sda")]
    taken = "<memballoon model='virtio'><address type='pci' bus='0x01'/></memballoon>"
    assert plugs(port(1) + port(2) + taken, disks=disks) == ["disks[vda]", "disks[sda]"]
    assert plugs("", disks=disks) == ["disks[vda]", "disks[vdb]", "disks[sda]"]  # a guest without PCI Express
    gone = "<disk device='disk'><target dev='vdz' bus='virtio'/><address type='pci' bus='0x01'/></disk>"
    assert set(plugs(port(1) + gone, disks=disks[:1])) == {"disks[vda]", "disks[vdz]"}


def test_cards_of_old_wait_on_pci_express() -> None:
    for model, plugged in (({"model": "rtl8139"}, False), ({"model": "virtio"}, True)):
        card = {"type": "user", "mac": "52:54:00:00:00:01", **model}
        assert bool(plugs(port(1), interfaces=[card])) == plugged
        assert plugs("", interfaces=[card])


def test_devices_are_plugged_where_there_is_a_controller() -> None:
    channels = [{"type": "unix", "name": "law.one"}]
    assert plugs("", channels=channels) == []
    assert plugs("<controller type='virtio-serial' index='0'/>", channels=channels) == ["channels[law.one]"]


@pytest.mark.parametrize(("machine", "ports"), [("q35", 14), ("pc", 0)])
def test_new_guests_have_spare_slots(machine: str, ports: int) -> None:
    document = xml.parse(f"<domain><os><type machine='{machine}'/></os></domain>")
    slots.add_spare(document)
    models = [controller.get("model") for controller in document.findall("devices/controller")]
    assert models.count("pcie-root-port") == ports


@pytest.mark.parametrize(
    ("stored", "firmware"),
    [
        ("<os firmware='efi'/>", "efi"),
        ("<os/>", "efi"),  # it is to be another one after the restart
        ("<os><loader type='pflash'>/code</loader></os>", None),  # named by its file
    ],
)
def test_chosen_firmware_is_recognised(stored: str, firmware: str | None) -> None:
    live = xml.parse("<domain><os><loader type='pflash'>/code</loader></os></domain>")
    host.recognise_firmware(live, xml.parse(f"<domain>{stored}</domain>"))
    assert xml.get(live, "os/@firmware") == firmware


@pytest.mark.parametrize(
    ("stored", "live"),
    [
        ("<clock offset='variable' adjustment='3600' basis='localtime'/>", "<clock offset='variable' basis='utc'/>"),
        ("<cpu><feature name='ds' policy='force'/></cpu>", "<cpu><feature name='ds' policy='require'/></cpu>"),
        ("<cpu><feature name='ds' policy='force'/></cpu>", "<cpu><feature name='ds' policy='disable'/></cpu>"),
        ("<cpu><feature name='ospke' policy='optional'/></cpu>", "<cpu/>"),
    ],
)
def test_what_a_running_guest_tells_in_other_words(stored: str, live: str) -> None:
    definition, running = (xml.parse(f"<domain>{text}</domain>") for text in (stored, live))
    assert told.pending(DOMAIN.fields, definition, running, with_rest=True)
    recognise.recognise(None, running, definition, {})  # type: ignore[arg-type]
    assert not told.pending(DOMAIN.fields, definition, running, with_rest=True)


def test_a_feature_that_is_to_go_waits_for_a_restart() -> None:
    definition, running = (
        xml.parse(f"<domain><cpu><feature name='ds' policy='{policy}'/></cpu></domain>")
        for policy in ("disable", "require")
    )
    recognise.recognise(None, running, definition, {})  # type: ignore[arg-type]
    assert told.pending(DOMAIN.fields, definition, running, with_rest=True) == ["cpu.features[ds].policy"]
