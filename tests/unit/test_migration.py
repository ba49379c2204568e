# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migration: what is decided without a host."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import libvirt
import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, NotFound, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.jobs import stats
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration import (
    guest_checks,
    journal,
    mapping,
    settings,
    situation,
    storage,
    target_checks,
    wish,
    yank,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.sides import Side, check_identity
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.sight import Check, Sight

GUEST = """<domain type='qemu'><name>web</name>
<metadata><m:migration xmlns:m='urn:hypervise:kvm:migration:1'
to='qemu+tls://b/system' name='web' state='running' autostart='yes'>
<volume name='web.qcow2' directory='/images'/></m:migration></metadata>
<devices>
<disk type='file' device='disk'><driver type='qcow2'/><source file='/images/web.qcow2'/>
<backingStore type='file'><format type='qcow2'/><source file='/images/base.qcow2'/></backingStore>
<target dev='vda'/></disk>
<disk type='volume' device='disk'><source pool='fast' volume='data'/><target dev='vdb'/></disk>
<disk type='network' device='disk'><source protocol='nbd' name='x'/><target dev='vdc'/></disk>
<disk type='file' device='cdrom'><source file='/iso/x.iso'/><target dev='sda'/><readonly/></disk>
<disk type='file' device='cdrom'><target dev='sdb'/><readonly/></disk>
<interface type='network'><source network='office'/></interface>
<interface type='bridge'><source bridge='br0'/></interface>
</devices></domain>"""

#: All options of the module, unstated.
UNSTATED: dict[str, Any] = {
    name: spec.get("default") for name, spec in {**wish.argument_spec(), **settings.argument_spec()}.items()
}


def parsed(**options: Any) -> wish.Wish:
    disks = [{"copy": None, "path": None, "pool": None, "volume": None, **disk} for disk in options.pop("disks", ())]
    stated = {"name": "web", "dest_uri": "qemu+tls://b/system", "disks": disks, **options}
    return wish.parse({**UNSTATED, **stated})


@pytest.fixture
def connection() -> Connection:
    return Connection("test:///default", check_mode=True)


def test_settings_become_flags_and_parameters() -> None:
    options = parsed(bandwidth="1.5MiB", parallel_connections=4, postcopy=True, compression=["zstd"]).options
    assert settings.parameters(options) == {
        "bandwidth": 2,
        "parallel.connections": 4,
        "compression": ["zstd"],
    }
    live, p2p, parallel, compressed, postcopy = (
        1 << 0,
        1 << 1,
        1 << 17,
        1 << 11,
        1 << 15,
    )  # virDomainMigrateFlags, from libvirt's header
    assert settings.flags(options) == live | p2p | parallel | compressed | postcopy


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"dest_uri": "qemu:///system"}, "dest_uri"),
        ({"dest_uri": "qemu+tcp://b/system"}, "dest_uri"),
        ({"bandwidth": "fast"}, "bandwidth"),
        ({"postcopy_bandwidth": "1MiB"}, "postcopy_bandwidth"),
        ({"on_timeout": "postcopy"}, "on_timeout"),
        ({"disks": [{"target": "vda"}, {"target": "vda"}]}, "disks[1].target"),
        ({"disks": [{"target": "vda", "pool": "fast"}]}, "disks[0].pool"),
        ({"disks": [{"target": "vda", "path": "/a", "pool": "b", "volume": "c"}]}, "disks[0].path"),
    ],
)
def test_what_makes_no_sense_is_refused(options: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidSpec) as refused:
        parsed(**options)
    assert [problem["option"] for problem in refused.value.details["problems"]] == [named]


def test_disks_that_only_one_host_has_are_copied(connection: Connection) -> None:
    stated = [{"target": "vdb", "pool": "slow", "volume": "data2", "copy": "full"}]
    found = storage.disks(xml.parse(GUEST), parsed(copy_storage="incremental", disks=stated), connection)
    assert {disk.target: disk.copy for disk in found} == {
        "vda": "incremental",
        "vdb": "full",
        "vdc": "none",
        "sda": "none",
    }
    first, second = storage.copied(found)
    assert first.place == storage.Place("web.qcow2", directory="/images")
    assert first.backing == ("/images/base.qcow2", "qcow2")
    assert second.place == storage.Place("data2", pool="slow")


