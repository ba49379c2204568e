# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of domains, and with how many calls."""

from __future__ import annotations

import json
import shlex
from typing import Any

from harness import tiny
from harness.host import PREFIX, SCRATCH, Host

NAME = f"{PREFIX}info"
GUEST: dict[str, Any] = {"type": "qemu", "memory": "64MiB"}

#: Counts the calls that a module makes to libvirt's C library, by kind.
COUNT = """
import collections, io, json, sys, contextlib
sys.path[:0] = ["/var/tmp/hypervise-harness"]
import libvirt, libvirtmod
from ansible.module_utils.testing import patch_module_args
from ansible_collections.hypervise.kvm.plugins.modules import domain_info
calls = collections.Counter()
def counted(name, function):
    def call(*arguments):
        calls[name] += 1
        return function(*arguments)
    return call
for name, function in list(vars(libvirtmod).items()):
    if name.startswith(("virDomain", "virConnect")) and not name.endswith(("GetName", "GetUUIDString", "Free")):
        setattr(libvirtmod, name, counted(name, function))
with patch_module_args(json.loads(sys.argv[1])), contextlib.suppress(SystemExit):
    with contextlib.redirect_stdout(io.StringIO()):
        domain_info.main()
print(json.dumps(calls))
"""


def test_states_and_reasons(host: Host) -> None:
    host.run("domain", name=NAME, **GUEST)
    assert told(host) == ("stopped", "unknown")
    host.run("domain", name=NAME, state="running")
    assert told(host) == ("running", "booted")
    host.run("domain", name=NAME, state="paused")
    assert told(host) == ("paused", "user")
    host.run("domain", name=NAME, state="running")
    assert told(host) == ("running", "unpaused")
    host.run("domain", name=NAME, state="saved")
    assert told(host) == ("saved", "saved")
    host.run("domain", name=NAME, state="running")
    assert told(host) == ("running", "restored")
    host.run("domain", name=NAME, state="stopped", shutdown={"timeout": 0, "on_timeout": "destroy"})
    assert told(host) == ("stopped", "destroyed")


def told(host: Host) -> tuple[str, str]:
    (found,) = host.run("domain_info", name=[NAME], gather=[], addresses=[])["domains"]
    assert set(found) == {
        *("name", "uuid", "state", "state_reason", "persistent", "autostart", "addresses", "guest"),
    }
    return found["state"], found["state_reason"]


def test_by_name_and_by_pattern(host: Host) -> None:
    for name in ("a1", "a2", "b1"):
        host.run("domain", name=f"{PREFIX}{name}", autostart=name == "a2", **GUEST)
    found = host.run("domain_info", name=[f"{PREFIX}b1", f"{PREFIX}a*", "law-none"])["domains"]
    assert [domain["name"] for domain in found] == [f"{PREFIX}a1", f"{PREFIX}a2", f"{PREFIX}b1"]
    assert [domain["autostart"] for domain in found] == [False, True, False]
    assert {domain["name"] for domain in host.run("domain_info")["domains"]} >= {f"{PREFIX}a1", f"{PREFIX}b1"}
    assert host.run("domain_info", name=["law-none"])["domains"] == []


def test_statistics(host: Host) -> None:
    host.sh(f"truncate -s 1M {SCRATCH}/one.raw")
    disk = {"target": "vda", "source": {"file": f"{SCRATCH}/one.raw"}}
    host.run("domain", name=f"{NAME}1", **GUEST, vcpus=2, disks=[disk], state="paused")
    host.run("domain", name=f"{NAME}2", **GUEST)
    running, stopped = host.run("domain_info", name=[f"{NAME}?"], gather=["statistics"])["domains"]
    counted = running["statistics"]
    assert counted["cpu"]["time"] > 0
    assert counted["memory"]["current"] == 64 << 20
    assert [vcpu["number"] for vcpu in counted["vcpus"]] == [0, 1]
    assert counted["disks"][0]["target"] == "vda"
    assert counted["disks"][0]["capacity"] == 1 << 20
    assert counted["disks"][0]["rd"]["reqs"] == 0
    assert stopped["statistics"]["disks"] == stopped["statistics"]["interfaces"] == []


def test_job(host: Host) -> None:
    """A backup that waits to be fetched is a job for as long as nobody ends it."""
    host.sh(f"truncate -s 1M {SCRATCH}/one.raw")
    disk = {"target": "vda", "source": {"file": f"{SCRATCH}/one.raw"}, "driver": {"type": "raw"}}
    host.run("domain", name=NAME, **GUEST, disks=[disk], state="running")
    assert job(host) == {}
    host.sh(
        "virsh backup-begin law-info /dev/stdin <<END\n<domainbackup mode='pull'>"
        "<server transport='tcp' name='127.0.0.1' port='10809'/>"
        f"<disks><disk name='vda' type='file'><scratch file='{SCRATCH}/scratch'/></disk></disks></domainbackup>\nEND\n"
    )
    busy = job(host)
    assert (busy["type"], busy["operation"]) == ("unbounded", "backup")
    assert busy["elapsed"] >= 0
    host.sh(f"virsh domjobabort {NAME}")


def job(host: Host) -> dict[str, Any]:
    (found,) = host.run("domain_info", name=[NAME], gather=["job"])["domains"]
    busy: dict[str, Any] = found["job"]
    return busy


def test_agent_and_addresses(host: Host) -> None:
    tiny.install(host)
    guest = {**GUEST, "memory": "128MiB", **tiny.boot(), "interfaces": [{"type": "user"}]}
    host.run("domain", name=NAME, **guest, state="running", wait_for="agent")
    (found,) = host.run("domain_info", name=[NAME], addresses=["lease", "agent"], agent=True)["domains"]
    assert found["guest"]["id"] == "tiny"
    assert {address["source"] for address in found["addresses"]} <= {"agent"}


def test_number_of_calls(host: Host) -> None:
    """Five for all, whatever their number, and one for each document."""
    seen = []
    for number in range(1, 4):
        host.run("domain", name=f"{NAME}{number}", **GUEST)
        calls = calls_for(host, name=[f"{NAME}*"])
        assert calls.pop("virDomainGetXMLDesc") == number
        seen.append(calls)
        assert sum(calls_for(host, name=[f"{NAME}*"], gather=["statistics"]).values()) == sum(calls.values())
    assert seen[0] == seen[1] == seen[2]
    assert seen[0]["virConnectListAllDomains"] == 4
    assert seen[0]["virDomainListGetStats"] == 1
    assert sum(seen[0].values()) <= 7  # with opening and closing the connection


def calls_for(host: Host, **options: Any) -> dict[str, int]:

    made: dict[str, int] = json.loads(
        host.sh(f"/usr/bin/python3 -c {shlex.quote(COUNT)} {shlex.quote(json.dumps(options))}")
    )
    return made
