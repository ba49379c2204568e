# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots: the laws, and what is refused. What is in them is in test_snapshot_content."""

from __future__ import annotations

import os
from typing import Any

import pytest
from harness import laws
from harness.host import SCRATCH, Host, Result
from harness.snapshots import GUEST, assert_holds, define, listed, scribble, twin

EXTERNAL = {"domain": [GUEST], "type": "external"}


def account(result: Result) -> dict[str, Any]:
    (told,) = result["domains"]
    assert isinstance(told, dict)
    return told


@pytest.mark.parametrize("power", ["stopped", "running"])
@pytest.mark.parametrize("kind", ["internal", "external"])
def test_life(host: Host, kind: str, power: str) -> None:
    """Made, described, gathered, removed: each foretold, and done once."""
    stated = define(host, state=power)
    wish: dict[str, Any] = {"domain": [GUEST], "name": "one", "type": kind, "description": "the first"}
    made = twin(host, "snapshot", **wish)
    assert account(made)["snapshot"]["memory"] == (kind == "internal" and power == "running")
    laws.assert_unchanged(one(host, "snapshot", **wish), "made")
    changed = twin(host, "snapshot", **{**wish, "description": ""})
    assert [change["path"] for change in account(changed)["changes"]] == ["description"]
    laws.assert_unchanged(one(host, "snapshot", domain=[GUEST], name="one"), "described")
    second = twin(host, "snapshot", domain=[GUEST], name="two")
    assert account(second)["snapshot"]["type"] == kind
    found = host.run("snapshot_info", domain=[GUEST])["snapshots"]
    assert [(told["name"], told["parent"], told["children"], told["current"]) for told in found] == [
        ("one", "", ["two"], False),
        ("two", "one", [], True),
    ]
    for told in found:
        laws.assert_unchanged(one(host, "snapshot", **told["spec"]), "gathered")
    laws.assert_unchanged(host.run("domain", **stated), "made; its disks are those that they were")
    for name in ("one", "two"):
        assert twin(host, "snapshot", domain=[GUEST], name=name, state="absent").changed
        laws.assert_unchanged(one(host, "snapshot", domain=[GUEST], name=name, state="absent"), "removed")
    assert listed(host) == []
    assert host.sh(f"ls {SCRATCH}").split() == ["vda.qcow2", "vdb.qcow2"]


def one(host: Host, module: str, **options: Any) -> Result:
    """Run a module, and return the result of its one guest, as other modules have it."""
    result = host.run(module, **options)
    return Result(result.host, account(result), result.changes, result.milliseconds)


# -- reverting ---------------------------------------------------------------------------------------------------------


def reverted(host: Host, name: str, **options: Any) -> Result:
    return twin(host, "snapshot_revert", domain=[GUEST], name=name, discard=True, **options)


def test_later_snapshots(host: Host) -> None:
    """What was made later is in the way, stays, or goes, as is said."""
    kinds = ["internal"] if host.release == "bookworm" else ["internal", "external"]
    for kind in kinds:
        define(host)
        for number, name in enumerate(("one", "two", "three"), 1):
            host.run("snapshot", domain=[GUEST], name=name, type=kind)
            scribble(host, number)
        two: dict[str, Any] = {"domain": [GUEST], "name": "two"}
        assert "discard=true" in laws.refused(host, "snapshot_revert", **two)
        assert "three were made later" in laws.refused(host, "snapshot_revert", **two, discard=True)
        reverted(host, "two", later="keep")
        assert_holds(host, 1)
        assert listed(host) == ["one", "two", "three"]
        host.run("snapshot", domain=[GUEST], name="four")
        assert tree(host) == {"one": "", "two": "one", "three": "two", "four": "two"}
        if kind == "external":
            said = laws.refused(host, "snapshot", **two, state="absent")
            assert "several snapshots rest on it" in said
        reverted(host, "two", later="delete")
        assert tree(host) == {"one": "", "two": "one"}
        assert_holds(host, 1)
        reverted(host, "one", later="delete", power="paused")
        assert host.sh(f"virsh domstate {GUEST}").strip() == "paused"
        twin(host, "snapshot", domain=[GUEST], name="one", state="absent")
        host.run("domain", name=GUEST, state="absent", shutdown={"timeout": 0, "on_timeout": "destroy"})
        assert host.sh(f"ls {SCRATCH}").split() == ["vda.qcow2", "vdb.qcow2"], "files were left behind"


