# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains: the laws for each row of the table, on guests that are stopped and on guests that run.

A guest's rows are many and its life is long, so the cases of one part of the table share a guest: it is made with the
first value of each, and changed one row after the other while it is stopped. On a running one, all that waits for a
restart is changed at once. Those are paused: QEMU does to them what it does to any, and a guest that does nothing costs
nothing and changes nothing by itself. What a change does inside a guest is in test_domain_live.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from harness import laws, tiny
from harness.host import PREFIX, SCRATCH, Host, Result
from harness.laws import NAME, Spec

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain import DOMAIN
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, Node

AS_IS: Any = object()

#: A guest with nothing to boot, whose plug is pulled when it has to stop.
BASE: Spec = {"type": "qemu", "memory": "64MiB", "shutdown": {"timeout": 0, "on_timeout": "destroy"}}
MAC, MAC2 = "52:54:00:00:0d:01", "52:54:00:00:0d:02"
UUIDS = ("6f0a3f3e-5cf1-4ab8-9b39-0000000000d1", "6f0a3f3e-5cf1-4ab8-9b39-0000000000d2")
OVMF = "/usr/share/OVMF"


@dataclass(frozen=True)
class Case(laws.Case):
    """A row of the table. I(a) is C(AS_IS) where an earlier case of the part leaves what this one starts from."""

    also: Mapping[str, Any] = field(default_factory=dict)  # what else has to change with it: path -> value

    @property
    def paths(self) -> set[str]:
        """The paths of the change in a diff."""
        return set(self.changes or (self.path, *self.also))


@dataclass(frozen=True)
class Part:
    """Cases that share a guest."""

    name: str
    around: Spec
    cases: Sequence[Case]
    prepare: Callable[[Host], None] = lambda host: None


def disk(**more: Any) -> Spec:
    return {"target": "vda", "source": {"file": f"{SCRATCH}/one.raw"}, **more}


def images(host: Host) -> None:
    """Images, and a pool that knows them as volumes; a firmware and a QEMU by other names."""
    host.sh(
        f"cd {SCRATCH} && mkdir -p pool && for name in one two three pool/one pool/two;"
        " do truncate -s 1M $name.raw; done && ln -s /usr/bin/qemu-system-x86_64 qemu &&"
        " install -m 666 /usr/share/seabios/bios-256k.bin rom1"
    )
    host.run("storage_pool", name=f"{PREFIX}pool", type="dir", target={"path": f"{SCRATCH}/pool"}, state="active")


def networks(host: Host) -> None:
    """Two networks with a port group each, and a bridge of the host's own."""
    for number in (1, 2):
        host.run(
            "network",
            name=f"{PREFIX}net{number}",
            ips=[{"address": f"192.0.2.{number}", "prefix": 32}],
            portgroups=[{"name": "red"}, {"name": "blue"}],
            state="active",
        )


