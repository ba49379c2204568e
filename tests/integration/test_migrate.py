# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migration: a guest that works goes from each host to another one and back, and loses nothing on its way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from harness import lab
from harness.host import SCRATCH, Host
from harness.playbooks import results_of
from harness.traveller import IMAGE, NAME, OWN, Traveller, leftovers, states

#: A disk that all hosts reach, served by the target.
SHARED = {
    "target": "vdb",
    "source": {"protocol": "nbd", "name": "shared", "hosts": [{"name": lab.TARGET, "port": 10809}]},
    "driver": {"type": "raw", "cache": "none"},
}

CHECKPOINT = """<domaincheckpoint><name>monday</name><disks>
<disk name='vda' checkpoint='bitmap'/><disk name='vdb' checkpoint='no'/></disks></domaincheckpoint>"""


@pytest.fixture
def shared(target: Host) -> Iterator[Mapping[str, Any]]:
    """A disk that all hosts reach, served by the target."""
    target.sh(
        f"truncate -s 8M {SCRATCH}/shared.raw;"
        "systemd-run --quiet --collect --unit=law-nbd qemu-nbd --persistent --shared=9 --format=raw"
        f" --export-name=shared --port=10809 {SCRATCH}/shared.raw"
    )
    yield SHARED
    target.sh("systemctl stop law-nbd")


def test_there_and_back(host: Host, target: Host, shared: Mapping[str, Any]) -> None:
    """With a disk that is copied and one that both have, checkpoints, TLS; and back by post-copy."""
    guest = Traveller.born(host, [OWN, shared])
    document = f"{SCRATCH}/checkpoint.xml"
    host.sh(f"cat >{document} <<'EOF'\n{CHECKPOINT}\nEOF\nvirsh checkpoint-create {NAME} {document}")
    refuses(guest, target)
    before = guest.writer.acked
    moved = guest.moves(target)
    assert (moved["copied"], moved["checkpoints"]) == (["vda"], ["monday"])
    assert moved["statistics"]["disk"] >= 32 * 2**20
    assert moved["applied_live"] == ["host"]
    assert not leftovers(host)
    assert "enable" in target.sh(f"virsh dominfo {NAME} | grep Autostart:")
    increment(target, before)
    back = guest.moves(host, postcopy=True, postcopy_after=1, bandwidth="16MiB", max_downtime=0.5)
    assert back["statistics"]["total_time"] > 1
    increment(host, before)


def refuses(guest: Traveller, target: Host) -> None:
    """What is in the way is told before anything moves."""
    host = guest.host
    alone = host.refused("migrate", **guest.wish(target, copy_storage="none"))
    assert [refusal["check"] for refusal in alone["error"]["refusals"]] == ["local_disks"], alone["msg"]
    target.sh(f"truncate -s 1M {IMAGE}")
    occupied = host.fails("migrate", **guest.wish(target))
    assert "would be overwritten" in occupied["msg"]
    assert target.sh(f"stat -c %s {IMAGE}").strip() == str(2**20)
    target.sh(f"rm {IMAGE}")
    assert (states(host), leftovers(target)) == ("running", "")


def increment(host: Host, acked: int) -> None:
    """The bitmap of the checkpoint says what was written since, here and where the guest was before."""
    told = host.sh(f"virsh checkpoint-dumpxml {NAME} monday --size | grep -o 'size=.[0-9]*'")
    assert int(told.split("=")[1].strip("'\"\n")) > 16 * acked


def test_guest_that_is_off(host: Host, target: Host) -> None:
    """Its disk goes with it, and it stays off. With UEFI variables, which would not, it is refused."""
    host.sh(f"qemu-img create -q -f qcow2 {IMAGE} 8M && qemu-io -c 'write -P 7 1M 2M' {IMAGE} >/dev/null")
    off: dict[str, Any] = {"state": "stopped", "shutdown": {"timeout": 0, "on_timeout": "destroy"}}
    guest: dict[str, Any] = {"name": NAME, "type": "qemu", "memory": "64MiB", "disks": [OWN], "autostart": True}
    host.run("domain", **guest, os={"firmware": "efi", "machine": "pc-q35-7.2"}, state="paused")
    host.run("domain", name=NAME, **off)
    wish: dict[str, Any] = {"name": NAME, "dest_uri": f"qemu+tls://{target.name}/system", "copy_storage": "full"}
    refused = host.refused("migrate", **wish)
    assert [refusal["check"] for refusal in refused["error"]["refusals"]] == ["kept_beside"], refused["msg"]
    host.run("domain", name=NAME, state="absent", undefine=["nvram"])
    host.run("domain", **guest, os={"machine": "pc-q35-7.2"}, **off)
    foretold = host.foretells("migrate", **wish)
    moved = host.run("migrate", **wish)
    assert (foretold["diff"], foretold["steps"]) == (moved["diff"], moved["steps"])
    assert states(target) == "shut off"
    target.sh(f"qemu-io -r -c 'read -P 7 1M 2M' {IMAGE} | grep -q 'read 2097152/2097152'")
    assert (states(host), leftovers(host)) == ("", "")
    assert not host.run("migrate", **wish).changed


def test_progress_is_shown(one_host: Host, target: Host, tmp_path: Path) -> None:
    """Through Ansible, a line tells every few seconds how far it is."""
    guest = Traveller.born(one_host)
    wish = guest.wish(target, bandwidth="24MiB")
    told, printed = results_of(one_host.name, {"moved": {"hypervise.kvm.migrate": wish}}, tmp_path)
    assert told["moved"]["changed"], told["moved"]
    assert "ansible_job_id" not in told["moved"]
    lines = [line for line in printed.splitlines() if line.startswith(f"domain {NAME}: migration_out: ")]
    assert len(lines) >= 2, printed
    assert one_host.sh("ls ~/.ansible_async 2>/dev/null | wc -l").strip() == "0"
    guest.arrived(target)
