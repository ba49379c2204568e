# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what host_info tells and a playbook states to a plan that a person can read: placement without Ansible."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec
from ansible_collections.hypervise.kvm.plugins.module_utils.placement import task
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.options import OPTIONS

MODULE = Path(__file__).parents[2] / "plugins/modules/placement.py"
GIB = 2**30

HOST: dict[str, Any] = {
    "memory": {"total": 33 * GIB},
    "cpus": {"online": 8},
    "networks": [{"name": "lan", "state": "active"}, {"name": "old", "state": "inactive"}],
    "storage_pools": [{"name": "default", "state": "active", "path": "/srv"}],
    "capabilities": {
        "cpu": {"model": "EPYC", "vendor": "AMD", "signature": {"family": 23, "model": 1, "stepping": 2}},
        "guests": [
            {
                "arch": "x86_64",
                "types": ["qemu", "kvm"],
                "machines": [{"name": "q35", "canonical": "pc-q35-10.0"}, {"name": "pc-q35-10.0"}],
            }
        ],
    },
    "domain_capabilities": [
        {
            "type": "kvm",
            "cpu": {
                "models": [{"name": "EPYC", "usable": True}, {"name": "Skylake-Client", "usable": False}],
                "host_model": {"model": "EPYC", "features": [{"name": "x2apic", "policy": "require"}]},
            },
        }
    ],
}


def guest(name: str, memory: int = 4, **more: Any) -> dict[str, Any]:
    """Return a guest as host_info tells of it."""
    told: dict[str, Any] = {
        "name": name,
        "uuid": f"uuid-{name}",
        "type": "kvm",
        "state": "running",
        "vcpus": 2,
        "maximum_memory": memory * GIB,
        "resources": {},
        "labels": {},
        "needs": {"arch": "x86_64", "machine": "pc-q35-10.0", "networks": ["lan"], "storage_pools": ["default"]},
    }
    return {**told, **more}