PARTS = (
    Part(
        "general",
        {},
        (
            Case("type", "qemu", "kvm"),
            Case("title", "one", "two", live=True),
            Case("description", "one", "two", live=True),
            Case("memory", "64MiB", "96MiB"),
            Case("current_memory", "64MiB", "48MiB", running=False),  # a guest has to follow: test_domain_live
            Case("vcpus", 4, 8),
            Case("current_vcpus", 1, 2, live=True),
            Case("emulator", "/usr/bin/qemu-system-x86_64", f"{SCRATCH}/qemu"),
            Case("on_reboot", "destroy", "restart", live=True),
            Case("on_poweroff", "destroy", "restart", live=True),
            Case("on_crash", "destroy", "restart", live=True),
            Case("pm.suspend_to_mem", False, True),
            Case("pm.suspend_to_disk", False, True),
            Case("memballoon.model", "virtio", "virtio-non-transitional"),
            Case("memballoon.autodeflate", False, True),
            Case("memballoon.stats_period", 10, 20, live=True),
        ),
        images,
    ),
    Part(
        "processor",
        {
            "vcpus": 4,
            "cpu": {"mode": "custom", "model": "qemu64", "topology": {"sockets": 1, "cores": 2, "threads": 2}},
        },
        (
            Case("cpu.model", "qemu64", "Conroe"),
            Case("cpu.topology.sockets", 1, 2, also={"cpu.topology.threads": 1}),
            Case("cpu.topology.cores", 2, 1, also={"cpu.topology.threads": 2}),
            Case("cpu.topology.threads", 2, 1, also={"cpu.topology.cores": 2}),
            Case("cpu.topology.dies", 1, 2, also={"cpu.topology.cores": 1}),
            Case(
                "cpu.features",
                [{"name": "svm", "policy": "require"}],
                [{"name": "svm", "policy": "require"}, {"name": "erms", "policy": "require"}],
                changes=("cpu.features[erms]",),
            ),
            Case("cpu.features[erms].policy", AS_IS, "disable", running=False),
            Case(
                "cpu.features[erms].name",
                AS_IS,
                "umip",
                changes=("cpu.features[erms]", "cpu.features[umip]"),
                running=False,
            ),
        ),
    ),
    Part(
        "processor-mode",
        {},
        (Case("cpu.mode", "host-model", "maximum"), Case("cpu.migratable", None, False)),
    ),
    Part(
        "boot",
        {"os": {"boot_menu": {"enable": True}}},
        (
            Case("os.arch", "x86_64", "i686", running=False),
            Case("os.machine", "pc-q35-6.2", "pc-q35-7.1"),
            Case("os.boot_devices", ["hd"], ["network", "hd"]),
            Case("os.boot_menu.timeout", 1000, 2000),
            Case("os.kernel", f"{tiny.HOME}/vmlinuz", f"{tiny.HOME}/vmlinuz2"),
            Case("os.initrd", f"{tiny.HOME}/initrd.img", f"{tiny.HOME}/initrd2.img"),
            Case("os.cmdline", "quiet", "quiet panic=1"),
        ),
    ),
    Part("boot-menu", {}, (Case("os.boot_menu.enable", False, True),)),
    Part("firmware", {}, (Case("os.firmware", "bios", "efi"),)),
    Part("firmware-back", {}, (Case("os.firmware", "efi", "bios"),)),
    Part(
        "loader",
        {
            "features": {"smm": True},
            "os": {
                "loader": {"readonly": True, "type": "pflash"},
                "nvram": {"path": f"{SCRATCH}/vars.fd"},
            },
        },
        (
            Case("os.loader.path", f"{OVMF}/OVMF_CODE_4M.secboot.fd", f"{OVMF}/OVMF_CODE_4M.ms.fd"),
            Case("os.loader.secure", False, True),
            Case("os.nvram.path", f"{SCRATCH}/vars1.fd", f"{SCRATCH}/vars2.fd"),
            Case("os.nvram.template", f"{OVMF}/OVMF_VARS_4M.fd", f"{OVMF}/OVMF_VARS_4M.ms.fd"),
        ),
    ),
    Part(
        "rom",
        {"os": {"loader": {"path": f"{SCRATCH}/rom1"}}},
        (
            Case("os.loader.type", "rom", "pflash"),
            Case("os.loader.readonly", True, False),
        ),
        images,
    ),
    Part(
        "features",
        {"clock": {"timers": [{"name": "hpet"}, {"name": "rtc"}]}},
        (
            Case("features.acpi", True, False),
            Case("features.apic", True, False),
            Case("features.pae", True, False),
            Case("features.pmu", True, False),
            Case("features.smm", False, True),
            Case("features.vmport", True, False),
            Case("clock.offset", "utc", "localtime"),
            Case("clock.timers[hpet].present", False, True),
            Case("clock.timers[rtc].tickpolicy", "catchup", "delay"),
            Case(
                "clock.timers[hpet].name",
                AS_IS,
                "pit",
                changes=("clock.timers[hpet]", "clock.timers[pit]"),
                running=False,
            ),
        ),
    ),
    Part(
        "clock",
        {"clock": {"offset": "timezone"}},
        (
            Case("clock.timezone", "Europe/Vienna", "Europe/Paris"),
            Case(
                "clock.timers",
                [{"name": "hpet", "present": True}],
                [{"name": "rtc", "tickpolicy": "catchup"}],
                changes=("clock.timers[hpet]", "clock.timers[rtc]"),
            ),
        ),
    ),
    Part(
        "disk",
        {"disks": [disk(driver={"type": "raw", "cache": "none"})]},
        (
            Case("disks[vda].source.file", f"{SCRATCH}/one.raw", f"{SCRATCH}/two.raw", changes=("disks[vda].source",)),
            Case("disks[vda].driver.io", "native", "threads"),
            Case("disks[vda].driver.cache", "none", "writeback"),
            Case("disks[vda].driver.discard", "ignore", "unmap"),
            Case("disks[vda].driver.detect_zeroes", "off", "unmap"),
            Case("disks[vda].driver.error_policy", "stop", "report"),
            Case("disks[vda].driver.queues", 1, 2),
            Case("disks[vda].driver.type", "raw", "qcow2", running=False),
            Case("disks[vda].readonly", False, True),
            Case("disks[vda].shareable", False, True, running=False),
            Case("disks[vda].serial", "one", "two"),
            Case("disks[vda].boot_order", 1, 2),
        ),
        images,
    ),
    Part(
        "disk-kind",
        {"disks": [{"target": "sda", "source": {"file": f"{SCRATCH}/one.raw"}}]},
        (
            Case("disks[sda].bus", "sata", "scsi"),
            Case("disks[sda].device", "disk", "cdrom"),
        ),
        images,
    ),
    Part(
        "media",
        {"disks": [{"target": "sda", "bus": "sata", "device": "cdrom"}]},
        (
            Case(
                "disks[sda].source",
                {"file": f"{SCRATCH}/one.raw"},
                {"file": f"{SCRATCH}/two.raw"},
                live=True,
            ),
            Case(
                "disks[sda].source",
                AS_IS,
                {},
                live=True,
                note="ejected",
            ),
            Case(
                "disks[sda].source",
                AS_IS,
                {"file": f"{SCRATCH}/three.raw"},
                live=True,
                note="inserted",
            ),
        ),
        images,
    ),
    Part(
        "volume",
        {"disks": [{"target": "vda", "source": {"pool": f"{PREFIX}pool", "volume": "one.raw"}}]},
        (
            Case("disks[vda].source.volume", "one.raw", "two.raw", changes=("disks[vda].source",)),
            Case(
                "disks[vda].source",
                AS_IS,
                {"file": f"{SCRATCH}/one.raw"},
                note="kind",
                running=False,
            ),
        ),
        images,
    ),
    Part(
        "volume-elsewhere",
        {"disks": [disk(source={"pool": "one", "volume": "one.raw"}), {"target": "vdb", "source": {"dev": "/dev/a"}}]},
        (
            Case("disks[vda].source.pool", "one", "two", changes=("disks[vda].source",), running=False),
            Case("disks[vdb].source.dev", "/dev/a", "/dev/b", changes=("disks[vdb].source",), running=False),
        ),
    ),
    Part(
        "disks",
        {},
        (
            Case(
                "disks",
                [disk()],
                [disk(), {"target": "vdb", "source": {"file": f"{SCRATCH}/two.raw"}}],
                live=True,
                changes=("disks[vdb]",),
            ),
            Case(
                "disks[vda].target",
                AS_IS,
                "vdc",
                changes=("disks[vda]", "disks[vdc]"),
                running=False,
            ),
        ),
        images,
    ),
    Part(
        "interface",
        {"interfaces": [{"mac": MAC, "source": {"network": f"{PREFIX}net1"}, "model": "virtio"}]},
        (
            Case(f"interfaces[{MAC}].alias", "ua-one", "ua-two"),
            Case(
                f"interfaces[{MAC}].source.network",
                f"{PREFIX}net1",
                f"{PREFIX}net2",
                live=True,
                changes=(f"interfaces[{MAC}].source",),
            ),
            Case(f"interfaces[{MAC}].source", AS_IS, {"network": f"{PREFIX}net1", "portgroup": "red"}, live=True),
            Case(f"interfaces[{MAC}].link_state", "up", "down", live=True),
            Case(f"interfaces[{MAC}].mtu", 1500, 1400),
            Case(f"interfaces[{MAC}].queues", 2, 4),
            Case(f"interfaces[{MAC}].filter", "clean-traffic", "no-arp-spoofing", live=True),
            Case(
                f"interfaces[{MAC}].source.portgroup",
                "red",
                "blue",
                changes=(f"interfaces[{MAC}].source",),
            ),
            Case(f"interfaces[{MAC}].isolated", False, True, running=False),
            Case(f"interfaces[{MAC}].boot_order", 1, 2),
        ),
        networks,
    ),
    Part(
        "interface-bridge",
        {"interfaces": [{"mac": MAC}]},
        (
            Case(
                f"interfaces[{MAC}].source.bridge",
                "virbr1",
                "virbr2",
                changes=(f"interfaces[{MAC}].source",),
                running=False,
            ),
        ),
    ),
    Part(
        "interface-direct",
        {"interfaces": [{"mac": MAC, "source": {"dev": "host0", "mode": "bridge"}}]},
        (
            Case(
                f"interfaces[{MAC}].source.mode",
                "bridge",
                "private",
                changes=(f"interfaces[{MAC}].source",),
                running=False,  # a container has no macvtap devices
            ),
            Case(
                f"interfaces[{MAC}].source.dev",
                "host0",
                "law-dev",
                changes=(f"interfaces[{MAC}].source",),
                running=False,
            ),
        ),
    ),
    Part(
        "interfaces",
        {},
        (
            Case(
                "interfaces",
                [{"mac": MAC, "type": "user", "model": "virtio"}],
                [{"mac": MAC, "type": "user", "model": "virtio"}, {"mac": MAC2, "type": "user", "model": "virtio"}],
                live=True,
                changes=(f"interfaces[{MAC2}]",),
            ),
            Case(f"interfaces[{MAC}].model", AS_IS, "e1000e"),
            Case(f"interfaces[{MAC}].type", AS_IS, "ethernet", running=False),
            Case(
                f"interfaces[{MAC}].mac",
                AS_IS,
                "52:54:00:00:0d:03",
                changes=(f"interfaces[{MAC}]", "interfaces[52:54:00:00:0d:03]"),
                running=False,
            ),
        ),
    ),
    Part(
        "controllers",
        {},
        (
            Case(
                "controllers",
                [{"type": "scsi", "index": 0, "model": "virtio-scsi"}],
                [
                    {"type": "scsi", "index": 0, "model": "virtio-scsi"},
                    {"type": "scsi", "index": 1, "model": "virtio-scsi"},
                ],
                changes=("controllers[scsi-1]",),
            ),
            Case("controllers[scsi-0].model", AS_IS, "lsilogic"),
            Case("controllers[scsi-1].index", AS_IS, 2, changes=("controllers[scsi-2]",), running=False),
            Case(
                "controllers[scsi-2].type",
                AS_IS,
                "virtio-serial",
                also={"controllers[virtio-serial].model": None},
                changes=("controllers[virtio-serial-2]",),
                running=False,
            ),
        ),
    ),
    Part(
        "display",
        {"graphics": [{"type": "vnc", "autoport": False}], "videos": [{"model": "vga"}]},
        (
            Case("graphics[vnc].port", 5941, 5942),
            Case("graphics[vnc].listen", "127.0.0.1", "0.0.0.0"),
            Case("graphics[vnc].passwd", "first", "second", live=True),
            Case("graphics[vnc].keymap", "de", "en-us"),
            Case("videos[vga].vram", "16MiB", "32MiB", changes=("videos[0].vram",)),
        ),
    ),
    Part(
        "display-port",
        {"graphics": [{"type": "vnc", "port": 5941}], "videos": [{"model": "virtio"}]},
        (
            Case(
                "graphics[vnc].autoport",
                False,
                True,
                also={"graphics[vnc].port": None},
                changes=("graphics[vnc].autoport",),
            ),
            Case("videos[virtio].heads", 1, 2, changes=("videos[0].heads",)),
            Case(
                "videos[virtio].model",
                AS_IS,
                "vga",
                also={"videos[vga].heads": None},
                changes=("videos[0].model",),
                running=False,
            ),
        ),
    ),
    Part(
        "display-kind",
        {"graphics": [{"type": "vnc"}]},
        (
            Case(
                "graphics[vnc].type",
                AS_IS,
                "spice",
                changes=("graphics[vnc]", "graphics[spice]"),
                refused_on=("trixie",),
            ),
        ),
    ),
    Part(
        "displays",
        {},
        (
            Case("graphics", [], [{"type": "vnc", "autoport": True}], changes=("graphics[vnc]",)),
            Case("videos", [{"model": "vga"}], [{"model": "virtio"}], changes=("videos[0].model",)),
        ),
    ),
    Part(
        "serial",
        {"serials": [{"type": "file", "port": 0}]},
        (
            Case("serials[0].path", f"{SCRATCH}/serial1", f"{SCRATCH}/serial2"),
            Case("serials[0].log_file", "/var/log/libvirt/qemu/law1.log", "/var/log/libvirt/qemu/law2.log"),
            Case(
                "serials[0].type", "file", "unix", also={"serials[0].path": f"{SCRATCH}/serial.socket"}, running=False
            ),
        ),
    ),
    Part(
        "serials",
        {},
        (Case("serials", [{"type": "pty", "port": 0}], [], changes=("serials[0]",), running=False),),
    ),
    Part(
        "serial-port",
        {"serials": [{"type": "pty", "port": 0}]},
        (Case("serials[pty].port", AS_IS, 1, changes=("serials[0]", "serials[1]")),),
    ),
    Part(
        "consoles",
        {"serials": [{"type": "pty", "port": 0}]},
        (
            Case(
                "consoles",
                [{"type": "pty", "target_type": "serial"}],
                [{"type": "pty", "target_type": "serial"}, {"type": "pty", "target_type": "virtio"}],
                changes=("consoles[1]",),
            ),
            Case("consoles[virtio].type", AS_IS, "null", changes=("consoles[1].type",), running=False),
        ),
    ),
    Part(
        "console",
        {"consoles": [{"type": "pty"}]},
        (Case("consoles[pty].target_type", "virtio", "serial", changes=("consoles[0].target_type",)),),
    ),
    Part(
        "channels",
        {},
        (
            Case(
                "channels",
                [{"type": "unix", "name": "law.one"}],
                [{"type": "unix", "name": "law.one"}, {"type": "unix", "name": "law.two"}],
                live=True,
                changes=("channels[law.two]",),
            ),
            Case("channels[law.one].type", AS_IS, "pty"),
            Case(
                "channels[law.one].name",
                AS_IS,
                "law.three",
                changes=("channels[law.one]", "channels[law.three]"),
                running=False,
            ),
        ),
    ),
    Part(
        "devices",
        {},
        (
            Case(
                "inputs",
                [{"type": "tablet", "bus": "usb"}],
                [{"type": "tablet", "bus": "usb"}, {"type": "keyboard", "bus": "usb"}],
                live=True,
                changes=("inputs[keyboard-usb]",),
            ),
            Case(
                "inputs[tablet].type",
                AS_IS,
                "mouse",
                changes=("inputs[tablet-usb]", "inputs[mouse-usb]"),
                running=False,
            ),
            Case(
                "inputs[mouse].bus",
                AS_IS,
                "virtio",
                changes=("inputs[mouse-usb]", "inputs[mouse-virtio]"),
                running=False,
            ),
            Case(
                "watchdogs",
                [{"model": "i6300esb", "action": "none"}],
                [],
                changes=("watchdogs[i6300esb]",),
                running=False,
            ),
        ),
    ),
    Part(
        "watchdog",
        {"os": {"machine": "pc"}, "watchdogs": [{"model": "i6300esb"}]},
        (
            Case("watchdogs[i6300esb].action", "none", "pause"),
            Case(
                "watchdogs[i6300esb].model",
                AS_IS,
                "ib700",
                changes=("watchdogs[i6300esb]", "watchdogs[ib700]"),
                running=False,
            ),
        ),
    ),
    Part(
        "rng",
        {"rngs": [{"model": "virtio", "backend": {"model": "random"}}]},
        (
            Case("rngs[virtio].backend.device", "/dev/urandom", "/dev/random", changes=("rngs[0].backend.device",)),
            Case("rngs[virtio].rate.bytes", 1024, 2048, changes=("rngs[0].rate.bytes",)),
            Case("rngs[virtio].rate.period", 1000, 2000, changes=("rngs[0].rate.period",)),
            Case("rngs[virtio].model", AS_IS, "virtio-non-transitional", changes=("rngs[0].model",), running=False),
        ),
    ),
    Part(
        "rngs",
        {},
        (
            Case(
                "rngs",
                [],
                [{"model": "virtio", "backend": {"model": "random", "device": "/dev/urandom"}}],
                live=True,
                changes=("rngs[0]",),
            ),
        ),
    ),
    Part(
        "rng-backend",
        {"rngs": [{"model": "virtio", "backend": {"model": "random"}}]},
        (Case("rngs[virtio].backend.model", "random", "builtin", changes=("rngs[0].backend.model",)),),
    ),
    Part(
        "tpm",
        {"tpms": [{"model": "tpm-tis", "backend": {"type": "emulator"}}]},
        (
            Case("tpms[tpm-tis].backend.version", "2.0", "1.2", changes=("tpms[0].backend.version",), running=False),
            Case(
                "tpms[tpm-tis].backend.type",
                "emulator",
                "passthrough",
                also={"tpms[tpm-tis].backend.version": None},
                changes=("tpms[0].backend.type",),
                running=False,
            ),
        ),
    ),
    Part(
        "tpms",
        {},
        (
            Case(
                "tpms",
                [{"model": "tpm-tis", "backend": {"type": "emulator", "version": "2.0"}}],
                [{"model": "tpm-crb", "backend": {"type": "emulator", "version": "2.0"}}],
                changes=("tpms[0].model",),
            ),
            Case("tpms[tpm-crb].model", AS_IS, "tpm-tis", changes=("tpms[0].model",), running=False),
        ),
    ),
)

