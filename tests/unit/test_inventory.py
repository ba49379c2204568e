# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory: what is made of domains, and hypervisors of libvirt's test driver as ansible-inventory sees them.

C(HYPERVISE_ANSIBLE) is a directory with the programs of another release of ansible-core, to run the latter with.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils import survey
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.gather import Questions
from ansible_collections.hypervise.kvm.plugins.module_utils.waiting import wait_until
from ansible_collections.hypervise.kvm.plugins.module_utils.xml import NAMESPACES
from ansible_collections.hypervise.kvm.plugins.plugin_utils import guests

SOURCES = Path(__file__).parents[2] / ".cache/src"
PROGRAMS = Path(os.environ.get("HYPERVISE_ANSIBLE") or Path(sys.executable).parent)
QUESTIONS = Questions([], ["spec"], ["lease"], False)

GUEST = """
<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>
<name>{name}</name><uuid>7a0a3f3e-5cf1-4ab8-9b39-{uuid:012}</uuid><memory>1024</memory><os><type>hvm</type></os>
<title>{title}</title><metadata><hv:domain xmlns:hv='{ours}'><hv:label name='role'>web-1</hv:label></hv:domain>
<o:libosinfo xmlns:o='http://libosinfo.org/xmlns/libvirt/domain/1.0'><o:os id='http://debian.org/debian/13'/></o:libosinfo>
</metadata><devices><interface type='network'><mac address='52:54:00:00:00:01'/><source network='default'/></interface>
</devices><test:runstate>{state}</test:runstate></domain>
"""
NETWORK = """
<network><name>default</name><bridge name='virbr0'/><ip address='192.168.122.1' netmask='255.255.255.0'>
<dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp></ip></network>
"""
RUNNING, STOPPED = 1, 5


def node(directory: Path, host: str, *told: tuple[str, int, int], title: str = "") -> str:
    """Return the URI of a hypervisor with guests: their names, the ends of their UUIDs and their states."""
    documents = [
        GUEST.format(name=name, uuid=uuid, state=state, title=title, ours=NAMESPACES["hv"])
        for name, uuid, state in told
    ]
    (directory / host).write_text(f"<node>{NETWORK}{''.join(documents)}</node>")
    return f"test://{directory / host}"


def silent(directory: Path) -> str:
    """Return the URI of a hypervisor that is reached by an ssh that never answers, and leaves its number behind."""
    program = directory / "ssh"
    program.write_text(f"#!/bin/sh\necho $$ >{directory}/pid\nexec sleep 1000\n")
    program.chmod(0o755)
    return f"qemu+ssh://silent.example.com/system?command={program}"


# -- many at once ------------------------------------------------------------------------------------------------------


def test_one_that_hangs_holds_up_nobody(tmp_path: Path) -> None:
    dead = silent(tmp_path)
    good = [node(tmp_path, f"node{index}", (f"guest{index}", index, RUNNING)) for index in range(3)]
    began = time.monotonic()
    accounts = survey.survey([dead, *good, "test:///nothing"], QUESTIONS, timeout=3)
    assert time.monotonic() - began < 10
    assert [accounts[uri]["domains"][0]["name"] for uri in good] == ["guest0", "guest1", "guest2"]
    assert accounts[dead]["msg"].startswith(f"{dead} did not answer within 3 seconds.")
    assert accounts["test:///nothing"]["error"]["type"] == "ConnectionFailed"
    ssh = Path("/proc", (tmp_path / "pid").read_text().strip())
    assert wait_until(lambda: not ssh.exists(), 5), "the ssh is still there"


def test_a_process_that_ends_without_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_arguments: Any) -> None:
        os._exit(3)

    monkeypatch.setattr(survey, "gather", crash)
    uri = node(tmp_path, "node")
    assert "ended without an answer" in survey.survey([uri], QUESTIONS, timeout=30)[uri]["msg"]


# -- what is made of domains -------------------------------------------------------------------------------------------


