# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manifests: a host from nothing, again, one change, refused as a whole, killed half way, and what is pruned."""

from __future__ import annotations

import copy
import os
from pathlib import Path
from typing import Any

import pytest
from harness.host import PREFIX, SCRATCH, Host, Result, assert_same
from harness.playbooks import results_of

#: Of each kind; HYPERVISE_MANIFEST=200 for the size of a real host.
SIZE = int(os.environ.get("HYPERVISE_MANIFEST", "6"))

POOL = f"{PREFIX}pool"
LABEL = f"{PREFIX}label"

EVERYTHING = ["secrets", "storage_pools", "volumes", "nwfilters", "networks", "domains"]

#: What check mode foretells of each object.
FORETOLD = ("item", "status", "changed", "changes", "steps", "pending_restart")

Document = dict[str, Any]


@pytest.fixture(autouse=True)
def no_owners(request: pytest.FixtureRequest) -> None:
    """Let no label own what an earlier test made, and the harness swept."""
    host: Host = request.getfixturevalue("host" if "host" in request.fixturenames else "one_host")
    host.sh("rm -rf /var/lib/hypervise-kvm /var/cache/hypervise-kvm")


def document(size: int = SIZE) -> Document:
    """A host with a pool, and each guest with a disk of its own, all on a few networks."""
    networks = max(2, size // 10)
    return {
        "storage_pools": [{"name": POOL, "type": "dir", "target": {"path": f"{SCRATCH}/pool"}, "state": "active"}],
        "volumes": [
            {"pool": POOL, "name": "base", "capacity": "1MiB", "format": "qcow2"},
            *({"pool": POOL, "name": f"disk{index}", "capacity": "1MiB", "format": "qcow2"} for index in range(size)),
        ],
        "networks": [
            {
                "name": f"{PREFIX}net{index}",
                "forward": {"mode": "nat"},
                "bridge": {"name": f"law{index}"},
                "ips": [{"address": f"10.231.{index}.1", "prefix": 24}],
                "state": "active" if index < 2 else "present",
            }
            for index in range(networks)
        ],
        "domains": [
            {
                "name": f"{PREFIX}guest{index}",
                "type": "qemu",
                "memory": "32MiB",
                "disks": [{"target": "vda", "source": {"pool": POOL, "volume": f"disk{index}"}}],
                "interfaces": [{"source": {"network": f"{PREFIX}net{index % networks}"}}],
            }
            for index in range(size)
        ],
    }


def totals(result: Result) -> dict[str, int]:
    return {status: count for status, count in result["totals"].items() if count}


def count(stated: Document) -> int:
    return sum(len(items) for items in stated.values())


def told(result: Result, *names: str) -> list[tuple[Any, ...]]:
    """What is told of each object that is not as stated."""
    return [tuple(entry[name] for name in names) for entry in result["objects"] if entry["status"] != "ok"]


def foretold(host: Host, stated: Document, **options: Any) -> Result:
    """Run in check mode and then really: what was done is what had been foretold, and foretelling touched nothing."""
    before = host.state()
    first = host.attempt("manifest", check=True, **stated, **options)
    assert_same(before, host.state(), "manifest in check mode")
    then = host.attempt("manifest", **stated, **options)
    assert told(first, *FORETOLD) == told(then, *FORETOLD)
    assert [first[name] for name in ("changed", "diff", "totals")] == [
        then[name] for name in ("changed", "diff", "totals")
    ]
    if first.failed:
        assert first["msg"] == then["msg"]
    return then


def made(host: Host, stated: Document, **options: Any) -> Result:
    result = foretold(host, stated, **options)
    assert not result.failed, result["msg"]
    return result


def assert_as_stated(host: Host, stated: Document, **options: Any) -> None:
    again = made(host, stated, **options)
    assert not again.changed
    assert not again.changes
    assert totals(again) == {"ok": count(stated)}


def test_a_host_from_nothing(host: Host) -> None:
    wish = document()
    assert totals(made(host, wish)) == {"changed": count(wish)}
    assert "qcow2" in host.sh(f"virsh dumpxml {PREFIX}guest1 | grep driver")  # told by the volume, which came first
    assert_as_stated(host, wish)
    wish["domains"][3]["memory"] = "48MiB"
    changed = made(host, wish)
    assert told(changed, "item", "status") == [("domains[3]", "changed")]
    assert [section["after"] for section in changed["diff"]] == [{"memory": "48MiB"}]
    wish["domains"][1]["state"] = wish["volumes"][2]["state"] = "absent"
    assert told(made(host, wish), "item") == [("volumes[2]",), ("domains[1]",)]  # as the guest goes first
    assert_as_stated(host, wish)


def test_one_mistake_refuses_all(one_host: Host) -> None:
    wish = document()
    wish["domains"][2]["memory"] = "2 Gb"
    wish["networks"][1]["ips"][0]["prefix"] = 99
    wish["volumes"][1]["formt"] = "qcow2"
    wish["domains"].append(wish["domains"][0])
    wish["domains"].append({"name": f"{PREFIX}more", "memory": "32MiB", "type": "qemu", "os": {"machine": "nonsense"}})
    refused = foretold(one_host, wish)
    assert refused.failed
    assert not refused.changes
    assert not refused.changed
    assert totals(refused) == {"refused": 5, "left": count(wish) - 5}
    for problem in (
        "domains[2].memory: '2 Gb' has the unknown unit",
        f"networks[1] ({PREFIX}net1): ",
        "volumes[1]: formt. Supported parameters include",
        f"the domain {PREFIX}guest0 is stated already, by domains[0]",
        "nonsense",
    ):
        assert problem in refused["msg"]


def test_the_rest_is_done(one_host: Host) -> None:
    wish = document()
    wish["volumes"][1]["format"] = "nonsense"
    result = foretold(one_host, wish, on_error="continue")
    assert result.failed
    assert totals(result) == {"changed": count(wish) - 1, "refused": 1}
    wish["volumes"][1]["format"] = "qcow2"
    assert totals(made(one_host, wish)) == {"ok": count(wish) - 1, "changed": 1}


def test_one_fails_half_way(one_host: Host) -> None:
    """A guest that cannot start, which nobody foresees: its image is not one of the stated format."""
    wish = document()
    made(one_host, {name: wish[name] for name in ("storage_pools", "volumes")})
    one_host.sh(f"head -c 1M /dev/zero > {SCRATCH}/pool/disk1")
    wish["domains"][1].update(state="paused")
    stopped = one_host.fails("manifest", **wish)
    failed = next(entry for entry in stopped["objects"] if entry["status"] == "failed")
    assert (failed["item"], failed["error"]["step"], failed["error"]["steps_done"]) == (
        "domains[1]",
        "start paused",
        ["define"],
    )
    assert stopped.changed
    wish["domains"][1].update(state="present")
    assert not one_host.run("manifest", **wish).failed
    assert_as_stated(one_host, wish)


def test_a_disk_goes_with_its_volume(host: Host) -> None:
    """A guest counts as it will be: a volume that it gives up in the same document is removed with it."""
    stated = document(1)
    (guest,) = stated["domains"]
    spare = {"pool": POOL, "name": "spare", "capacity": "1MiB", "format": "qcow2"}
    second = {"target": "vdb", "source": {"pool": POOL, "volume": "spare"}}
    with_disk = {**guest, "disks": [*guest["disks"], second], "state": "paused"}
    made(host, {**stated, "volumes": [*stated["volumes"], spare], "domains": [with_disk]})
    gone = {"pool": POOL, "name": "spare", "state": "absent"}
    still_used = foretold(host, {**stated, "volumes": [*stated["volumes"], gone], "domains": [with_disk]})
    assert "in use by domain law-guest0 (disk vdb" in still_used["msg"]
    stopped = {**guest, "state": "stopped", "shutdown": {"on_timeout": "destroy", "timeout": 0}}
    result = made(host, {**stated, "volumes": [*stated["volumes"], gone], "domains": [stopped]})
    assert told(result, "kind", "name", "status") == [
        ("volume", f"{POOL}/spare", "changed"),
        ("domain", f"{PREFIX}guest0", "changed"),
    ]


def test_guests_on_images_of_the_same_document(one_host: Host) -> None:
    """What a volume will be is known before it is there: its format, its place, what is made of it."""
    one_host.sh(f"qemu-img create -q -f qcow2 {SCRATCH}/golden 2M")
    golden = {"pool": POOL, "name": "golden", "content": {"src": f"{SCRATCH}/golden", "remote_src": True}}
    path = f"{SCRATCH}/pool"
    overlays: tuple[dict[str, Any], ...] = (
        {"backing_store": {"volume": "golden", "format": "qcow2"}},
        {"backing_store": {"path": f"{path}/golden", "format": "qcow2"}},
        {"content": {"volume": "golden"}},
        {"capacity": "1MiB"},
    )
    volumes = [{"pool": POOL, "name": f"disk{index}", "format": "qcow2", **how} for index, how in enumerate(overlays)]
    stated = document(0)
    stated["volumes"] = [*volumes, golden]
    sources = [{"pool": POOL, "volume": "disk0"}, {"pool": POOL, "volume": "golden"}, {"file": f"{path}/disk1"}]
    sources += [{"pool": POOL, "volume": "disk2"}, {"file": f"{path}/disk3"}]
    stated["domains"] = [
        {
            "name": f"{PREFIX}guest{index}",
            "type": "qemu",
            "memory": "32MiB",
            "disks": [{"target": "vda", "source": source}],
        }
        for index, source in enumerate(sources)
    ]
    made(one_host, stated)
    formats = {
        one_host.sh(f"virsh dumpxml {PREFIX}guest{index} | grep -o \"name='qemu' type='[a-z0-9]*'\"").strip()
        for index in range(len(sources))
    }
    assert formats == {"name='qemu' type='qcow2'"}
    assert_as_stated(one_host, stated)


def test_what_guests_come_to_need_stays(one_host: Host) -> None:
    """A guest that the document starts counts already where its network or pool is to go."""
    stated = document(1)
    made(one_host, stated, label=LABEL)
    name, network = f"{PREFIX}guest0", f"{PREFIX}net0"
    starts = [{"name": name, "state": "paused"}]
    said = foretold(one_host, {"domains": starts, "networks": [{"name": network, "state": "absent"}]})["msg"]
    assert f"running guests are attached to it: {name}" in said
    said = foretold(one_host, {"domains": starts, "storage_pools": [{"name": POOL, "state": "absent"}]})["msg"]
    assert f"in use by domain {name} (disk vda, running)" in said
    left = {**stated, "storage_pools": [], "volumes": []}
    said = foretold(one_host, left, label=LABEL, prune=["storage_pools"])["msg"]
    assert f"is not stated any more, but is in use by domain {name} (disk vda)" in said


def test_secrets_by_another_name(host: Host) -> None:
    """A secret goes by what it is for and by its UUID: none is pruned that is stated, none is stated twice."""
    uuid, usage = "6f0a3f3e-5cf1-4ab8-9b39-0000000000f1", {"type": "ceph", "name": f"{PREFIX}key"}
    by_uuid = {"uuid": uuid.upper(), "value": "verysecret"}
    prune = {"label": LABEL, "prune": ["secrets"]}
    made(host, {"secrets": [{"uuid": uuid, "usage": usage, "value": "verysecret"}]}, **prune)
    assert told(made(host, {"secrets": [by_uuid]}, **prune), "name", "changes") == [
        (uuid, [{"path": "manifest", "before": None, "after": LABEL, "when": "stored"}])
    ]
    assert_as_stated(host, {"secrets": [by_uuid]}, **prune)
    twice = foretold(host, {"secrets": [by_uuid, {"usage": usage, "value": "another"}]})
    assert f"the secret ceph {PREFIX}key is stated already, by secrets[0]" in twice["msg"]
    document = f"<secret><usage type='ceph'><name>{PREFIX}key</name></usage></secret>"
    nameless = foretold(host, {"secrets": [{"xml": document}, {"xml": document}]})
    assert totals(nameless) == {"refused": 2}
    assert "secrets[1]: only 'xml' says which one it is; state it as an option, too" in nameless["msg"]
    gone = made(host, {}, **prune)
    assert [entry["item"] for entry in gone["objects"]] == [f"prune.secrets[{uuid}]"]
    assert uuid not in host.sh("virsh secret-list")


def test_volumes_of_one_name_in_two_pools(one_host: Host) -> None:
    """One is made from the other: it has to be there first, wherever the document states it."""
    stated = document(0)
    other = {"name": f"{PREFIX}other", "type": "dir", "target": {"path": f"{SCRATCH}/other"}, "state": "active"}
    stated["storage_pools"].append(other)
    copy_of = {"pool": other["name"], "name": "base", "format": "qcow2", "content": {"pool": POOL, "volume": "base"}}
    stated["volumes"] = [copy_of, *stated["volumes"]]
    made(one_host, stated)
    assert_as_stated(one_host, stated)
    for volume in stated["volumes"]:
        volume["state"] = "absent"
    made(one_host, stated)


@pytest.mark.parametrize("share", [0.1, 0.35, 0.6, 0.85])
def test_killed_half_way(one_host: Host, share: float) -> None:
    """At whatever change it is killed, the next run does what is left, and nothing is left that no label owns."""
    wish = document()
    changes = len(one_host.run("manifest", label=LABEL, **wish).changes)
    one_host.run("manifest", label=LABEL, prune=EVERYTHING)
    assert one_host.killed("manifest", die_at=1 + int(changes * share), label=LABEL, **wish)
    before = one_host.run("manifest", check=True, label=LABEL, **wish)
    assert before.changed
    one_host.run("manifest", label=LABEL, prune=EVERYTHING)  # as if the document had been emptied since
    assert PREFIX not in one_host.sh(
        "virsh list --all --name; virsh net-list --all --name; virsh pool-list --all --name"
    )
    assert one_host.killed("manifest", die_at=1 + int(changes * share), label=LABEL, **wish)
    one_host.run("manifest", label=LABEL, **wish)
    assert_as_stated(one_host, wish, label=LABEL)


def test_prune(host: Host) -> None:
    wish = document()
    made(host, wish)
    adopted = made(host, wish, label=LABEL)
    assert totals(adopted) == {"changed": count(wish)}
    assert_as_stated(host, wish, label=LABEL)
    host.run("domain", name=f"{PREFIX}other", type="qemu", memory="32MiB")
    host.run("domain", name=f"{PREFIX}guest1", state="paused")
    less = copy.deepcopy(wish)
    less["domains"] = [
        guest for guest in less["domains"] if guest["name"] not in (f"{PREFIX}guest0", f"{PREFIX}guest1")
    ]
    less["networks"] = less["networks"][:1]
    less["volumes"] = [volume for volume in less["volumes"] if volume["name"] != "disk0"]
    assert not made(host, less, label=LABEL).changed  # nobody has said prune
    prune = {"label": LABEL, "prune": ["domains", "networks", "volumes"]}
    refused = foretold(host, less, **prune)
    assert "runs; prune stops no guest" in refused["msg"]
    assert f"prune.networks[{PREFIX}net1]" in refused["msg"]  # by the guest that runs
    host.run("domain", name=f"{PREFIX}guest1", state="stopped", shutdown={"timeout": 0, "on_timeout": "destroy"})
    for guest in less["domains"]:
        guest["interfaces"] = [{"source": {"network": f"{PREFIX}net0"}}]
    done = made(host, less, **prune)
    pruned = [entry["item"] for entry in done["objects"] if entry.get("pruned")]
    assert pruned == [
        f"prune.volumes[{POOL}/disk0]",
        *(f"prune.networks[{name}]" for name in sorted(network["name"] for network in wish["networks"][1:])),
        f"prune.domains[{PREFIX}guest0]",
        f"prune.domains[{PREFIX}guest1]",
    ]
    assert_as_stated(host, less, **prune)
    assert "other" in host.sh("virsh list --all --name")  # which never was the label's
    host.sh(f"test ! -e {SCRATCH}/pool/disk0 && test -e {SCRATCH}/pool/disk1")


def test_a_migrated_guest_is_its_old_host_s(one_host: Host) -> None:
    """It carries the label of a manifest there, which one of the same label here did not make."""
    mark = f"{LABEL}@11111111-2222-3333-4444-555555555555"
    one_host.run("domain", name=f"{PREFIX}guest", type="qemu", memory="32MiB", metadata={"manifest": mark})
    assert not one_host.run("manifest", label=LABEL, prune=["domains"]).changed


def test_prune_needs_a_label(one_host: Host) -> None:
    assert "prune: needs a label" in one_host.refused("manifest", prune=["domains"])["msg"]


def test_no_secret_is_told(one_host: Host) -> None:
    guest = {
        "name": f"{PREFIX}guest",
        "type": "qemu",
        "memory": "32MiB",
        "graphics": [{"type": "vnc", "passwd": "verysecret"}],
    }
    for guests in ([guest], [{**guest, "memory": "verysecret"}], [guest, guest]):
        result = one_host.attempt("manifest", domains=guests)
        assert "verysecret" not in str(result.data)
    assert "verysecret" not in one_host.sh("journalctl --no-pager -q -t ansible-manifest || true")


def test_files_of_the_controller(one_host: Host, tmp_path: Path) -> None:
    """They are brought by the action plugin, once for all volumes that are filled with them."""
    (tmp_path / "image").write_bytes(b"law" * 400_000)
    wish = document(0)
    content = {"src": str(tmp_path / "image")}
    wish["volumes"] += [
        {"pool": POOL, "name": f"disk{index}", "content": content, "format": "raw"} for index in range(2)
    ]
    task = {"hypervise.kvm.manifest": wish}
    results, _printed = results_of(one_host.name, {"first": task, "again": task}, tmp_path)
    assert results["first"]["totals"]["changed"] == count(wish)
    assert results["again"]["totals"] == {**results["again"]["totals"], "ok": count(wish)}
    one_host.sh(f"head -c 1200000 {SCRATCH}/pool/disk1 | cmp - {SCRATCH}/pool/disk0 -n 1200000")
    assert one_host.sh(f"head -c 3 {SCRATCH}/pool/disk1") == "law"