def test_journal_is_read_and_stays_here() -> None:
    document = xml.parse(GUEST)
    noted = journal.read(document)
    place = storage.Place("web.qcow2", directory="/images")
    assert noted == journal.Journal("qemu+tls://b/system", "web", "running", True, (place,))
    journal.strip(document)
    assert journal.read(document) is None
    assert xml.find(document, "metadata") is None


def test_journal_tells_what_was_made() -> None:
    with Connection("test:///default", check_mode=False) as here:
        domain = here.host.read.lookupByName("test")
        one, two = storage.Place("a.qcow2", directory="/images"), storage.Place("b", pool="fast")
        begun = journal.Journal("qemu+tls://b/system", "web", "running", False, (one, two))
        journal.write(domain, begun)
        journal.note_made(domain, two)
        noted = journal.read(xml.parse(domain.read.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)))
        assert noted == replace(begun, made=(two,))
        journal.remove(domain)
        assert journal.read(xml.parse(domain.read.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))) is None


def test_mapping() -> None:
    stated = parsed(
        networks={"office": "lan"},
        bridges={"br0": "br1"},
        disks=[{"target": "vda", "path": "/new/web.qcow2"}, {"target": "vdb", "path": "/dev/vg/data"}],
    )
    document = xml.parse(mapping.mapped(GUEST, stated))
    network, bridge = xml.find_all(document, "devices/interface")
    assert (xml.get(network, "source/@network"), xml.get(bridge, "source/@bridge")) == ("lan", "br1")
    vda, vdb, *_rest = xml.find_all(document, "devices/disk")
    assert xml.get(vda, "source/@file") == "/new/web.qcow2"
    assert (vdb.get("type"), dict(xml.find(vdb, "source").attrib)) == ("block", {"dev": "/dev/vg/data"})
    assert journal.read(document) is None
    assert mapping.networks(xml.parse(GUEST), stated) == ["lan"]


RUNS = {"state": "running", "uuid": "u", "live": 1}
OFF = {"state": "stopped", "uuid": "u", "stored": 1}
LEFT = {"state": "paused", "reason": "migration", "uuid": "u", "live": 1}
NOTED = {"journal": journal.Journal("b", "web", "running", False)}


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        (RUNS, {}, situation.MOVE),
        (OFF, {}, situation.MOVE),
        (OFF, OFF, situation.MOVE),
        ({}, RUNS, situation.THERE),
        ({}, OFF, situation.THERE),
        (OFF, RUNS, situation.FINISH),
        ({**OFF, **NOTED}, OFF, situation.FINISH),
        ({**LEFT, **NOTED}, RUNS, situation.FINISH),
        ({**RUNS, **NOTED}, {}, situation.CLEAN),
        ({**OFF, **NOTED}, {}, situation.CLEAN),
        (RUNS, LEFT, situation.CLEAN),
        ({**LEFT, **NOTED}, LEFT, situation.CLEAN),
        ({**RUNS, "job": "migration_out"}, {}, situation.WAIT),
        ({**LEFT, "job": "migration_out"}, RUNS, situation.WAIT),
        ({**LEFT, "reason": "postcopy_failed"}, {**RUNS, "reason": "postcopy_failed"}, situation.RESUME),
    ],
)
def test_what_two_sides_amount_to(
    connection: Connection, source: dict[str, Any], target: dict[str, Any], expected: str
) -> None:
    assert situation.situation(Side(connection, "web", **source), Side(connection, "web", **target)) == expected


def test_no_copy_and_two_copies_are_refused(connection: Connection) -> None:
    with pytest.raises(NotFound):
        situation.situation(Side(connection, "web"), Side(connection, "web"))
    with pytest.raises(Refused, match="two copies"):
        situation.situation(Side(connection, "web", **RUNS), Side(connection, "web", **RUNS))  # type: ignore[arg-type]


def test_another_guest_is_not_taken_for_this_one(connection: Connection) -> None:
    here = Side(connection, "web", "running", uuid="u")
    nobody = Side(connection, "")
    with pytest.raises(Refused, match="another guest of the name"):
        check_identity(here, Side(connection, "web", "running", uuid="other"), nobody)
    with pytest.raises(Refused, match="has its UUID"):
        check_identity(here, Side(connection, "web"), replace(here, name="other"))
    check_identity(here, replace(here), replace(here))


def test_progress_is_a_line_for_a_person() -> None:
    now = stats.Progress("migration_out", 12.4, 200, 50, 150, 2**20, 2)
    assert str(now) == "migration_out: 25%, 150B remaining, 1.0MiB/s, iteration 2, after 12 s"
    assert "iteration" not in str(replace(now, iteration=0, total=0))


