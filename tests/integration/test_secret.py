# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets: the laws, and values that nobody sees."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
from harness.host import SCRATCH, Host, Result
from harness.laws import NAME, Case, Suite, assert_complete, assert_unchanged, obey, parameters, refused, twin
from harness.playbooks import results_of

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.secret import SECRET

UUID = "6f0a3f3e-5cf1-4ab8-9b39-0a2f4b1c7d55"

SUITE = Suite(
    module="secret",
    found="secrets",
    table=SECRET,
    identity=("uuid",),
    key="uuid",
    base={"uuid": UUID},
    stopped="present",
    without_case=("uuid",),  # by which it is found here
    cases=(
        Case("description", "one", "two"),
        Case("ephemeral", False, True),
        Case("private", False, True),
        Case("usage.type", "ceph", "tls", {"usage": {"name": "law"}}, refused=True),
        Case("usage.name", "law", "law2", {"usage": {"type": "vtpm"}}, refused=True),
        Case("usage.target", "law", "law2", {"usage": {"type": "iscsi"}}, refused=True),
        Case("usage.volume", "/srv/law/a", "/srv/law/b", {"usage": {"type": "volume"}}, refused=True),
    ),
)


def test_every_row_has_a_case() -> None:
    assert_complete(SUITE)


@pytest.mark.parametrize(("case", "running"), parameters(SUITE))
def test_laws(host: Host, case: Case, running: bool) -> None:
    obey(host, SUITE, case, running)


VALUE, OTHER = "Sesam-öffne-dich-1", "Sesam-öffne-dich-2"
USAGE = {"type": "volume", "volume": f"{SCRATCH}/vault.img"}
#: A change of a value, as it is told: that there is one, and nothing else.
SET, ANEW = {"value": (None, "(changed)")}, {"value": ("(hidden)", "(changed)")}


def told(result: Result) -> dict[str, tuple[Any, Any]]:
    """The changes of a run."""
    return {change["path"]: (change["before"], change["after"]) for change in result["changes"]}


def value_of(host: Host, uuid: str = UUID) -> str:
    """The value that libvirt has, '' where it has none or does not tell."""
    return host.sh(f"virsh -q secret-get-value {uuid} 2>/dev/null | base64 -d || true").strip()


def stored(host: Host, uuid: str = UUID) -> str:
    """The value in libvirt's own file, of a private secret too."""
    return host.sh(f"base64 -d /etc/libvirt/secrets/{uuid}.base64").strip()


def test_value_is_compared_and_set(host: Host) -> None:
    options: dict[str, Any] = {"uuid": UUID, "usage": {"type": "ceph", "name": "law"}}
    assert "value" not in told(twin(host, "secret", **options))
    assert host.run("secret_info", uuid=[UUID])["secrets"][0]["has_value"] is False
    assert told(twin(host, "secret", **options, value=VALUE)) == SET
    assert_unchanged(host.run("secret", **options, value=VALUE), "set")
    assert_unchanged(host.run("secret", **options), "set, and left out")
    assert value_of(host) == VALUE
    encoded = base64.b64encode(OTHER.encode()).decode()
    assert_unchanged(host.run("secret", **options, value=OTHER, update_value="on_create"), "set, and content with it")
    assert told(twin(host, "secret", **options, value_base64=encoded)) == ANEW
    assert_unchanged(host.run("secret", usage=options["usage"], value=OTHER), "set otherwise, and found by its usage")
    assert value_of(host) == OTHER
    (found,) = host.run("secret_info")["secrets"]
    assert found["has_value"] is True
    assert found["name"] == "ceph law"
    assert OTHER not in str(found)


def test_private_value_is_set_and_never_compared(host: Host) -> None:
    options: dict[str, Any] = {"usage": USAGE, "private": True, "uuid": UUID}
    made = twin(host, "secret", **options, value=VALUE)
    assert made["steps"] == ["define, not private yet", "set value", "define"]
    assert (value_of(host), stored(host)) == ("", VALUE)
    again = host.run("secret", **options, value=OTHER)
    assert_unchanged(again, "private")
    assert_unchanged(host.run("secret", **options, value=OTHER, update_value="on_create"), "private")
    assert stored(host) == VALUE
    for _time in range(2):
        assert told(twin(host, "secret", **options, value=OTHER, update_value="always")) == ANEW
    assert stored(host) == OTHER
    assert host.run("secret_info", uuid=[UUID])["secrets"][0]["has_value"] is None
    assert "private: the secret" in refused(host, "secret", uuid=UUID, private=False)


@pytest.mark.parametrize("change", [1, 2, 3])
def test_killed_run_is_finished_by_the_next(one_host: Host, change: int) -> None:
    """Whatever was done, the secret has its value in the end, and is private."""
    options: dict[str, Any] = {"uuid": UUID, "usage": USAGE, "private": True, "value": VALUE}
    assert one_host.killed("secret", die_at=change, **options)
    assert twin(one_host, "secret", **options).changed
    assert_unchanged(one_host.run("secret", **options), "finished")
    assert stored(one_host) == VALUE


def test_ephemeral_one_is_gone_with_the_daemon(one_host: Host) -> None:
    options: dict[str, Any] = {"uuid": UUID, "usage": USAGE, "ephemeral": True, "value": VALUE}
    one_host.run("secret", **options)
    one_host.sh("test ! -e /etc/libvirt/secrets/*.base64")
    one_host.sh("systemctl restart libvirtd; virsh -q list >/dev/null")
    assert one_host.run("secret_info")["secrets"] == []
    assert told(twin(one_host, "secret", **options))["value"] == SET["value"]