CASES = tuple(case for part in PARTS for case in part.cases)
SUITE = laws.Suite("domain", "domains", DOMAIN, CASES, BASE, without_case=("uuid",))  # test_uuid_is_fixed


def test_every_row_has_a_case() -> None:
    laws.assert_complete(SUITE)


def test_uuid_is_fixed(host: Host) -> None:
    host.run("domain", name=NAME, **BASE, uuid=UUIDS[0].upper())
    assert not laws.twin(host, "domain", name=NAME, uuid=UUIDS[0]).changed
    assert "uuid" in laws.refused(host, "domain", name=NAME, uuid=UUIDS[1])


@pytest.fixture
def image(each_host: Host) -> None:
    """Kernels, for guests that are to have another one."""
    tiny.install(each_host)


@pytest.mark.usefixtures("image")
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_stopped(host: Host, part: Part) -> None:
    """Row by row: changed, and then again; at last all that is not stated is left alone, and what is gathered stays."""
    part.prepare(host)
    guest = Guest(host, part, [case for case in part.cases if case.stopped], "stopped")
    guest.create()
    for case in guest.cases:
        changed = guest.change(case)
        assert {change["when"] for change in changed["changes"]} == {"stored"}
        assert changed["applied_live"] == changed["pending_restart"] == []
    guest.stays()
    gathered = guest.gathers()
    guest.remove()
    assert host.run("domain", **gathered).changed
    guest.forget_secrets()
    guest.stays()


