# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans of disaster recovery: what is refused, what is done in which order, and how an interrupted run goes on."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery import file, options, order, records, task
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.model import Guest

MODULES = Path(__file__).parents[2] / "plugins/modules"
GIB = 2**30
NOW = 1_795_400_000.0

PLAN: dict[str, Any] = {
    "name": "shop",
    "sites": [
        {"name": "berlin", "hosts": ["hv1", "hv2"], "repository": "/srv/replica"},
        {"name": "munich", "hosts": ["hv3", "hv4"], "repository": "/srv/copies"},
    ],
    "guests": [
        {"name": "web1", "hosts": {"berlin": "hv2", "munich": "hv4"}, "priority": 3, "depends_on": ["app1"]},
        {"name": "app1", "hosts": {"berlin": "hv1", "munich": "hv3"}, "priority": 2},
        {"name": "db1", "hosts": {"berlin": "hv1", "munich": "hv3"}, "priority": 1, "rpo": 60, "rto": 30},
    ],
    "networks": [{"berlin": "lan", "munich": "lan-m"}],
    "directories": [{"berlin": "/srv/b", "munich": "/srv/m"}],
    "bubbles": [{"name": "lan-m"}],
    "rpo": 900,
    "ready": {"agent": True},
}

SITES = {"berlin": ("hv1", "hv2"), "munich": ("hv3", "hv4")}


def domain(name: str, state: str = "running", network: str = "lan", **more: Any) -> dict[str, Any]:
    """A guest as host_info tells of it."""
    needs = {"arch": "x86_64", "machine": "pc-q35-10.0", "networks": [network], "storage_pools": [], "files": []}
    told = {"name": name, "uuid": f"uuid-{name}", "type": "qemu", "state": state, "autostart": True}
    sizes = {"vcpus": 1, "maximum_memory": GIB, "resources": {}}
    return {**told, **sizes, "needs": {**needs, **more.pop("needs", {})}, **more}


def point(name: str, age: float = 30, uuid: str = "") -> dict[str, Any]:
    """A point as backup_info tells of it."""
    disks = [{"target": "vda", "source": {"path": f"/srv/b/{name}.qcow2"}}]
    told = {"domain": name, "uuid": uuid or f"uuid-{name}", "name": f"{name}-{age}", "state": "complete"}
    return {**told, "created": NOW - age, "disks": disks}


def host(site: str, domains: list[dict[str, Any]], points: list[dict[str, Any]]) -> dict[str, Any]:
    """What a host tells."""
    facts = {
        "memory": {"total": 8 * GIB},
        "cpus": {"online": 4},
        "networks": [{"name": "lan" if site == "berlin" else "lan-m", "state": "active"}],
        "storage_pools": [],
        "domains": domains,
        "capabilities": {
            "guests": [{"arch": "x86_64", "types": ["qemu"], "machines": [{"name": "pc-q35-10.0"}]}],
        },
    }
    return {"host": facts, "points": points, "records": {}}


def estate() -> dict[str, Any]:
    """Both sites, with all guests at home, and points of them at the other one."""
    return {
        "hv1": host("berlin", [domain("app1"), domain("db1")], []),
        "hv2": host("berlin", [domain("web1")], []),
        "hv3": host("munich", [], [point("app1"), point("db1")]),
        "hv4": host("munich", [], [point("web1")]),
    }