def test_types_do_not_mix(host: Host) -> None:
    """Where libvirt would write to an image on which another rests, or remove it with a snapshot in it."""
    define(host)
    host.run("snapshot", domain=[GUEST], name="inner", type="internal")
    assert "which is internal" in laws.refused(host, "snapshot", domain=[GUEST], name="outer", type="external")
    host.sh(f"virsh -q snapshot-create-as {GUEST} outer --disk-only && virsh -q snapshot-create-as {GUEST} top")
    wish: dict[str, Any] = {"domain": [GUEST], "name": "inner", "discard": True}
    for later in ("keep", "delete"):
        assert "rest on images" in laws.refused(host, "snapshot_revert", **wish, later=later)
    removal: dict[str, Any] = {"domain": [GUEST], "name": "outer", "state": "absent"}
    assert "top, internal snapshots, are in the images" in laws.refused(host, "snapshot", **removal)
    host.run("snapshot", domain=[GUEST], name="top", state="absent")
    assert "inner, on which it rests, is internal" in laws.refused(host, "snapshot", **removal)


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"type": "internal", "disks": [{"target": "vda"}]}, "disks: "),
        ({"type": "external", "disks": [{"target": "vdc"}]}, "vdc: no disk that it writes to"),
        ({"type": "external", "disks": []}, "no disk left"),
        ({"type": "external", "disks": [{"target": "vda", "file": f"{SCRATCH}/vdb.qcow2"}]}, "vdb.qcow2 exists"),
        (
            {"disks": [{"target": disk, "file": f"{SCRATCH}/same"} for disk in ("vda", "vdb")], "type": "external"},
            "stated twice",
        ),
        ({"memory": True}, "has no memory"),
        ({"type": "external", "quiesce": True}, "it is stopped"),
        ({"quiesce": True}, "only disks alone"),
        ({"name": "a/b"}, "name: "),
        ({"memory_file": "here"}, "not the absolute path"),
        ({"domain": ["law-nobody"]}, "no domain law-nobody"),
    ],
)
def test_refused(one_host: Host, options: dict[str, Any], said: str) -> None:
    define(one_host)
    assert said in laws.refused(one_host, "snapshot", **{"domain": [GUEST], "name": "one", **options})
    assert listed(one_host) == []


def test_raw_image_is_gone_on_from(host: Host) -> None:
    """A disk that cannot have internal snapshots, in a pool, gets an image beside it that nobody else reads."""
    host.run("storage_pool", name=f"{GUEST}-pool", type="dir", target={"path": f"{SCRATCH}/pool"}, state="active")
    host.run("volume", pool=f"{GUEST}-pool", name="raw", capacity="1MiB")
    disks = [{"target": "vda", "source": {"pool": f"{GUEST}-pool", "volume": "raw"}}]
    stated = define(host, disks=disks)
    assert "vda cannot be" in laws.refused(host, "snapshot", domain=[GUEST], name="one", type="internal")
    made = twin(host, "snapshot", domain=[GUEST], name="one")
    overlay = f"{SCRATCH}/pool/{GUEST}-vda.one.qcow2"
    assert account(made)["snapshot"]["disks"] == [{"target": "vda", "file": overlay}]
    assert host.sh(f"stat -c %a {overlay}").strip() == "600"
    laws.assert_unchanged(host.run("domain", **stated), "made")
    host.sh(f"chmod 644 {overlay}")
    shut = account(twin(host, "snapshot", domain=[GUEST], name="one"))
    assert [change["path"] for change in shut["changes"]] == ["overlays"]
    assert "one of domain" in laws.refused(host, "volume", pool=f"{GUEST}-pool", name="raw", state="absent")
    host.sh(f"qemu-io -c 'write -P 1 0 64k' {overlay} >/dev/null")
    if host.release != "bookworm":
        reverted(host, "one")
    twin(host, "snapshot", domain=[GUEST], name="one", state="absent")
    written = host.sh(f"head -c 1 {SCRATCH}/pool/raw | od -An -tu1").strip()
    assert written == ("1" if host.release == "bookworm" else "0")


