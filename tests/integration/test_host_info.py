# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of hosts, with how many calls, and a CPU that guests have on each of them."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from harness.host import PREFIX, SCRATCH, Host
from harness.lab import NEWEST
from harness.playbooks import play

from ansible_collections.hypervise.kvm.plugins.module_utils.placement import task
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.options import OPTIONS

NAME = f"{PREFIX}host"
GUEST: dict[str, Any] = {"type": "qemu", "memory": "64MiB"}
TCG = {"type": "qemu"}

#: Counts the calls that the module makes to libvirt's C library, by kind.
COUNT = """
import collections, io, json, sys, contextlib
sys.path[:0] = ["/var/tmp/hypervise-harness"]
import libvirt, libvirtmod
from ansible.module_utils.testing import patch_module_args
from ansible_collections.hypervise.kvm.plugins.modules import host_info
calls = collections.Counter()
def counted(name, function):
    def call(*arguments):
        calls[name] += 1
        return function(*arguments)
    return call
for name, function in list(vars(libvirtmod).items()):
    if name.startswith("vir") and not name.endswith(("GetName", "GetUUIDString", "Free", "ErrorHandler")):
        setattr(libvirtmod, name, counted(name, function))
with patch_module_args({}), contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    host_info.main()
print(json.dumps(calls))
"""

#: Defines a hundred guests.
DEFINE = f"""
import libvirt
connection = libvirt.open("qemu:///system")
for number in range(100):
    connection.defineXML(
        f"<domain type='qemu'><name>{NAME}{{number}}</name><memory>65536</memory><os><type>hvm</type></os></domain>"
    )
"""


def test_the_host_itself(host: Host) -> None:
    """What is told is what the kernel and the programs of the host say."""
    found = host.run("host_info").data
    assert found["hostname"] == host.sh("hostname").strip()
    assert found["uri"] == "qemu:///system"
    assert found["hypervisor"] == "QEMU"
    assert found["versions"]["hypervisor"] in host.sh("qemu-system-x86_64 --version")
    assert found["versions"]["libvirt"] == found["versions"]["library"] == host.sh("virsh --version").strip()
    assert found["uuid"] == host.sh("virsh capabilities | sed -n '0,/<uuid>/s:.*<uuid>\\(.*\\)</uuid>:\\1:p'").strip()
    assert found["cpus"]["online"] == int(host.sh("nproc --all"))
    assert found["cpus"]["times"]["user"] > 0
    total = int(host.sh("awk '/MemTotal/ {print $2}' /proc/meminfo")) * 1024
    (cell,) = found["memory"]["cells"]
    assert found["memory"]["total"] == cell["total"] == total
    assert 0 < cell["free"] <= total
    assert [page["size"] for page in cell["pages"]][:2] == [4096, 2 << 20]
    capabilities = found["capabilities"]
    assert capabilities["cpu"]["arch"] == host.sh("uname -m").strip()
    assert capabilities["migration"]["live"] is True
    x86 = next(guest for guest in capabilities["guests"] if guest["arch"] == "x86_64")
    assert x86["emulator"] == "/usr/bin/qemu-system-x86_64"
    assert "qemu" in x86["types"]
    q35 = next(machine for machine in x86["machines"] if machine["name"] == "q35")
    assert q35["canonical"].startswith("pc-q35-")


def test_only_what_is_asked_for(host: Host) -> None:
    identity = {"changed", "hostname", "uuid", "uri", "hypervisor", "versions"}
    assert {name for name in host.run("host_info", gather=[]).data if name != "invocation"} == identity
    found = host.run("host_info", gather=["domains", "memory", "cpus"], check=True).data
    assert {*found} - {"invocation"} == identity | {"domains", "memory", "cpus", "totals"}