def domain(name: str = "guest", state: str = "running", uuid: str = "a", **more: Any) -> guests.Domain:
    return {"name": name, "uuid": uuid, "state": state, "host": "hv1", "addresses": [], "guest": {}, **more}


@pytest.mark.parametrize(
    ("uri", "name"),
    [("qemu:///system", "told"), ("qemu+ssh://root@hv1.example.com:22/system", "hv1.example.com")],
)
def test_host(uri: str, name: str) -> None:
    assert guests.host_of(uri, "told") == name


@pytest.mark.parametrize(
    ("families", "ranges", "chosen"),
    [
        (["ipv4", "ipv6"], [], "192.0.2.5"),
        (["ipv6", "ipv4"], [], "2001:db8::5"),
        (["ipv6"], ["192.0.2.0/24"], None),
        (["ipv4", "ipv6"], ["198.51.100.0/24", "192.0.2.0/24"], "198.51.100.5"),
        (["ipv4", "ipv6"], ["2001:db8::/32", "192.0.2.0/24"], "2001:db8::5"),
    ],
)
def test_address(families: list[str], ranges: list[str], chosen: str | None) -> None:
    told = [("fe80::1", "ipv6"), ("2001:db8::5", "ipv6"), ("192.0.2.5", "ipv4"), ("198.51.100.5", "ipv4")]
    addresses = [{"address": address, "family": family} for address, family in told]
    assert guests.address_of(domain(addresses=addresses), families, ranges) == chosen


def test_groups() -> None:
    spec = {
        "metadata": {"labels": {"role": "web", "gold": ""}},
        "interfaces": [
            {"type": "network", "source": {"network": "lan"}},
            {"type": "network", "source": {"network": "lan"}},
            {"type": "bridge", "source": {"bridge": "br0"}},
            {"type": "user"},
        ],
    }
    one = domain(spec=spec, guest={"id": "debian"})
    assert guests.groups_of(one, guests.PREFIXES) == [
        *("state_running", "host_hv1", "label_role_web", "label_gold", "network_lan", "network_br0", "os_debian"),
    ]
    assert guests.groups_of(domain(), guests.PREFIXES) == ["state_running", "host_hv1"]
    assert guests.groups_of(one, ["os"]) == ["os_debian"]


def test_names_are_told_apart() -> None:
    """A replica is the same guest, and where it runs it is found. What is merely named alike is another one."""
    replica, running = domain(state="stopped", host="hv1"), domain(host="hv2")
    other = domain("guest", "stopped", "b", host="hv3")
    chosen, problems = guests.told_apart([("guest", replica), ("guest", other), ("guest", running)])
    assert chosen == {"guest": running}
    assert len(problems) == 1
    assert "(b) on hv3" in problems[0]


# -- as ansible-inventory sees it --------------------------------------------------------------------------------------


def inventory(directory: Path, **options: Any) -> tuple[dict[str, Any], str]:
    """Return what ansible-inventory lists and what it warns of."""
    source = directory / "kvm.libvirt.yml"
    source.write_text(json.dumps({"plugin": "hypervise.kvm.libvirt", **options}))
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(SOURCES), "ANSIBLE_LOCALHOST_WARNING": "false"}
    done = subprocess.run(
        [PROGRAMS / "ansible-inventory", "-i", source, "--list", "--export"],
        env={**environment, "ANSIBLE_INVENTORY_UNPARSED_WARNING": "true", "COLUMNS": "4000"},
        capture_output=True,
        text=True,
        check=True,
    )
    return plain(json.loads(done.stdout)), done.stderr


def plain(value: Any) -> Any:
    """Return what is listed without the marks of what is no template."""
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    if isinstance(value, dict):
        return value.get("__ansible_unsafe") or {key: plain(entry) for key, entry in value.items()}
    return value