@pytest.mark.parametrize("power", ["stopped", "running"])
def test_volume_is_one_again(host: Host, power: str) -> None:
    """What goes on from a volume of a pool is merged by its path; the definition says the volume then, as before."""
    host.run("storage_pool", name=f"{GUEST}-pool", type="dir", target={"path": f"{SCRATCH}/pool"}, state="active")
    host.run("volume", pool=f"{GUEST}-pool", name="a", capacity="1MiB", format="qcow2")
    stated = define(host, disks=[{"target": "vda", "source": {"pool": f"{GUEST}-pool", "volume": "a"}}], state=power)
    wish: dict[str, Any] = {"domain": [GUEST], "name": "one", "type": "external"}
    host.run("snapshot", **wish)
    twin(host, "snapshot", domain=[GUEST], name="one", state="absent")
    laws.assert_unchanged(host.run("domain", **stated), "merged")
    if host.release != "bookworm":
        host.run("snapshot", **wish)
        reverted(host, "one", power="snapshot" if power == "stopped" else power)
        laws.assert_unchanged(host.run("domain", **stated), "reverted")
        twin(host, "snapshot", domain=[GUEST], name="one", state="absent")
        laws.assert_unchanged(host.run("domain", **stated), "reverted and merged")


def test_definition_changed_since(host: Host) -> None:
    """A snapshot has the definition of then, and goes without a trace from a guest that has another one now."""
    stated = define(host)
    wish: dict[str, Any] = {"domain": [GUEST], "name": "one"}
    host.run("snapshot", **wish, type="internal")
    changed = {**stated, "memory": "48MiB", "disks": stated["disks"][:1]}
    host.run("domain", **changed)
    laws.assert_unchanged(host.run("domain", **changed), "changed")
    reverted(host, "one")
    laws.assert_unchanged(host.run("domain", **stated), "reverted")
    host.run("domain", **changed)
    twin(host, "snapshot", **wish, state="absent")
    laws.assert_unchanged(host.run("domain", **changed), "removed")
    host.run("domain", **stated)
    twin(host, "snapshot", **wish, type="internal")
    reverted(host, "one")


# -- many guests -------------------------------------------------------------------------------------------------------


def test_many_guests(one_host: Host) -> None:
    """Each has its own result; one that cannot does not keep the others from it."""
    names = [f"{GUEST}{number}" for number in range(3)]
    for name in names:
        define(one_host, name)
    wish: dict[str, Any] = {"domain": [f"{GUEST}?", "law-nobody"], "name": "one", "type": "external"}
    failed = one_host.fails("snapshot", **wish)
    assert "law-nobody" in failed["msg"]
    assert [told.get("failed", False) for told in failed["domains"]] == [False, False, False, True]
    again = one_host.run("snapshot", **{**wish, "domain": names})
    assert not again.changed
    assert twin(one_host, "snapshot", domain=names, name="one", state="absent").changed


def test_prune(host: Host) -> None:
    define(host)
    for name in ("a", "b", "c", "other"):
        host.run("snapshot", domain=[GUEST], name=name, type="external")
    policy: dict[str, Any] = {"domain": [GUEST], "name": ["?"], "protected": ["a"]}
    assert not twin(host, "snapshot_prune", **policy).changed
    assert not twin(host, "snapshot_prune", **policy, keep_last=9).changed
    pruned = account(twin(host, "snapshot_prune", **policy, keep_yearly=1))
    assert set(pruned["kept"]) == {"a", "c"}
    assert set(listed(host)) == {"a", "c", "other"}


def test_deep_chain(host: Host) -> None:
    """As many as are asked for in HYPERVISE_SNAPSHOTS: each adds an image, and pruning merges them again."""
    define(host)
    count = int(os.environ.get("HYPERVISE_SNAPSHOTS", "4"))
    for number in range(1, count + 1):
        host.run("snapshot", domain=[GUEST], name=f"{number:03}", type="external")
        scribble(host, number)
    host.run("domain", name=GUEST, state="running")
    host.run("domain", name=GUEST, state="stopped", shutdown={"timeout": 0, "on_timeout": "destroy"})
    assert len(account(twin(host, "snapshot_prune", domain=[GUEST], keep_last=2))["kept"]) == 2
    assert len(listed(host)) == 2
    assert_holds(host, count)
    if host.release != "bookworm":
        reverted(host, f"{count:03}")
        assert_holds(host, count - 1)


def tree(host: Host) -> dict[str, str]:
    """Each snapshot, and the one that it rests on."""
    return {told["name"]: told["parent"] for told in host.run("snapshot_info", domain=[GUEST])["snapshots"]}