@pytest.mark.usefixtures("image")
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_running(host: Host, part: Part) -> None:
    """What can be, is true at once; all else waits, and says so until the guest was restarted."""
    part.prepare(host)
    guest = Guest(host, part, [case for case in part.cases if case.running], "paused")
    guest.create()
    waiting = [case for case in guest.cases if not case.live]
    for case in guest.cases:
        if case.live:
            changed = guest.change(case)
            assert {change["when"] for change in changed["changes"]} == {"live"}, changed["changes"]
            assert set(changed["applied_live"]) == case.paths
            assert changed["pending_restart"] == []
    pending = set().union(*(case.paths for case in waiting))
    if waiting:
        changed = guest.change(*waiting)
        assert {change["when"] for change in changed["changes"]} == {"restart"}, changed["changes"]
        assert pending <= set(changed["pending_restart"])
    # What libvirt fills in for them, as a controller for a console, waits with them.
    assert pending <= set(guest.stays()["pending_restart"])
    assert pending <= set(guest.found()["pending_restart"])
    assert pending or not guest.found()["pending_restart"]
    assert guest.run(state="stopped")["pending_restart"] == []
    assert guest.run(state="paused")["pending_restart"] == []
    assert guest.stays()["pending_restart"] == []
    guest.gathers()


def row_of(case: Case) -> Node:
    nodes: Sequence[Node] = DOMAIN.fields
    for name in case.row.split("."):
        node = next(node for node in nodes if node.name == name)
        nodes = getattr(node, "fields", ())
    return node