def test_opens_an_encrypted_disk(host: Host) -> None:
    """QEMU opens a LUKS image with the value, and not with another; the secret stays as long as it is needed."""
    image = USAGE["volume"]
    create = f"qemu-img create -q -f luks --object secret,id=key,file={SCRATCH}/key -o key-secret=key {image} 1M"
    host.sh(  # QEMU 7.2 times itself, which a busy machine does not always let it
        f"set -e; printf %s {VALUE} >{SCRATCH}/key; chmod 755 {SCRATCH}; rm -f {image}"
        f"; for try in 1 2 3 4 5 6 7 8 9 x; do {create} && break; [ $try != x ]; sleep 0.3; done; rm {SCRATCH}/key"
    )
    encryption: dict[str, Any] = {"format": "luks", "secrets": [{"uuid": UUID}]}
    disk = {"target": "vda", "source": {"file": image, "encryption": encryption}, "driver": {"type": "raw"}}
    guest: dict[str, Any] = {"name": NAME, "type": "qemu", "memory": "32MiB", "disks": [disk]}
    host.run("secret", uuid=UUID, usage=USAGE, private=True, value=OTHER)
    assert "Invalid password" in host.fails("domain", **guest, state="paused")["msg"]
    host.run("secret", uuid=UUID, value=VALUE, update_value="always")
    host.run("domain", **guest, state="paused")
    for identity in ({"uuid": UUID}, {"usage": USAGE}):
        assert f"is in use by domain {NAME};" in refused(host, "secret", **identity, state="absent")
    host.sh(f"virsh -q destroy {NAME}")
    host.run("domain", name=NAME, state="absent")
    pool: dict[str, Any] = {"name": NAME, "type": "dir", "target": {"path": SCRATCH}}
    host.run("storage_pool", **pool, state="active")
    assert f"is in use by volume {image};" in refused(host, "secret", uuid=UUID, state="absent")
    host.run("storage_pool", name=NAME, state="absent")
    assert twin(host, "secret", uuid=UUID, state="absent").changed


def test_refused(one_host: Host) -> None:
    def says(*words: str, **options: Any) -> None:
        said = refused(one_host, "secret", **options)
        assert all(word in said for word in words), said
        assert VALUE not in said

    says("uuid: state it, or usage", description="nobody")
    says("value_base64: it is not Base64", uuid=UUID, value_base64=VALUE)
    says("value_base64: state it or value, not both", uuid=UUID, value=VALUE, value_base64="QQ==")
    says("value: it has 0 bytes; 1 to 65536", uuid=UUID, value="")
    says("value: it has 65537 bytes", uuid=UUID, value="x" * 65537)
    says("uuid: 'law' is not a UUID", uuid="law")
    says("type is ceph but all of the following are missing: name found in usage", usage={"type": "ceph"})
    says("secret.rng does not accept", uuid=UUID, xml="<usage type='ceph'><name/></usage>")
    one_host.run("secret", usage=USAGE)
    (found,) = one_host.run("secret_info")["secrets"]
    says(
        f"uuid: there is a secret for volume {USAGE['volume']} already, of UUID {found['uuid']}", uuid=UUID, usage=USAGE
    )
    says("usage.type: the secret exists with 'volume'", uuid=found["uuid"], usage={"type": "tls", "name": "law"})


def test_nobody_sees_the_value(one_host: Host, tmp_path: Path) -> None:
    """As a user runs it, at -vvv: neither printed, nor logged, in an argv, or in a file but libvirt's own."""
    host = one_host
    seen = f"{SCRATCH}/seen"
    host.sh(f"mkdir -p {SCRATCH}; touch {SCRATCH}/since")
    watch = f"while sleep 0.02; do cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ; done >{seen} 2>/dev/null"
    host.sh(f"setsid sh -c '{watch}' </dev/null >/dev/null 2>&1 & echo $! >{SCRATCH}/pid")
    secret = {"uuid": UUID, "usage": USAGE}
    tasks: dict[str, dict[str, Any]] = {
        "made": {"hypervise.kvm.secret": {**secret, "value": VALUE}, "diff": True},
        "other": {"hypervise.kvm.secret": {**secret, "value": OTHER, "private": True}, "diff": True},
        "refused": {"hypervise.kvm.secret": {**secret, "value": OTHER, "private": False}},
        "told": {"hypervise.kvm.secret_info": {}},
    }
    try:
        results, printed = results_of(host.name, tasks, tmp_path, "-vvv")
    finally:
        host.sh(f"kill -- -$(cat {SCRATCH}/pid)")
    assert results["other"]["changed"], results["other"]
    assert results["refused"]["failed"]
    encoded = base64.b64encode(OTHER.encode()).decode()
    words = "Sesam|" + encoded[:16]
    assert not re.search(words, printed + json.dumps(results))
    assert "python" in host.sh(f"tr '\\0' ' ' <{seen}"), "nothing was watched"
    for place in (f"cat {seen}", "journalctl --no-pager --since -5min 2>/dev/null"):
        assert host.sh(f"{place} | grep -aEc '{words}' || true").strip() == "0", f"it is in: {place}"
    files = "find /etc /tmp /var/tmp /var/log /var/lib /run /root -xdev -type f -newer {0}/since -print0 | xargs -0r"
    found = host.sh(f"{files.format(SCRATCH)} grep -alE '{words}' 2>/dev/null || true").split()
    assert found == [f"/etc/libvirt/secrets/{UUID}.base64"]
    assert host.sh(f"stat -c %a {found[0]}").strip() == "600"