def test_pools_and_networks(host: Host) -> None:
    host.sh(f"mkdir -p {SCRATCH}/pool")
    pool: dict[str, Any] = {"name": NAME, "type": "dir", "target": {"path": f"{SCRATCH}/pool"}}
    host.run("storage_pool", **pool, state="active", autostart=True)
    host.run("network", name=NAME, bridge={"name": "law-br"}, state="inactive")
    found = host.run("host_info", gather=["storage_pools", "networks"])
    (told,) = [pool for pool in found["storage_pools"] if pool["name"] == NAME]
    (expected,) = host.run("storage_pool_info", name=[NAME])["storage_pools"]
    for key in ("uuid", "state", "persistent", "autostart", "capacity", "allocation", "available"):
        assert told[key] == expected[key], key
    assert (told["type"], told["path"]) == ("dir", f"{SCRATCH}/pool")
    (told,) = [network for network in found["networks"] if network["name"] == NAME]
    assert (told["state"], told["bridge"], told["forward"]) == ("inactive", "law-br", None)
    host.run("storage_pool", name=NAME, state="inactive")
    host.run("network", name=NAME, state="active")
    found = host.run("host_info", gather=["storage_pools", "networks"])
    (told,) = [pool for pool in found["storage_pools"] if pool["name"] == NAME]
    assert (told["state"], told["available"]) == ("inactive", None)
    (told,) = [network for network in found["networks"] if network["name"] == NAME]
    assert told["state"] == "active"


def test_guests_and_what_is_promised_to_them(host: Host) -> None:
    before = host.run("host_info")["totals"]
    host.run(
        "domain",
        name=f"{NAME}1",
        **GUEST,
        vcpus=3,
        current_vcpus=2,
        cputune={"vcpupin": [{"vcpu": 0, "cpuset": "1"}]},
        numatune={"memory": {"mode": "strict", "nodeset": "0"}},
        autostart=True,
        state="paused",
    )
    host.run(
        "domain",
        name=f"{NAME}2",
        **{**GUEST, "memory": "96MiB"},
        current_memory="64MiB",
        memory_backing={"hugepages": True},
        cpu={"mode": "maximum"},
    )
    found = host.run("host_info")
    paused, stopped = (guest for guest in found["domains"] if guest["name"].startswith(NAME))
    assert (paused["state"], paused["autostart"], stopped["state"], stopped["autostart"]) == (
        *("paused", True),
        *("stopped", False),
    )
    assert (paused["vcpus"], paused["maximum_vcpus"]) == (2, 3)
    assert (paused["memory"], paused["maximum_memory"]) == (64 << 20, 64 << 20)
    assert (stopped["memory"], stopped["maximum_memory"]) == (64 << 20, 96 << 20)
    assert paused["resources"]["cputune"]["vcpupin"] == [{"vcpu": 0, "cpuset": "1"}]
    assert paused["resources"]["numatune"]["memory"] == {"mode": "strict", "nodeset": "0"}
    assert stopped["resources"]["memory_backing"]["hugepages"] is True
    assert stopped["resources"]["cpu"]["mode"] == "maximum"
    assert "name" not in stopped["resources"]
    after = found["totals"]
    assert after["vcpus"]["running"] - before["vcpus"]["running"] == 2
    assert after["vcpus"]["defined"] - before["vcpus"]["defined"] == 4
    assert after["memory"]["running"] - before["memory"]["running"] == 64 << 20
    assert after["memory"]["defined"] - before["memory"]["defined"] == 160 << 20
    assert after["memory"]["physical"] == found["memory"]["total"]
    assert after["vcpus"]["defined_ratio"] == round(after["vcpus"]["defined"] / found["cpus"]["online"], 3)