def planned(mode: str, seen: Mapping[str, Any], plan: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """What the module returns."""
    checked = ArgumentSpecValidator(options.OPTIONS).validate(
        copy.deepcopy({"mode": mode, "plan": plan or PLAN, "seen": seen, "now": NOW, **more})
    )
    assert not checked.error_messages
    return task.run(checked.validated_parameters)


def phases(result: Mapping[str, Any]) -> list[list[str]]:
    """What is done in which order, in words."""
    return [[f"{step['phase']} {step['guest']}@{step['host']}" for step in stage] for stage in result["stages"]]


def flat(result: Mapping[str, Any]) -> list[str]:
    """The same, without stages."""
    return [phase for stage in phases(result) for phase in stage]


def carried_out(seen: dict[str, Any], result: Mapping[str, Any], count: int = 10**6) -> dict[str, Any]:
    """What hosts tell once some of the stages are done: what each step notes, and what its module does."""
    after = copy.deepcopy(seen)
    for stage in result["stages"][:count]:
        for step in stage:
            told, guest = after[step["host"]], step["guest"]
            if step["record"]:
                record = dict(step["record"])
                if "run" in record and "done" not in record:
                    record["done"] = {step["phase"]: {"ended": NOW}}
                told["records"][guest] = records.merged(told["records"].get(guest, {}), record)
            domains = told["host"]["domains"]
            if step["phase"] == "stop":
                next(each for each in domains if each["name"] == guest)["state"] = "stopped"
            elif step["phase"] == "restore":
                network = "lan-m" if step["host"] in SITES["munich"] else "lan"
                domains[:] = [each for each in domains if each["name"] != guest]
                domains.append(domain(guest, network=network))
            elif step["phase"] == "retire":
                next(each for each in domains if each["name"] == guest)["autostart"] = False
            elif step["phase"].endswith("copy"):
                told["points"].append(point(guest, 0))
    return after


def lost(seen: Mapping[str, Any], site: str = "berlin") -> dict[str, Any]:
    """What is left of the hosts' tales when a site is."""
    return {name: told for name, told in seen.items() if name not in SITES[site]}


FENCED: dict[str, Any] = {"disaster": True, "fenced": ["hv1", "hv2"]}


class TestPlan:
    @pytest.mark.parametrize(
        ("change", "says"),
        [
            (lambda plan: plan["sites"].pop(), "two sites are needed"),
            (lambda plan: plan["sites"][1].update(name="berlin"), "two sites are needed"),
            (lambda plan: plan["sites"][1]["hosts"].append("hv1"), "host hv1 is named 2 times"),
            (lambda plan: plan["sites"][1].update(repository="here"), "plan.sites[1].repository: 'here' is not an"),
            (lambda plan: plan["guests"].append(plan["guests"][0]), "web1 is named 2 times"),
            (lambda plan: plan["guests"][0]["hosts"].update(munich="hv1"), "hv1 is no host of munich; there are hv3"),
            (lambda plan: plan["guests"][0]["hosts"].pop("munich"), "no host of munich is named"),
            (lambda plan: plan["guests"][0]["hosts"].update(bonn="hv1"), "there is no site bonn"),
            (lambda plan: plan["guests"][0].update(depends_on=["db2"]), "db2 is no guest of the plan"),
            (lambda plan: plan["guests"][2].update(depends_on=["app1"]), "db1 has priority 1, and waits for app1, wh"),
            (lambda plan: plan["networks"].append({"berlin": "dmz"}), "plan.networks[1]: it needs a name for each"),
            (lambda plan: plan["bubbles"].append({}), "plan.bubbles[1]: it has no name"),
            (
                lambda plan: plan["bubbles"][0].update(forward={"mode": "nat"}),
                "plan.bubbles[0].forward: nothing may leave",
            ),
            (lambda plan: plan.update(fencing={"hv9": "true"}), "plan.fencing.hv9: it is no host of a site"),
        ],
    )
    def test_refused(self, change: Callable[[Any], Any], says: str) -> None:
        plan = copy.deepcopy(PLAN)
        change(plan)
        with pytest.raises(InvalidSpec) as refused:
            planned("status", {}, plan)
        assert says in refused.value.message

    def test_circle(self) -> None:
        plan = copy.deepcopy(PLAN)
        for guest, other in zip(plan["guests"], ("app1", "db1", "web1"), strict=True):
            guest.update(priority=1, depends_on=[other])
        with pytest.raises(InvalidSpec) as refused:
            planned("failover", estate(), plan)
        assert "they wait for each other: web1 -> app1 -> db1 -> web1" in refused.value.message

    def test_unknown_guest(self) -> None:
        with pytest.raises(InvalidSpec, match=r"guests: db9: not in the plan, which has app1, db1, web1"):
            planned("status", {}, guests=["db9"])

    @given(st.data())
    def test_each_guest_waits_for_what_it_has_to(self, data: st.DataObject) -> None:
        guests: list[Guest] = []
        for index in range(data.draw(st.integers(0, 12))):
            priority = data.draw(st.integers(1, 5))
            before = [guest.name for guest in guests if guest.priority <= priority]
            needed = data.draw(st.sets(st.sampled_from(before))) if before else set()
            guests.append(Guest(f"g{index}", {}, priority, tuple(sorted(needed))))
        assert not list(order.problems(guests))
        waves = order.waves(data.draw(st.permutations(guests)))
        place = {guest.name: number for number, wave in enumerate(waves) for guest in wave}
        assert len(place) == len(guests)
        for guest in guests:
            assert all(place[name] < place[guest.name] for name in guest.depends_on)
            assert all(place[other.name] < place[guest.name] for other in guests if other.priority < guest.priority)


class TestStatus:
    def test_at_home(self) -> None:
        told = {guest["name"]: guest for guest in planned("status", estate())["guests"]}
        assert told["db1"]["active"] == "berlin"
        assert told["db1"]["states"] == {"berlin": "running", "munich": "absent"}
        assert (told["db1"]["lag"], told["db1"]["rpo"], told["db1"]["rpo_met"]) == (30, 60, True)
        assert (told["web1"]["rpo"], told["web1"]["rto"]) == (900, None)

    def test_too_old_or_missing(self) -> None:
        seen = estate()
        seen["hv3"]["points"] = [point("db1", 61)]
        told = {guest["name"]: guest for guest in planned("status", seen)["guests"]}
        assert told["db1"]["rpo_met"] is False
        assert (told["app1"]["lag"], told["app1"]["rpo_met"]) == (None, False)

    def test_damaged_points_do_not_count(self) -> None:
        seen = estate()
        seen["hv4"]["points"][0] = {"domain": "web1", "uuid": "uuid-web1", "name": "x", "state": "damaged"}
        assert planned("status", seen, guests=["web1"])["guests"][0]["point"] is None

    def test_records_lost(self) -> None:
        """Where nothing is noted, a guest is where it alone runs."""
        seen = estate()
        seen["hv1"]["host"]["domains"][1]["state"] = "stopped"
        seen["hv3"]["host"]["domains"].append(domain("db1"))
        told = {guest["name"]: guest["active"] for guest in planned("status", seen)["guests"]}
        assert told == {"web1": "berlin", "app1": "berlin", "db1": "munich"}


class TestProtect:
    def test_all(self) -> None:
        result = planned("protect", estate(), addresses={"hv1": "192.0.2.1"})
        assert phases(result) == [
            ["backup web1@hv2", "backup app1@hv1", "backup db1@hv1"],
            ["copy web1@hv4", "copy app1@hv3", "copy db1@hv3"],
        ]
        step = result["stages"][1][1]
        assert step["options"]["source"] == "192.0.2.1:/srv/replica"
        assert step["options"]["repository"] == "/srv/copies"
        assert step["record"]["facts"]["needs"]["networks"] == ["lan"]

    def test_one_host_away(self) -> None:
        seen = estate()
        del seen["hv4"]
        result = planned("protect", seen)
        assert phases(result) == [["backup app1@hv1", "backup db1@hv1"], ["copy app1@hv3", "copy db1@hv3"]]
        assert result["problems"] == [{"guest": "web1", "why": "hv4 does not answer"}]


class TestPlanned:
    def test_order(self) -> None:
        assert phases(planned("failover", estate())) == [
            ["sync web1@hv2", "sync app1@hv1", "sync db1@hv1"],
            ["sync copy web1@hv4", "sync copy app1@hv3", "sync copy db1@hv3"],
            ["stop web1@hv2"],
            ["stop app1@hv1"],
            ["stop db1@hv1"],
            ["final backup web1@hv2", "final backup app1@hv1", "final backup db1@hv1"],
            ["final copy web1@hv4", "final copy app1@hv3", "final copy db1@hv3"],
            ["restore db1@hv3"],
            ["ready db1@hv3"],
            ["restore app1@hv3"],
            ["ready app1@hv3"],
            ["restore web1@hv4"],
            ["ready web1@hv4"],
            ["retire web1@hv2", "retire app1@hv1", "retire db1@hv1"],
        ]

    def test_options(self) -> None:
        result = planned("failover", estate(), guests=["db1"])
        steps = {step["phase"]: step for stage in result["stages"] for step in stage}
        assert steps["restore"]["options"] == {
            "repository": "/srv/copies",
            "domain": "db1",
            "networks": {"lan": "lan-m"},
            "destinations": {"vda": "/srv/m/db1.qcow2"},
            "overwrite": False,
            "state": "running",
        }
        assert steps["ready"]["options"] == {"name": "db1", "agent": True}

    def test_there_and_back(self) -> None:
        there = carried_out(estate(), planned("failover", estate()))
        told = planned("status", there)["guests"]
        assert {(guest["active"], bool(guest["run"]), guest["diverged"]) for guest in told} == {("munich", False, None)}
        assert phases(planned("failover", there)) == []
        back = planned("failback", there)
        assert "restore db1@hv1" in flat(back)
        restored = next(step for stage in back["stages"] for step in stage if step["phase"] == "restore")
        assert restored["options"]["overwrite"]
        assert restored["options"]["networks"] == {"lan-m": "lan"}
        home = carried_out(there, back)
        assert {guest["active"] for guest in planned("status", home)["guests"]} == {"berlin"}
        assert phases(planned("failback", home)) == []

    @pytest.mark.parametrize("count", range(15))
    def test_goes_on_where_it_was_interrupted(self, count: int) -> None:
        first = planned("failover", estate())
        seen = carried_out(estate(), first, count)
        rest = planned("failover", seen, now=NOW + 60)
        assert phases(rest) == phases(first)[count:]
        if 0 < count < 14:
            assert rest["run"]["id"] == first["run"]["id"]
        told = planned("status", carried_out(seen, rest))["guests"]
        assert {(guest["active"], bool(guest["run"])) for guest in told} == {("munich", False)}

    def test_a_guest_that_was_started_again_is_stopped_again(self) -> None:
        seen = carried_out(estate(), planned("failover", estate()), 7)
        seen["hv1"]["host"]["domains"][1]["state"] = "running"
        assert phases(planned("failover", seen))[:5] == [
            ["sync db1@hv1"],
            ["sync copy db1@hv3"],
            ["stop db1@hv1"],
            ["final backup db1@hv1"],
            ["final copy db1@hv3"],
        ]

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            (lambda seen: seen.pop("hv3"), "db1: hv3 does not answer"),
            (lambda seen: seen.pop("hv1"), "db1: hv1 does not answer"),
            (lambda seen: seen["hv3"]["host"].update(networks=[]), "hv3 cannot run it: it has no active network lan-m"),
            (lambda seen: seen["hv3"]["host"].update(memory={"total": GIB}), "hv3 has too little memory for it"),
            (
                lambda seen: seen["hv3"]["host"]["capabilities"]["guests"][0].update(machines=[]),
                "hv3 cannot run it: its QEMU does not know the machine type pc-q35-10.0",
            ),
            (
                lambda seen: seen["hv3"]["host"]["domains"].append(domain("db1", "stopped", uuid="another")),
                "hv3 has another domain of this name (UUID another)",
            ),
            (lambda seen: seen["hv3"]["host"]["domains"].append(domain("db1")), "its old copy runs on hv3"),
            (lambda seen: seen["hv1"]["host"]["domains"].pop(), "it is not defined on hv1"),
        ],
    )
    def test_nothing_is_touched_where_something_is_wrong(self, change: Callable[[Any], Any], says: str) -> None:
        seen = estate()
        change(seen)
        result = planned("failover", seen)
        assert result["failed"]
        assert result["stages"] == []
        assert says in result["msg"]


