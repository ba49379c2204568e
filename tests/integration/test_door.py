# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check mode never reaches a mutator: of any state module, on its way to any state.

The guard (harness/remote/guard.py) watches every run of these tests; here it is shown that it would see a bypass, and
that each module is taken through all that it does.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import pytest
import yaml
from harness.host import SCRATCH, TOP, Host, assert_same

Spec = dict[str, Any]

# -- the guard ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "seen"),
    [
        ("libvirt_itself", "virNetworkDefineXML"),
        ("raw_handle", "virNetworkDefineXMLFlags"),
        ("unnoticed", "virNetworkDefineXML"),
        ("file", f"open {SCRATCH}/bypass for writing"),
        ("removal", "os.rmdir"),
        ("program", "subprocess.Popen"),
    ],
)
def test_guard_sees_a_bypass(host: Host, way: str, seen: str) -> None:
    before = host.state()
    with pytest.raises(AssertionError, match=f"in check mode: .*{seen}"):
        host.run("bypass", check=True, way=way, directory=SCRATCH)
    assert_same(before, host.state(), "what the guard had seen")


def test_comparing_sees_what_the_guard_does_not(host: Host) -> None:
    with pytest.raises(AssertionError, match=f"touched: .*{SCRATCH}/bypass"):
        host.foretells("bypass", way="beneath_python", directory=SCRATCH)


def test_comparing_knows_what_is_the_guests_own(host: Host) -> None:
    """Its firmware may write at any time; that its variables are there, and whose they are, is nothing of its doing."""
    variables = "/var/lib/libvirt/qemu/nvram/law-guest_VARS.fd"
    host.run("domain", **GUEST, os={"firmware": "efi"}, state="paused")
    before = host.state()
    host.sh(f"printf x | dd of={variables} bs=1 seek=300000 conv=notrunc status=none")
    assert host.state() == before
    host.sh(f"chmod go+r {variables}")
    assert host.state() != before
    host.run("domain", **GUEST, state="stopped")
    before = host.state()
    host.sh(f"touch {variables}")
    assert host.state() != before


def test_guard_lets_reading_pass(host: Host) -> None:
    assert host.run("bypass", check=True, way="readable", directory=SCRATCH).changes == []


def test_guard_tells_what_a_real_run_changed(host: Host) -> None:
    assert host.run("network", name="law-door", state="active").changes == [
        "virNetworkDefineXMLFlags",
        "virNetworkCreate",
    ]


# -- the modules -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """A state module, with what takes it through all that it can do."""

    specs: tuple[Spec, Spec]  # two that differ, of the same object
    states: tuple[str, ...]  # in which an object can be, or be wished to be
    before: tuple[tuple[str, Spec], ...] = ()  # modules that make what it needs


POOL: Spec = {"name": "law-pool", "type": "dir", "target": {"path": f"{SCRATCH}/pool"}, "state": "active"}
GUEST: Spec = {
    "name": "law-guest",
    "type": "qemu",
    "memory": "64MiB",
    "shutdown": {"timeout": 0, "on_timeout": "destroy"},
}

UUID = "6f0a3f3e-5cf1-4ab8-9b39-0a2f4b1c7d55"
#: Of what every machine has; what it is matters only when a part of it is started.
PART: Spec = {"uuid": UUID, "parent": "pci_0000_00_00_0", "type": "mtty-1"}

KINDS = {
    "network": Kind(
        (
            {"name": "law-door", "ips": [{"address": "192.0.2.1", "prefix": 24}]},
            {
                "name": "law-door",
                "ips": [],
                "mtu": 1400,
                "dns": {"txts": [{"name": "a", "value": "b"}]},
                "autostart": True,
            },
        ),
        ("active", "inactive"),
    ),
    "node_device": Kind(
        ({**PART, "autostart": True}, {**PART, "attributes": [{"name": "a", "value": "b"}]}),
        ("present",),
    ),
    "nwfilter": Kind(
        ({"name": "law-door", "rules": []}, {"name": "law-door", "rules": [{"action": "drop", "direction": "in"}]}),
        ("present",),
    ),
    "secret": Kind(
        (
            {"uuid": UUID, "value": "first"},
            {"uuid": UUID, "value": "second", "description": "another", "private": True},
        ),
        ("present",),
    ),
    "storage_pool": Kind(
        (
            {"name": "law-door", "type": "dir", "target": {"path": f"{SCRATCH}/door"}},
            {"name": "law-door", "type": "dir", "target": {"path": f"{SCRATCH}/another"}, "autostart": True},
        ),
        ("active", "inactive"),
    ),
    "volume": Kind(
        (
            {"name": "law-door", "pool": "law-pool", "capacity": "1MiB"},
            {"name": "law-door", "pool": "law-pool", "capacity": "2MiB"},
        ),
        ("present",),
        (("storage_pool", POOL),),
    ),
    "snapshot": Kind(
        (
            {"domain": ["law-guest"], "name": "one", "description": "first"},
            {"domain": ["law-guest"], "name": "one", "description": "second"},
        ),
        ("present",),
        (
            ("storage_pool", POOL),
            ("volume", {"pool": "law-pool", "name": "disk", "capacity": "1MiB", "format": "qcow2"}),
            ("domain", {**GUEST, "disks": [{"target": "vda", "source": {"pool": "law-pool", "volume": "disk"}}]}),
        ),
    ),
    "domain": Kind(
        (GUEST, {**GUEST, "memory": "96MiB", "title": "another", "interfaces": [{"type": "user"}], "autostart": True}),
        ("running", "paused", "stopped"),
    ),
}


#: Modules without a state, or that need more than a libvirt, with tests of their own of what check mode touches.
VERBS = (
    *("backup", "cloud_init", "domain_export", "domain_import", "domain_ready", "guest_exec", "manifest", "migrate"),
    *("restore", "snapshot_prune", "snapshot_revert", "volume_download"),
)


def state_modules() -> list[str]:
    modules = yaml.safe_load((TOP / "meta/runtime.yml").read_text())["action_groups"]["kvm"]
    return [name for name in modules if not name.endswith("_info") and name not in VERBS]


def test_every_state_module_is_here() -> None:
    assert state_modules() == sorted(KINDS)


WAYS = [
    pytest.param(module, there, wished, id=f"{module}-{there}-to-{wished}")
    for module, kind in KINDS.items()
    for there, wished in itertools.product(("absent", *kind.states), (*kind.states, "absent"))
]


@pytest.mark.parametrize(("module", "there", "wished"), WAYS)
def test_check_mode_touches_nothing(host: Host, module: str, there: str, wished: str) -> None:
    kind = KINDS[module]
    for needed, spec in kind.before:
        host.run(needed, **spec)
    first, second = kind.specs
    if there != "absent":
        host.run(module, **first, state=there)
    before = host.state()
    for spec in kind.specs if there == "absent" else (second, first):
        foretold = host.run(module, check=True, **spec, state=wished)
        assert foretold.changed == (wished != there or (spec is second and wished != "absent"))
    assert_same(before, host.state(), f"{module} in check mode")


@pytest.mark.parametrize("module", [f"{name}_info" for name in KINDS])
def test_info_changes_nothing(host: Host, module: str) -> None:
    before = host.state()
    assert host.run(module).changes == []
    assert_same(before, host.state(), module)