def test_what_placement_needs_to_know(host: Host) -> None:
    """What a guest needs, its labels, and how busy it is; of which a plan is made that a person would make."""
    labels = {"placement.anti_affinity": "law"}
    for number in (1, 2):
        host.run("domain", name=f"{NAME}{number}", **GUEST, metadata={"labels": labels}, state="paused")
    found = host.run("host_info", sample=0.2).data
    told = {guest["name"]: guest for guest in found["domains"]}[f"{NAME}1"]
    assert told["labels"] == labels
    assert told["load"] == 0  # it is paused
    assert told["needs"]["arch"] == "x86_64"
    machines = next(guest["machines"] for guest in found["capabilities"]["guests"] if guest["arch"] == "x86_64")
    assert told["needs"]["machine"] in [machine["name"] for machine in machines]
    assert "load" not in host.run("host_info", gather=["domains"])["domains"][0]
    options = {"hosts": {"here": found, "there": {**found, "domains": []}}, "limits": {"memory_reserve": "0"}}
    plan = task.run(ArgumentSpecValidator(OPTIONS).validate(options).validated_parameters)
    assert [(move["domain"], move["from"], move["to"]) for move in plan["moves"]] == [(f"{NAME}1", "here", "there")]
    assert plan["score"]["before"]["broken"] == 1
    assert plan["score"]["after"]["broken"] == 0


def test_resources_are_what_the_module_takes(host: Host) -> None:
    """What is told of a guest can be stated of it, and is no change."""
    host.run("domain", name=NAME, **GUEST, vcpus=2, cputune={"shares": 512}, iothreads=1)
    (told,) = [guest for guest in host.run("host_info")["domains"] if guest["name"] == NAME]
    assert not host.run("domain", name=NAME, **told["resources"]).changed


def test_domain_capabilities(host: Host) -> None:
    found = host.run(
        "host_info", gather=[], domain_capabilities=[TCG, {**TCG, "machine": "pc"}, {**TCG, "arch": "i686"}]
    )
    q35, i440, i686 = found["domain_capabilities"]
    assert (q35["type"], q35["arch"], q35["emulator"]) == ("qemu", "x86_64", "/usr/bin/qemu-system-x86_64")
    assert q35["machine"].startswith("pc-q35-")
    assert i440["machine"].startswith("pc-i440fx-")
    assert i686["arch"] == "i686"
    assert "efi" in q35["firmware"]
    assert q35["max_vcpus"] > i440["max_vcpus"]
    assert "virtio" in q35["devices"]["disk"]["bus"]
    assert "custom" in q35["cpu"]["modes"]
    models = {model["name"]: model for model in q35["cpu"]["models"]}
    assert models["qemu64"]["usable"] is True
    assert models["Broadwell"]["usable"] is False
    if host.release != "bookworm":  # whose libvirt does not tell
        assert "tsc-deadline" in models["Broadwell"]["blockers"]
    host.run("domain", name=NAME, **GUEST, cpu=q35["cpu"]["host_model"])


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"domain_capabilities": [{}, {"arch": "vax"}]}, ["domain_capabilities[1]", "vax", "x86_64 (qemu"]),
        ({"domain_capabilities": [{"machine": "vax"}]}, ["domain_capabilities[0]", "vax"]),
        ({"cpu_baseline": {"cpus": []}}, ["cpu_baseline.cpus"]),
        ({"cpu_baseline": {"cpus": [{"model": "qemu64"}, {"modell": "x"}]}}, ["cpu_baseline.cpus[1]", "modell"]),
        ({"cpu_baseline": {"cpus": [{"features": [{"name": "svm", "policy": "x"}]}]}}, ["cpus[0]", "policy"]),
        (
            {"cpu_baseline": {"cpus": [{"topology": {"sockets": 0, "cores": 1, "threads": 1}}]}},
            ["cpus[0].topology.socke"],
        ),
        ({"cpu_baseline": {"cpus": ["<cpu"]}}, ["cpu_baseline.cpus[0]", "well-formed"]),
        ({"cpu_baseline": {"cpus": ["<cpu><model>vax</model></cpu>"]}}, ["cpu_baseline.cpus", "vax", "newest"]),
        ({"cpu_compare": {"cpus": [7]}}, ["cpu_compare.cpus[0]"]),
    ],
)
def test_bad_input(one_host: Host, options: dict[str, Any], told: list[str]) -> None:
    said = one_host.refused("host_info", gather=[], **options)["msg"]
    assert all(word in said for word in told), said