class TestDisaster:
    def test_order(self) -> None:
        result = planned("failover", lost(estate()), **FENCED)
        assert phases(result) == [
            ["restore db1@hv3"],
            ["ready db1@hv3"],
            ["restore app1@hv3"],
            ["ready app1@hv3"],
            ["restore web1@hv4"],
            ["ready web1@hv4"],
        ]
        after = carried_out(lost(estate()), result)
        assert {guest["diverged"] for guest in planned("status", after)["guests"]} == {"berlin"}

    def test_nothing_starts_without_proof(self) -> None:
        result = planned("failover", lost(estate()), disaster=True, fenced=["hv2"])
        assert {problem["guest"] for problem in result["problems"]} == {"app1", "db1"}
        assert "nothing proves that hv1 is off" in result["problems"][0]["why"]
        assert phases(result) == [["restore web1@hv4"], ["ready web1@hv4"]]

    def test_nothing_starts_while_the_site_answers(self) -> None:
        result = planned("failover", estate(), **FENCED)
        assert result["failed"]
        assert "hv1 answers; a disaster is when it does not" in result["msg"]

    def test_what_lacks_a_point_does_not_keep_others(self) -> None:
        seen = lost(estate())
        seen["hv3"]["points"].pop()
        result = planned("failover", seen, **FENCED)
        assert result["problems"] == [{"guest": "db1", "why": "hv3 has no restore point of it"}]
        assert phases(result)[0] == ["restore app1@hv3"]

    def test_what_a_guest_needs_is_known_of_a_site_that_is_lost(self) -> None:
        seen = carried_out(estate(), planned("protect", estate()))
        seen["hv4"]["host"]["networks"] = []
        result = planned("failover", lost(seen), **FENCED)
        assert result["problems"] == [{"guest": "web1", "why": "hv4 cannot run it: it has no active network lan-m"}]

    def test_back_after_it(self) -> None:
        """What the lost site had written is kept before it is written over, and its old copies never run meanwhile."""
        taken = carried_out(lost(estate()), planned("failover", lost(estate()), **FENCED))
        seen = {**estate(), **taken}  # the site is back, its guests started with their hosts
        told = planned("status", seen)["guests"]
        assert {(guest["active"], guest["split"]) for guest in told} == {("munich", True)}
        for mode in ("protect", "failback"):
            refused = planned(mode, seen)
            assert refused["failed"]
            assert "its old copy runs on hv1; look at what was written there, and stop it" in refused["msg"]
        for name in SITES["berlin"]:
            for each in seen[name]["host"]["domains"]:
                each["state"] = "stopped"
        protect = planned("protect", seen)
        assert phases(protect)[0] == ["retire web1@hv2", "retire app1@hv1", "retire db1@hv1"]
        seen = carried_out(seen, protect)
        back = planned("failback", seen)
        done = flat(back)
        assert done.index("keep db1@hv1") < done.index("restore db1@hv1")
        for count in range(len(back["stages"])):
            rest = planned("failback", carried_out(seen, back, count))
            assert phases(rest) == phases(back)[count:]
        home = planned("status", carried_out(seen, back))["guests"]
        assert {(guest["active"], guest["diverged"]) for guest in home} == {("berlin", None)}

    def test_each_site_knows_enough_alone(self) -> None:
        """Whichever is lost next: after a handover, and after a disaster once the other site is protected again."""
        handed = carried_out(estate(), planned("failover", estate()))
        taken = carried_out(lost(estate()), planned("failover", lost(estate()), **FENCED))
        back = {**handed, **taken}  # berlin knew of a handover before, and not of the disaster
        for name in SITES["berlin"]:
            back[name] = copy.deepcopy(handed[name])
            for each in back[name]["host"]["domains"]:
                each["state"] = "stopped"
        for seen in (handed, carried_out(back, planned("protect", back))):
            for name in SITES["berlin"]:
                guests = [each["name"] for each in seen[name]["host"]["domains"]]
                seen[name]["points"] = [point(guest) for guest in guests]
            left = lost(seen, "munich")
            assert {guest["active"] for guest in planned("status", left)["guests"]} == {"munich"}
            result = planned("failback", left, disaster=True, fenced=list(SITES["munich"]))
            assert "restore db1@hv1" in flat(result)
            assert planned("failback", left)["failed"]

    def test_in_the_middle_of_a_planned_one(self) -> None:
        seen = lost(carried_out(estate(), planned("failover", estate()), 9))  # db1 is over there
        refused = planned("failover", seen)
        assert refused["failed"]
        assert phases(planned("failover", seen, **FENCED))[0] == ["restore app1@hv3"]