def host(*guests: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return what host_info tells of a host."""
    return {**copy.deepcopy(HOST), "domains": list(guests), **more}


def plan(hosts: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Plan as the module does."""
    checked = ArgumentSpecValidator(OPTIONS).validate({"hosts": hosts, **options})
    assert not checked.error_messages
    return task.run(checked.validated_parameters)


def moves(result: dict[str, Any]) -> list[tuple[str, str | None, str]]:
    return [(move["domain"], move["from"], move["to"]) for move in result["moves"]]


def refusal(hosts: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Return the one guest that has no host, once the module has failed for it."""
    result = plan(hosts, **options)
    (told,) = result["refused"]
    assert result["failed"]
    assert f"{told['domain']}: {told['why']}" in result["msg"]
    assert result["moves"] == []
    return dict(told)


def test_balance() -> None:
    found = plan({"hv1": host(guest("a"), guest("b")), "hv2": host()})
    assert moves(found) == [("a", "hv1", "hv2")]
    assert found["score"]["before"] == {"total": 9.88, "broken": 0, "memory": 12.5, "vcpus": 6.25, "load": 0.0}
    assert found["score"]["after"]["total"] == 0
    assert found["homes"] == {"a": "hv1"}
    assert found["summary"] == [
        "1. a: hv1 -> hv2. It makes hosts more even, by 9.88 points.",
        "1 move in 1 step; score 9.88 -> 0.00.",
    ]
    assert found["hosts"][0]["memory"] == {"before": 25.0, "after": 12.5}
    assert not moves(plan({"hv1": host(guest("a"), guest("b")), "hv2": host()}, max_moves=0))
    assert not moves(plan({"hv1": host(guest("a"), guest("b")), "hv2": host()}, drained=["hv2"]))


def test_load_counts_where_it_is_known_of_all() -> None:
    busy, idle = guest("a", load=6.0), guest("b", load=0.0)
    found = plan({"hv1": host(busy, guest("c", load=2.0)), "hv2": host(idle, guest("d", load=0.0))})
    assert found["score"]["before"]["load"] == 50
    assert found["moves"]
    found = plan({"hv1": host(busy, guest("c")), "hv2": host(idle, guest("d"))})
    assert found["score"]["before"]["load"] == 0
    assert found["hosts"][0]["load"] == {"before": None, "after": None}
    assert not found["moves"]


def test_evacuate_and_return() -> None:
    hosts = {"hv1": host(guest("a"), guest("off", state="stopped")), "hv2": host(guest("b")), "hv3": host()}
    found = plan(hosts, mode="evacuate", drained=["hv1"])
    assert moves(found) == [("a", "hv1", "hv3")]
    assert found["moves"][0]["why"].startswith("hv1 is drained")
    after = {"hv1": host(guest("off", state="stopped")), "hv2": hosts["hv2"], "hv3": host(guest("a"))}
    back = plan(after, mode="return", homes={**found["homes"], "gone": "hv1", "b": "hv2"})
    assert moves(back) == [("a", "hv3", "hv1")]
    assert back["summary"][0] == "gone does not come home to hv1: it is on none of the hosts."
    assert back["summary"][1].endswith("hv3 -> hv1. It comes home to hv1.")
    asleep = {**after, "hv3": host(guest("a", state="stopped"))}
    for stopped in ("ignore", "reserve"):
        left = plan(asleep, mode="return", homes=found["homes"], stopped=stopped)["summary"]
        assert left[0] == "a stays on hv3 and does not come home to hv1: it is stopped."
        assert left[-1].startswith("0 moves in 0 steps")
    both = plan(hosts, mode="evacuate", drained=["hv1"], stopped="move")
    assert {move["domain"]: move["running"] for move in both["moves"]} == {"a": True, "off": False}


@pytest.mark.parametrize(
    ("changed", "there", "why"),
    [
        ({"needs": {"networks": ["old"]}}, {}, "it has no active network old"),
        ({"needs": {"storage_pools": ["ssd"]}}, {}, "it has no active storage pool ssd"),
        ({"needs": {"files": ["/srv/a.qcow2"]}}, {"storage_pools": []}, "it has no active storage pool default"),
        ({"needs": {"arch": "x86_64", "machine": "pc-q35-11.0"}}, {}, "its QEMU does not know the machine type"),
        ({"needs": {"arch": "aarch64"}}, {}, "it runs no guests of aarch64 by kvm"),
        ({"resources": {"cpu": {"model": "Skylake-Client"}}}, {}, "its CPU cannot be a Skylake-Client for a guest"),
        (
            {"resources": {"cpu": {"model": "EPYC", "features": [{"name": "avx512f", "policy": "require"}]}}},
            {},
            "its CPU has not the guest's avx512f",
        ),
        (
            {"resources": {"cpu": {"mode": "host-passthrough"}}},
            {"capabilities": {"cpu": {"model": "EPYC-Rome", "vendor": "AMD"}}},
            "the guest has the very CPU of its host, AMD EPYC (family 23, model 1, stepping 2), and this is AMD EPYC-R",
        ),
        ({"maximum_memory": 40 * GIB}, {}, "40.0GiB of memory are needed, 32.0GiB are left"),
        ({"vcpus": 33}, {}, "33 virtual processors are needed, 32 are left"),
        ({"labels": {"placement.hosts": "hv1,hv3"}}, {}, "the rule placement.hosts hv1,hv3 does not allow it"),
    ],
)
def test_why_a_host_cannot_take_a_guest(changed: dict[str, Any], there: dict[str, Any], why: str) -> None:
    told = refusal({"hv1": host(guest("a", **changed)), "hv2": host(**there)}, mode="evacuate", drained=["hv1"])
    assert told["hosts"]["hv2"].startswith(why)
    assert told["why"].startswith(f"No host can take it. hv2: {why}")


def test_a_name_that_is_taken() -> None:
    other = guest("a", uuid="another", state="stopped")
    told = refusal({"hv1": host(guest("a")), "hv2": host(other)}, mode="evacuate", drained=["hv1"])
    assert told["hosts"] == {"hv2": "another domain of that name is there"}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"resources": {"hostdevs": [{"type": "pci"}]}}, "it has a device of the host to itself"),
        ({"labels": {"placement.pinned": "true"}}, "it is pinned to its host by the rule placement.pinned true"),
    ],
)
def test_who_cannot_leave(changed: dict[str, Any], why: str) -> None:
    hosts = {"hv1": host(guest("a", **changed), guest("b")), "hv2": host()}
    told = refusal(hosts, mode="evacuate", drained=["hv1"])
    assert (told["why"], told["hosts"]) == (f"It cannot leave its host: {why}.", {})
    assert moves(plan(hosts, mode="evacuate", drained=["hv1"], partial=True)) == [("b", "hv1", "hv2")]


def test_labels_keep_apart_and_together() -> None:
    apart = {"placement.anti_affinity": "web"}
    hosts = {"hv1": host(guest("a", labels=apart)), "hv2": host(guest("b", labels=apart)), "hv3": host(guest("c", 16))}
    assert moves(plan(hosts, mode="evacuate", drained=["hv1"])) == [("a", "hv1", "hv3")]
    together = {"placement.affinity": "app"}
    hosts = {"hv1": host(guest("a", labels=together)), "hv2": host(), "hv3": host(guest("b", labels=together))}
    found = plan(hosts, threshold=100)
    assert len(found["moves"]) == 1
    assert found["broken"] == {
        "before": ["Guests that placement.affinity app keeps together are on hv1, hv3"],
        "after": [],
    }


def test_rules_by_pattern_label_and_rack() -> None:
    hosts = {name: host() for name in ("hv1", "hv2", "hv3")}
    hosts["hv1"] = host(guest("db1", labels={"role": "db"}), guest("db2", labels={"role": "db"}))
    racks = {"hv1": {"rack": "a"}, "hv2": {"rack": "a"}, "hv3": {"rack": "b"}}
    rule = {"name": "databases", "type": "anti_affinity", "labels": {"role": "db"}, "across": "rack"}
    (move,) = moves(plan(hosts, rules=[rule], host_labels=racks))
    assert move[1:] == ("hv1", "hv3")
    where = {"name": "b", "type": "hosts", "guests": ["db*"], "host_labels": {"rack": "b"}}
    assert {move[2] for move in moves(plan(hosts, rules=[where], host_labels=racks))} == {"hv3"}


def test_place() -> None:
    hosts = {"hv1": host(guest("a", labels={"placement.anti_affinity": "web"})), "hv2": host(guest("b", 16))}
    new: dict[str, Any] = {"name": "new", "memory": "2GiB", "interfaces": [{"source": {"network": "lan"}}]}
    found = plan(hosts, mode="place", guests=[new, {"name": "b", "memory": "2GiB"}])
    assert moves(found) == [("new", None, "hv1")]
    assert found["placed"] == {"new": "hv1", "b": "hv2"}
    new["metadata"] = {"labels": {"placement.anti_affinity": "web"}}
    assert moves(plan(hosts, mode="place", guests=[new])) == [("new", None, "hv2")]
    assert refusal(hosts, mode="place", guests=[{**new, "memory": "64GiB"}])["host"] is None


def test_capacity() -> None:
    hosts = {"hv1": host(guest("a", 16)), "hv2": host()}
    new = {"name": "new", "memory": "8GiB"}
    (found,) = plan(hosts, mode="capacity", guests=[new], n_plus_one="never")["capacity"]
    assert found == {"name": "new", "hosts": {"hv1": 2, "hv2": 4}, "total": 6}
    (found,) = plan(hosts, mode="capacity", guests=[new])["capacity"]
    assert found["total"] == 2
    (found,) = plan(hosts, mode="capacity", guests=[{**new, "metadata": {"labels": {"placement.anti_affinity": "x"}}}])[
        "capacity"
    ]
    assert found["hosts"] == {"hv1": 1, "hv2": 1}


def test_groups() -> None:
    apart = {"placement.anti_affinity": "web"}
    hosts = {"hv1": host(guest("a", labels=apart)), "hv2": host(guest("b", labels=apart)), "hv3": host(), "hv4": host()}
    assert plan(hosts, mode="group", group_size=2)["groups"] == [["hv1", "hv3"], ["hv2", "hv4"]]
    assert plan(hosts, mode="group")["groups"] == [["hv1"], ["hv2"], ["hv3"], ["hv4"]]
    assert plan(hosts, mode="group", group_size=0, group_hosts=["hv3", "hv4"])["groups"] == [["hv3", "hv4"]]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"drained": ["hv9"]}, "drained[0]: hv9 is none of the hosts"),
        ({"homes": {"a": "hv9"}}, "homes.a: hv9 is none of the hosts"),
        ({"limits": {"memory_reserve": "much"}}, "limits.memory_reserve: 'much' is not a size"),
        ({"limits": {"vcpus_per_cpu": 0}}, "limits.vcpus_per_cpu: it has to be more than 0"),
        ({"weights": {"load": -1}}, "weights.load: it is negative"),
        ({"min_gain": 0}, "min_gain: it has to be more than 0"),
        ({"parallel": 0}, "parallel: it has to be at least 1"),
        ({"rules": [{"name": "x", "type": "pinned"}]}, "rules[0]: it says of no guests"),
        ({"rules": [{"name": "x", "type": "hosts", "guests": ["*"]}]}, "rules[0]: it names no hosts"),
        ({"guests": [{"memory": "1GiB"}]}, "guests[0].name: it is missing"),
        ({"guests": [{"name": "x", "memory": "big"}]}, "guests[0]: 'big' is not a size"),
        ({"hosts": {"hv1": {"memory": {}}}}, "hosts.hv1.memory.total: it is missing; have host_info gather memory"),
        ({"hosts": {"hv1": host(guest("a", labels={"placement.near": "b"}))}}, "none of the labels of placement"),
    ],
)
def test_what_is_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidSpec) as caught:
        plan(**{"hosts": {"hv1": host()}, **options})
    assert told in caught.value.message


def test_documentation() -> None:
    """The module has no code from which ansible-test could see what its options are."""
    text = MODULE.read_text().split('DOCUMENTATION = r"""')[1].split('"""')[0]
    _agree(OPTIONS, yaml.safe_load(text)["options"])


def _agree(spec: dict[str, Any], documented: dict[str, Any]) -> None:
    assert spec.keys() == documented.keys()
    for name, option in spec.items():
        for word in ("type", "elements", "choices", "required"):
            assert option.get(word) == documented[name].get(word), name
        _agree(option.get("options", {}), documented[name].get("suboptions", {}))
        if "options" not in option:
            assert option.get("default") == documented[name].get("default"), name