def test_compare(host: Host) -> None:
    (own,) = host.run("host_info", gather=[], domain_capabilities=[TCG])["domain_capabilities"]
    own = own["cpu"]["host_model"]
    cpus = [
        own,
        {"mode": "custom", "match": "exact", "model": "qemu64"},
        "<cpu mode='custom' match='exact'><model>Broadwell</model></cpu>",
        {"mode": "custom", "match": "exact", "model": "vax"},
        {"mode": "host-passthrough"},
        {},
    ]
    found = host.run("host_info", gather=[], cpu_compare={"cpus": cpus, **TCG})["cpu_compare"]
    assert [entry["relation"] for entry in found] == [
        *("identical", "subset", "incompatible", "unknown", "unknown", "unknown"),
    ]
    assert [entry["compatible"] for entry in found] == [True, True, False, False, False, False]
    assert "vax" in found[3]["reason"]


#: What a user writes to find the CPU that all hosts of a group can give, and retries: another worker's tests may have
#: stopped libvirt on a host for a moment.
PLAYBOOK = """
- hosts: deb12,deb13
  gather_facts: false
  tasks:
    - hypervise.kvm.host_info:
        gather: []
        domain_capabilities: [{type: qemu}]
      register: host
      until: host is succeeded
      retries: 5
    - hypervise.kvm.host_info:
        gather: []
        cpu_baseline:
          cpus: "{{ cpus }}"
          type: qemu
      delegate_to: NEWEST
      run_once: true
      register: common
      until: common is succeeded
      retries: 5
      vars: &vars
        cpus: >-
          {{ ansible_play_hosts | map('extract', hostvars, 'host')
             | map(attribute='domain_capabilities.0.cpu.host_model') }}
    - ansible.builtin.copy:
        dest: RESULT
        content: "{{ {'cpus': cpus, 'common': common.cpu_baseline} | to_json }}"
      delegate_to: localhost
      connection: local
      run_once: true
      vars: *vars
"""


@pytest.fixture(scope="module")
def found_for_all(hosts: dict[str, Host], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The CPUs of all hosts, and what they have in common."""
    directory = tmp_path_factory.mktemp("play")
    playbook, result = directory / "baseline.yml", directory / "result.json"
    playbook.write_text(PLAYBOOK.replace("NEWEST", NEWEST).replace("RESULT", str(result)))
    play(str(playbook), directory)
    told: dict[str, Any] = json.loads(result.read_text())
    return told


def test_cpu_for_all_hosts(host: Host, found_for_all: dict[str, Any]) -> None:
    """A guest with the CPU that both hosts can give starts on each, and each knows that it can."""
    common = found_for_all["common"]
    options: dict[str, Any] = {"gather": [], "cpu_compare": {"cpus": [common["cpu"], common["xml"]], **TCG}}
    assert all(compared["compatible"] for compared in host.run("host_info", **options)["cpu_compare"])
    made = host.run("domain", name=NAME, **GUEST, cpu=common["cpu"], state="running")
    assert not made["pending_restart"]
    assert not host.run("domain", name=NAME, cpu=common["cpu"]).changed
    asked = {"cpus": found_for_all["cpus"], "expand_features": True, **TCG}
    if host.name == NEWEST:
        expanded = host.run("host_info", gather=[], cpu_baseline=asked)["cpu_baseline"]
        assert len(expanded["cpu"]["features"]) > len(common["cpu"]["features"])
    else:
        said = host.refused("host_info", gather=[], cpu_baseline=asked)["msg"]
        assert "Unknown CPU feature" in said
        assert "newest libvirt" in said


def test_number_of_calls(host: Host) -> None:
    """What is asked of each guest is its document; everything else is asked once."""
    few = calls(host)
    host.sh(f"/usr/bin/python3 -c {shlex.quote(DEFINE)}")
    many = calls(host)
    assert many.pop("virDomainGetXMLDesc") - few.pop("virDomainGetXMLDesc", 0) == 100
    assert many == few
    assert sum(few.values()) < 35


def calls(host: Host) -> dict[str, int]:
    made: dict[str, int] = json.loads(host.sh(f"/usr/bin/python3 -c {shlex.quote(COUNT)}"))
    return made