class TestTest:
    def test_bubbles(self) -> None:
        result = planned("test", estate(), guests=["db1"])
        assert phases(result)[1:] == [["restore db1@hv3"], ["ready db1@hv3"]]
        made = {step["module"]: step["options"] for step in result["stages"][0]}
        assert made["hypervise.kvm.network"] == {"name": "drtest-lan-m", "state": "active"}
        restored = result["stages"][1][0]["options"]
        assert restored["name"] == "drtest-db1"
        assert restored["networks"] == {"lan": "drtest-lan-m"}
        assert result["stages"][2][0]["options"]["name"] == "drtest-db1"

    @pytest.mark.parametrize(
        ("needs", "says"),
        [
            ({"networks": ["lan", "dmz"]}, "there is no bubble for dmz, to which it is attached"),
            ({"bridges": ["br0"]}, "there is no bubble for br0, to which it is attached"),
        ],
    )
    def test_what_is_in_no_bubble_does_not_start(self, needs: dict[str, Any], says: str) -> None:
        seen = estate()
        seen["hv1"]["host"]["domains"][1]["needs"].update(needs)
        result = planned("test", seen)
        assert [says in problem["why"] for problem in result["problems"] if problem["guest"] == "db1"] == [True]
        assert "restore db1@hv3" not in flat(result)

    def test_unknown_attachments(self) -> None:
        result = planned("test", lost(estate()))
        assert result["failed"]
        assert "nothing tells to which networks it is attached" in result["msg"]

    def test_cleanup(self) -> None:
        done = flat(planned("cleanup", estate()))
        assert {"cleanup db1@hv3", "cleanup db1@hv1", "cleanup @hv3"} <= set(done)
        paths = [
            step["options"]["path"]
            for stage in planned("cleanup", estate(), discard=True)["stages"]
            for step in stage
            if "path" in step["options"]
        ]
        assert "/srv/replica-diverged" in paths