class Guest:
    """The guest of a part, and what it was last wished to be."""

    def __init__(self, host: Host, part: Part, cases: Sequence[Case], state: str) -> None:
        self.host, self.state = host, state
        self.spec: Spec = {"name": NAME, **BASE, **part.around}
        around = self.spec
        self.cases = [case for case in cases if host.release not in case.refused_on]
        for case in self.cases:
            if case.a is not AS_IS:
                self.spec = laws.put(self.spec, case.path, case.a)
        for case in cases:
            if case not in self.cases:
                self.refuses(laws.put(around, case.path, case.b), case)
        if not self.cases:
            pytest.skip("every row of this part is refused or of no use here")

    def create(self) -> None:
        made = laws.twin(self.host, "domain", **self.spec, state=self.state)
        assert made.changed
        assert made["diff"]["before"] == {"state": "absent"}
        assert made["diff"]["after"]["state"] == self.state
        self.stays()

    def change(self, *cases: Case) -> Result:
        """Change what the cases are about, see nothing else in the diff, and nothing more to be done after it."""
        for case in cases:
            for path, value in {case.path: case.b, **case.also}.items():
                self.spec = laws.put(self.spec, path, value)
        changed = laws.twin(self.host, "domain", **self.spec)
        assert set(changed.paths) == set().union(*(case.paths for case in cases)), changed["changes"]
        again = self.host.run("domain", **self.spec)
        assert not again.changed, f"the same again changes {again['changes']}"
        return changed

    def refuses(self, spec: Spec, case: Case) -> None:
        said = laws.refused(self.host, "domain", **spec)
        assert case.row.rpartition(".")[2] in said

    def stays(self) -> Result:
        """The same again, with the state and without, in check mode and really, and with less stated: no change."""
        for spec in (self.spec, {**self.spec, "state": self.state}, self._less()):
            again = laws.twin(self.host, "domain", **spec)
            assert not again.changed, f"the same again changes {again['changes']}"
        return again

    def _less(self) -> Spec:
        """The spec without the options that the cases are about, as far as one can do without them."""
        spec = self.spec
        for case in self.cases:
            row = row_of(case)
            if not case.changes and isinstance(row, Field) and not row.required:
                with contextlib.suppress(StopIteration):  # the item has another name by now
                    spec = laws.put(spec, case.path, None)
        return spec

    def gathers(self) -> Spec:
        found = self.found()
        assert found["state"] == self.state
        again = laws.twin(self.host, "domain", **found["spec"])
        assert not again.changed, f"applying what was gathered changes {again['changes']}"
        spec: Spec = found["spec"]
        return spec

    def forget_secrets(self) -> None:
        """No secret is among what is gathered."""
        for case in self.cases:
            if case.row.endswith(".passwd"):
                self.spec = laws.put(self.spec, case.path, None)

    def found(self) -> dict[str, Any]:
        (found,) = self.host.run("domain_info", name=[NAME])["domains"]
        assert isinstance(found, dict)
        return found

    def run(self, state: str) -> Result:
        return laws.twin(self.host, "domain", name=NAME, state=state, shutdown=BASE["shutdown"])

    def remove(self) -> None:
        words = ["nvram", "tpm"]
        assert laws.twin(self.host, "domain", name=NAME, state="absent", undefine=words).paths == ["state"]
        assert not laws.twin(self.host, "domain", name=NAME, state="absent").changed