def test_hosts_variables_and_groups(tmp_path: Path) -> None:
    one = node(tmp_path, "one", ("web", 1, RUNNING), ("old", 2, STOPPED))
    two = node(tmp_path, "two", ("web", 3, STOPPED), ("old", 2, STOPPED))
    listed, said = inventory(
        tmp_path,
        uris=[one, two, "test:///nothing"],
        compose={"memory": "libvirt.spec.memory // 1024"},
        keyed_groups=[{"key": "libvirt.spec.memory | string", "prefix": "memory"}],
        groups={"named_web": "libvirt.name == 'web'"},
    )
    hosts = listed["_meta"]["hostvars"]
    assert set(hosts) == {"web", "old"}
    assert hosts["web"]["ansible_host"].startswith("192.168.122.")
    assert hosts["web"]["ansible_libvirt_uri"] == one
    assert hosts["web"]["ansible_libvirt_domain"] == "web"
    assert int(hosts["web"]["memory"]) == 1024  # a text before ansible-core 2.19
    assert hosts["web"]["libvirt"]["spec"]["metadata"]["labels"] == {"role": "web-1"}
    assert "ansible_host" not in hosts["old"]
    for group in ("state_running", "named_web"):
        assert listed[group]["hosts"] == ["web"]
    for group in ("label_role_web_1", "network_default", "os_debian", "memory_1048576"):
        assert sorted(listed[group]["hosts"]) == ["old", "web"]
    assert listed["all"]["vars"]["libvirt_unreachable"] == ["test:///nothing"]
    assert "Cannot connect to test:///nothing" in said
    assert "would both be web" in said


def test_what_hypervisors_tell_is_no_template(tmp_path: Path) -> None:
    """Neither from the hypervisor nor from the cache."""
    title = f"{{{{ lookup('ansible.builtin.pipe', 'touch {tmp_path}/carried-out') }}}}"
    uri = node(tmp_path, "one", ("web", 1, RUNNING), title=title)
    kept = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "kept")}
    for _time in range(2):
        inventory(tmp_path, uris=[uri], compose={"other": "libvirt.spec.title"}, **kept)
        shown = subprocess.run(
            [
                *(PROGRAMS / "ansible", "-i", tmp_path / "kvm.libvirt.yml", "web", "-c", "local"),
                *("-m", "ansible.builtin.debug", "-a", "msg={{ other }}{{ libvirt.spec.title }}"),
            ],
            env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(SOURCES)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert shown.stdout.count("lookup(") == 2
    assert not (tmp_path / "carried-out").exists()


def test_cache_asks_only_who_did_not_answer(tmp_path: Path) -> None:
    kept = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "kept")}
    one = node(tmp_path, "one", ("first", 1, RUNNING))
    later = f"test://{tmp_path}/later"
    assert set(inventory(tmp_path, uris=[one, later], **kept)[0]["_meta"]["hostvars"]) == {"first"}
    node(tmp_path, "one", ("other", 3, RUNNING))
    node(tmp_path, "later", ("second", 2, RUNNING))
    assert set(inventory(tmp_path, uris=[one, later], **kept)[0]["_meta"]["hostvars"]) == {"first", "second"}
    listed, _said = inventory(tmp_path, uris=[one, later], gather=[], **kept)  # another question
    assert set(listed["_meta"]["hostvars"]) == {"other", "second"}


def test_unreachable_may_be_fatal(tmp_path: Path) -> None:
    one = node(tmp_path, "one", ("first", 1, RUNNING))
    listed, said = inventory(tmp_path, uris=[one, "test:///nothing"], unreachable="fail")
    assert listed["_meta"]["hostvars"] == {}
    assert "Cannot connect to test:///nothing" in said


def test_inventory_hostname(tmp_path: Path) -> None:
    one = node(tmp_path, "one", ("first", 1, RUNNING))
    listed, _said = inventory(tmp_path, uris=[one], inventory_hostname="libvirt.name ~ '-' ~ libvirt.uuid[-1]")
    assert set(listed["_meta"]["hostvars"]) == {"first-1"}