class TestRecords:
    @given(st.permutations([1, 2, 3]))
    def test_the_newer_run_wins(self, serials: list[int]) -> None:
        told = [
            {"db1": {"serial": serial, "run": {"id": str(serial)}, "done": {f"of {serial}": {}}}} for serial in serials
        ]
        assert records.of("db1", told) == {"serial": 3, "run": {"id": "3"}, "done": {"of 3": {}}}

    def test_kept_in_a_file(self, tmp_path: Path) -> None:
        first = {"db1": {"serial": 1, "run": {"id": "a"}, "done": {"stop": {}}}}
        assert file.keep(str(tmp_path), "shop", {}, False) == ({}, {})
        assert file.keep(str(tmp_path), "shop", first, True) == ({}, first)
        assert not list(tmp_path.iterdir())
        file.keep(str(tmp_path), "shop", first, False)
        file.keep(str(tmp_path), "shop", {"db1": {"serial": 1, "facts": {"uuid": "x"}}}, False)
        second = {"db1": {"serial": 1, "run": {"id": "a", "ended": True}, "done": {"ready": {}}}}
        _before, after = file.keep(str(tmp_path), "shop", second, False)
        assert after["db1"]["run"] == {"id": "a", "ended": True}
        assert after["db1"]["done"].keys() == {"stop", "ready"}
        assert after["db1"]["facts"] == {"uuid": "x"}
        assert (tmp_path / "recovery.shop.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("module", "spec"),
    [
        ("dr_plan", options.OPTIONS),
        ("dr_step", options.STEP_OPTIONS),
        ("dr_report", options.REPORT_OPTIONS),
        ("dr_state", options.STATE_OPTIONS),
    ],
)
def test_options_are_as_documented(module: str, spec: dict[str, Any]) -> None:
    text = (MODULES / f"{module}.py").read_text().split('DOCUMENTATION = r"""', 1)[1].split('"""', 1)[0]
    _agree(spec, yaml.safe_load(text)["options"])


def _agree(spec: Mapping[str, Any], documented: Mapping[str, Any]) -> None:
    assert spec.keys() == documented.keys()
    for name, option in spec.items():
        for word in ("type", "elements", "default", "choices", "required"):
            assert option.get(word) == documented[name].get(word), f"{name}: {word}"
        if "options" in option:
            _agree(option["options"], documented[name]["suboptions"])