def test_what_does_not_move_has_stalled(monkeypatch: pytest.MonkeyPatch) -> None:
    now = stats.Progress("migration_out", 0, 200, 50, 150, 0, 1)
    monkeypatch.setattr(yank, "PATIENCE", 0.2)
    stalled = yank.Stalled()
    assert not stalled(now)
    time.sleep(0.15)
    assert not stalled(replace(now, processed=51))
    time.sleep(0.15)
    assert not stalled(replace(now, processed=51, remaining=170))  # more to do is not more done
    time.sleep(0.1)
    assert stalled(replace(now, processed=0))


def told(check: Check, document: str, there: Connection) -> list[str]:
    guest = Side(there, "web", "running", live=xml.parse(document))
    return [refusal.message for refusal in check(Sight(parsed(), guest, Side(there, "web"), []))]


def test_devices_of_the_host_stay(connection: Connection) -> None:
    pci = "<hostdev mode='subsystem' type='pci'>{}</hostdev>"
    mine, goes = pci.format(""), pci.format("<teaming type='transient' persistent='ua-net'/>")
    card = "<interface type='hostdev'/><interface type='network'/>"
    document = f"<domain><devices>{mine}{goes}{card}</devices></domain>"
    assert told(guest_checks.host_devices, document, connection) == [
        "it has a device of this host (hostdev of type pci)",
        "it has a device of this host (interface of type hostdev)",
    ]


CPU = "<domain type='{}'><cpu mode='custom'><model>Haswell</model><feature name='{}'/></cpu></domain>"


def test_processor_that_cannot_be_compared_is_refused(connection: Connection) -> None:
    """libvirt's test driver compares none. What QEMU emulates is the same everywhere."""
    (refusal,) = told(target_checks.cpu, CPU.format("kvm", "vmx"), connection)
    assert refusal.startswith("the target does not know its CPU: this function is not supported")
    assert told(target_checks.cpu, CPU.format("qemu", "vmx"), connection) == []
    assert told(target_checks.cpu, "<domain type='kvm'/>", connection) == []


@pytest.mark.parametrize(
    ("feature", "old", "new", "trapped"),
    [
        ("vmx-ept", 9_000_000, 10_001_000, True),
        ("vmx", 9_009_000, 9_010_000, True),
        ("vmx-ept", 9_010_000, 10_001_000, False),
        ("vmx-ept", 9_000_000, 10_002_000, False),
        ("avx", 9_000_000, 10_001_000, False),
    ],
)
def test_trap_between_versions_is_refused(feature: str, old: int, new: int, trapped: bool) -> None:
    refusals = list(target_checks.trap(xml.parse(CPU.format("kvm", feature)), old, new))
    assert [refusal.message[:20] for refusal in refusals] == ["libvirt 9.10 to 10.1"] * trapped


def test_memory_that_is_not_free_is_refused() -> None:
    guest = xml.parse("<domain><memory>4194304</memory><currentMemory>2097152</currentMemory></domain>")
    there = {"total": 8388608, "free": 1048576, "buffers": 524288, "cached": 524287}
    (refusal,) = target_checks.shortage(guest, there)
    assert refusal.message == "it has 2.0GiB of memory, and the target has 2.0GiB free"
    assert list(target_checks.shortage(guest, {**there, "cached": 524288})) == []


def test_swtpm_that_cannot_hand_over_is_refused() -> None:
    (refusal,) = guest_checks.old_swtpm("TPM emulator version 0.7.1, Copyright (c) 2014-2021 IBM Corp.")
    assert "swtpm 0.7 cannot hand that over" in refusal.message
    assert list(guest_checks.old_swtpm("TPM emulator version 0.10.0, Copyright (c) 2014-2021 IBM Corp.")) == []
    assert list(guest_checks.old_swtpm("")) == []


def test_guest_that_is_off_is_not_measured(connection: Connection) -> None:
    """It takes no memory and has no processor: libvirt's test driver, which tells of neither, is not even asked."""
    off = Side(connection, "web", "stopped", stored=xml.parse(CPU.format("kvm", "vmx")))
    sight = Sight(parsed(), off, Side(connection, "web"), [])
    checks = (target_checks.cpu, target_checks.versions, target_checks.memory)
    assert [refusal for check in checks for refusal in check(sight)] == []
